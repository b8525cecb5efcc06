"""Every content in every style, painted here or by a cluster, and a sheet of all."""

from .gallery import paint

__all__ = ["paint"]
