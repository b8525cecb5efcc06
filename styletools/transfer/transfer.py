"""Neural style transfer: content of one picture, style of another, by optimising the pixels.

Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015); `styletools.objective`
says what is minimised.
"""

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..errors import StyletoolsError
from ..kinds import File, Picture
from ..network import POOLINGS, PRECISIONS, check_layers, tf
from ..objective import (
    NORMALIZATIONS,
    STATISTICS,
    Style,
    check_mask,
    check_style,
    in_agreement,
    packed,
    suited,
)
from ..pictures import check_image
from ..settings import (
    LARGEST,
    check_choice,
    check_function,
    check_shares,
    check_steps,
    check_weights,
    check_whole,
)
from .checkpoint import Resumable, Saver, check_free
from .memory import answered, check_fits, reserve
from .optimize import OPTIMIZERS
from .start import start_picture
from .steps import Record, check_finite, interrupted_after

CONTENT_LAYERS = ("block4_conv2",)
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))


class StyleTransfer(Resumable):
    """A transfer of the style of one picture to the content of another.

    Parameters
    ----------
    content, style : array (H, W, 3)
        Pictures in [0, 1], of any two sizes from 32 pixels a side. The result has the size of
        `content`; brush strokes keep the size in pixels that they have in `style`. `style` may
        also be a list of (picture, share) with shares that add up to 1, or a list of `Region`.
    content_weight, style_weight, tv_weight : float
        Weights of the three losses. They are attributes too, and may be changed between steps.
    content_layers, style_layers : sequence of str
        VGG19 layers; the content loss is the mean over its layers.
    style_layer_weights : dict, optional
        {layer: w_l}; each 1/L if not given.
    content_map : array (H, W), optional
        What the content's errors count at each place, from 0 up; 1 everywhere if not given.
    statistic : "gram", "gaussian" or "sliced"
        What the style is compared by; see `styletools.objective.textures`.
    normalization : "relative" or "gatys"
        See `styletools.objective.losses`.
    pooling : "avg" or "max"
        Of the network: average, as the paper suggests (section 4), or VGG19's own maximum.
    optimizer : "lbfgs" or "adam"
    precision : "auto", "float32" or "mixed"
        Of the network. "mixed" takes half as many bits where the machine is faster with them (see
        `styletools.network.precision`), "auto" does so if the first loss agrees with float32's to
        1 %. `.objective.dtype` says what was taken.
    init : "content", "noise", "painter" or an array of the content's shape
        The picture to start from. "painter" is that of `styletools.Painter`, for one of the
        paintings that have one.
    seed : int
        Of the noise.

    Raises
    ------
    StyletoolsError
        A value cannot be used.
    """

    def __init__(
        self,
        content: ArrayLike,
        style: Style,
        *,
        content_weight: float = 0.05,
        style_weight: float = 1.0,
        tv_weight: float = 0.1,
        content_layers: str | Sequence[str] = CONTENT_LAYERS,
        style_layers: str | Sequence[str] = STYLE_LAYERS,
        style_layer_weights: Mapping[str, float] | None = None,
        content_map: ArrayLike | None = None,
        statistic: str = "gram",
        normalization: str = "relative",
        pooling: str = "avg",
        optimizer: str = "lbfgs",
        precision: str = "auto",
        init: str | ArrayLike = "content",
        seed: int = 0,
    ) -> None:
        content = check_image(content, "content")
        regions = check_style(style, content.shape)
        self.content_weight, self.style_weight = content_weight, style_weight
        self.tv_weight = tv_weight
        self.content_layers = check_layers(content_layers)
        self.style_layers = check_layers(style_layers)
        self.style_layer_weights = check_shares(style_layer_weights, self.style_layers)
        self._current_weights()
        self.normalization = check_choice("normalization", normalization, NORMALIZATIONS)
        self.statistic = check_choice("statistic", statistic, STATISTICS)
        self.optimizer = check_choice("optimizer", optimizer, OPTIMIZERS)
        self.pooling = check_choice("pooling", pooling, POOLINGS)
        self.precision = check_choice("precision", precision, PRECISIONS)
        self.seed = check_whole("seed", seed, 0)
        start = start_picture(init, content, regions, seed)
        self.init = init if isinstance(init, str) else "array"
        self._pictures = {"content": np.array(content)} | packed(regions)
        self._pictures |= {"init": np.array(start)} if self.init == "array" else {}
        if content_map is not None:
            content_map = check_mask(content_map, content.shape, "content_map", LARGEST)
            self._pictures["content_map"] = content_map
        height, width, _ = content.shape
        takes = height, width, [part.style.shape for part in regions], statistic
        check_fits(*takes)
        kind = suited(content, regions, statistic)
        layers = self.content_layers, self.style_layers

        def objective(precision):
            settings = normalization, pooling, precision, statistic, content_map
            return kind(content, regions, *layers, *settings)

        with answered(height, width):
            reserve(*takes)
            self._picture = tf.constant(start)
            if precision == "auto":
                self.objective = in_agreement(objective, self._picture, self._current_weights())
            else:
                self.objective = objective(precision)
            self._optimizer = OPTIMIZERS[optimizer](self._picture)
        self.history: list[Record] = []
        self._weights, self._best, self._seconds = None, np.inf, 0.0
        self._coarser, self._first = [], self.init  # of runs at smaller sizes that came before
        self._own = set()  # the checkpoint files that this run may replace

    @property
    def image(self) -> Picture:
        """The best picture (H, W, 3) evaluated with the present weights, clipped to [0, 1].

        L-BFGS works on unclipped pixels, to which its records belong.
        """
        return np.clip(self._picture, 0, 1)

    def run(
        self,
        steps: int,
        callback: Callable[[Record], bool | None] | None = None,
        checkpoint: File | None = None,
        every: float = 60,
    ) -> str:
        """Improve `.image` by `steps` evaluations of the objective; return why the run ended.

        `callback(record)` is called after every step; if it returns True the run stops, as it
        does within a step at Ctrl-C, or where it cannot go on: a loss that is not finite, memory
        or the disk that is full. `.history` grows by a `Record` a step. A later run goes on
        where this one ended, except that L-BFGS forgets what it has learnt if a weight was
        changed. With a file name as `checkpoint`, the run is saved there (see `save`) every
        `every` seconds and at the end. Only a file of this run itself is replaced.
        """
        check_steps(steps)
        check_function("callback", callback)
        self._current_weights()
        if checkpoint is not None:
            check_free(checkpoint, self._own)
        saver = Saver(self._save, checkpoint, every)
        stopped = self._run(steps, callback, saver)
        try:
            with interrupted_after():
                saver.due(now=True)
        except KeyboardInterrupt:
            return "interrupted"
        except StyletoolsError as unsaved:
            return stopped if str(unsaved) in stopped else f"{stopped}, but {unsaved}"
        return stopped

    def _run(self, steps, callback, saver):
        try:
            for _ in range(steps):
                if self.finished:
                    return self.finished
                record = self.step()
                saver.due()
                if callback is not None and callback(record):
                    return "stopped by the callback"
        except StyletoolsError as broken:
            return str(broken)
        except KeyboardInterrupt:
            return "interrupted"
        return f"{steps} steps done"

    @property
    def finished(self) -> str | None:
        """Why no step helps any more with the present weights, or None."""
        return self._optimizer.finished if self._current_weights() == self._weights else None

    def step(self) -> Record:
        """Evaluate one picture, choose the next, and return the `Record`.

        Raises `NotFinite` if a loss or the gradient is not finite, and `StyletoolsError` if
        memory runs out; the picture stays as it was. Ctrl-C waits until the step is done.
        """
        with answered(*self._picture.shape[:2]), interrupted_after():
            return self._step()

    def _step(self):
        began, weights = time.perf_counter(), self._current_weights()
        if weights != self._weights:
            self._optimizer.objective_changed()
            self._weights, self._best = weights, np.inf
        image = self._optimizer.image
        losses, gradient = self.objective(image, *weights)
        check_finite(len(self.history) + 1, losses, self.objective.dtype)
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
        weights = {name: getattr(self, name) for name in names}
        check_weights(**weights)
        shares = check_shares(self.style_layer_weights, self.style_layers)
        return tuple(weights.values()), tuple(shares[layer] for layer in self.style_layers)
