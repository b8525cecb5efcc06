"""Pictures that a visitor of the playground brings along; nothing about them is trusted."""

from pathlib import PurePath

from ..errors import StyletoolsError, quoted
from ..pictures import load_image


def read_uploads(value, size):
    """Return {name: bytes} of the pictures in a `FileUpload`'s `value`.

    Of a file's name only the last part is shown, and nothing of it is used as a path.

    Raises `StyletoolsError` if one cannot be read at `size` pixels.
    """
    pictures = {}
    for name, content in uploaded(value):
        name = PurePath(name.replace("\\", "/")).name or "picture"
        try:
            load_image(content, size)
        except StyletoolsError as error:
            raise StyletoolsError(str(error).replace("the picture", quoted(name), 1)) from None
        pictures[name] = content
    return pictures


def uploaded(value):
    """(name, bytes) of each uploaded file, from the dict of ipywidgets 7 or the tuple of 8."""
    if isinstance(value, dict):
        return [(name, file["content"]) for name, file in value.items()]
    return [(file["name"], bytes(file["content"])) for file in value]
