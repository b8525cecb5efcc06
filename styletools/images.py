"""Pictures: reading, checking, resizing and saving them, and the bundled samples.

A picture is a float32 NumPy array (H, W, 3), RGB, values in [0, 1].
"""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import StyletoolsError

MIN_SIDE = 32  # pixels: five halvings of VGG19 must leave something to look at


def data_dir():
    """Folder with the bundled pictures and weights, in an installed wheel or in a clone."""
    here = Path(__file__).resolve().parent
    return here / "data" if (here / "data").is_dir() else here.parent / "data"


def sample_images():
    """Return {name: path} of the pictures that come with styletools.

    Makers, sources and licences are in ``data/README.md``.
    """
    return {path.stem: path for path in sorted((data_dir() / "images").glob("*.jpg"))}


def check_image(image, name="the picture"):
    """Return `image` as a float32 array (H, W, 3), or say why it is no picture.

    Raises
    ------
    StyletoolsError
        Not three channels, a side under 32 pixels, or values that are not in [0, 1].
    """
    array = np.asarray(image)
    if array.ndim != 3 or array.shape[2] != 3 or array.dtype.kind != "f":
        raise StyletoolsError(
            f"{name} is an array of shape {array.shape} and type {array.dtype}; styletools "
            "wants floats of shape (height, width, 3): read pictures with load_image()"
        )
    if min(array.shape[:2]) < MIN_SIDE:
        raise StyletoolsError(
            f"{name} is {array.shape[1]}×{array.shape[0]} pixels; VGG19 needs at least "
            f"{MIN_SIDE} on each side: use a larger picture or a larger size"
        )
    if not (array.min() >= 0 and array.max() <= 1):  # also catches NaN
        raise StyletoolsError(
            f"{name} has values from {array.min():g} to {array.max():g}; they must lie in "
            "[0, 1]: divide 8-bit values by 255"
        )
    return array.astype(np.float32, copy=False)


def load_image(source, max_side=None):
    """Read a picture as a float32 array (H, W, 3), RGB in [0, 1].

    Parameters
    ----------
    source : str or Path
        A file that Pillow can read, or the name of a bundled picture (see `sample_images`).
        The camera's orientation is honoured; transparent parts become white.
    max_side : int, optional
        Longest side of the result in pixels. Pictures are only ever made smaller.

    Raises
    ------
    StyletoolsError
        The file is missing, is not a picture, is damaged, or is under 32 pixels on a side.
    """
    path = Path(sample_images().get(str(source), source))
    if max_side is not None and max_side < MIN_SIDE:
        raise StyletoolsError(f"size {max_side} is too small: VGG19 needs at least {MIN_SIDE}")
    if not path.is_file():
        raise StyletoolsError(
            f"there is no file '{source}'; give a path, or one of the bundled pictures: "
            + ", ".join(sample_images())
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                picture = _flatten(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError:
        raise StyletoolsError(f"'{path}' is not a picture that Pillow can read") from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise StyletoolsError(f"'{path}' cannot be read as a picture: {error}") from error
    if max_side is not None and max(picture.size) > max_side:
        scale = max_side / max(picture.size)
        size = [max(1, round(side * scale)) for side in picture.size]
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return check_image(np.asarray(picture, np.float32) / 255, f"'{path.name}'")


def _flatten(picture):
    """RGB copy of a Pillow picture, transparency laid on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def save_image(image, path):
    """Write a picture (H, W, 3) in [0, 1] to `path`; its ending (.png, .jpg, …) is the format.

    Raises
    ------
    StyletoolsError
        The array is no picture, the folder does not exist, or the ending is unknown.
    """
    path = Path(path)
    picture = Image.fromarray(np.round(check_image(image) * 255).astype(np.uint8))
    check_output(path)
    picture.save(path, **({"quality": 95} if path.suffix.lower() in (".jpg", ".jpeg") else {}))


def check_output(path):
    """Raise `StyletoolsError` if no picture can be written to `path` (nothing is written)."""
    path = Path(path)
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"):
        raise StyletoolsError(f"'{path}' should end in .png or .jpg (or .webp, .tif, .bmp)")
    if path.is_dir() or not path.parent.is_dir():
        raise StyletoolsError(f"'{path}' cannot be written: its folder does not exist")
