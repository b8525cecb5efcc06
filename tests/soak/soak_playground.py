"""Half an hour of a running playground with a slider moved every second: `make soak`.

SOAK_MINUTES sets another time. What must stay where it was after the first minute, within a
tenth: the memory and the threads of the process.
"""

import os
import random
import threading
import time
from pathlib import Path

import numpy as np

import styletools as st

MINUTES = float(os.environ.get("SOAK_MINUTES", 30))


def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def threads():
    return int(Path("/proc/self/status").read_text().split("Threads:")[1].split()[0])


def test_nothing_grows():
    chance = random.Random(0)
    playground = st.Playground("great_pyramid", "starry_night", size=64, steps=100_000)
    playground.start()
    began = moved = time.monotonic()
    first = None
    while (elapsed := time.monotonic() - began) < 60 * MINUTES:
        playground.clock.widget.value += 1  # a tick
        if time.monotonic() - moved > 1:
            slider = chance.choice(list(playground.sliders.values()))
            slider.value = 10 ** chance.uniform(slider.min, slider.max)
            moved = time.monotonic()
        if first is None and elapsed > min(60, 30 * MINUTES):
            first = megabytes(), threads()
            print(f"after {elapsed:.0f} s: {first[0]:.0f} MB, {first[1]} threads")
    last = megabytes(), threads()
    print(f"after {elapsed:.0f} s: {last[0]:.0f} MB, {last[1]} threads")
    print(f"{len(playground.history)} steps, message {playground.panel.message.value!r}")
    assert len(playground.history) > 60 * MINUTES
    assert np.isfinite(playground.image).all()
    np.testing.assert_allclose(last, first, rtol=0.1)
    assert threading.active_count() < 10
