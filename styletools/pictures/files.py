"""Files: their names in messages, and writing a whole file or none."""

import contextlib
import os
import uuid
from pathlib import Path

from ..errors import StyletoolsError, quoted, reason
from ..settings import check_flag


def as_path(name):
    """`name` as a `Path`, ~ being the home folder, or `StyletoolsError` if it is no name."""
    try:
        with contextlib.suppress(ValueError):  # what no system takes for a name
            return Path(os.path.expanduser(Path(name)))
        return Path(name)
    except TypeError:
        raise StyletoolsError(
            f"a file name must be text or a Path; this is a {type(name).__name__}"
        ) from None


def check_input(name, hint="check the name and the folder"):
    """Return `name` as the `Path` of a file with something in it, or raise `StyletoolsError`."""
    path = as_path(name)
    if os.path.isdir(path):  # Path's own tests raise for names that no system allows
        raise StyletoolsError(f"{quoted(name)} is a folder; give a file in it")
    if not os.path.isfile(path):
        raise StyletoolsError(f"there is no file {quoted(name)}; {hint}")
    if not os.path.getsize(path):
        raise StyletoolsError(f"{quoted(name)} is empty (0 bytes); copy or download it again")
    return path


def check_output(name, overwrite=False):
    """Return `name` as a `Path` that can be written to, or raise `StyletoolsError`.

    Nothing is written.
    """
    path, overwrite = as_path(name), check_flag("overwrite", overwrite)
    try:
        exists = bool(os.lstat(path))
    except FileNotFoundError:
        exists = False
    except (OSError, ValueError) as error:  # too long, a null byte, no Unicode, …
        raise StyletoolsError(
            f"{quoted(path)} cannot be written: {reason(error)}; choose another name"
        ) from None
    if not os.path.isdir(path.parent):
        raise StyletoolsError(f"{quoted(path)} cannot be written: its folder does not exist")
    if os.path.isdir(path):
        raise StyletoolsError(f"{quoted(path)} cannot be written: it is a folder")
    if exists and not overwrite:
        raise StyletoolsError(_exists(path))
    return path


@contextlib.contextmanager
def written_whole(name, overwrite=False):
    """A binary file to write to, which becomes `name` once the block has ended without error.

    Until then the bytes are in a temporary file in the same folder, which never stays. So `name`
    is at every moment the old file, a complete new one, or absent.

    Raises
    ------
    StyletoolsError
        The file cannot be written, or exists and `overwrite` is false.
    """
    path = check_output(name, overwrite)
    temporary = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _move(temporary, path, overwrite)
    except FileExistsError:
        raise StyletoolsError(_exists(path)) from None
    except OSError as error:
        raise StyletoolsError(f"{quoted(path)} cannot be written: {reason(error)}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _move(temporary, path, overwrite):
    if not overwrite:
        try:
            return os.link(temporary, path)  # unlike a replacement, fails if `path` exists
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            check_output(path)
    os.replace(temporary, path)


def _exists(path):
    return (
        f"{quoted(path)} exists already; choose another name, or allow to replace it "
        "(overwrite=True, or --overwrite on the command line)"
    )
