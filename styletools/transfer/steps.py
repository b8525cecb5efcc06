"""One step: its record, and what ends a run early without harm."""

import contextlib
import signal
import threading
from dataclasses import dataclass

import numpy as np

from ..errors import StyletoolsError


@dataclass(frozen=True)
class Record:
    """One step: losses without their weights, `total` with them."""

    step: int
    seconds: float  # of work since the first step began
    total: float
    content: float
    style: float
    tv: float
    style_layers: dict[str, float]  # {layer: loss}


class NotFinite(StyletoolsError):
    """A loss or a gradient that no step can be taken from."""


def check_finite(step, losses, dtype):
    """Raise `NotFinite` if a loss is not finite, or the total because the gradient is not.

    `losses` {name: value} are those of `styletools.objective` at step number `step`, and `dtype`
    is the network's type.
    """
    parts = [name for name in ("content", "style", "tv") if not np.isfinite(losses[name])]
    layers = [name for name, loss in losses["style_layers"].items() if not np.isfinite(loss)]
    if not parts and np.isfinite(losses["total"]):
        return
    broken = " and ".join(f"the {name} loss" for name in parts) or "the gradient"
    where = f" (of {', '.join(layers)})" if layers else ""
    smaller = " or ".join(f"{name}_weight" for name in parts) or "weights"
    exact = "precision='float32', " if dtype != "float32" else ""
    raise NotFinite(
        f"{broken}{where} is not finite at step {step}; the last good picture is kept: start "
        f"again from it (init=...) with {exact}a smaller {smaller} or the other optimizer"
    )


@contextlib.contextmanager
def interrupted_after():
    """Let Ctrl-C (the kernel's stop button) wait until the block has ended, so that it is whole.

    In other threads than the main one, which Ctrl-C does not reach, nothing is changed.
    """
    handler, waiting = signal.getsignal(signal.SIGINT), []
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    signal.signal(signal.SIGINT, lambda *interrupt: waiting.append(interrupt))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if waiting:
        handler(*waiting[-1])
