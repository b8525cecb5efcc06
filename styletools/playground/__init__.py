"""Sliders that steer a running transfer, in a notebook or as a page of its own.

`panel` is what is seen, made of `parts` and the `strip` of kept pictures; `playground` is what it
does, with a `view` that shows, a `chooser` that takes up what the reader picks and a `studio` that
paints. `clock` makes it tick, and `turns` lets no more paint at once than there are cores. `dials`
says what the sliders mean, `recipe` writes the code that reproduces a picture, `words` what a move
did, `state` what a PNG tells; `reel` keeps the steps, `uploads` a visitor's files, `speed` chooses
the size.
"""

from .playground import Playground

__all__ = [
    "Playground",
]
