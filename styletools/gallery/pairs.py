"""What a gallery paints: the pictures of two folders, and a job for each pair and weight."""

import hashlib
import itertools
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import StyletoolsError, quoted
from ..pictures import as_path, load_image, pictures_in, plain, sample_images
from .cluster import Job


class Source(NamedTuple):
    """A picture to paint from: its file, pixels (H, W, 3), and the file's SHA-256."""

    path: Path
    image: np.ndarray
    sha256: str

    @property
    def name(self):
        return self.path.stem


def sources(given, size, folder):
    """The `Source`s in a folder that is not the one to write to, or of one file or sample.

    Raises `StyletoolsError` if one cannot be read.
    """
    paths = [as_path(sample_images().get(str(given), given))]
    if os.path.isdir(given):
        if os.path.isdir(folder) and os.path.samefile(given, folder):
            raise StyletoolsError(f"{quoted(folder)} is painted from: write to another folder")
        paths = pictures_in(given)
    images = [load_image(path, size) for path in paths]
    sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    return list(map(Source, paths, images, sums))


def file_name(content, style, weight):
    """Of a pair's picture, in the folder of its gallery."""
    return f"{content.name}--{style.name}--content_weight_{weight:g}.png"


def jobs_of(contents, styles, weights, settings):
    """{file name: Job}; two that a file system may take for one are refused."""
    from ..transfer import StyleTransfer  # starts TensorFlow

    settings = StyleTransfer.__init__.__kwdefaults__ | settings
    jobs, taken = {}, {}
    for content, weight, style in itertools.product(contents, weights, styles):
        name, pair = file_name(content, style, weight), {"content": content, "style": style}
        files = {kind: source.path.name for kind, source in pair.items()}
        other = taken.setdefault(name.casefold(), files)
        if other is not files:
            raise StyletoolsError(
                f"{quoted(name)} would be the name of two pictures, of "
                f"{' and '.join(map(quoted, other.values()))}, and of "
                f"{' and '.join(map(quoted, files.values()))}: rename a file, and give each "
                "weight once"
            )
        made = files | settings | {"content_weight": weight}
        made |= {f"{kind}_sha256": source.sha256 for kind, source in pair.items()}
        stored = json.loads(json.dumps(made, default=plain))  # as it will be read back
        jobs[name] = Job(content.image, style.image, stored)
    return jobs
