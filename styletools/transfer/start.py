"""The picture that a transfer begins with."""

import numpy as np

from ..errors import StyletoolsError
from ..painter import Painter
from ..pictures import check_image
from ..settings import check_choice

STARTS = ("content", "noise", "painter")


def start_picture(init, content, regions, seed):
    """The picture that `init`, one of `STARTS` or a picture itself, stands for.

    "noise" comes from `seed`, "painter" from the painter of the one style in `regions`.
    """
    if not isinstance(init, str):
        return check_start(init, content)
    if check_choice("init", init, STARTS) == "content":
        return content
    if init == "painter":
        return _painted(content, regions)
    noise = np.random.default_rng(seed).normal(0.5, 0.1, content.shape)
    return np.clip(noise, 0, 1).astype(np.float32)


def _painted(content, regions):
    if len(regions) > 1:
        raise StyletoolsError(
            f"init is 'painter', and the style has {len(regions)} pictures; a painter paints in "
            "the style of one"
        )
    return Painter.of(regions[0].style).paint(content)


def check_start(init, content):
    """Return `init` if it is a picture of the shape of `content`, else raise `StyletoolsError`."""
    image = check_image(init, "init")
    if image.shape != content.shape:
        raise StyletoolsError(f"init has shape {image.shape}; the content has {content.shape}")
    return image
