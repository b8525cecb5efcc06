"""How a picture is optimised, and how a run is kept.

`transfer` is the run, begun by `start`, and `steps` one step of it; `optimize` has L-BFGS and Adam,
`curvature` what L-BFGS learns; `painting` is a whole run in one call; `checkpoint` saves a run;
`memory` and `estimates` say beforehand what it will take.
"""

from .curvature import frequency_scale
from .estimates import estimate
from .memory import evaluated, gigabytes, needed
from .optimize import LBFGS, OPTIMIZERS
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
