"""Pixels in, features out: VGG19, and the numbers that it computes with."""

from .precision import PRECISIONS
from .vgg import LAYERS, POOLINGS, VGG19Features, check_layers, keras, stride, tf

__all__ = [
    "LAYERS",
    "POOLINGS",
    "PRECISIONS",
    "VGG19Features",
    "check_layers",
    "keras",
    "stride",
    "tf",
]
