"""A file in, pixels, a file out: reading, checking, saving, and the colours of pictures.

`sources` knows what a picture can be given as, `decoding` the file formats, `images` reads and
checks a picture, `saving` writes one with its settings, `films` does both for animations,
`colours` keeps or matches colours, `files` opens and replaces files safely, `archive` is the
format of the course's own files.
"""

from .archive import Archive
from .colours import keep_colours, luminance, match_colours
from .decoding import ENDINGS, MIN_SIDE
from .files import as_path, check_input, check_output, written_whole
from .films import FILM_ENDINGS, animated, check_film_output, load_film, save_film
from .images import check_image, load_image, pictures_in
from .saving import check_picture_output, encoded, plain, read_settings, save_image
from .sources import data_dir, readable, sample_images

__all__ = [
    "Archive",
    "ENDINGS",
    "FILM_ENDINGS",
    "MIN_SIDE",
    "animated",
    "as_path",
    "check_film_output",
    "check_image",
    "check_input",
    "check_output",
    "check_picture_output",
    "data_dir",
    "encoded",
    "keep_colours",
    "load_film",
    "load_image",
    "luminance",
    "match_colours",
    "pictures_in",
    "plain",
    "read_settings",
    "readable",
    "sample_images",
    "save_film",
    "save_image",
    "written_whole",
]
