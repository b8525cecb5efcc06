"""Pictures that a visitor of the playground brings along; nothing about them is trusted."""

from pathlib import PurePath

from ..errors import StyletoolsError
from ..pictures import load_image


def keep_uploads(value, folder, size):
    """Return {name: path} of the pictures in a `FileUpload`'s `value`, written to `folder`.

    Of a file's name only the last part is shown, and nothing of it is used as a path.

    Raises `StyletoolsError` if one cannot be read at `size` pixels.
    """
    pictures = {}
    for name, content in uploaded(value):
        name = PurePath(name.replace("\\", "/")).name or "picture"
        path = folder / f"upload{len(list(folder.iterdir()))}"
        path.write_bytes(content)
        try:
            load_image(path, size)
        except StyletoolsError as error:
            path.write_bytes(b"")  # its number stays taken
            text = str(error).replace(str(path), name).replace(path.name, name)
            raise StyletoolsError(text) from None
        pictures[name] = path
    return pictures


def uploaded(value):
    """(name, bytes) of each uploaded file, from the dict of ipywidgets 7 or the tuple of 8."""
    if isinstance(value, dict):
        return [(name, file["content"]) for name, file in value.items()]
    return [(file["name"], bytes(file["content"])) for file in value]
