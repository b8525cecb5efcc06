"""What notebooks use beside the method: figures, what a layer sees, sizes, answers."""

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
