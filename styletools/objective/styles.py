"""What the style is: one picture, a mixture of several, or one for each place.

Gatys, Ecker, Bethge, Hertzmann & Shechtman, "Controlling Perceptual Factors in Neural Style
Transfer" (2017), section 4; `masks` carries the places to the layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ..errors import StyletoolsError, shown
from ..pictures import check_image
from ..settings import ROUNDING, check_number
from .masks import check_mask


@dataclass(frozen=True)
class Region:
    """A style picture (H, W, 3), and where it acts.

    `where` is a mask of the content: the places that take this style; None is everywhere.
    `source` is a mask of the style picture: the places that give it. `share` is the picture's
    part in a mixture.
    """

    style: np.ndarray
    where: np.ndarray | None = None
    source: np.ndarray | None = None
    share: float = 1.0

    @property
    def area(self) -> float:
        """The part of the picture that the region covers, from 0 to 1."""
        return 1.0 if self.where is None else float(np.mean(self.where))


Style: TypeAlias = ArrayLike | Region | Sequence[Region] | Sequence[tuple[ArrayLike, float]]


def check_style(style, shape):
    """Return `style` as a tuple of `Region`s for a content of `shape`, or say what is wrong.

    `style` is a picture, a list of (picture, share) whose shares add up to 1, or a list of
    `Region`s, each with its `where`.
    """
    style = [style] if isinstance(style, Region) else style
    if not isinstance(style, list | tuple) or not any(map(_is_part, style)):
        return (Region(check_image(style, "style")),)
    parts = [part if isinstance(part, Region) else _shared(part, style) for part in style]
    parts = [_checked(part, f"style {n}", shape) for n, part in enumerate(parts, start=1)]
    whole = sum(part.share for part in parts if part.where is None)
    if any(part.where is None for part in parts) and abs(whole - 1) > ROUNDING:
        raise StyletoolsError(f"the shares of the styles add up to {whole:.6g}; make it 1")
    return tuple(parts)


def _is_part(part):
    return isinstance(part, Region) or (isinstance(part, list | tuple) and len(part) == 2)


def _shared(part, style):
    if not _is_part(part):
        raise StyletoolsError(
            f"style is {shown(style)}; it must be a picture, a list of (picture, share), or a "
            "list of Region"
        )
    return Region(part[0], share=part[1])


def _checked(part, name, shape):
    picture = check_image(part.style, name)
    share = float(check_number(f"the share of {name}", part.share))
    if part.where is not None and share != 1:
        raise StyletoolsError(f"{name} has a share, {share:g}, and a place; give one of the two")
    where = part.where if part.where is None else check_mask(part.where, shape, f"where of {name}")
    source = part.source
    if source is not None:
        source = check_mask(source, picture.shape, f"source of {name}")
    return Region(picture, where, source, share)


def grouped(regions):
    """The regions by place: mixtures are one group, regions with a place one each."""
    placed = [[part] for part in regions if part.where is not None]
    mixed = [part for part in regions if part.where is None]
    return ([mixed] if mixed else []) + placed


def packed(regions):
    """{name: array} of the regions, for a file; `unpacked` gives them back."""
    if len(regions) == 1 and regions[0].where is regions[0].source is None:
        return {"style": np.array(regions[0].style)}
    arrays = {}
    for number, part in enumerate(regions):
        fields = {name: getattr(part, name) for name in ("style", "where", "source", "share")}
        arrays |= {f"{k} {number}": np.array(v) for k, v in fields.items() if v is not None}
    return arrays


def unpacked(arrays):
    """The `style` that `packed` made `arrays` from, taken out of them."""
    if "style" in arrays:
        return arrays.pop("style")
    regions = []
    arrays["style 0"]  # KeyError where there is none
    while f"style {len(regions)}" in arrays:
        number = len(regions)
        names = {name: f"{name} {number}" for name in ("style", "where", "source", "share")}
        fields = {k: arrays.pop(name) for k, name in names.items() if name in arrays}
        regions.append(Region(**fields | {"share": float(fields["share"])}))
    placed = any(part.where is not None or part.source is not None for part in regions)
    return regions if placed else [(part.style, part.share) for part in regions]
