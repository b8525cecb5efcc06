"""Pictures: reading and checking them.

A picture is a float32 NumPy array (H, W, 3), RGB, values in [0, 1].
"""

import contextlib
from io import BytesIO
from numbers import Integral
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, UnidentifiedImageError

from ..errors import StyletoolsError, quoted, reason
from ..kinds import Picture, Source
from .decoding import ENDINGS, MIN_SIDE, check_range, check_sides, read_picture
from .sources import readable

PICTURES = (
    *ENDINGS,
    ".jfif",
    ".gif",
    ".avif",
    ".heic",
    ".heif",
)  # what the names of pictures end in, where a whole folder is read


def pictures_in(folder):
    """The paths of the pictures in a folder, sorted; others, and hidden ones, are left out.

    Raises `StyletoolsError` if there is none.
    """
    try:
        paths = sorted(path for path in Path(folder).iterdir() if path.is_file())
    except OSError as error:
        raise StyletoolsError(f"{quoted(folder)} cannot be read: {reason(error)}") from error
    paths = [p for p in paths if p.suffix.lower() in PICTURES and not p.name.startswith(".")]
    if not paths:
        raise StyletoolsError(f"{quoted(folder)} holds no picture ({', '.join(PICTURES)})")
    return paths


def check_image(image: ArrayLike, name: str = "the picture") -> Picture:
    """Return `image` as a float32 array (H, W, 3), or say why it is no picture.

    Raises
    ------
    StyletoolsError
        Not three channels, a side under 32 pixels, one side over 20 times the other, or values
        that are not in [0, 1].
    """
    try:
        array = np.asarray(image)
    except (TypeError, ValueError) as error:
        raise StyletoolsError(
            f"{name} is a {type(image).__name__} that is no array ({reason(error)}): read "
            "pictures with load_image()"
        ) from None
    if array.ndim != 3 or array.shape[2] != 3 or array.dtype.kind != "f":
        raise StyletoolsError(
            f"{name} is an array of shape {array.shape} and type {array.dtype}; styletools "
            "wants floats of shape (height, width, 3): read pictures with load_image()"
        )
    check_sides(array.shape[1], array.shape[0], name)
    check_range(array, name)
    return array.astype(np.float32, copy=False)


def load_image(source: Source, max_side: int | None = None) -> Picture:
    """Read a picture as a float32 array (H, W, 3), RGB in [0, 1].

    Parameters
    ----------
    source : str, Path, bytes, file object, PIL.Image or array
        A JPEG, PNG, WebP, GIF, BMP or TIFF file (AVIF, and HEIC with the package pillow-heif
        installed) by its name, its bytes, or opened with ``open(name, "rb")``; or the name of a
        bundled picture (see `sample_images`). The camera's orientation is honoured, transparent
        parts become white, colours become sRGB as the embedded profile says. Of an animation the
        first picture is read, and a line printed that says so.

        Of an array (H, W, 3), (H, W, 4) with transparency last, (H, W) of greys, or a batch of one
        of these, floats are taken as they are; 8-bit and 16-bit values are divided by 255 and
        65535, as ``skimage.img_as_float`` does. OpenCV has blue first: give ``array[..., ::-1]``.
    max_side : int, optional
        Longest side of the result in pixels. Pictures are only ever made smaller.

    Raises
    ------
    StyletoolsError
        The file is missing, is not a picture, is damaged, or is larger than Pillow's limit; or
        the picture is refused by `check_image`.
    """
    check_max_side(max_side)
    file, name = readable(source)
    with decoded(file, name):
        return check_image(read_picture(file, max_side, name), name)


def check_max_side(max_side):
    """Raise `StyletoolsError` unless `max_side` is None or a size that a picture can have."""
    if max_side is not None and not (isinstance(max_side, Integral) and max_side >= MIN_SIDE):
        raise StyletoolsError(
            f"size {quoted(max_side)[1:-1]} is too small or not whole: VGG19 needs at least "
            f"{MIN_SIDE} pixels"
        )


@contextlib.contextmanager
def decoded(file, name):
    """Say what is wrong with the picture in `file` if the block stumbles over it."""
    name = quoted(file) if isinstance(file, Path) else name
    try:
        yield
    except StyletoolsError:
        raise
    except UnidentifiedImageError:
        raise StyletoolsError(_not_a_picture(file, name)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise StyletoolsError(
            f"{name} has more than {Image.MAX_IMAGE_PIXELS / 1e6:.0f} million pixels: "
            "make it smaller in a picture program first"
        ) from None
    except MemoryError:
        raise StyletoolsError(
            f"{name} does not fit into memory: make it smaller in a picture program first"
        ) from None
    except Exception as error:  # whatever Pillow's parsers stumble over in a damaged file
        raise StyletoolsError(
            f"{name} cannot be read as a picture ({reason(error)}): it is damaged or "
            "incomplete; copy or download it again"
        ) from error


def _not_a_picture(file, name):
    with open(file, "rb") if isinstance(file, Path) else BytesIO(file.getvalue()) as opened:
        start = opened.read(12)
    if start[4:8] == b"ftyp" and start[8:10] in (b"he", b"mi", b"ms"):
        return (
            f"{name} is a HEIC picture: install the package pillow-heif, or save it as JPEG or "
            "PNG (a telephone's camera settings can make JPEG the rule)"
        )
    if start[4:8] == b"ftyp" and start[8:10] == b"av":
        return f"{name} is an AVIF picture, which Pillow cannot read here: save it as JPEG or PNG"
    return (
        f"{name} is not a picture, or of a kind that styletools does not read: open it "
        "in a picture program and save it as PNG or JPEG"
    )
