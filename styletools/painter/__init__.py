"""A network that paints at once: trained for one painting, it turns any photograph into a picture.

`network` is its layers, `training` how it learns, `painter` a trained one and its file.
"""

from .network import folded, painter_network
from .painter import Painter, bundled_painters
from .training import Training, random_crops, train_painter

__all__ = [
    "Painter",
    "Training",
    "bundled_painters",
    "folded",
    "painter_network",
    "random_crops",
    "train_painter",
]
