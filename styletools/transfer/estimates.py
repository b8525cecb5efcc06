"""How long a transfer will take on this machine, and how much memory it will need."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import StyletoolsError, shown
from ..objective import LARGE, STATISTICS
from ..pictures import MIN_SIDE
from ..settings import check_choice, check_flag, check_steps, check_whole
from .memory import check_fits, evaluated, gigabytes, needed
from .painting import plan
from .transfer import StyleTransfer

TIMED = 128  # pixels of the side of the picture that is timed; a smaller one's are dearer
LOOK = 0.4  # of a step's work: seeing a picture without asking for a gradient
LARGEST = 10**6  # pixels of a side
LONG = 600  # seconds from which there is advice


@dataclass(frozen=True)
class Estimate:
    """What a transfer will take: seconds, and bytes of memory that the process holds at most.

    `advice` says how it can be had sooner, if it will take long.
    """

    seconds: float
    memory: float
    advice: str = ""

    def __str__(self):
        return f"about {duration(self.seconds)} and {gigabytes(self.memory)} of memory{self.advice}"


def estimate(
    size: int | tuple[int, int],
    steps: int = 100,
    coarse_to_fine: bool = False,
    style_size: int | tuple[int, int] | None = None,
    **settings: Any,
) -> Estimate:
    """What a transfer will take on this machine, from three steps at 128 × 128 pixels.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the result in pixels, or one number for a square.
    steps : int
    coarse_to_fine : bool
        As of `transfer_style`.
    style_size : int or (int, int), optional
        Height and width of the style picture; those of the result if not given.
    settings : dict
        Of the `StyleTransfer`; precision, layers, pooling and statistic matter.

    Returns an `Estimate`; printed, it reads as a sentence, and over ten minutes it names what
    takes less. A step's time grows with the number of pixels. The network is
    built and its graph traced here, which the run need not do again.

    Raises `StyletoolsError` if a value cannot be used, or a picture of this size cannot fit into
    memory; the message names the largest that can.
    """
    sides = height, width = _sides("size", size)
    style = sides if style_size is None else _sides("style_size", style_size)
    check_steps(steps)
    check_flag("coarse_to_fine", coarse_to_fine)
    statistic = check_choice("statistic", settings.get("statistic", "gram"), STATISTICS)
    check_fits(height, width, [style], statistic)
    pixel = _timed(settings) / evaluated(TIMED, TIMED)
    seconds = pixel * work(sides, style, steps, coarse_to_fine)
    advice = _advice(sides, style, steps, coarse_to_fine, pixel) if seconds > LONG else ""
    return Estimate(seconds, needed(height, width, [style], statistic), advice)


def _sides(name, size):
    sides = size if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2:
        raise StyletoolsError(
            f"{name} is {shown(size)}; it must be a whole number from {MIN_SIDE} to {LARGEST}, or "
            "two, height and width"
        )
    for side, value in zip(("height", "width"), sides, strict=True):
        check_whole(f"the {side} of {name}", value, MIN_SIDE, LARGEST)
    return tuple(sides)


def work(size, style, steps, coarse_to_fine):
    """Pixels of which the network finds the gradient in a whole run, or what is worth as many."""
    levels = plan(steps, size, style) if coarse_to_fine else [(0, steps)]
    pairs = [(n, _halved(size, times), _halved(style, times)) for times, n in levels]
    return sum((n + LOOK) * _seen(a, b) + LOOK * _seen(b, a) for n, a, b in pairs)


def _seen(size, other):
    """Pixels seen of a picture in a step; in tiles, and so twice, if it or the other is large."""
    whole = np.prod(size) <= LARGE < np.prod(other)
    return evaluated(*size) * (1 + whole)


def _halved(size, times):
    return size[0] >> times, size[1] >> times


def _advice(size, style, steps, coarse_to_fine, pixel):
    """What takes less, in words: from coarse to fine, and a size for which `LONG` is enough."""
    ways = []
    if not coarse_to_fine and len(plan(steps, size, style)) > 1:
        seconds = pixel * work(size, style, steps, True)
        ways.append(f"coarse_to_fine=True (--coarse-to-fine) takes about {duration(seconds)}")
    smaller = [_fitted(size, side) for side in range(MIN_SIDE, max(size), MIN_SIDE)]
    needing = {s: pixel * work(s, s, steps, coarse_to_fine) for s in smaller if min(s) >= MIN_SIDE}
    enough = [s for s, seconds in needing.items() if seconds <= LONG]
    if enough:
        side, seconds = max(enough[-1]), needing[enough[-1]]
        ways.append(f"max_side={side} (--size {side}) about {duration(seconds)}")
    return f". Sooner: {', '.join(ways)}" if ways else ""


def _fitted(size, side):
    """`size` made smaller, so that the longer side has `side` pixels."""
    return tuple(max(round(n * side / max(size)), 1) for n in size)


def duration(seconds):
    """A number of seconds in words."""
    for limit, unit, name in ((100, 1, "s"), (5400, 60, "minutes"), (np.inf, 3600, "hours")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"


def _timed(settings):
    """The median seconds of three steps at `TIMED` pixels, after a first one."""
    content, style = np.random.default_rng(0).random((2, TIMED, TIMED, 3), np.float32)
    sized = ("init", "content_map")  # they may be arrays of the whole picture's size
    settings = {name: value for name, value in settings.items() if name not in sized}
    transfer = StyleTransfer(content, style, **settings)
    for _ in range(4):
        transfer.step()
    return float(np.median(np.diff([record.seconds for record in transfer.history])))
