"""Estimates against whole runs at five sizes, and how long Ctrl-C takes; run by `make soak`."""

import json
import signal
import statistics
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import styletools as st

STEPS = 8
RUN = """
import json, resource, sys, time
import numpy as np
import styletools as st
size, style, steps, statistic = *map(int, sys.argv[1:4]), sys.argv[4]
pictures = [np.random.default_rng(1).random((n, n, 3), np.float32) for n in (size, style)]
expected = st.estimate(size, steps, style_size=style, statistic=statistic)
began = time.perf_counter()
st.transfer_style(*pictures, steps, progress=False, statistic=statistic)
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([expected.seconds / seconds, expected.memory / peak, seconds]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("size", "style", "statistic"),
    [
        *[(size, size, "gram") for size in (96, 160, 256, 384, 512)],
        *[(128, 1024, "gram"), (384, 384, "gaussian"), (384, 384, "sliced"), (1300, 256, "gram")],
    ],
)
def test_estimates_are_near_what_is_measured(size, style, statistic):
    steps = STEPS if size < 1000 else 2
    command = [sys.executable, "-c", RUN, *map(str, (size, style, steps, statistic))]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, memory, measured = json.loads(run.stdout)
    print(
        f"{size} pixels, style {style}, {statistic}, {measured:.1f} s: "
        f"estimate/measured {seconds:.2f} s, {memory:.2f} GB"
    )
    assert seconds == pytest.approx(1, abs=0.25)
    assert memory == pytest.approx(1, abs=0.2)


def test_ctrl_c_ends_a_run_within_a_step():
    transfer = st.StyleTransfer(*np.random.default_rng(1).random((2, 160, 160, 3), np.float32))
    transfer.run(2)
    waits = []
    for pause in np.linspace(0.1, 2.3, 10):
        threading.Timer(pause, signal.raise_signal, [signal.SIGINT]).start()
        began = time.perf_counter()
        assert transfer.run(10**4) == "interrupted"
        waits.append(time.perf_counter() - began - pause)
    step = max(np.diff([record.seconds for record in transfer.history]))
    print(f"step {step:.2f} s; to stop: median {statistics.median(waits):.2f}, {max(waits):.2f} s")
    assert max(waits) < step + 0.5
