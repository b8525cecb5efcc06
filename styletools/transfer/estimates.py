"""How long a transfer will take on this machine, and how much memory it will need."""

from dataclasses import dataclass

import numpy as np

from ..objective import LARGE
from ..pictures import MIN_SIDE
from ..settings import check_flag, check_steps, check_whole
from .memory import check_fits, evaluated, gigabytes, needed
from .painting import plan
from .transfer import StyleTransfer

TIMED = 128  # pixels of the side of the picture that is timed; a smaller one's are dearer


@dataclass(frozen=True)
class Estimate:
    """What a transfer will take: seconds, and bytes of memory that the process holds at most."""

    seconds: float
    memory: float

    def __str__(self):
        return f"about {self.seconds:.0f} s and {gigabytes(self.memory)} of memory"


def estimate(size, steps=100, coarse_to_fine=False, **settings):
    """What a transfer will take on this machine, from three steps at 128 × 128 pixels.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the result in pixels, or one number for a square.
    steps : int
    coarse_to_fine : bool
        As of `transfer_style`.
    settings : dict
        Of the `StyleTransfer`; precision, layers, pooling and statistic matter. Of statistics
        other than "gram" the memory is not known, and is more.

    Returns an `Estimate`; printed, it reads as a sentence. A step takes as long as the picture
    has pixels, its mirrored border included; before the first there is about one step's work.
    The network is built and its graph traced here, which the run need not do again.

    Raises `StyletoolsError` if a value cannot be used, or a picture of this size cannot fit into
    memory; the message names the largest that can.
    """
    height, width = size if isinstance(size, tuple | list) and len(size) == 2 else (size, size)
    check_whole("height", height, MIN_SIDE, 10**6)
    check_whole("width", width, MIN_SIDE, 10**6)
    check_steps(steps)
    check_flag("coarse_to_fine", coarse_to_fine)
    check_fits(height, width)
    levels = plan(steps, (height, width)) if coarse_to_fine else [(0, steps)]
    work = sum((n + 1) * _work(height >> halvings, width >> halvings) for halvings, n in levels)
    return Estimate(work * _timed(settings) / evaluated(TIMED, TIMED), needed(height, width))


def _work(height, width):
    """Pixels that the network sees in a step, twice where it works in tiles."""
    return evaluated(height, width) * (1 + (height * width > LARGE))


def _timed(settings):
    """The median seconds of three steps at `TIMED` pixels, after a first one."""
    content, style = np.random.default_rng(0).random((2, TIMED, TIMED, 3), np.float32)
    sized = ("init", "content_map")  # they may be arrays of the whole picture's size
    settings = {name: value for name, value in settings.items() if name not in sized}
    transfer = StyleTransfer(content, style, **settings)
    for _ in range(4):
        transfer.step()
    return float(np.median(np.diff([record.seconds for record in transfer.history])))
