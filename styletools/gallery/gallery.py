"""Every content in every style, and a sheet of all."""

import os
import sys

import numpy as np
from tqdm.auto import tqdm

from ..errors import StyletoolsError, quoted, reason, shown
from ..pictures import (
    as_path,
    check_picture_output,
    load_image,
    read_settings,
    save_image,
)
from ..settings import check_number, check_steps, check_whole
from .cluster import connected, expected, finished
from .pairs import jobs_of, sources
from .sheet import MOST, SHEET, save_sheet

WEIGHTS = (0.02, 0.05, 0.15)


def paint(
    contents,
    styles,
    folder,
    weights=WEIGHTS,
    size=256,
    steps=100,
    scheduler=None,
    progress=True,
):
    """Paint every content in every style with every weight, and a contact sheet of them all.

    Each picture becomes ``CONTENT--STYLE--content_weight_W.png`` in `folder`, written whole, with
    its settings, as soon as it is finished. One that is there already is not painted again: a
    gallery that was interrupted goes on. ``contact_sheet.jpg``, written last, has a row for each
    content and weight and a column for each style.

    Parameters
    ----------
    contents, styles : str or Path
        Each a folder, whose pictures are taken, one file, or the name of a bundled picture.
    folder : str or Path
        Where to write; made if only the last part of its name is missing.
    weights : sequence of float
        Content weights.
    size : int
        Longest side of contents, styles and results, in pixels.
    steps : int
        Of each picture.
    scheduler : str, optional
        Address of a Dask scheduler whose workers are to paint (see `styletools.gallery.cluster`).
        Pictures are equal to the last bit where processor, packages and TensorFlow's threads are.
    progress : bool
        Say first how many pictures there are and how long they take, then draw a bar.

    Returns the paths of the pictures that were painted now.

    Raises
    ------
    StyletoolsError
        Before anything is painted: a value, folder or picture cannot be used, two pictures would
        have one name, or a file in `folder` is another's or of other settings. Later: a run, the
        cluster or the disk failed; what is finished is kept.
    """
    folder = as_path(folder)
    settings = {"size": size, "steps": check_steps(steps)}
    weights = [check_number("content_weight", w) for w in np.atleast_1d(weights).tolist()]
    with connected(scheduler) as client:
        contents, styles = sources(contents, size, folder), sources(styles, size, folder)
        check_whole("the number of contents times weights", len(contents) * len(weights), 1, MOST)
        check_whole("the number of styles", len(styles), 1, MOST)
        jobs = jobs_of(contents, styles, weights, settings)
        _make(folder)
        new = {name: job for name, job in jobs.items() if not _is_there(folder / name, job)}
        if len(new) == len(jobs) and os.path.lexists(folder / SHEET):
            raise StyletoolsError(_in_the_way(folder / SHEET))
        if new:
            _paint(new, folder, steps, client, progress)
    save_sheet(contents, styles, weights, folder)
    return [folder / name for name in new]


def _paint(jobs, folder, steps, client, progress):
    if progress:
        print(
            f"{len(jobs)} pictures, {steps} steps each: {expected(client, jobs)}", file=sys.stderr
        )
    with tqdm(total=len(jobs) * steps, unit="step", disable=not progress, leave=False) as bar:
        for number, (name, image) in enumerate(finished(client, jobs, bar.update), 1):
            save_image(image, folder / name, settings=jobs[name].settings)
            bar.set_postfix_str(f"{number} of {len(jobs)} pictures")
            bar.update(number * steps - bar.n)


def _make(folder):
    try:
        folder.mkdir(exist_ok=True)
    except (OSError, ValueError) as error:
        raise StyletoolsError(
            f"the folder {quoted(folder)} cannot be made: {reason(error)}; choose another"
        ) from error


def _is_there(path, job):
    """Whether `path` is the job's picture; anything else there is refused."""
    if not os.path.lexists(check_picture_output(path, overwrite=True)):
        return False
    try:
        stored, _ = read_settings(path), load_image(path)  # the sheet will need its pixels
    except StyletoolsError as error:
        raise StyletoolsError(_in_the_way(path)) from error
    for name, value in job.settings.items():
        if stored.get(name) != value:
            raise StyletoolsError(
                f"{quoted(path)} was painted with {name} {shown(stored.get(name))}, not "
                f"{shown(value)}: choose another folder, or move the old pictures out of it"
            )
    return True


def _in_the_way(path):
    return f"{quoted(path)} is not this gallery's: move it away, or choose another folder"
