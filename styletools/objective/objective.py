"""What a transfer minimises, with its gradient.

Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015), eq. 7, and a total
variation term: total = content_weight·L_content + style_weight·L_style + tv_weight·TV.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..network import VGG19Features, positions, tf
from .losses import content_loss, total_variation
from .masks import carried, guide
from .styles import grouped
from .textures import STATISTICS, mixed

AGREEMENT = 0.03  # of the first loss in half as many bits with that in float32; 0.016 was seen
FLOAT16_SCALE = 2.0**24  # float16 ends at 6e-8 and 65504; gradients of features are below 1e-8


class Targets(NamedTuple):
    """What a picture is compared with; `styles` and `guides` have one part for each place."""

    contents: dict  # {layer: features of the content (H', W', N)}
    maps: dict  # {layer: what its errors count (H', W') or (1, 1)}
    styles: tuple  # of {layer: the style's description}
    guides: tuple  # of {layer: guide (H', W') or (1, 1)}
    areas: tuple  # of the part of the picture that the place covers


class Objective:
    """The losses of a picture against a content (H, W, 3) and a style, a tuple of `Region`s.

    `content_map` (H, W) multiplies the errors of the content; None is 1 everywhere. Calling the
    objective with a picture (H, W, 3), the three weights (content, style, TV) and a weight for
    each style layer gives the losses, as floats, and the gradient of the total (H, W, 3); if that
    is not finite, the total is NaN.
    Targets and weights are no part of the traced `graph` but its inputs.
    """

    def __init__(
        self,
        content,
        style,
        content_layers,
        style_layers,
        normalization="relative",
        pooling="avg",
        precision="float32",
        statistic="gram",
        content_map=None,
    ):
        self._content_layers, self._style_layers = content_layers, style_layers
        self._normalization, self._statistic = normalization, STATISTICS[statistic]
        groups = grouped(style)
        settings = normalization, pooling, precision, statistic, len(groups)
        self._features, self.graph = _graph(content_layers, style_layers, *settings)
        self.dtype = self._features.dtype
        self._scale = FLOAT16_SCALE if self.dtype == "float16" else 1.0
        contents = self._content_targets(content)
        self.targets = Targets(
            contents=contents,
            maps={layer: carried(content_map, P.shape) for layer, P in contents.items()},
            styles=tuple(map(self._style_targets, groups)),
            guides=tuple(self._guides(group[0].where, content) for group in groups),
            areas=tuple(tf.constant(group[0].area) for group in groups),
        )

    def _content_targets(self, content):
        features = self._features(content)
        return {layer: features[layer] for layer in self._content_layers}

    def _style_targets(self, group):
        """{layer: description} of a mixture of pictures."""
        each = [self._descriptions(part) for part in group]
        shares = [part.share for part in group]
        return {layer: mixed([d[layer] for d in each], shares) for layer in self._style_layers}

    def _descriptions(self, part):
        features, guides = self._features(part.style), self._guides(part.source, part.style)
        describe = self._statistic.describe
        return {layer: describe(features[layer], guides[layer]) for layer in self._style_layers}

    def _guides(self, mask, picture):
        height, width = picture.shape[:2]
        return {
            layer: guide(mask, (positions(height, layer), positions(width, layer)))
            for layer in self._style_layers
        }

    def __call__(self, image, weights, layer_weights):
        arguments = [tf.convert_to_tensor(x, tf.float32) for x in (image, weights, layer_weights)]
        losses, gradient = self._evaluate(*arguments, tf.constant(self._scale))
        told = _told(losses, gradient)
        while self._scale > 1 and not np.isfinite(told["total"]):
            self._scale /= 8  # for good: what overflowed once will do so again
            losses, gradient = self._evaluate(*arguments, tf.constant(self._scale))
            told = _told(losses, gradient)
        return told, gradient

    def _evaluate(self, *arguments):
        return self.graph(self.targets, *arguments)


def _told(losses, gradient):
    """The losses as floats, read at once; the total is NaN if the gradient is not finite."""
    values = _stacked(losses, gradient).numpy().tolist()
    return tf.nest.pack_sequence_as(losses, values)


@tf.function(reduce_retracing=True)
def _stacked(losses, gradient):
    finite = tf.reduce_all(tf.math.is_finite(gradient))
    total = tf.where(finite, losses["total"], float("nan"))
    return tf.stack(tf.nest.flatten(losses | {"total": total}))


def in_agreement(objective, image, weights):
    """`objective("auto")`, or `objective("float32")` if their losses of `image` differ by over 3 %.

    `objective(precision)` makes an `Objective`; `image` (H, W, 3) and `weights` are what it takes.
    """
    rounded = objective("auto")
    if rounded.dtype == "float32":
        return rounded
    exact = objective("float32")
    loss, truth = (each(image, *weights)[0]["total"] for each in (rounded, exact))
    return rounded if abs(loss - truth) <= AGREEMENT * abs(truth) else exact


@lru_cache
def _graph(content_layers, style_layers, normalization, pooling, precision, statistic, places):
    """The network, and the function that evaluates pictures of any size with one trace."""
    layers = tuple(dict.fromkeys(content_layers + style_layers))
    network = VGG19Features(layers, pooling, padding="reflect", precision=precision)
    describe, _, description = STATISTICS[statistic]
    scalar, picture = tf.TensorSpec(()), tf.TensorSpec((None, None, 3))
    shape = _targets_like(content_layers, style_layers, description, places)
    weights, shares = tf.TensorSpec((3,)), tf.TensorSpec((len(style_layers),))

    @tf.function(input_signature=(shape, picture, weights, shares, scalar))
    def evaluate(targets, image, weights, layer_weights, scale):
        with tf.GradientTape() as tape:
            tape.watch(image)
            F = network(image)
            contents = {
                layer: content_loss(F[layer], target, normalization, targets.maps[layer])
                for layer, target in targets.contents.items()
            }
            described = [
                {layer: describe(F[layer], guides[layer]) for layer in style_layers}
                for guides in targets.guides
            ]
            styles = style_losses(described, targets, STATISTICS[statistic], normalization)
            losses = weighted(image, contents, styles, weights, layer_weights)
            scaled = scale * losses["total"]
        return losses, tape.gradient(scaled, image) / scale

    return network, evaluate


def _targets_like(content_layers, style_layers, description, places):
    """The form of `Targets`: tensors of any size."""
    plane, features = tf.TensorSpec((None, None)), tf.TensorSpec((None, None, None))
    return Targets(
        contents=dict.fromkeys(content_layers, features),
        maps=dict.fromkeys(content_layers, plane),
        styles=(dict.fromkeys(style_layers, description),) * places,
        guides=(dict.fromkeys(style_layers, plane),) * places,
        areas=(tf.TensorSpec(()),) * places,
    )


def style_losses(described, targets, statistic, normalization):
    """{layer: style loss}, the sum over places of area · distance."""
    places = list(zip(targets.areas, described, targets.styles, strict=True))
    return {
        layer: tf.add_n(
            [area * statistic.distance(d[layer], t[layer], normalization) for area, d, t in places]
        )
        for layer in described[0]
    }


def weighted(image, contents, styles, weights, layer_weights):
    """What a record tells, from {layer: content loss} and {layer: style loss}."""
    content = tf.reduce_mean(list(contents.values()))
    style = tf.reduce_sum(layer_weights * tf.stack(list(styles.values())))
    tv = total_variation(image)
    total = tf.reduce_sum(weights * tf.stack([content, style, tv]))
    return {"total": total, "content": content, "style": style, "tv": tv, "style_layers": styles}
