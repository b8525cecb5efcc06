"""Neural style transfer: content of one picture, style of another, by optimising the pixels.

Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015), eq. 7, and a total
variation term: total = content_weight·L_content + style_weight·L_style + tv_weight·TV.
"""

import time
from dataclasses import dataclass

import numpy as np
from tqdm.auto import tqdm

from .errors import StyletoolsError
from .images import check_image
from .losses import NORMALIZATIONS, content_loss, gram_matrix, style_loss, total_variation
from .optimize import OPTIMIZERS, Halt
from .settings import check_choice, check_shares, check_steps, check_weight
from .vgg import VGG19Features, check_layers, tf

CONTENT_LAYERS = ("block4_conv2",)
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
BORDER = 16  # pixels mirrored at the edges, against the frame that zero padding leaves


@dataclass(frozen=True)
class Record:
    """One step: losses without their weights, `total` with them."""

    step: int
    seconds: float  # since the run began
    total: float
    content: float
    style: float
    tv: float
    style_layers: dict  # {layer: loss}


@dataclass(frozen=True)
class TransferResult:
    """The finished picture (H, W, 3), a `Record` for each step, and why the run ended."""

    image: np.ndarray
    history: list
    stopped: str


class StyleTransfer:
    """A transfer of the style of one picture to the content of another.

    Parameters
    ----------
    content, style : array (H, W, 3)
        Pictures in [0, 1], of any two sizes from 32 pixels a side. The result has the size of
        `content`; brush strokes keep the size in pixels that they have in `style`.
    content_weight, style_weight, tv_weight : float
        Weights of the three losses. They are attributes too, and may be changed between steps.
    content_layers, style_layers : sequence of str
        VGG19 layers; the content loss is the mean over its layers.
    style_layer_weights : dict, optional
        {layer: w_l}; each 1/L if not given.
    normalization : "relative" or "gatys"
        See `styletools.losses`.
    pooling : "avg" or "max"
        Of the network: average, as the paper suggests (section 4) and as puts fewer of the
        style's objects onto the content, or VGG19's own maximum.
    optimizer : "lbfgs" or "adam"
    init : "content", "noise" or an array of the content's shape
        The picture to start from.
    seed : int
        Of the noise.

    Raises
    ------
    StyletoolsError
        A value cannot be used.
    """

    def __init__(
        self,
        content,
        style,
        *,
        content_weight=0.1,
        style_weight=1.0,
        tv_weight=2.0,
        content_layers=CONTENT_LAYERS,
        style_layers=STYLE_LAYERS,
        style_layer_weights=None,
        normalization="relative",
        pooling="avg",
        optimizer="lbfgs",
        init="content",
        seed=0,
    ):
        content, style = check_image(content, "content"), check_image(style, "style")
        self.content_weight = check_weight("content_weight", content_weight)
        self.style_weight = check_weight("style_weight", style_weight)
        self.tv_weight = check_weight("tv_weight", tv_weight)
        self.content_layers = check_layers(content_layers)
        self.style_layers = check_layers(style_layers)
        self.style_layer_weights = check_shares(style_layer_weights, self.style_layers)
        self.normalization = check_choice("normalization", normalization, NORMALIZATIONS)
        self.optimizer = check_choice("optimizer", optimizer, OPTIMIZERS)
        layers = tuple(dict.fromkeys(self.content_layers + self.style_layers))
        self._features = VGG19Features(layers, pooling, border=BORDER)
        features = self._features(content)
        self._content_targets = {layer: features[layer] for layer in self.content_layers}
        features = self._features(style)
        self._style_targets = {layer: gram_matrix(features[layer]) for layer in self.style_layers}
        self.image = _start(init, content, seed)
        self.history = []

    def run(self, steps, callback=None):
        """Improve `.image` by `steps` evaluations of the objective; return why the run ended.

        `callback(record)` is called after every step; if it returns True the run stops, as it
        does at Ctrl-C. `.image` is the best picture evaluated, clipped to [0, 1] (L-BFGS works
        on unclipped pixels, to which its records belong); `.history` grows by a `Record` a
        step. Each run starts its optimizer afresh.
        """
        check_steps(steps)
        began, first, best = time.perf_counter(), len(self.history), np.inf

        def objective(image):
            nonlocal best
            losses, gradient = self._evaluate(image)
            record = self._record(losses, time.perf_counter() - began)
            _check_finite(record, gradient)
            self.history.append(record)
            if record.total < best:
                best, self.image = record.total, np.clip(image, 0, 1)
            if callback is not None and callback(record):
                raise Halt("stopped by the callback")
            if len(self.history) - first == steps:
                raise Halt(f"{steps} steps done")
            return record.total, gradient

        try:
            return OPTIMIZERS[self.optimizer](objective, self.image)
        except Halt as halt:
            return str(halt)
        except KeyboardInterrupt:
            return "interrupted"

    def _evaluate(self, image):
        """Losses, each a float or {layer: float}, and the gradient of the total."""
        weights = [self.content_weight, self.style_weight, self.tv_weight]
        shares = [self.style_layer_weights[layer] for layer in self.style_layers]
        losses, gradient = self._objective(
            tf.constant(image), tf.constant(weights, tf.float32), tf.constant(shares, tf.float32)
        )
        return tf.nest.map_structure(float, losses), gradient.numpy()

    @tf.function
    def _objective(self, image, weights, shares):
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = self._features(image)
            content = tf.reduce_mean(
                [
                    content_loss(features[layer], target, self.normalization)
                    for layer, target in self._content_targets.items()
                ]
            )
            layers = {
                layer: style_loss(gram_matrix(features[layer]), target, self.normalization)
                for layer, target in self._style_targets.items()
            }
            style = tf.reduce_sum(shares * tf.stack([layers[name] for name in self.style_layers]))
            tv = total_variation(image)
            total = tf.reduce_sum(weights * tf.stack([content, style, tv]))
        losses = {"total": total, "content": content, "style": style, "tv": tv}
        return losses | {"style_layers": layers}, tape.gradient(total, image)

    def _record(self, losses, seconds):
        return Record(step=len(self.history) + 1, seconds=seconds, **losses)


def transfer_style(content, style, steps=120, progress=True, **settings):
    """Run a `StyleTransfer` with `settings` for `steps` steps and return a `TransferResult`.

    Shows a progress bar with the losses; Ctrl-C ends the run early and keeps the picture.
    """
    transfer = StyleTransfer(content, style, **settings)
    check_steps(steps)  # before the bar is drawn
    with tqdm(total=steps, unit="step", disable=not progress, leave=False) as bar:

        def show(record):
            bar.update()
            bar.set_postfix_str(
                f"content {record.content:.3f}, style {record.style:.4f}, tv {record.tv:.5f}"
            )

        stopped = transfer.run(steps, callback=show)
    return TransferResult(transfer.image, transfer.history, stopped)


def _start(init, content, seed):
    if isinstance(init, str):
        if check_choice("init", init, ("content", "noise")) == "content":
            return content
        noise = np.random.default_rng(seed).normal(0.5, 0.1, content.shape)
        return np.clip(noise, 0, 1).astype(np.float32)
    image = check_image(init, "init")
    if image.shape != content.shape:
        raise StyletoolsError(f"init has shape {image.shape}; the content has {content.shape}")
    return image


def _check_finite(record, gradient):
    values = {"content": record.content, "style": record.style, "tv": record.tv}
    broken = [name for name, value in values.items() if not np.isfinite(value)]
    if broken or not np.isfinite(gradient).all():
        raise Halt(f"not finite: {', '.join(broken) or 'the gradient'}; try smaller weights")
