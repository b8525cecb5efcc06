"""Damaged pictures by the thousand: whole ones with bytes changed, lost, doubled or exchanged."""

import contextlib
import faulthandler
import re
import struct
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import numpy as np

from styletools import StyletoolsError, load_image

SEEDS = """
png.png grey_16.png palette_alphas.png linear.png animated.png progressive.jpg turned_6.jpg
linear.jpg cmyk.jpg webp.webp rgba.webp animated.webp animated.gif palette_transparent.gif bmp.bmp
one_bit.bmp tiff.tiff tiff_lzw.tif float.tif pages.tif lab.tif avif.avif
""".split()
SIDE = 96  # max_side of every load
HANGS = 60  # seconds of the clock after which a load is stopped, with its traceback


@dataclass
class Outcome:
    """What became of the files of one shard."""

    loaded: int = 0
    refused: int = 0
    slowest: float = 0.0  # seconds of processor time
    megabytes: float = 0.0  # peak memory of the process above that before
    wrong: list = field(default_factory=list)  # [(shard, number, what)]


def whole_files(folder):
    """The bytes of one small picture of every kind."""
    contents = []
    for name in SEEDS:
        if name in corpus.LOADED:
            corpus.LOADED[name][0](folder / name)
            contents.append((folder / name).read_bytes())
            (folder / name).unlink()
    return contents


def damaged(rng, files):
    """One of `files` (bytes), damaged once to three times."""
    content = bytearray(files[rng.integers(len(files))])
    for _ in range(rng.integers(1, 4)):
        DAMAGES[rng.integers(len(DAMAGES))](rng, content, files)
    if content.startswith(b"\x89PNG") and rng.random() < 0.7:
        content = with_checksums(content)
    return bytes(content)


def place(rng, content):
    """A position in `content`; one time in four among the first 64 bytes, where headers are."""
    end = len(content) if rng.random() < 0.75 else min(64, len(content))
    return int(rng.integers(end + 1))


def change(rng, content, files):
    for _ in range(rng.integers(1, 9)):
        content[(start := place(rng, content)) : start + 1] = rng.bytes(1)


def extreme(rng, content, files):
    start, size = place(rng, content), 2 ** int(rng.integers(3))
    content[start : start + size] = bytes([rng.choice([0, 1, 0x7F, 0x80, 0xFF])]) * size


def shorten(rng, content, files):
    del content[place(rng, content) :]


def lose(rng, content, files):
    start = place(rng, content)
    del content[start : start + int(rng.integers(1, 64))]


def double(rng, content, files):
    start = place(rng, content)
    content[start:start] = content[start : start + int(rng.integers(1, 256))]


def splice(rng, content, files):
    other = files[rng.integers(len(files))]
    start, source = place(rng, content), place(rng, other)
    size = int(rng.integers(1, 512))
    content[start : start + size] = other[source : source + size]


DAMAGES = (change, change, extreme, shorten, lose, double, splice)


def with_checksums(content):
    """A PNG with true checksums, so that the damage in its chunks is read and not only noticed."""
    start = 8
    while start + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, start)
        end = start + 8 + size
        if end + 4 > len(content):
            break
        struct.pack_into(">I", content, end, zlib.crc32(content[start + 4 : end]))
        start = end + 4
    return content


def shard(number, count, folder):
    """Load `count` damaged files of the sequence `number`; return the `Outcome`."""
    rng, outcome = np.random.default_rng(number), Outcome()
    files, path, before = whole_files(folder), folder / "damaged", peak_megabytes()
    for i in range(count):
        path.write_bytes(damaged(rng, files))
        began = time.process_time()  # not the clock, which runs for other programs too
        faulthandler.dump_traceback_later(HANGS, exit=True)
        try:
            with contextlib.redirect_stdout(None):  # which tells of animations
                problem = fault(load_image(path, SIDE))
            outcome.loaded += 1
        except StyletoolsError as error:
            problem = None if str(error).isprintable() and len(str(error)) < 1000 else str(error)
            outcome.refused += 1
        except BaseException as error:
            problem = repr(error)
        faulthandler.cancel_dump_traceback_later()
        outcome.slowest = max(outcome.slowest, time.process_time() - began)
        if problem:
            outcome.wrong.append((number, i, problem))
    path.unlink()
    outcome.megabytes = peak_megabytes() - before
    return outcome


def fault(image):
    """What is wrong with a loaded picture, or None."""
    if image.dtype != np.float32 or image.ndim != 3 or image.shape[2] != 3:
        return f"{image.dtype} {image.shape}"
    if not 32 <= min(image.shape[:2]) <= max(image.shape[:2]) <= SIDE:
        return f"{image.shape}"
    return None if 0 <= image.min() <= image.max() <= 1 else "values outside [0, 1]"


def peak_megabytes():
    """Most memory that this process has held; 0 where the system does not tell (not Linux).

    Not `getrusage`, whose figure a new process takes over from its parent.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024
