"""Pictures that a visitor of the playground brings along; nothing about them is trusted."""

import itertools
from pathlib import Path, PurePath

from ..errors import StyletoolsError, quoted
from ..pictures import load_image, readable, sample_images

MOST = 12  # uploaded pictures that are kept; beyond, the oldest that is not chosen is forgotten


class Uploads:
    """The pictures that can be chosen: bundled ones, those that were given, and uploads.

    `pictures` is {name: what `load_image` takes}, `names` {"content", "style"} those of the given
    two, and `nameless` the names that are no file's. Raises `StyletoolsError` if one of the given
    is no picture.
    """

    def __init__(self, **given):
        self.nameless = {k for k, source in given.items() if not isinstance(source, str | Path)}
        self.names = {k: k if k in self.nameless else str(given[k]) for k in given}
        # a file that is open can be read once
        sources = (s if isinstance(s, str | Path) else kept(s) for s in given.values())
        self.pictures, self._uploaded = (
            sample_images() | dict(zip(self.names.values(), sources, strict=True)),
            [],
        )

    def opened(self, value, size):
        """[(name, bytes)] of the pictures in a `FileUpload`'s `value`.

        Of a file's name only the last part is shown, and nothing of it is used as a path. Raises
        `StyletoolsError` if one cannot be read at `size` pixels.
        """
        pictures = []
        for name, content in uploaded(value):
            name = PurePath(name.replace("\\", "/")).name or "picture"
            try:
                load_image(content, size)
            except StyletoolsError as error:
                raise StyletoolsError(str(error).replace("the picture", quoted(name), 1)) from None
            pictures.append((name, content))
        return pictures

    def add(self, name, content, scene):
        """Take in a picture and return its name; if that stands for another one, with a number.

        The oldest upload that `scene` does not name may have to go.
        """
        stem, ending = PurePath(name).stem, PurePath(name).suffix
        numbered = (f"{stem} ({number}){ending}" for number in itertools.count(2))
        name = next(n for n in itertools.chain([name], numbered) if self._free(n, content))
        self._uploaded = [each for each in self._uploaded if each != name] + [name]
        self.pictures[name] = content
        unused = [each for each in self._uploaded[:-1] if each not in (scene.content, scene.style)]
        if len(self._uploaded) > MOST:
            self._uploaded.remove(unused[0])
            del self.pictures[unused[0]]
        return name

    def _free(self, name, content):
        """Whether no other picture has this name."""
        known = self.pictures.get(name)
        return known is None or (isinstance(known, bytes) and known == content)


def uploaded(value):
    """(name, bytes) of each uploaded file, from the dict of ipywidgets 7 or the tuple of 8."""
    if isinstance(value, dict):
        return [(name, file["content"]) for name, file in value.items()]
    return [(file["name"], bytes(file["content"])) for file in value]


def kept(source):
    """What can be read again and again: of an open file its bytes."""
    return readable(source)[0].getvalue() if hasattr(source, "read") else source
