"""A transfer in one call, with a progress bar: at once, or from coarse to fine."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from ..errors import StyletoolsError
from ..kinds import File, Picture
from ..network import tf
from ..objective import STATISTICS, Style, carried, check_mask, check_style, suited
from ..pictures import MIN_SIDE, as_path, check_image
from ..settings import AT_ONCE, LARGEST, check_choice, check_flag, check_function, check_steps
from .checkpoint import begun_at
from .memory import check_fits
from .start import check_start
from .steps import Record
from .transfer import StyleTransfer


@dataclass(frozen=True)
class TransferResult:
    """The finished picture (H, W, 3), a `Record` for each step, and why the run ended."""

    image: Picture
    history: list[Record]
    stopped: str


def transfer_style(
    content: ArrayLike,
    style: Style,
    steps: int = 100,
    progress: bool = True,
    *,
    callback: Callable[[Record, Picture], bool | None] | None = None,
    coarse_to_fine: bool = False,
    checkpoint: File | None = None,
    every: float = 60,
    **settings: Any,
) -> TransferResult:
    """Run a `StyleTransfer` with `settings` for `steps` steps and return a `TransferResult`.

    Shows a progress bar with the losses; Ctrl-C ends the run early and keeps the picture.
    `callback(record, image)` is called after every step with its `Record` and the best picture
    (H, W, 3) so far; if it returns True the run stops. With a file name as `checkpoint`, the run
    is saved there every `every` seconds and at the end; if the file exists, the run goes on from
    it, up to `steps` steps in all.

    `coarse_to_fine` is for large pictures: `steps` steps at half, a quarter, … of the size, so
    that the longer side has at most 384 pixels, and half as many at each doubling from there (see
    `plan`).

    Raises `StyletoolsError` if a value cannot be used, or the file is of other pictures or
    settings.
    """
    check_steps(steps)  # before the bar is drawn
    check_function("callback", callback)
    check_flag("progress", progress)
    if not check_flag("coarse_to_fine", coarse_to_fine):
        transfer = StyleTransfer(content, style, **settings)
        return _paint(transfer, steps, progress, callback, checkpoint, every)
    kept = {"checkpoint": checkpoint, "every": every}
    return _coarse_to_fine(content, style, steps, progress, callback, kept, **settings)


def _paint(transfer, steps, progress, callback, checkpoint, every):
    if checkpoint is not None and os.path.lexists(as_path(checkpoint)):
        transfer._go_on_from(checkpoint)
    done = len(transfer.history)
    if done >= steps:
        return TransferResult(transfer.image, transfer.history, f"{done} steps done before")
    with _bar(steps, progress, done) as bar:
        tell = _told(bar, callback, transfer)
        stopped = transfer.run(steps - done, tell, checkpoint, every)
    return TransferResult(transfer.image, transfer.history, stopped)


def plan(steps, *shapes):
    """[(halvings of both sides, steps there)] of coarse-to-fine, coarsest first.

    `shapes` are those of the content and, if known, of the style, (H, W, …): no picture is made
    smaller than the network's least.
    """
    wanted = math.ceil(math.log2(max(max(shapes[0][:2]) / AT_ONCE, 1)))
    possible = int(math.log2(min(min(shape[:2]) for shape in shapes) / MIN_SIDE))
    most = min(wanted, possible)
    return [(halvings, max(steps >> (most - halvings), 1)) for halvings in range(most, -1, -1)]


def _coarse_to_fine(
    content, style, steps, progress, callback, kept, init="content", content_map=None, **settings
):
    content = check_image(content, "content")
    regions = check_style(style, content.shape)
    if content_map is not None:
        content_map = check_mask(content_map, content.shape, "content_map", LARGEST)
    statistic = check_choice("statistic", settings.get("statistic", "gram"), STATISTICS)
    suited(content, regions, statistic)  # refuses before the work
    check_fits(*content.shape[:2], [part.style.shape for part in regions], statistic)
    first = init if isinstance(init, str) else "array"
    if first == "array":
        init = check_start(init, content)
    levels = plan(steps, content.shape, *(part.style.shape for part in regions))
    skipped, init, history = _begun(kept["checkpoint"], content, levels, init, first)
    go_on, own = history is not None, set()
    history = history or []
    with _bar(sum(count for _, count in levels), progress, len(history)) as bar:
        for halvings, count in levels[skipped:]:
            try:
                small = _halved(content, halvings)
                style = [_smaller(part, halvings) for part in regions]
                init = init if isinstance(init, str) else _resized(init, small.shape)
                settings["content_map"] = _halved_mask(content_map, halvings)
                transfer = StyleTransfer(small, style, init=init, **settings)
                transfer._coarser, transfer._first, transfer._own = history, first, own
                if go_on:
                    transfer._go_on_from(kept["checkpoint"])
                    bar.update(len(transfer.history))
                    go_on = False
                stopped = _rest(transfer, count, _told(bar, callback, transfer, history), kept)
            except (KeyboardInterrupt, StyletoolsError) as ended:
                if not history or (go_on and isinstance(ended, StyletoolsError)):
                    raise
                stopped = str(ended) or "interrupted"
                break
            history = history + _counted_on(transfer.history, history)
            init, own = transfer.image, transfer._own
            if stopped not in (f"{count} steps done", transfer.finished):
                break
        else:
            stopped = f"{len(history)} steps done"
    return TransferResult(_resized(init, content.shape), history, stopped)


def _begun(checkpoint, content, levels, init, first):
    """(levels that are done, the next one's start, records of these) as the file says.

    The records are None where there is no such file.
    """
    if checkpoint is None or not os.path.lexists(as_path(checkpoint)):
        return 0, init, None
    shape, start, history = begun_at(checkpoint, first)
    if start is None:
        return 0, init, history
    shapes = [tuple(side >> halvings for side in content.shape[:2]) for halvings, _ in levels]
    return shapes.index(shape[:2]) if shape[:2] in shapes else 0, start, history


def _rest(transfer, steps, tell, kept):
    """Run up to `steps` steps in all, and say why the run ended."""
    left = steps - len(transfer.history)
    stopped = transfer.run(left, tell, **kept) if left > 0 else ""
    return f"{steps} steps done" if stopped in ("", f"{left} steps done") else stopped


def _bar(steps, progress, done=0):
    return tqdm(total=steps, initial=done, unit="step", disable=not progress, leave=False)


def _told(bar, callback, transfer, before=()):
    """What `transfer` calls after a step; `before` are the records of coarser levels."""

    def tell(record):
        bar.update()
        bar.set_postfix_str(
            f"content {record.content:.3f}, style {record.style:.4f}, tv {record.tv:.5f}"
        )
        [counted] = _counted_on([record], before)
        return callback is not None and callback(counted, transfer.image)

    return tell


def _halved(image, times):
    return _resized(image, (image.shape[0] >> times, image.shape[1] >> times))


def _smaller(part, halvings):
    """A `Region` with its pictures and masks halved as often."""
    masks = {name: _halved_mask(getattr(part, name), halvings) for name in ("where", "source")}
    return replace(part, style=_halved(part.style, halvings), **masks)


def _halved_mask(mask, times):
    if mask is None:
        return None
    smaller = carried(mask, (mask.shape[0] >> times, mask.shape[1] >> times))
    return np.minimum(smaller, mask.max())  # rounding may exceed it


def _resized(image, shape):
    if image.shape[:2] == tuple(shape[:2]):
        return image
    resized = tf.image.resize(image, shape[:2], method="bicubic", antialias=True)
    return np.clip(resized, 0, 1)


def _counted_on(history, before):
    """The records of `history`, counted on from those of the level before."""
    step, seconds = (before[-1].step, before[-1].seconds) if before else (0, 0.0)
    return [replace(r, step=r.step + step, seconds=r.seconds + seconds) for r in history]
