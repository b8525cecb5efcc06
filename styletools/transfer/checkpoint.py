"""Checkpoints: a run is saved as it stands, and loaded to go on as if there had been no break."""

import inspect
import json
import os
import time
from dataclasses import asdict
from typing import Any, Self

import numpy as np

from ..errors import StyletoolsError, quoted, shown
from ..kinds import File
from ..network import tf
from ..objective import unpacked
from ..pictures import Archive, as_path, check_output, plain
from ..settings import check_flag, check_number
from .steps import Record

ARCHIVE = Archive("checkpoint", 2, "delete it and start again")


class Resumable:
    """The part of a `StyleTransfer` that saves and loads it."""

    @property
    def settings(self) -> dict[str, Any]:
        """What `StyleTransfer` was given by name, with the weights as they are now; no arrays."""
        parameters = inspect.signature(type(self)).parameters.values()
        names = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        return {name: getattr(self, name) for name in names if name != "content_map"}

    def save(self, path: File, *, overwrite: bool = False) -> None:
        """Write the run as it stands to `path`: pictures, settings, history, optimizer.

        `StyleTransfer.load(path)` goes on as if there had been no break. The file is written
        whole or not at all. Raises `StyletoolsError` if it cannot be written, or exists and
        `overwrite` is false.
        """
        self._save(path, check_flag("overwrite", overwrite))

    def _save(self, path, overwrite=False):
        header = {"settings": self.settings, "history": list(map(asdict, self.history))}
        header |= {"weights": self._weights, "seconds": self._seconds}
        header |= {"coarser": list(map(asdict, self._coarser)), "first": self._first}
        groups = {
            "picture": self._pictures,
            "best": {"picture": self._picture, "loss": self._best, "scale": self.objective._scale},
            "optimizer": self._optimizer.state(),
        }
        own = as_path(path).absolute()
        ARCHIVE.write(path, header, groups, overwrite or own in self._own)
        self._own.add(own)

    @classmethod
    def load(cls, path: File) -> Self:
        """The run that `save`, or a checkpoint, wrote to `path`, ready to go on.

        Raises `StyletoolsError` if the file is missing, damaged, or not of this format.
        """
        header, groups = ARCHIVE.read(path)
        with ARCHIVE.usable(path):
            style = unpacked(groups["picture"])
            transfer = cls(style=style, **header["settings"] | groups["picture"])  # type: ignore[call-arg]
            transfer._restore(path, header, groups)
        return transfer

    def _go_on_from(self, path):
        """Take over the run saved at `path`, if it is of these pictures and settings."""
        header, groups = ARCHIVE.read(path)
        with ARCHIVE.usable(path):
            _check_same(path, self.settings, self._pictures, header, groups)
            self._restore(path, header, groups)

    def _restore(self, path, header, groups):
        best = groups["best"]
        for array in (best["picture"], *groups["optimizer"].values()):
            if array.ndim == 3:
                _check_like(array, self._pictures["content"])
        self._optimizer.restore(groups["optimizer"])
        self._picture, self._best = tf.constant(best["picture"]), float(best["loss"])
        self.objective._scale = float(best["scale"])
        self.history = [Record(**record) for record in header["history"]]
        self._coarser, self._first = _coarser(header), header.get("first", self.init)
        self._weights = header["weights"] and tuple(map(tuple, header["weights"]))
        self._seconds, self._own = header["seconds"], {as_path(path).absolute()}


def begun_at(path, init):
    """Of the run from coarse to fine saved at `path`: its shape, its start, records before it.

    The start is a picture, or None at the coarsest size. Raises `StyletoolsError` if the coarsest
    run did not begin with `init`, as `StyleTransfer.init` words it.
    """
    header, groups = ARCHIVE.read(path)
    with ARCHIVE.usable(path):
        pictures, before = groups["picture"], _coarser(header)
        first = header.get("first", header["settings"]["init"])
        if first != init:
            raise StyletoolsError(_another(path, [f"init {shown(first)} instead of {shown(init)}"]))
        return pictures["content"].shape, pictures.get("init") if before else None, before


def _coarser(header):
    return [Record(**record) for record in header.get("coarser", [])]


def _check_like(array, picture):
    if array.shape != picture.shape or not np.isfinite(array).all():
        raise ValueError(f"an array of shape {array.shape} is not finite or not of the picture's")


def _check_same(path, settings, pictures, header, groups):
    """Raise `StyletoolsError` if what was read from `path` is of other settings or pictures."""
    stored, now = header["settings"], json.loads(json.dumps(settings, default=plain))
    told = [
        f"{name} {shown(stored.get(name))} instead of {shown(value)}"
        for name, value in now.items()
        if stored.get(name) != value
    ]
    read = groups["picture"]
    told += [
        f"another {name}" + " picture" * ((pictures | read)[name].ndim == 3)
        for name in pictures | read
        if not (name in pictures and name in read and np.array_equal(pictures[name], read[name]))
    ]
    if told:
        raise StyletoolsError(_another(path, told))


def _another(path, told):
    return (
        f"the checkpoint {quoted(path)} is of another run ({', '.join(told)}): give another name, "
        "or delete it"
    )


def check_free(path, own):
    """Raise `StyletoolsError` unless a checkpoint can be written to `path`.

    The file must not exist, unless it is one of `own`, which this run has written or come from.
    """
    if as_path(path).absolute() not in own and os.path.lexists(as_path(path)):
        raise StyletoolsError(
            f"{quoted(path)} exists already: StyleTransfer.load goes on from it if it is a "
            "checkpoint; else choose another name"
        )
    check_output(path, overwrite=True)


class Saver:
    """Calls `save(path)` when `every` seconds have passed since the last time, or at the end."""

    def __init__(self, save, path, every):
        self._save, self._path = save, path
        self._every, self._last = check_number("every", every), time.monotonic()

    def due(self, now=False):
        """Save if it is time to, or `now`."""
        if self._path is not None and (now or time.monotonic() - self._last >= self._every):
            self._save(self._path)
            self._last = time.monotonic()
