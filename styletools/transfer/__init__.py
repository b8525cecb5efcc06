"""How it is minimised, and how a run is kept: optimizers, steps, checkpoints, estimates."""

from .estimates import estimate
from .memory import evaluated, gigabytes, needed
from .optimize import LBFGS, OPTIMIZERS, frequency_scale
from .painting import TransferResult, transfer_style
from .steps import Record
from .transfer import CONTENT_LAYERS, STYLE_LAYERS, StyleTransfer

__all__ = [
    "CONTENT_LAYERS",
    "LBFGS",
    "OPTIMIZERS",
    "Record",
    "STYLE_LAYERS",
    "StyleTransfer",
    "TransferResult",
    "estimate",
    "evaluated",
    "frequency_scale",
    "gigabytes",
    "needed",
    "transfer_style",
]
