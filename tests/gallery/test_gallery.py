"""Galleries: every picture once, whatever happens in between; alone, and on a Dask cluster."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import types

import numpy as np
import pytest
from PIL import Image

from styletools import (
    StyletoolsError,
    StyleTransfer,
    load_image,
    read_settings,
    sample_images,
    save_image,
    transfer_style,
)
from styletools.gallery import cluster, gallery, sheet
from styletools.gallery.__main__ import main
from styletools.transfer.estimates import Estimate

SETTINGS = {"weights": [0.03, 3], "size": 48, "steps": 3, "progress": False}
NAMES = {
    f"{content}--{style}--content_weight_{weight}.png"
    for content in ("great_pyramid", "phone")
    for style in ("starry_night", "great_wave")
    for weight in ("0.03", "3")
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Two folders of pictures, with what else lies in folders."""
    contents, styles = tmp_path_factory.mktemp("contents"), tmp_path_factory.mktemp("styles")
    for folder, names in ((contents, ["great_pyramid"]), (styles, ["starry_night", "great_wave"])):
        for name in names:
            shutil.copy(sample_images()[name], folder)
    save_image(load_image("astronaut", 80)[:60], contents / "phone.PNG")
    (contents / "notes.txt").write_text("no picture")
    (contents / "._phone.png").write_text("no picture either")
    (contents / "folder.png").mkdir()
    return contents, styles


@pytest.fixture(scope="module")
def whole(sources, tmp_path_factory):
    """A gallery painted without a break."""
    out = tmp_path_factory.mktemp("whole") / "out"
    gallery.paint(*sources, out, **SETTINGS)
    return out


def pictures(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.png") if path.is_file()}


def test_every_content_is_painted_in_every_style_with_every_weight(sources, whole):
    assert set(os.listdir(whole)) == NAMES | {"contact_sheet.jpg"}
    content, style = load_image(sources[0] / "phone.PNG", 48), load_image("great_wave", 48)
    for weight in (0.03, 3):
        path = whole / f"phone--great_wave--content_weight_{weight}.png"
        image = transfer_style(content, style, 3, False, content_weight=weight).image
        np.testing.assert_array_equal(load_image(path), np.round(image * 255) / np.float32(255))
        asked = {"content": "phone.PNG", "style": "great_wave.jpg", "content_weight": weight}
        asked |= {"size": 48, "steps": 3, "seed": 0, "pooling": "avg", "optimizer": "lbfgs"}
        stored = read_settings(path)
        assert stored | asked == stored


def test_the_sheet_shows_each_picture_in_its_place(sources, whole):
    with Image.open(whole / "contact_sheet.jpg") as drawn:
        pixels = np.asarray(drawn, np.float32) / 255
    step = sheet.SIDE + sheet.GAP
    assert pixels.shape[1] == 3 * step
    top, expected = sheet.GAP, ["", "great_wave", "starry_night"]
    rows = [[None, *(load_image(name, 48) for name in expected[1:])]]
    for name in ("great_pyramid.jpg", "phone.PNG"):
        content = load_image(sources[0] / name, 48)
        for weight in ("0.03", "3"):
            painted = [f"--{style}--content_weight_{weight}.png" for style in expected[1:]]
            files = [whole / (name.partition(".")[0] + end) for end in painted]
            rows.append([content, *map(load_image, files)])
    for row in rows:
        heights = []
        for column, image in enumerate(row):
            if image is None:
                continue
            height = round(image.shape[0] * sheet.SIDE / image.shape[1])
            left = column * step + sheet.GAP // 2
            shown = pixels[top : top + height, left : left + sheet.SIDE]
            assert np.abs(shown.mean((0, 1)) - image.mean((0, 1))).max() < 0.01
            words = pixels[top + height : top + height + 20, left : left + sheet.SIDE]
            assert words.min() < 0.2 < 0.9 < words.mean()  # black letters on white
            heights.append(height + sheet.CAPTION)
        top += max(heights)
    assert pixels.shape[0] == top


def test_what_is_there_is_not_painted_again(sources, whole, monkeypatch):
    before = pictures(whole)
    monkeypatch.setattr(gallery, "finished", None)
    assert gallery.paint(*sources, whole, **SETTINGS) == []
    assert pictures(whole) == before


def test_an_interrupted_gallery_goes_on(sources, whole, tmp_path, monkeypatch):
    out, saved = tmp_path / "out", []

    def interrupted(image, path, **settings):
        if len(saved) == 3:
            raise KeyboardInterrupt
        save_image(image, path, **settings)
        saved.append(path)

    monkeypatch.setattr(gallery, "save_image", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gallery.paint(*sources, out, **SETTINGS)
    assert set(os.listdir(out)) == {path.name for path in saved}
    monkeypatch.undo()
    saved.pop().unlink()
    new = gallery.paint(*sources, out, **SETTINGS)
    assert {path.name for path in new} == NAMES - {path.name for path in saved}
    assert pictures(out) == pictures(whole)


def test_ctrl_c_within_a_picture_leaves_no_part_of_it(tmp_path, monkeypatch):
    run = StyleTransfer.run

    def interrupted(self, steps, callback):
        def tick(record):
            if record.step == 2:
                signal.raise_signal(signal.SIGINT)
            return callback(record)

        return run(self, steps, tick)

    monkeypatch.setattr(StyleTransfer, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gallery.paint("great_pyramid", "starry_night", tmp_path / "out", **SETTINGS)
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_the_command_line_from_end_to_end(tmp_path, capsys):
    out = tmp_path / "out"
    command = ["great_pyramid", "starry_night", "-o", str(out), "--size", "48"]
    command += ["--content-weight", "0.1", "1", "--steps"]
    program = [sys.executable, "-m", "styletools.gallery", *command, "30"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as run:
        while not list(out.glob("*.png")) and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=100)[1]
    assert (run.returncode, len(os.listdir(out))) == (130, 1)
    assert "2 pictures, 30 steps each: about " in said
    assert said.splitlines()[-1].endswith("interrupted; the same command goes on from here")
    assert "Traceback" not in said
    assert main([*command, "30"]) == 0
    assert len(os.listdir(out)) == 3
    assert capsys.readouterr().out == f"{out / 'contact_sheet.jpg'}: 1 pictures painted now\n"
    assert main([*command, "20"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("styletools: ")
    assert "was painted with steps 30, not 20: choose another folder" in said.err


def refused(words, contents, styles, out, **settings):
    """`paint` must refuse with these words before it paints or removes anything."""
    before = pictures(out) if out.is_dir() else {}
    with pytest.raises(StyletoolsError, match=words):
        gallery.paint(contents, styles, out, **SETTINGS | settings)
    assert (pictures(out) if out.is_dir() else {}) == before


@pytest.mark.parametrize("other", ["beach.jpg", "BEACH.png"])
def test_two_pictures_of_one_name_are_refused(tmp_path, other):
    for name in ("beach.png", other):
        save_image(load_image("great_pyramid", 48), tmp_path / name, overwrite=True)
    if len(os.listdir(tmp_path)) == 1:
        pytest.skip("a file system that ignores case")
    words = f"two pictures, of .*{other}.*: rename a file"
    refused(words, tmp_path, "starry_night", tmp_path / "out")
    refused(words, "starry_night", tmp_path, tmp_path / "out")


def test_a_weight_given_twice_is_refused(tmp_path):
    words = "give each weight once"
    refused(words, "great_pyramid", "starry_night", tmp_path / "out", weights=[0.1, 0.1000000001])


def test_a_file_that_is_no_picture_is_refused_before_anything_is_painted(sources, tmp_path):
    contents = shutil.copytree(sources[0], tmp_path / "contents")
    (contents / "zebra.jpg").write_text("<html>")
    refused("zebra.jpg' is not a picture", contents, sources[1], tmp_path / "out")
    refused("zebra.jpg' is not a picture", "great_wave", contents, tmp_path / "out")
    (contents / "zebra.jpg").rename(contents / "zebra.heic")
    refused("zebra.heic' is not a picture", contents, sources[1], tmp_path / "out")


@pytest.mark.parametrize("other", [{"steps": 2}, {"size": 64}])
def test_other_settings_are_not_mixed_in(sources, whole, other):
    [(name, value)] = other.items()
    words = rf"was painted with {name} \d+, not {value}: choose another folder"
    refused(words, *sources, whole, **other)


def test_another_picture_of_the_same_name_is_not_mixed_in(sources, whole, tmp_path):
    contents = shutil.copytree(sources[0], tmp_path / "contents")
    save_image(load_image("astronaut", 80)[-60:], contents / "phone.PNG", overwrite=True)
    refused("phone.* was painted with content_sha256", contents, sources[1], whole)


def test_files_of_others_and_damaged_ones_are_left_alone(whole, tmp_path):
    pair, out = ("great_pyramid", "starry_night"), tmp_path / "out"
    out.mkdir()
    path = out / "great_pyramid--starry_night--content_weight_3.png"
    save_image(load_image("astronaut", 48), path)
    refused("content_weight_3.png' is not this gallery's", *pair, out)
    path.write_bytes((whole / path.name).read_bytes()[:2000])
    refused("content_weight_3.png' is not this gallery's", *pair, out)
    path.unlink()
    (out / "contact_sheet.jpg").write_text("mine")
    refused("contact_sheet.jpg' is not this gallery's", *pair, out)
    assert (out / "contact_sheet.jpg").read_text() == "mine"


def test_folders_that_cannot_be_used_are_refused(sources, tmp_path):
    pair, file = ("great_pyramid", "starry_night"), tmp_path / "file"
    file.write_text("")
    refused("holds no picture", tmp_path, "starry_night", tmp_path / "out")
    refused("is painted from: write to another folder", *sources, sources[0])
    refused("is painted from: write to another folder", *sources, sources[1])
    refused("cannot be made: ", *pair, tmp_path / "no" / "out")
    refused("cannot be made: ", *pair, file)
    refused("there is no file", "no_such_picture", "starry_night", tmp_path / "out")
    with pytest.raises(StyletoolsError, match="a file name must be text"):
        gallery.paint(*pair, None)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"weights": [0.1, -1]}, "content_weight is -1"),
        ({"weights": [float("nan")]}, "content_weight is nan"),
        ({"weights": "much"}, "content_weight is 'much'"),
        ({"weights": []}, "the number of contents times weights is 0"),
        ({"steps": 0}, "steps is 0"),
        ({"size": 10}, "size 10 is too small"),
    ],
)
def test_values_that_cannot_be_used_are_refused(tmp_path, settings, words):
    refused(words, "great_pyramid", "starry_night", tmp_path / "out", **settings)


def test_a_run_that_fails_is_named_and_the_others_are_kept(tmp_path, monkeypatch):
    run = StyleTransfer.run

    def failing(self, *arguments):
        return "out of luck" if self.content_weight == 3 else run(self, *arguments)

    monkeypatch.setattr(StyleTransfer, "run", failing)
    with pytest.raises(StyletoolsError, match=r"great_pyramid.*weight 3: out of luck"):
        gallery.paint("great_pyramid", "starry_night", tmp_path / "out", **SETTINGS)
    assert list(pictures(tmp_path / "out")) == [
        "great_pyramid--starry_night--content_weight_0.03.png"
    ]


def test_a_long_name_and_one_that_no_font_has_are_shown_on_the_sheet(tmp_path):
    name = "$\\a" + "名" * 40 + ("\udce9" if sys.platform == "linux" else "")
    contents = tmp_path / "contents"
    contents.mkdir()
    try:
        shutil.copy(sample_images()["great_pyramid"], contents / f"{name}.jpg")
    except OSError:
        pytest.skip("a file system without such names")
    [path] = gallery.paint(contents, "starry_night", tmp_path / "out", **SETTINGS | {"weights": 1})
    assert path.name == f"{name}--starry_night--content_weight_1.png"
    assert (tmp_path / "out" / "contact_sheet.jpg").is_file()


def test_dask_is_imported_for_a_scheduler_only():
    code = """
import sys
import styletools.gallery
assert not {"dask", "distributed", "tensorflow"} & set(sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_without_distributed_a_scheduler_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = "needs the package distributed .*: pip install distributed"
    refused(words, "great_pyramid", "starry_night", tmp_path / "out", scheduler="127.0.0.1:8786")


def test_a_wrong_scheduler_is_refused_soon(tmp_path):
    pytest.importorskip("distributed")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for address in ("", "nonsense", "http://x", "tcp://no-such-host.invalid:1", port):
            if address == port:
                address = f"tcp://127.0.0.1:{port}"
            began = time.perf_counter()
            words = f"no Dask scheduler answers at '{address}'"
            refused(words, "great_pyramid", "starry_night", tmp_path / "out", scheduler=address)
            assert time.perf_counter() - began < 10
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def local():
    """A scheduler in this process, to which workers can be added."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=0, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as there:
        yield there


def test_a_scheduler_without_workers_is_refused_soon(local, tmp_path):
    began = time.perf_counter()
    words = "has no worker: start one or more with `dask worker tcp://"
    address = local.scheduler_address
    refused(words, "great_pyramid", "starry_night", tmp_path / "out", scheduler=address)
    assert time.perf_counter() - began < 10


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_on_a_cluster_a_killed_worker_changes_nothing(local, sources, tmp_path, monkeypatch):
    settings, written = SETTINGS | {"weights": [0.03, 0.3, 3], "steps": 4}, []
    local.scale(2)
    local.wait_for_workers(2)

    def kills(image, path, **settings):
        written.append(path)
        save_image(image, path, **settings)
        if len(written) == 1:
            working = [w.name for w in local.scheduler.workers.values() if w.processing]
            os.kill(local.workers[working[0]].pid, signal.SIGKILL)

    monkeypatch.setattr(gallery, "save_image", kills)
    address = local.scheduler_address
    new = gallery.paint(
        "great_pyramid", sources[1], tmp_path / "out", **settings, scheduler=address
    )
    monkeypatch.undo()
    assert sorted(new) == sorted(written)
    assert len(set(written)) == 6
    gallery.paint("great_pyramid", sources[1], tmp_path / "alone", **settings)
    assert len(pictures(tmp_path / "alone")) == 6
    assert pictures(tmp_path / "out") == pictures(tmp_path / "alone")
    assert (tmp_path / "out" / "contact_sheet.jpg").is_file()


def test_what_breaks_on_a_worker_is_one_sentence(local, pyramid):
    local.scale(1)
    job = cluster.Job(pyramid, pyramid, {})
    with cluster.connected(local.scheduler_address) as client:
        with pytest.raises(StyletoolsError, match=r"could not do 'a' \(KeyError: .*steps"):
            dict(cluster.finished(client, {"a": job}, None))


def test_a_lost_scheduler_is_one_sentence():
    distributed = pytest.importorskip("distributed")
    lost = distributed.LocalCluster(1, processes=False, dashboard_address=":0")
    with cluster.connected(lost.scheduler_address) as client:
        threading.Timer(0.5, lost.close).start()
        with pytest.raises(StyletoolsError, match="the cluster could not do .*what is finished"):
            dict(cluster._results(client, time.sleep, {"a": 3}))


KILLED = """
import subprocess, sys, threading, time
from styletools import StyletoolsError
from styletools.gallery import cluster
start = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--port", "0"]
start += ["--host", "tcp://127.0.0.1", "--scheduler-file", sys.argv[1]]
scheduler = subprocess.Popen(start, stderr=subprocess.DEVNULL)
start = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-dashboard", "--no-nanny"]
worker = subprocess.Popen([*start, "--scheduler-file", sys.argv[1]], stderr=subprocess.DEVNULL)
try:
    import json, os
    while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read():
        time.sleep(0.1)
    with cluster.connected(json.load(open(sys.argv[1]))["address"]) as client:
        threading.Timer(1, scheduler.kill).start()
        dict(cluster._results(client, time.sleep, {"a": 60}))
except StyletoolsError as error:
    print(error)
finally:
    worker.kill(), scheduler.kill()
"""


def test_a_killed_scheduler_is_one_sentence_and_nothing_of_dasks_beside_it(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    command = [sys.executable, "-c", KILLED, str(tmp_path / "scheduler.json")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert run.stdout.startswith("the cluster could not do 'a'")
    assert run.stderr == ""


def test_a_clusters_estimate_adds_up_what_each_worker_can_do(pyramid, monkeypatch):
    """A stand-in for a cluster of two, one of them three times slower."""
    seconds = {"tcp://fast": 30.0, "tcp://slow": 90.0}
    found = [(name, Estimate(each, 1e9 * each / 30)) for name, each in seconds.items()]
    monkeypatch.setattr(cluster, "_results", lambda *_: found)
    client = types.SimpleNamespace(nthreads=lambda: dict.fromkeys(seconds, 1))
    told = cluster.expected(client, {"a": cluster.Job(pyramid, pyramid, {"steps": 3})})
    # in 90 s the fast one could paint all of it three times and the slow one once
    assert told == "about 22 s and 3.0 GB of memory on each of 2 workers"
