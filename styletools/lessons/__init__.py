"""What notebooks need besides the method.

`plots` draws figures, `visualize` shows what a layer sees, `machine` picks sizes and tells what
to expect, `exercises` compares a student's answer with the key in `answers`.
"""

from .exercises import check
from .machine import check_machine, device, teaching_size, teaching_steps
from .plots import notebook_style, plot_history, show_activations, show_images
from .visualize import invert_features, maximize_activation

__all__ = [
    "check",
    "check_machine",
    "device",
    "invert_features",
    "maximize_activation",
    "notebook_style",
    "plot_history",
    "show_activations",
    "show_images",
    "teaching_size",
    "teaching_steps",
]
