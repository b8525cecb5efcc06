"""From what holds a picture to pixels: modes, transparency, orientation, colour profiles, size."""

import contextlib
import logging
import warnings
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms, ImageOps

from ..errors import StyletoolsError
from ..quiet import quiet_stderr

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else its errors are printed too

MIN_SIDE = 32  # pixels: five halvings of VGG19 must leave something to look at
MAX_ASPECT = 20  # a longer strip is under 32 pixels wide at 640, a usual size
LARGE = 2**24  # pixels from which a JPEG that will be made smaller is unpacked smaller at once
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")  # HEIF: where registered
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp")  # of what can be saved
LANCZOS = Image.Resampling.LANCZOS  # which overshoots: where values are floats, they are clipped


def check_sides(width, height, name):
    """Raise `StyletoolsError` if no picture of this size can be used."""
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise StyletoolsError(
            f"{name} is {width}×{height} pixels, one side over {MAX_ASPECT} times the other: "
            "cut a piece out of it"
        )
    if min(width, height) < MIN_SIDE:
        raise StyletoolsError(
            f"{name} is {width}×{height} pixels; VGG19 needs at least {MIN_SIDE} on each side: "
            "use a larger picture or a larger size"
        )


def check_range(array, name):
    """Raise `StyletoolsError` if a value is not in [0, 1]."""
    low, high = array.min(), array.max()
    if np.isnan(low):
        raise StyletoolsError(f"{name} has values that are not numbers (NaN): replace them")
    if not (low >= 0 and high <= 1):
        raise StyletoolsError(
            f"{name} has values from {low:g} to {high:g}; they must lie in [0, 1]: divide 8-bit "
            "values by 255"
        )


def read_picture(file, max_side, name):
    """Pixels (H, W, 3), float32, of a picture; errors are Pillow's own, or ours.

    `file` is a path, a `BytesIO`, a picture of Pillow's or an array (H, W, 3), which messages call
    `name`; `max_side` as in `styletools.load_image`, which turns all errors into ours.
    """
    if isinstance(file, np.ndarray):
        size = _scaled(file.shape[1::-1], max_side, name)
        return file if size == file.shape[1::-1] else _shrunk(file, size)
    with _opened(file, max_side, name) as (opened, size):
        several = _is_film(opened)
        pixels = _pixels(opened.copy() if opened is file else opened, size, name)
    if several:
        print(f"{name} holds several pictures; the first is used")
    return pixels


def read_frames(file, max_side, name):
    """(pixels (H, W, 3), milliseconds) of each picture of an animation; of one picture, itself."""
    if isinstance(file, np.ndarray):
        yield read_picture(file, max_side, name), 0
        return
    with _opened(file, max_side, name) as (opened, size):
        if not _is_film(opened):
            yield _pixels(opened.copy() if opened is file else opened, size, name), 0
            return
        for number in range(opened.n_frames):
            opened.seek(number)
            frame = opened.copy()  # converting it must not disturb what later frames build on
            yield _pixels(frame, size, name), round(opened.info.get("duration", 0))


@contextlib.contextmanager
def _opened(file, max_side, name):
    """Pillow's picture, not unpacked yet, and the width and height that are wanted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of broken notes beside the pixels
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        if isinstance(file, Image.Image):
            with _as_it_was(file):
                yield file, _scaled(file.size, max_side, name)
            return
        with Image.open(file, formats=_formats()) as opened:
            size = _scaled(opened.size, max_side, name)
            if opened.width * opened.height > LARGE:
                opened.draft(None, [4 * side for side in size])
            yield opened, size


@contextlib.contextmanager
def _as_it_was(given):
    """Show the first picture of an animation meanwhile."""
    number = given.tell() if _is_film(given) else 0
    if number:
        given.seek(0)
    yield
    if number:
        given.seek(number)


def _formats():
    with contextlib.suppress(ImportError):
        from pillow_heif import register_heif_opener  # where a student has installed it

        register_heif_opener()
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _is_film(opened):
    return getattr(opened, "is_animated", False) and opened.format != "MPO"


def _scaled(size, max_side, name):
    """Width and height of the result: the picture's own, or made smaller to fit `max_side`."""
    check_sides(*size, name)
    if max_side is not None and max(size) > max_side:
        size = [round(side * (max_side / max(size))) for side in size]
        check_sides(*size, name)
    return tuple(size)


def _pixels(opened, size, name):
    profile = opened.info.get("icc_profile")
    _load(opened)
    stored = opened.size
    _turn_upright(opened)
    if opened.size != stored:
        size = size[::-1]
    picture = _flatten(opened, name)
    if picture.size != size:
        picture = picture.resize(size, LANCZOS)
    if picture.mode == "F":
        return np.repeat(np.asarray(picture)[..., None].clip(0, 1), 3, axis=2)
    pixels = np.array(_to_srgb(picture, profile), np.float32)
    pixels /= 255
    return pixels


def _shrunk(array, size):
    planes = [Image.fromarray(plane).resize(size, LANCZOS) for plane in np.moveaxis(array, 2, 0)]
    return np.stack(planes, axis=2).clip(0, 1)


def _load(opened):
    if opened.format != "TIFF":
        return opened.load()
    failure = None
    with quiet_stderr():  # the TIFF library prints its complaints by itself
        try:
            opened.load()
        except Exception as error:
            failure = error
    if failure:
        raise failure


def _turn_upright(picture):
    """Turn a loaded picture in place as its EXIF orientation says."""
    try:
        ImageOps.exif_transpose(picture, in_place=True)
    except Exception:  # whatever the parser stumbles over: a broken note turns nothing
        pass


def _flatten(picture, name):
    """The picture in mode L, RGB, CMYK or F (in [0, 1]), transparency laid on white."""
    if picture.mode == "F" or picture.mode.startswith("I"):
        return Image.fromarray(_deep_grey(picture, name))
    if picture.has_transparency_data:
        clear = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        white = Image.new("RGB", clear.size, "white")
        white.paste(clear, mask=clear)
        return white
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _deep_grey(picture, name):
    """Float32 values in [0, 1] (H, W) of a picture of floats or of more than 8 bits."""
    values = np.asarray(picture).astype(np.float32)
    if picture.mode != "F":
        clear = values == picture.info.get("transparency", np.nan)
        values /= 65535
        values[clear] = 1
    check_range(values, name)
    return values


def _to_srgb(picture, profile):
    """RGB copy, its colours converted from the ICC profile (bytes or None) if that is usable."""
    if profile:
        try:
            return ImageCms.profileToProfile(
                picture, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except Exception:  # broken, or made for other colours than the picture's
            pass
    return picture.convert("RGB")
