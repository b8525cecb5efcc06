"""A file in, pixels, a file out: reading, checking, saving, and the colours of pictures.

`decoding` knows the file formats, `images` reads and checks a picture, `saving` writes one with
its settings, `colours` keeps or matches colours, `files` opens and replaces files safely.
"""

from .colours import keep_colours, luminance, match_colours
from .decoding import MIN_SIDE
from .files import as_path, check_input, check_output, written_whole
from .images import check_image, data_dir, load_image, sample_images
from .saving import ENDINGS, check_picture_output, plain, read_settings, save_image

__all__ = [
    "ENDINGS",
    "MIN_SIDE",
    "as_path",
    "check_image",
    "check_input",
    "check_output",
    "check_picture_output",
    "data_dir",
    "keep_colours",
    "load_image",
    "luminance",
    "match_colours",
    "plain",
    "read_settings",
    "sample_images",
    "save_image",
    "written_whole",
]
