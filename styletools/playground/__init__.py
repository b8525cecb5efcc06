"""Sliders that steer a running transfer, in a notebook or as a page of its own.

`panel` is what is seen, `playground` what it does; `clock` makes it tick, `recipe` writes the code
that reproduces a picture, `uploads` takes in a visitor's files.
"""

from .playground import Playground

__all__ = [
    "Playground",
]
