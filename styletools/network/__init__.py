"""Pixels in, features out: VGG19, in float32 or in half as many bits.

`vgg` is the network and its pooling, `precision` the choice of number format.
"""

from .precision import PRECISIONS
from .vgg import LAYERS, POOLINGS, VGG19Features, check_layers, keras, positions, stride, tf

__all__ = [
    "LAYERS",
    "POOLINGS",
    "PRECISIONS",
    "VGG19Features",
    "check_layers",
    "keras",
    "positions",
    "stride",
    "tf",
]
