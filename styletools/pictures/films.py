"""Films: animated GIF and WebP files, picture by picture."""

import io
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from ..errors import StyletoolsError, quoted, reason
from ..kinds import File
from ..settings import check_whole
from .decoding import read_frames
from .files import as_path, check_output, written_whole
from .images import check_image, check_max_side, decoded
from .sources import readable

FILM_ENDINGS = (".webp", ".gif")
PAUSE = 100  # milliseconds for a picture, where nothing is said
LONGEST = 655_350  # milliseconds: what a GIF can hold
QUALITY = 80  # of a WebP


def load_film(source, max_side=None):
    """Yield (picture (H, W, 3), milliseconds) for each picture of an animated GIF or WebP file.

    Of a file with one picture that one, with 0. `source`, `max_side` and the errors are those of
    `load_image`.
    """
    check_max_side(max_side)
    file, name = readable(source)
    with decoded(file, name):
        for pixels, pause in read_frames(file, max_side, name):
            yield check_image(pixels, name), pause


def save_film(
    pictures: Iterable[ArrayLike],
    path: File,
    milliseconds: int | Sequence[int] = PAUSE,
    *,
    overwrite: bool = False,
) -> None:
    """Write pictures (H, W, 3) of one size as an animation that begins again at its end.

    Parameters
    ----------
    pictures : iterable of array (H, W, 3)
    path : str or Path
        Ends in .webp or .gif.
    milliseconds : int, or a list with one for each picture
        How long each stays.
    overwrite : bool
        Whether a file of that name may be replaced.

    Raises
    ------
    StyletoolsError
        There are no pictures, they differ in size, or the file cannot be written.
    """
    kind = Image.registered_extensions()[check_film_output(path, overwrite).suffix.lower()]
    if not isinstance(pictures, Iterable):
        raise StyletoolsError(f"pictures is a {type(pictures).__name__}; it must be a list of them")
    given = milliseconds if isinstance(milliseconds, list | tuple) else [milliseconds]
    each = given is milliseconds
    pauses = [check_whole("milliseconds", pause, 0, LONGEST) for pause in given]
    frames = [Image.fromarray(np.uint8(np.round(255 * check_image(p)))) for p in pictures]
    if len({frame.size for frame in frames}) != 1:
        raise StyletoolsError(
            f"a film of {len(frames)} pictures of {len({f.size for f in frames})} sizes: give one "
            "or more, all of one size"
        )
    if each and len(pauses) != len(frames):
        raise StyletoolsError(
            f"milliseconds has {len(pauses)} numbers for {len(frames)} pictures; give one for each"
        )
    try:
        content = animated(frames, kind, pauses if each else pauses[0])
    except (TypeError, ValueError) as error:
        raise StyletoolsError(f"{quoted(path)} cannot be written: {reason(error)}") from error
    with written_whole(path, overwrite) as file:
        file.write(content)


def animated(frames, kind, milliseconds):
    """The bytes of Pillow's pictures, all of one size, as a "WEBP" or "GIF" animation."""
    buffer, first = io.BytesIO(), frames[0]
    options = {"duration": milliseconds, "loop": 0, "quality": QUALITY}
    first.save(buffer, kind, save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()


def check_film_output(name, overwrite=False):
    """`check_output` for a film, whose ending must be .webp or .gif."""
    path = as_path(name)
    if path.suffix.lower() not in FILM_ENDINGS:
        raise StyletoolsError(f"{quoted(path)} should end in .webp or .gif to hold a film")
    return check_output(path, overwrite)
