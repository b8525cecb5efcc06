"""How large a picture this machine paints while you watch."""

import functools

from ..transfer import estimate, evaluated

SIZES = (96, 128, 192, 256, 384, 512, 768)
RATE = 3  # steps a second
TIMED = 128  # pixels of the side of the square that is timed


@functools.cache
def affordable():
    """The largest of `SIZES` at which this machine takes three steps a second; it is measured."""
    pixel = estimate(TIMED, steps=100).seconds / 100 / evaluated(TIMED, TIMED)
    enough = [s for s in SIZES if pixel * evaluated(2 * s // 3, s) * RATE <= 1]
    return max(enough, default=SIZES[0])
