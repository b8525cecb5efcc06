"""What this machine is, and the picture sizes the lessons use on it."""

import os
import platform
import time

import numpy as np

from ..network import tf
from ..settings import check_whole
from ..transfer import estimate, evaluated, gigabytes, needed

QUICK = "STYLETOOLS_QUICK" in os.environ  # the tests run the lessons small and short


def has_gpu():
    """Whether TensorFlow sees a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def teaching_size(cpu: int) -> int:
    """Longest side in pixels for a lesson's picture: `cpu`, or twice that where there is a GPU."""
    check_whole("cpu", cpu)
    return 48 if QUICK else cpu * (2 if has_gpu() else 1)


def teaching_steps(cpu: int) -> int:
    """Steps for a lesson's run: `cpu`, or twice that where there is a GPU."""
    check_whole("cpu", cpu)
    return min(cpu, 4) if QUICK else cpu * (2 if has_gpu() else 1)


def device() -> str:
    """What TensorFlow computes on, and what that means for the lessons, in words."""
    if has_gpu():
        return "GPU (the lessons' pictures are twice as large)"
    return "CPU only (fine for every lesson, at teaching size)"


def check_machine() -> None:
    """Print the versions that matter, the processor, and how long a picture will take here."""
    import keras

    versions = f"Python {platform.python_version()}, TensorFlow {tf.__version__}"
    print(f"{versions}, Keras {keras.__version__}, NumPy {np.__version__}")
    print(f"{os.cpu_count()} processor cores, {device()}")
    began = time.perf_counter()
    whole = estimate(size=256)
    print(f"(measured in {time.perf_counter() - began:.0f} s) 100 steps will take about")
    for width, height in ((192, 128), (384, 256), (576, 384)):
        expected = whole.seconds * evaluated(height, width) / evaluated(256, 256)
        memory = gigabytes(needed(height, width))
        print(f"  {expected:5.0f} s for {width} × {height} pixels, with {memory} of memory")
