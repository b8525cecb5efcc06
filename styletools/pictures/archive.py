"""A file format for what is made of arrays, such as a run or a painter: whole, or absent.

A file is a NumPy archive (.npz) of plain arrays, of which the first, "styletools", holds JSON.
Behind the archive stand 64 hexadecimal digits: the SHA-256 of all before them. Nothing of a file
is looked into until that agrees, and reading it runs no code.
"""

import contextlib
import hashlib
import json
import zipfile
from typing import NamedTuple

import numpy as np

from ..errors import StyletoolsError, quoted, reason
from ..version import __version__
from .files import check_input, written_whole
from .saving import plain

DIGITS = 64  # of a SHA-256
HEADER = "styletools"


class _Hashed:
    """A file to write to, forwards only, that knows the SHA-256 of what was written."""

    def __init__(self, file):
        self._file, self._sum = file, hashlib.sha256()

    def write(self, content):
        self._sum.update(content)
        return self._file.write(content)

    def flush(self):
        self._file.flush()

    def digest(self):
        return self._sum.hexdigest().encode()


class Archive(NamedTuple):
    """Files of one kind: what messages call it, its format's number, and what to do with no use."""

    kind: str
    format: int
    remedy: str

    def write(self, path, header, groups, overwrite=True):
        """Write `header`, a dict for JSON, and {group: {name: array}} to `path`, whole or not.

        Raises `StyletoolsError` if it cannot be written, or exists and `overwrite` is false.
        """
        header = {"kind": self.kind, "format": self.format, "version": __version__, **header}
        text = np.frombuffer(json.dumps(header, default=plain).encode(), np.uint8)
        arrays = {f"{g}/{name}": a for g, group in groups.items() for name, a in group.items()}
        with written_whole(path, overwrite) as file:
            hashed = _Hashed(file)
            with zipfile.ZipFile(hashed, "w") as archive:
                for name, array in {HEADER: text, **arrays}.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
            file.write(hashed.digest())

    def read(self, path):
        """Return (header, {group: {name: array}}) of the file at `path`.

        Raises
        ------
        StyletoolsError
            The file is missing, is of another kind or format, or is damaged.
        """
        path = check_input(path)
        with self.usable(path), open(path, "rb") as file:
            self._check_sum(path, file)
            file.seek(0)
            with np.load(file, allow_pickle=False) as stored:
                if stored.zip.testzip():  # NumPy itself reads no further than an array's shape says
                    raise ValueError("a part of it is damaged")
                header = json.loads(stored[HEADER].tobytes())
                self._check_format(path, header)
                groups = {}
                for name in stored.files[1:]:
                    group, rest = name.split("/")
                    groups.setdefault(group, {})[rest] = stored[name]
                return header, groups

    @contextlib.contextmanager
    def usable(self, path):
        """Say so if, in the block, the file turns out not to hold what it should."""
        try:
            yield
        except StyletoolsError:
            raise
        except (OSError, MemoryError) as error:
            raise StyletoolsError(
                f"the {self.kind} {quoted(path)} cannot be read now ({reason(error)}): try again"
            ) from error
        except Exception as error:  # whatever NumPy, JSON and what is made of them stumble over
            raise StyletoolsError(
                f"the {self.kind} {quoted(path)} cannot be used ({reason(error)}): {self.remedy}"
            ) from error

    def _check_sum(self, path, file):
        start = file.read(DIGITS)
        rest, whole = file.seek(0, 2) - DIGITS, hashlib.sha256()
        file.seek(0)
        while rest > 0:
            block = file.read(min(rest, 2**20))
            whole.update(block)
            rest -= len(block) or rest
        if file.read() == whole.hexdigest().encode():
            return
        if HEADER.encode() in start:
            raise StyletoolsError(
                f"the {self.kind} {quoted(path)} is cut short or was changed: {self.remedy}"
            )
        raise StyletoolsError(f"{quoted(path)} is no {self.kind} of styletools; choose another")

    def _check_format(self, path, header):
        kind = header.get("kind", self.kind)  # formats up to 2 of checkpoints do not say
        if kind != self.kind:
            raise StyletoolsError(f"{quoted(path)} is a {kind}, no {self.kind}; choose another")
        if header["format"] != self.format:
            age = "a newer" if header["format"] > self.format else "an older"
            raise StyletoolsError(
                f"the {self.kind} {quoted(path)} is of {age} format ({header['format']}, written "
                f"by styletools {header['version']}; this one reads {self.format}): use that "
                f"version, or {self.remedy}"
            )
