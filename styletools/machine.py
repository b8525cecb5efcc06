"""What this machine is, what to expect of it, and the picture sizes the lessons use on it."""

import os
import platform
import time
from dataclasses import dataclass

import numpy as np

from .images import MIN_SIDE
from .memory import check_fits, evaluated, gigabytes, needed
from .painting import plan
from .settings import check_steps, check_whole
from .tiled import LARGE
from .transfer import StyleTransfer
from .vgg import tf

TIMED = 128  # pixels of the side of the picture that is timed; a smaller one's are dearer
QUICK = "STYLETOOLS_QUICK" in os.environ  # the tests run the lessons small and short


def has_gpu():
    """Whether TensorFlow sees a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def teaching_size(cpu):
    """Longest side in pixels for a lesson's picture: `cpu`, or twice that where there is a GPU."""
    return 48 if QUICK else cpu * (2 if has_gpu() else 1)


def teaching_steps(cpu):
    """Steps for a lesson's run: `cpu`, or twice that where there is a GPU."""
    return min(cpu, 4) if QUICK else cpu * (2 if has_gpu() else 1)


@dataclass(frozen=True)
class Estimate:
    """What a transfer will take: seconds, and bytes of memory that the process holds at most."""

    seconds: float
    memory: float

    def __str__(self):
        return f"about {self.seconds:.0f} s and {gigabytes(self.memory)} of memory"


def estimate(size, steps=120, coarse_to_fine=False, **settings):
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


def device():
    """What TensorFlow computes on, and what that means for the lessons, in words."""
    if has_gpu():
        return "GPU (the lessons' pictures are twice as large)"
    return "CPU only (fine for every lesson, at teaching size)"


def check_machine():
    """Print the versions that matter, the processor, and how long a picture will take here."""
    import keras

    versions = f"Python {platform.python_version()}, TensorFlow {tf.__version__}"
    print(f"{versions}, Keras {keras.__version__}, NumPy {np.__version__}")
    print(f"{os.cpu_count()} processor cores, {device()}")
    began = time.perf_counter()
    whole = estimate(size=256)
    print(f"(measured in {time.perf_counter() - began:.0f} s) 120 steps will take about")
    for width, height in ((192, 128), (384, 256), (576, 384)):
        expected = whole.seconds * evaluated(height, width) / evaluated(256, 256)
        memory = gigabytes(needed(height, width))
        print(f"  {expected:5.0f} s for {width} × {height} pixels, with {memory} of memory")
