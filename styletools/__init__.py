"""Neural style transfer, step by step: what more than one lesson of the course needs.

Pictures are float32 NumPy arrays (H, W, 3), RGB, values in [0, 1]. Names are loaded when they
are first used, so that reading pictures and ``python -m styletools --help`` do not wait for
TensorFlow.
"""

from importlib import import_module

from .errors import StyletoolsError
from .pictures import (
    keep_colours,
    load_image,
    luminance,
    match_colours,
    read_settings,
    sample_images,
    save_film,
    save_image,
)
from .version import __version__ as __version__

_WHERE = {
    "VGG19Features": "network",
    "content_loss": "objective",
    "gram_matrix": "objective",
    "style_loss": "objective",
    "total_variation": "objective",
    "Painter": "painter",
    "train_painter": "painter",
    "StyleTransfer": "transfer",
    "TransferResult": "transfer",
    "transfer_style": "transfer",
    "Region": "objective",
    "brightness_mask": "objective",
    "load_mask": "objective",
    "invert_features": "lessons",
    "maximize_activation": "lessons",
    "notebook_style": "lessons",
    "plot_history": "lessons",
    "show_activations": "lessons",
    "show_images": "lessons",
    "Playground": "playground",
    "check": "lessons",
    "check_machine": "lessons",
    "estimate": "transfer",
    "teaching_size": "lessons",
    "teaching_steps": "lessons",
}
__all__ = [
    "StyletoolsError",
    "keep_colours",
    "load_image",
    "luminance",
    "match_colours",
    "read_settings",
    "sample_images",
    "save_film",
    "save_image",
    *_WHERE,
]


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f"module 'styletools' has no attribute {name!r}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)


def __dir__():
    return sorted(__all__)
