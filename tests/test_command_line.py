"""The command line and start-up, each as a user meets them: in a process of their own."""

import os
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import corpus
import numpy as np
import pytest
from PIL import Image

from styletools import __version__, load_image, read_settings
from styletools.__main__ import emerging


def styletools(*arguments):
    return python("-m", "styletools", *arguments)


def python(*arguments):
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def test_a_picture_from_end_to_end(tmp_path):
    # a name that is no Unicode, where the system allows one: it is printed all the same
    out = tmp_path / ("b\udce9ld.png" if sys.platform == "linux" else "out.png")
    weights = ["--content-weight", 0.2, "--style-weight", 1, "--tv-weight", 0.5]
    options = [*weights, "--size", 64, "--steps", 3, "--optimizer", "adam", "--seed", 1]
    run = styletools("great_pyramid", "starry_night", "-o", out, *options)
    assert run.returncode == 0, run.stderr
    shown = str(out).encode("ascii", "backslashreplace").decode()
    assert run.stdout.startswith(f"{shown}: 3 steps done")
    assert "style" in run.stdout
    expected, bar = run.stderr.split("\n", 1)
    words = r"64 × 43 pixels, 3 steps: about \d+ s and \d\.\d GB of memory\. Watch '.*': .*"
    assert re.fullmatch(words, expected)
    assert "step" in bar  # the progress bar, and nothing else
    assert not any(word in run.stderr for word in ("tensorflow", "WARNING", "oneDNN", "absl"))
    image = load_image(out)
    assert image.shape == (43, 64, 3)
    assert np.abs(image - load_image("great_pyramid", 64)).max() > 0.02
    stored = read_settings(out)
    asked = {"content": "great_pyramid", "style": "starry_night", "content_weight": 0.2, "size": 64}
    asked |= {"steps": 3, "optimizer": "adam", "seed": 1, "version": __version__, "pooling": "avg"}
    assert stored | asked == stored


def test_coarse_to_fine_from_end_to_end(tmp_path):
    out = tmp_path / "out.png"
    options = ["--size", 400, "--steps", 2, "--coarse-to-fine", "-o", out]
    run = styletools("great_pyramid", "starry_night", *options)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(f"{out}: 3 steps done")
    stored = read_settings(out)
    assert (stored["steps"], stored["coarse_to_fine"]) == (2, True)


def test_picture_and_checkpoint_are_two_files(tmp_path):
    out = tmp_path / "out.png"
    run = styletools("great_pyramid", "starry_night", "-o", out, "--checkpoint", out)
    assert run.returncode == 2
    assert "both -o and --checkpoint" in run.stderr


def test_a_picture_is_not_replaced_unasked(tmp_path):
    out = tmp_path / "out.png"
    out.write_text("mine")
    run = styletools("great_pyramid", "starry_night", "-o", out)
    assert run.returncode == 2
    assert run.stderr.startswith(f"styletools: '{out}' exists already")
    assert "--overwrite" in run.stderr
    assert out.read_text() == "mine"
    again = [out, "--overwrite", "--size", 48, "--steps", 1]
    assert styletools("great_pyramid", "starry_night", "-o", *again).returncode == 0
    assert load_image(out).shape == (32, 48, 3)


@pytest.fixture
def checkpointed(tmp_path):
    """(out, file, options) of a command that keeps a checkpoint; the number of steps is wanted."""
    out, saved = tmp_path / "out.png", tmp_path / "run.npz"
    return out, saved, ["-o", out, "--overwrite", "--size", 48, "--checkpoint", saved, "--steps"]


def test_a_checkpoint_is_gone_on_from(checkpointed):
    out, _, options = checkpointed
    assert "2 steps done" in styletools("great_pyramid", "starry_night", *options, 2).stdout
    run = styletools("great_pyramid", "starry_night", *options, 3)
    assert "1 steps done" in run.stdout
    assert read_settings(out)["steps"] == 3


def test_a_checkpoint_of_another_run_or_cut_short_is_refused(checkpointed):
    _, saved, options = checkpointed
    styletools("great_pyramid", "starry_night", *options, 1)
    refused("astronaut", "starry_night", *options, 3)
    saved.write_bytes(saved.read_bytes()[:1000])
    assert "cut short" in refused("great_pyramid", "starry_night", *options, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
@pytest.mark.parametrize("moment", ["at the start", "at a step"])
def test_ctrl_c_is_no_traceback(tmp_path, moment):
    out = tmp_path / "out.png"
    command = [sys.executable, "-m", "styletools", "great_pyramid", "starry_night", "-o", out]
    command += ["--size", "64", "--steps", "100000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        said = b""
        while b" pixels, " not in said or (moment == "at a step" and b"content" not in said):
            said += run.stderr.read(1)
        run.send_signal(signal.SIGINT)
        printed, rest = run.communicate(timeout=100)
    said = (said + rest).decode()
    assert "Traceback" not in said
    assert (run.returncode, out.exists()) in ((0, True), (130, False))
    if moment == "at a step":
        assert b": interrupted in" in printed
        assert load_image(out).shape == (43, 64, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_the_picture_emerges_while_it_is_painted(tmp_path):
    out = tmp_path / "out.png"
    command = [sys.executable, "-m", "styletools", "great_pyramid", "starry_night", "-o", out]
    with subprocess.Popen([*command, "--size", "48", "--steps", "100000"]) as run:
        deadline = time.monotonic() + 120
        while not out.exists() and time.monotonic() < deadline and run.poll() is None:
            time.sleep(0.05)
        early = read_settings(out)["steps"]  # written whole, in the middle of the run
        assert 5 <= early < 100000
        while read_settings(out)["steps"] == early and time.monotonic() < deadline:
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=100) == 0
    assert read_settings(out)["steps"] > early


def test_writing_the_emerging_picture_takes_a_twentieth_of_the_time(monkeypatch):
    now, saved = 0.0, []
    monkeypatch.setattr("time.perf_counter", lambda: now)

    def save(image, step):
        nonlocal now
        now += 1
        saved.append((step, now))

    look = emerging(save)
    for step in range(1, 101):
        now += 1
        assert not look(SimpleNamespace(step=step), None)
    assert [step for step, _ in saved] == [5, 25, 45, 65, 85]


def test_help_is_complete_and_quick():
    run = python("-X", "importtime", "-m", "styletools", "--help")
    assert run.returncode == 0
    assert "great_pyramid" in run.stdout
    for option in (
        "checkpoint size steps content-weight style-weight tv-weight optimizer seed output".split()
    ):
        assert f"--{option}" in run.stdout
    assert "tensorflow" not in run.stderr  # help does not wait for it


@pytest.mark.parametrize("kind", ["small", "no folder", "no ending", "no steps"])
def test_what_cannot_work_is_one_clear_line(tmp_path, kind):
    content, out, extra = "great_pyramid", tmp_path / "out.png", []
    if kind == "small":
        content = tmp_path / "small.png"
        Image.new("RGB", (20, 20)).save(content)
    elif kind == "no folder":
        out = tmp_path / "nowhere" / "out.png"
    elif kind == "no ending":
        out = tmp_path / "out"
    else:
        extra = ["--steps", 0]
    refused(content, "starry_night", "-o", out, "--size", 64, *extra)
    assert not out.exists()


REFUSED = "missing.jpg folder.jpg empty.png text.jpg phone.heic half.jpg bomb.png strip.png nan.tif"


@pytest.mark.parametrize("name", REFUSED.split())  # all of them: test_hostile_pictures.py
def test_pictures_that_cannot_be_used_are_one_clear_line(tmp_path, name):
    make, words = corpus.REFUSED[name]
    make(tmp_path / name)
    for pictures in ([tmp_path / name, "starry_night"], ["great_pyramid", tmp_path / name]):
        assert re.search(words, refused(*pictures, "-o", tmp_path / "out.png"))
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("name", ["a" * 100_000, "b\udce9ld.jpg", "two\nlines.jpg", ""])
def test_names_that_are_none_are_one_clear_line(tmp_path, name):
    refused(name, "starry_night", "-o", tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()


def refused(*arguments):
    """The one line that the command line must answer with."""
    run = styletools(*arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    *before, last = run.stderr.splitlines()
    assert last.startswith("styletools: ")
    assert not [line for line in before if " pixels, " not in line]
    return last


def test_importing_and_running_print_nothing():
    code = """
import styletools, numpy as np
grey = np.full((64, 64, 3), 0.5)
styletools.transfer_style(grey, grey, steps=2, progress=False)
"""
    run = python("-W", "error:::styletools", "-c", code)
    assert run.returncode == 0
    assert (run.stdout, run.stderr) == ("", "")


def test_errors_during_quiet_imports_are_still_seen():
    code = """
import os
from styletools.quiet import quiet_stderr
with quiet_stderr():
    os.write(2, b"chatter\\n")
with quiet_stderr():
    os.write(2, b"a reason\\n")
    raise ImportError("a library is missing")
"""
    run = python("-c", code)
    assert run.returncode == 1
    assert "chatter" not in run.stderr
    assert "a reason" in run.stderr
    assert "a library is missing" in run.stderr
