"""What a transfer minimises: the losses of content, style and total variation, with gradients.

`losses` has the formulas; `textures` the statistics that may stand for a style; `styles` mixtures
and regions of styles, `masks` where they act; `objective` puts all into one function, and `tiled`
computes it for pictures too large to see at once, cut up by `tiles`.
"""

from .losses import NORMALIZATIONS, content_loss, gram_matrix, style_loss, total_variation
from .masks import brightness_mask, carried, check_mask, load_mask
from .objective import in_agreement
from .styles import Region, Style, check_style, packed, unpacked
from .textures import STATISTICS
from .tiled import LARGE, seen, suited

__all__ = [
    "LARGE",
    "NORMALIZATIONS",
    "Region",
    "STATISTICS",
    "Style",
    "brightness_mask",
    "carried",
    "check_mask",
    "check_style",
    "content_loss",
    "gram_matrix",
    "in_agreement",
    "load_mask",
    "packed",
    "seen",
    "style_loss",
    "suited",
    "total_variation",
    "unpacked",
]
