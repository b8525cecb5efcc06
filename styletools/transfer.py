"""Neural style transfer: content of one picture, style of another, by optimising the pixels.

Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015); `styletools.objective`
says what is minimised.
"""

import math
import time
from dataclasses import dataclass, replace

import numpy as np
from tqdm.auto import tqdm

from .errors import StyletoolsError
from .images import MIN_SIDE, check_image
from .losses import NORMALIZATIONS
from .objective import Objective
from .optimize import OPTIMIZERS
from .settings import check_choice, check_shares, check_steps, check_weight
from .tiled import LARGE, TiledObjective
from .vgg import check_layers, tf

CONTENT_LAYERS = ("block4_conv2",)
COARSEST = 384  # pixels of the longer side at which coarse-to-fine begins, at most
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))


@dataclass(frozen=True)
class Record:
    """One step: losses without their weights, `total` with them."""

    step: int
    seconds: float  # of work since the first step began
    total: float
    content: float
    style: float
    tv: float
    style_layers: dict  # {layer: loss}


class NotFinite(StyletoolsError):
    """A loss or a gradient that no step can be taken from."""


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
    precision : "float32" or "mixed"
        Of the network; "mixed" is faster where `styletools.precision` finds a use for it, and
        `.objective.dtype` says what it found.
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
        precision="float32",
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
        layers = self.content_layers, self.style_layers
        large = max(picture.shape[0] * picture.shape[1] for picture in (content, style)) > LARGE
        kind = TiledObjective if large else Objective
        self.objective = kind(content, style, *layers, normalization, pooling, precision)
        self._picture = tf.constant(_start(init, content, seed))
        self.history = []
        self._optimizer = OPTIMIZERS[optimizer](self._picture)
        self._weights, self._best, self._seconds = None, np.inf, 0.0

    @property
    def image(self):
        """The best picture (H, W, 3) evaluated with the present weights, clipped to [0, 1].

        L-BFGS works on unclipped pixels, to which its records belong.
        """
        return np.clip(self._picture, 0, 1)

    def run(self, steps, callback=None):
        """Improve `.image` by `steps` evaluations of the objective; return why the run ended.

        `callback(record)` is called after every step; if it returns True the run stops, as it
        does at Ctrl-C. `.history` grows by a `Record` a step. A later run goes on where this
        one ended, except that L-BFGS forgets what it has learnt if a weight was changed.
        """
        check_steps(steps)
        try:
            for _ in range(steps):
                if self._optimizer.finished and self._current_weights() == self._weights:
                    return self._optimizer.finished
                record = self.step()
                if callback is not None and callback(record):
                    return "stopped by the callback"
        except NotFinite as broken:
            return str(broken)
        except KeyboardInterrupt:
            return "interrupted"
        return f"{steps} steps done"

    def step(self):
        """Evaluate one picture, choose the next, and return the `Record`.

        Raises `NotFinite` if a loss or the gradient is not finite; the picture stays as it was.
        """
        began, weights = time.perf_counter(), self._current_weights()
        if weights != self._weights:
            self._optimizer.objective_changed()
            self._weights, self._best = weights, np.inf
        image = self._optimizer.image
        losses, gradient = self.objective(image, *weights)
        _check_finite(losses, gradient)
        if losses["total"] < self._best:
            self._best, self._picture = losses["total"], image
        self._optimizer.update(losses["total"], gradient)
        self._seconds += time.perf_counter() - began
        record = Record(step=len(self.history) + 1, seconds=self._seconds, **losses)
        self.history.append(record)
        return record

    def _current_weights(self):
        """The weights as they are now, checked: (content, style, tv), (each style layer's)."""
        names = ("content_weight", "style_weight", "tv_weight")
        weights = tuple(check_weight(name, getattr(self, name)) for name in names)
        shares = check_shares(self.style_layer_weights, self.style_layers)
        return weights, tuple(shares[layer] for layer in self.style_layers)


def transfer_style(content, style, steps=120, progress=True, coarse_to_fine=False, **settings):
    """Run a `StyleTransfer` with `settings` for `steps` steps and return a `TransferResult`.

    Shows a progress bar with the losses; Ctrl-C ends the run early and keeps the picture.
    `coarse_to_fine` is for large pictures: `steps` steps at half, a quarter, … of the size, so
    that the longer side has at most 384 pixels, and half as many at each doubling from there.
    """
    check_steps(steps)
    levels = _levels(content, style) if coarse_to_fine else [(content, style)]
    plan = [max(steps // 2**level, 1) for level in range(len(levels))]
    history, init = [], settings.pop("init", "content")
    with tqdm(total=sum(plan), unit="step", disable=not progress, leave=False) as bar:

        def show(record):
            bar.update()
            bar.set_postfix_str(
                f"content {record.content:.3f}, style {record.style:.4f}, tv {record.tv:.5f}"
            )

        for pictures, count in zip(levels, plan, strict=True):
            if not isinstance(init, str):
                init = _resized(init, pictures[0].shape)
            transfer = StyleTransfer(*pictures, init=init, **settings)
            stopped = transfer.run(count, callback=show)
            history += _later(transfer.history, history)
            init = transfer.image
            if len(transfer.history) < count:
                break
    return TransferResult(_resized(init, content.shape), history, stopped)


def _levels(content, style):
    """The two pictures at the sizes to work through, coarsest first."""
    halvings = math.ceil(math.log2(max(max(content.shape) / COARSEST, 1)))
    shapes = [
        [(picture.shape[0] // 2**k, picture.shape[1] // 2**k) for picture in (content, style)]
        for k in range(halvings, 0, -1)
    ]
    small = [both for both in shapes if min(map(min, both)) >= MIN_SIDE]
    return [(_resized(content, a), _resized(style, b)) for a, b in small] + [(content, style)]


def _resized(image, shape):
    if image.shape[:2] == tuple(shape[:2]):
        return image
    resized = tf.image.resize(image, shape[:2], method="bicubic", antialias=True)
    return np.clip(resized, 0, 1)


def _later(history, before):
    """The records of `history` counted on from those of the level before."""
    step, seconds = (before[-1].step, before[-1].seconds) if before else (0, 0.0)
    return [replace(r, step=r.step + step, seconds=r.seconds + seconds) for r in history]


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


def _check_finite(losses, gradient):
    broken = [name for name in ("content", "style", "tv") if not np.isfinite(losses[name])]
    if broken or not tf.reduce_all(tf.math.is_finite(gradient)):
        broken = ", ".join(broken) or "the gradient"
        raise NotFinite(f"not finite: {broken}; try smaller weights, then start again")
