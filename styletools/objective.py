"""What a transfer minimises, with its gradient.

Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015), eq. 7, and a total
variation term: total = content_weight·L_content + style_weight·L_style + tv_weight·TV.
"""

from functools import lru_cache

from .losses import content_loss, gram_matrix, style_loss, total_variation
from .vgg import VGG19Features, tf

BORDER = 16  # pixels mirrored at the edges, against the frame that zero padding leaves
FLOAT16_SCALE = 2.0**24  # float16 ends at 6e-8 and 65504; gradients of features are below 1e-8


class Objective:
    """The losses of a picture against a content (H, W, 3) and a style picture.

    Calling it with a picture (H, W, 3), the three weights (content, style, TV) and a weight for
    each style layer gives the losses, as floats, and the gradient of the total (H, W, 3).
    Targets and weights are no part of the traced `graph` but its inputs.
    """

    def __init__(
        self, content, style, content_layers, style_layers, normalization, pooling, precision
    ):
        self.normalization = normalization
        settings = content_layers, style_layers, normalization, pooling, precision
        self._features, self.graph = _graph(*settings)
        self.dtype = self._features.dtype
        self._scale = FLOAT16_SCALE if self.dtype == "float16" else 1.0
        self._set_targets(content, style, content_layers, style_layers)

    def _set_targets(self, content, style, content_layers, style_layers):
        features = self._features(content)
        self.content_targets = {layer: features[layer] for layer in content_layers}
        features = self._features(style)
        self.style_targets = {layer: gram_matrix(features[layer]) for layer in style_layers}

    def __call__(self, image, weights, layer_weights):
        arguments = [tf.convert_to_tensor(x, tf.float32) for x in (image, weights, layer_weights)]
        losses, gradient = self._evaluate(*arguments, tf.constant(self._scale))
        while self._scale > 1 and not tf.reduce_all(tf.math.is_finite(gradient)):
            self._scale /= 8  # for good: what overflowed once will do so again
            losses, gradient = self._evaluate(*arguments, tf.constant(self._scale))
        return tf.nest.map_structure(float, losses), gradient

    def _evaluate(self, *arguments):
        return self.graph(self.content_targets, self.style_targets, *arguments)


@lru_cache
def _graph(content_layers, style_layers, normalization, pooling, precision):
    """The network, and the function that evaluates pictures of any size with one trace."""
    layers = tuple(dict.fromkeys(content_layers + style_layers))
    network = VGG19Features(layers, pooling, border=BORDER, precision=precision)
    maps = {layer: tf.TensorSpec((None, None, None)) for layer in content_layers}
    grams = {layer: tf.TensorSpec((None, None)) for layer in style_layers}
    picture, scale = tf.TensorSpec((None, None, 3)), tf.TensorSpec(())
    weights, shares = tf.TensorSpec((3,)), tf.TensorSpec((len(style_layers),))

    @tf.function(input_signature=(maps, grams, picture, weights, shares, scale))
    def evaluate(content_targets, style_targets, image, weights, layer_weights, scale):
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = network(image)
            contents = {
                layer: content_loss(features[layer], content_targets[layer], normalization)
                for layer in content_layers
            }
            grams = {layer: gram_matrix(features[layer]) for layer in style_layers}
            styles = layer_losses(grams, style_targets, normalization)
            losses = weighted(image, contents, styles, weights, layer_weights)
            scaled = scale * losses["total"]
        return losses, tape.gradient(scaled, image) / scale

    return network, evaluate


def layer_losses(grams, targets, normalization):
    """{layer: style loss} from {layer: Gram matrix} and those of the style."""
    return {layer: style_loss(grams[layer], targets[layer], normalization) for layer in grams}


def weighted(image, contents, styles, weights, layer_weights):
    """What a record tells, from {layer: content loss} and {layer: style loss}."""
    content = tf.reduce_mean(list(contents.values()))
    style = tf.reduce_sum(layer_weights * tf.stack(list(styles.values())))
    tv = total_variation(image)
    total = tf.reduce_sum(weights * tf.stack([content, style, tv]))
    return {"total": total, "content": content, "style": style, "tv": tv, "style_layers": styles}
