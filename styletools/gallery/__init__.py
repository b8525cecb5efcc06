"""Every content in every style, painted here or by a cluster, on one contact sheet.

`gallery` paints what is missing, `pairs` finds the pictures, `cluster` spreads the work, `sheet`
draws the contact sheet.
"""

from .gallery import paint

__all__ = ["paint"]
