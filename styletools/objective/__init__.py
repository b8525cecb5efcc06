"""What is minimised: the losses of content, style and total variation, and their gradient."""

from .losses import NORMALIZATIONS, content_loss, gram_matrix, style_loss, total_variation
from .masks import brightness_mask, carried, check_mask, load_mask
from .objective import BORDER
from .styles import Region, check_style, packed, unpacked
from .textures import STATISTICS
from .tiled import LARGE, suited

__all__ = [
    "BORDER",
    "LARGE",
    "NORMALIZATIONS",
    "Region",
    "STATISTICS",
    "brightness_mask",
    "carried",
    "check_mask",
    "check_style",
    "content_loss",
    "gram_matrix",
    "load_mask",
    "packed",
    "style_loss",
    "suited",
    "total_variation",
    "unpacked",
]
