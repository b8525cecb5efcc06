"""A method as a process of its own: it takes steps when it is asked to and says what they cost.

Needs NumPy alone, so that every environment can import it.
"""

import json
import resource
import sys
import time
from importlib.metadata import version

import numpy as np

BYTES = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss


def answer(**values):
    """One line of JSON on standard output."""
    print(json.dumps(values), flush=True)


def serve(step, picture, *packages):
    """Say which `packages` are installed, then obey each line of standard input: "N", or "N FILE".

    Takes N steps and answers with their `seconds`, the `loss` that the last `step()` returned
    and the process's `peak_mb` so far. FILE receives `picture()`, float32 (H, W, 3), RGB, about
    [0, 1]; writing it is not timed.
    """
    answer(versions=[f"{name} {version(name)}" for name in packages])
    for line in sys.stdin:
        steps, *path = line.split(maxsplit=1)
        loss, began = None, time.perf_counter()
        for _ in range(int(steps)):
            loss = step()
        seconds = time.perf_counter() - began
        if path:
            np.save(path[0].strip(), picture())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES / 1e6
        answer(seconds=seconds, loss=loss, peak_mb=peak)
