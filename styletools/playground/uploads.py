"""Pictures that a visitor of the playground brings along; nothing about them is trusted."""

from pathlib import PurePath

from ..errors import StyletoolsError, quoted
from ..pictures import load_image

MOST = 12  # uploaded pictures that are kept; beyond, the oldest that is not chosen is forgotten


class Uploads:
    """`pictures` {name: what `load_image` takes}: those that were given, and uploads."""

    def __init__(self, given):
        self.pictures, self._uploaded = dict(given), []

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
        """Take in a picture; the oldest upload that `scene` does not name may have to go."""
        self._uploaded = [each for each in self._uploaded if each != name] + [name]
        self.pictures[name] = content
        free = [each for each in self._uploaded[:-1] if each not in (scene.content, scene.style)]
        if len(self._uploaded) > MOST:
            self._uploaded.remove(free[0])
            del self.pictures[free[0]]


def uploaded(value):
    """(name, bytes) of each uploaded file, from the dict of ipywidgets 7 or the tuple of 8."""
    if isinstance(value, dict):
        return [(name, file["content"]) for name, file in value.items()]
    return [(file["name"], bytes(file["content"])) for file in value]
