"""Sliders that steer a running transfer, in a notebook or as a page of its own."""

from .playground import Playground

__all__ = [
    "Playground",
]
