"""Cutting a large picture into tiles whose features are exactly those of the whole.

A feature sees only the pixels of its receptive field. A tile that is seen with a margin at least
as wide as that has, inside the margin, the features of the uncut picture.
"""

from itertools import product
from typing import NamedTuple

from ..network import LAYERS, positions, stride

SIDE = 1024  # pixels of a tile, about, margin not counted
STEP = 32  # the largest stride of a layer: tiles begin at its multiples


class Tile(NamedTuple):
    """Where a tile lies; each place is (top, bottom, left, right)."""

    outer: tuple  # in the picture, with its margin
    seen: dict  # {layer: in the tile's own feature map}, without the margin
    place: dict  # {layer: in the feature map of the whole picture}
    whole: dict  # {layer: (height, width) of that map}

    def share(self, layer):
        """The part of the layer's positions that lies in this tile."""
        top, bottom, left, right = self.place[layer]
        height, width = self.whole[layer]
        return (bottom - top) * (right - left) / (height * width)


def tiles(height, width, layers, side=SIDE):
    """Tiles that together hold each position of each layer of a picture once."""
    margin = max(map(reach, layers))
    rows, columns = _spans(height, side, margin), _spans(width, side, margin)
    whole = {name: (positions(height, name), positions(width, name)) for name in layers}
    return [
        Tile(
            outer=row.outer + column.outer,
            seen={name: row.seen(name) + column.seen(name) for name in layers},
            place={name: row.place(name) + column.place(name) for name in layers},
            whole=whole,
        )
        for row, column in product(rows, columns)
    ]


def lengths(length, layers, side=SIDE):
    """The pixels along one axis of each tile, with its margin, of a picture of `length` pixels."""
    spans = _spans(length, side, max(map(reach, layers)))
    return [stop - start for start, stop in (span.outer for span in spans)]


def cut(array, place):
    """The part of an array (H, W, …) at (top, bottom, left, right)."""
    top, bottom, left, right = place
    return array[top:bottom, left:right]


def reach(layer):
    """Pixels beyond its own that a layer's feature sees, at most, up to a multiple of 32."""
    below = LAYERS[: LAYERS.index(layer) + 1]
    pixels = sum(stride(name) for name in below)  # one position further with each of them
    return -(-pixels // STEP) * STEP


class _Span(NamedTuple):
    """A tile along one axis of `length` pixels: its own pixels, and those with the margin."""

    start: int
    stop: int
    outer: tuple
    length: int

    def place(self, layer):
        return positions(self.start, layer), positions(self.stop, layer)

    def seen(self, layer):
        shift = positions(self.outer[0], layer)
        return tuple(end - shift for end in self.place(layer))


def _spans(length, side, margin):
    """Tiles of equal length, but for the last, which has at least 64 pixels."""
    count = -(-length // side)
    own = -(-length // count // STEP) * STEP
    starts = [start for start in range(0, length, own) if start == 0 or length - start >= 2 * STEP]
    for start, stop in zip(starts, [*starts[1:], length], strict=True):
        yield _Span(start, stop, (max(start - margin, 0), min(stop + margin, length)), length)
