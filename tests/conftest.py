"""Data and pictures that several tests use."""

import signal
from pathlib import Path

import numpy as np
import pytest

from styletools import load_image


@pytest.fixture(autouse=True)
def interruptible():
    """Ctrl-C interrupts, also where whoever started the tests ignores it, as nohup does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def reference():
    """Values computed in PyTorch; see tests/data/README.md."""
    with np.load(Path(__file__).parent / "data" / "vgg19_reference.npz") as stored:
        return dict(stored)


@pytest.fixture(scope="session")
def pyramid():
    return load_image("great_pyramid", 64)


@pytest.fixture(scope="session")
def starry():
    return load_image("starry_night", 64)
