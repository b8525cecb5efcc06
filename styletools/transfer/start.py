"""The picture that a transfer begins with."""

import numpy as np

from ..errors import StyletoolsError
from ..pictures import check_image
from ..settings import check_choice


def start_picture(init, content, seed):
    """The picture that `init` stands for: "content", "noise" from `seed`, or a picture itself."""
    if not isinstance(init, str):
        return check_start(init, content)
    if check_choice("init", init, ("content", "noise")) == "content":
        return content
    noise = np.random.default_rng(seed).normal(0.5, 0.1, content.shape)
    return np.clip(noise, 0, 1).astype(np.float32)


def check_start(init, content):
    """Return `init` if it is a picture of the shape of `content`, else raise `StyletoolsError`."""
    image = check_image(init, "init")
    if image.shape != content.shape:
        raise StyletoolsError(f"init has shape {image.shape}; the content has {content.shape}")
    return image
