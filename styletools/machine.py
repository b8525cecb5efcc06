"""What this machine is, what to expect of it, and the picture sizes the lessons use on it."""

import os
import platform
import time

import numpy as np

from .objective import BORDER
from .transfer import StyleTransfer
from .vgg import tf

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


def seconds_per_step(size):
    """Median seconds of three evaluations of the default objective at `size` × `size` pixels."""
    picture = np.full((size, size, 3), 0.5, np.float32)
    transfer = StyleTransfer(picture, picture, optimizer="adam")
    transfer.run(1)  # the first step also traces the graph
    transfer.run(3)
    return float(np.median(np.diff([record.seconds for record in transfer.history[1:]])))


def check_machine():
    """Print the versions that matter, the processor, and how long a picture will take here."""
    import keras

    device = "GPU" if has_gpu() else "CPU only (fine for every lesson, at teaching size)"
    versions = f"Python {platform.python_version()}, TensorFlow {tf.__version__}"
    print(f"{versions}, Keras {keras.__version__}, NumPy {np.__version__}")
    print(f"{os.cpu_count()} processor cores, {device}")
    began = time.perf_counter()
    seconds = seconds_per_step(size=128) / (128 + 2 * BORDER) ** 2  # per pixel, border included
    print(f"(measured in {time.perf_counter() - began:.0f} s) 120 steps will take about")
    for width, height in ((192, 128), (384, 256), (576, 384)):
        expected = 120 * seconds * (width + 2 * BORDER) * (height + 2 * BORDER)
        print(f"  {expected:5.0f} s for {width} × {height} pixels")
