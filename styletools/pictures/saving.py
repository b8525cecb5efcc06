"""Saving pictures, and the settings that made them, which a PNG keeps in its text."""

import io
import json
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..errors import StyletoolsError, quoted, reason
from ..kinds import File
from ..version import __version__
from .decoding import ENDINGS
from .files import as_path, check_output, written_whole
from .images import check_image
from .sources import readable

KEY = "styletools"  # of the settings among a PNG's texts


def save_image(
    image: ArrayLike,
    path: File,
    *,
    overwrite: bool = False,
    settings: dict[str, Any] | None = None,
) -> None:
    """Write a picture to `path`, whole or not at all; its ending is the format.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB in [0, 1].
    path : str or Path
        Ends in .png, .jpg, .webp, .tif or .bmp.
    overwrite : bool
        Whether a file of that name may be replaced.
    settings : dict, optional
        What made the picture: numbers, text, lists and dictionaries. A PNG keeps them, with the
        version of styletools, for `read_settings`; other formats do not.

    Raises
    ------
    StyletoolsError
        The array is no picture, the settings cannot be stored, or the file cannot be written.
    """
    image = check_image(image)
    kind = Image.registered_extensions()[check_picture_output(path, overwrite).suffix.lower()]
    try:
        content = encoded(image, kind, settings)
    except (OSError, ValueError) as error:  # more pixels on a side than the format can count
        raise StyletoolsError(f"{quoted(path)} cannot be written: {reason(error)}") from error
    with written_whole(path, overwrite) as file:
        file.write(content)


def encoded(image, kind, settings=None, quality=95):
    """The bytes of the picture (H, W, 3) as a file: a "PNG" keeps `settings`, a "JPEG" loses."""
    text = None if settings is None else _text(settings)
    options = {"JPEG": {"quality": quality}, "PNG": {"pnginfo": text}}.get(kind, {})
    buffer = io.BytesIO()
    Image.fromarray(np.round(255 * image).astype(np.uint8)).save(buffer, kind, **options)
    return buffer.getvalue()


def check_picture_output(name, overwrite=False):
    """`check_output` for a picture, whose ending must be known too."""
    path = as_path(name)
    if path.suffix.lower() not in ENDINGS:
        raise StyletoolsError(
            f"{quoted(path)} should end in .png or .jpg (or .webp, .tif, .bmp): the ending "
            "decides the format"
        )
    return check_output(path, overwrite)


def read_settings(source: File | bytes | IO[bytes]) -> dict[str, Any]:
    """Return the settings, a dict, with which `save_image` wrote a PNG.

    `source` is the file's name, its bytes, or the file opened with ``open(name, "rb")``.

    Raises
    ------
    StyletoolsError
        The file is missing, is no PNG, or holds no settings.
    """
    file, name = readable(source)
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            text = picture.info.get(KEY)
    except Exception as error:  # whatever Pillow's parser stumbles over
        raise StyletoolsError(
            f"{name} cannot be read as a PNG; only PNG files keep settings"
        ) from error
    if text is None:
        raise StyletoolsError(
            f"{name} holds no settings; save_image(..., settings=...) and "
            "`python -m styletools` write them into PNG files"
        )
    try:
        settings = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise StyletoolsError(f"the settings in {name} are damaged; save it again")
    return settings


def _text(settings):
    if not isinstance(settings, dict):
        raise StyletoolsError(f"settings is a {type(settings).__name__}; it must be a dict")
    try:
        text = json.dumps({**settings, "version": __version__}, allow_nan=False, default=plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise StyletoolsError(
            f"the settings cannot be stored ({reason(error)}); give finite numbers, text, lists "
            "and dictionaries"
        ) from error
    info = PngInfo()
    info.add_text(KEY, text)
    return info


def plain(value):
    """NumPy's numbers and arrays as Python's own."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} has no place in JSON")
