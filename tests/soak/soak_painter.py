"""The memory that a painter takes for 24 megapixels; run by `make soak`."""

import subprocess
import sys

import pytest

RUN = """
import resource
import numpy as np
import styletools as st
photograph = np.random.default_rng(1).random((4000, 6000, 3), np.float32)
assert st.Painter.load("starry_night").paint(photograph).shape == photograph.shape
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units")
@pytest.mark.timeout(3600)
def test_a_large_photograph_is_painted_within_two_gigabytes():
    run = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True)
    peak = int(run.stdout)
    print(f"24 megapixels: {peak / 1e9:.2f} GB")
    assert peak < 2e9
