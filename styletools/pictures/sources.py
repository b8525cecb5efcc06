"""What a picture may be given as: a file's name, its bytes, Pillow's picture, or an array."""

import contextlib
import os
import re
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from ..errors import StyletoolsError, quoted, reason
from .decoding import check_range, check_sides
from .files import check_input

ADDRESS = re.compile("(https?|ftp):/", re.IGNORECASE)
WHOLE = {np.dtype(bool): 1, np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}  # is white
CHANNELS = 1, 3, 4


def data_dir():
    """Folder with the bundled pictures and weights, in an installed wheel or in a clone."""
    here = Path(__file__).resolve().parents[1]
    return here / "data" if (here / "data").is_dir() else here.parent / "data"


def sample_images() -> dict[str, Path]:
    """Return {name: path} of the pictures that come with styletools.

    Makers, sources and licences are in ``data/README.md``.
    """
    return {path.stem: path for path in sorted((data_dir() / "images").glob("*.jpg"))}


def readable(source):
    """(what `decoding` reads, how a message names it), or `StyletoolsError`.

    The first is the path of a file, a `BytesIO`, Pillow's picture, or floats (H, W, 3).
    """
    if isinstance(source, str | os.PathLike):
        path = _path(source)
        return path, quoted(path.name)
    name = "the picture"
    if isinstance(source, Image.Image):
        return source, name
    if hasattr(source, "read"):
        source = _bytes_in(source)
    if isinstance(source, bytes | bytearray | memoryview):
        if not len(source):
            raise StyletoolsError("the picture is empty (0 bytes); copy or download it again")
        return BytesIO(bytes(source)), name
    return _floats(source, name), name


def _path(source):
    if ADDRESS.match(str(source)):
        raise StyletoolsError(
            f"{quoted(source)} is an address, and styletools never asks the network: fetch the "
            "file first, for instance with path = keras.utils.get_file(origin=address), and then "
            "st.load_image(path)"
        )
    hint = "give a path, or one of the bundled pictures: " + ", ".join(sample_images())
    return check_input(sample_images().get(str(source), source), hint)


def _bytes_in(file):
    remedy = "open it (again) with open(name, 'rb')"
    try:
        with contextlib.suppress(AttributeError, OSError):  # a pipe has no beginning to go to
            file.seek(0)
        content = file.read()
    except Exception as error:  # whatever kind of file it is
        raise StyletoolsError(
            f"the picture's file cannot be read ({reason(error)}): {remedy}"
        ) from error
    if not isinstance(content, bytes):
        raise StyletoolsError(
            f"the picture's file gives {type(content).__name__} instead of bytes: {remedy}"
        )
    return content


def _floats(given, name):
    """Floats (H, W, 3) in [0, 1] of any array that is a picture."""
    try:
        array = np.asarray(given)
    except Exception as error:  # rows of unequal length, or whatever a tensor stumbles over
        raise StyletoolsError(_unknown(given, f" that is no array ({reason(error)})")) from None
    kind = array.dtype.newbyteorder("=")
    if not array.ndim or array.dtype.kind not in "biuf":
        raise StyletoolsError(_unknown(given, f" of type {array.dtype}" if array.ndim else ""))
    if kind not in WHOLE and array.dtype.kind != "f":
        raise StyletoolsError(
            f"{name} is an array of type {array.dtype}; if its values go up to 255, give "
            "array.astype('uint8')"
        )
    _check_shape(array.shape, name)
    if array.ndim == 4 or (array.ndim == 3 and array.shape[2] not in CHANNELS):
        array = array[0]
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    check_sides(array.shape[1], array.shape[0], name)
    array = array.astype(np.float32) / np.float32(WHOLE.get(kind, 1))
    check_range(array, name)
    if array.ndim == 2:
        return np.repeat(array[..., None], 3, axis=2)
    return array if array.shape[2] == 3 else _on_white(array)


def _check_shape(shape, name):
    """Refuse what is neither (H, W), (H, W, C), nor a batch of one of these."""
    one = shape[1:] if len(shape) > 2 and shape[0] == 1 else shape
    if len(one) == 2 or (len(one) == 3 and one[2] in CHANNELS):
        return
    told = f"{name} is an array of shape {shape}; it must be (height, width, 3)"
    if len(one) == 3 and one[0] in CHANNELS:
        first = "array" if one is shape else "array[0]"
        told += f": its colours come first, so give {first}.transpose(1, 2, 0)"
    elif len(shape) == 4 and shape[0] > 1:
        told += ": give one picture of the batch, such as array[0]"
    else:
        told += ", or (height, width) for grey"
    raise StyletoolsError(told)


def _on_white(array):
    alpha = array[..., 3:]
    return array[..., :3] * alpha + (1 - alpha)


def _unknown(given, why=""):
    return (
        f"a picture is a file's name, its bytes, a PIL.Image or an array; this is a "
        f"{type(given).__name__}{why}"
    )
