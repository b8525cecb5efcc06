"""How much memory a transfer needs, how much there is, and what to say when it is too little."""

import contextlib
import math
import os
from pathlib import Path

from ..errors import StyletoolsError
from ..network import tf
from ..objective import LARGE, seen
from ..pictures import MIN_SIDE
from .optimize import MEMORY_BYTES

# Bytes, from the peak memory of whole processes at sizes from 64 to 1024 pixels (Linux).
PROCESS = 0.83e9  # Python, TensorFlow and the network
PER_PIXEL = 4100  # feature maps and their gradients, without AVX-512; 2400 with it, measured
PER_SAMPLE = 1300  # more, where the statistic is "sliced"
PER_STYLE = 1450  # feature maps alone, of a style picture
PICTURE = 12  # bytes a pixel; L-BFGS remembers forty pictures, and there are some to work with
PER_TARGET_PIXEL = 40  # what tiles keep of the content at block4_conv2, and to sew with
_reserved = {"bytes": 0}
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def evaluated(height, width):
    """Pixels that the network sees in a step, the margins of tiles included."""
    return seen(height, width)[1]


def needed(height, width, styles=(), statistic="gram"):
    """Bytes that the process will hold at most, for a picture of `height` × `width` pixels.

    `styles` are the shapes (H, W, …) of the style pictures, as far as they are known.
    """
    own = height * width
    remembered = min(40 * PICTURE * own, max(MEMORY_BYTES, 6 * PICTURE * own))
    each = PER_PIXEL + (statistic == "sliced") * PER_SAMPLE
    maps = [each * seen(height, width)[0], *(PER_STYLE * seen(*s[:2])[0] for s in styles)]
    return (
        PROCESS
        + max(maps)
        + remembered
        + 8 * PICTURE * own
        + (own > LARGE) * PER_TARGET_PIXEL * own
    )


def available():
    """Bytes of main memory that this process can have in all, or None where nobody says.

    What it holds already is counted in. Other processes may take some of it at any time.
    """
    told = [_held() + _free(), *map(_limit, LIMITS)]
    return min((number for number in told if number), default=None)


def largest_side(height, width, statistic="gram"):
    """The longest side that a picture of these proportions can have to fit in `available()`."""
    there, longest = available(), max(height, width)

    def fits(side):
        sides = height * side / longest, width * side / longest
        return there is None or needed(*sides, statistic=statistic) <= there

    if fits(longest):
        return longest
    # just below the size from which tiles are used more memory is needed than just above
    tiled = math.ceil(longest * math.sqrt(LARGE / (height * width))) + 1
    low, high = (tiled, longest) if tiled < longest and fits(tiled) else (0, min(tiled, longest))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def check_fits(height, width, styles=(), statistic="gram"):
    """Raise `StyletoolsError` if a picture of this size, or a style, cannot fit into memory."""
    side, there = largest_side(height, width, statistic), available()
    if side < max(height, width):
        wanted = needed(height, width, statistic=statistic)
        raise StyletoolsError(
            f"{width}×{height} pixels need about {gigabytes(wanted)} of memory; "
            f"{gigabytes(there)} are there: {_smaller(side, height, width)}"
        )
    for style in styles:
        if there is not None and needed(height, width, [style], statistic) > there:
            raise StyletoolsError(
                f"the style picture of {style[1]}×{style[0]} pixels does not fit into the "
                f"{gigabytes(there)} of memory: load it smaller, with max_side"
            )


def reserve(height, width, styles=(), statistic="gram"):
    """Let TensorFlow's allocator take what a picture of this size needs in one piece.

    It would otherwise take a piece for each tensor that finds no place, and waste up to a third
    between them. Pages that are never written to cost nothing.
    """
    size = needed(height, width, styles, statistic) - PROCESS
    if size > _reserved["bytes"]:
        with tf.device("CPU"), contextlib.suppress(tf.errors.ResourceExhaustedError):
            tf.raw_ops.Empty(shape=[int(size / 8)], dtype=tf.float64)
        _reserved["bytes"] = size


@contextlib.contextmanager
def answered(height, width):
    """Say which size fits if, in the block, the memory of the GPU or of the machine runs out."""
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError):
        side = min(largest_side(height, width), int(0.7 * max(height, width)))  # half the pixels
        raise StyletoolsError(
            f"{width}×{height} pixels do not fit into memory: {_smaller(side, height, width)}"
        ) from None


def gigabytes(number):
    """A number of bytes in words."""
    return f"{number / 1e9:.1f} GB"


def _smaller(side, height, width):
    if side * min(height, width) < MIN_SIDE * max(height, width):
        return "close other programs and kernels, or take a machine with more memory"
    return f"load it with max_side={side} (--size {side}), or close other programs and kernels"


def _held():
    """Bytes that this process holds, as Linux tells; 0 elsewhere."""
    facts = Path("/proc/self/statm")
    return int(facts.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if facts.exists() else 0


def _free():
    """Bytes that nobody needs, as Linux tells; all of the memory on a Mac; 0 if unknown."""
    facts = Path("/proc/meminfo")
    if facts.exists():
        lines = dict(line.split(":") for line in facts.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    with contextlib.suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 0


def _limit(name):
    """Bytes that a container allows, or None."""
    with contextlib.suppress(OSError, ValueError):  # no such file, or the word "max"
        return int(Path(name).read_text())
