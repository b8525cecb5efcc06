"""Saving pictures whole or not at all, and the settings that a PNG keeps."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import styletools
from styletools import StyletoolsError, load_image, read_settings, save_image
from styletools.errors import quoted

SPAWN = multiprocessing.get_context("spawn")
GREY = np.full((40, 50, 3), 0.4)
SETTINGS = {
    "content": "great_pyramid",
    "content_weight": 0.1,
    "layers": ["block4_conv2"],
    "seed": 3,
}


def noise(seed):
    """A picture whose file is so long that a half-written one would show."""
    return np.random.default_rng(seed).integers(0, 256, (128, 128, 3)) / 255


@pytest.mark.parametrize("ending", ["png", "jpg", "JPEG", "webp", "tif", "tiff", "bmp"])
def test_every_ending_writes_its_format(tmp_path, ending):
    path = tmp_path / f"picture.{ending}"
    save_image(GREY, path, settings=SETTINGS)
    np.testing.assert_allclose(load_image(path), GREY, atol=0.01)
    kind = {"jpg": "JPEG", "tif": "TIFF"}.get(ending, ending.upper())
    assert Image.open(path).format == kind
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_nothing_is_replaced_unasked(tmp_path):
    path = tmp_path / "picture.png"
    save_image(GREY, path)
    with pytest.raises(StyletoolsError, match="picture.png' exists already"):
        save_image(1 - GREY, path)
    np.testing.assert_allclose(load_image(path), 0.4, atol=0.01)
    save_image(1 - GREY, path, overwrite=True)
    np.testing.assert_allclose(load_image(path), 0.6, atol=0.01)
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(StyletoolsError, match="exists already"):
        save_image(GREY, tmp_path / "link.png")


@pytest.mark.parametrize("where", ["save", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, where, error):
    def fail(*arguments, **options):
        if where == "save":
            arguments[1].write(b"half a pict")
        raise error

    path = tmp_path / "picture.png"
    save_image(GREY, path)
    before = path.read_bytes()
    monkeypatch.setattr(Image.Image if where == "save" else os, where, fail)
    expected = StyletoolsError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected, match="No space left" if isinstance(error, OSError) else None):
        save_image(1 - GREY, path, overwrite=True)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_format_cannot_hold_is_refused(tmp_path, monkeypatch):
    def fail(*arguments, **options):
        raise ValueError("encoding error 5: Image size exceeds the limit")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(StyletoolsError, match="cannot be written: encoding error 5"):
        save_image(GREY, tmp_path / "picture.webp")
    assert not list(tmp_path.iterdir())


def test_file_systems_without_links_are_served(tmp_path, monkeypatch):
    def fail(*arguments):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", fail)
    save_image(GREY, tmp_path / "picture.png")
    assert load_image(tmp_path / "picture.png").shape == GREY.shape
    with pytest.raises(StyletoolsError, match="exists already"):
        save_image(GREY, tmp_path / "picture.png")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions of Unix")
def test_new_files_have_the_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    save_image(GREY, tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_mode == (tmp_path / "usual").stat().st_mode


def save_often(path, seed):
    for _ in range(20):
        save_image(noise(seed), path, overwrite=True)


def save_once(path, seed):
    try:
        save_image(noise(seed), path)
    except StyletoolsError as error:
        return str(error)


def test_concurrent_saves_leave_one_whole_picture_at_every_moment(tmp_path):
    path, seen = tmp_path / "picture.png", set()
    save_image(noise(0), path)
    pictures = [noise(seed) for seed in range(4)]
    with ProcessPoolExecutor(4, SPAWN) as pool:
        saves = [pool.submit(save_often, path, seed) for seed in range(4)]
        while not all(save.done() for save in saves):
            image = load_image(path)
            errors = [np.abs(image - picture).max() for picture in pictures]
            assert min(errors) < 0.01
            seen.add(int(np.argmin(errors)))
        for save in saves:
            save.result()
    assert len(seen) > 1
    assert list(tmp_path.iterdir()) == [path]


def test_of_concurrent_saves_without_overwriting_one_wins(tmp_path):
    path = tmp_path / "picture.png"
    with ProcessPoolExecutor(4, SPAWN) as pool:
        messages = list(pool.map(save_once, [path] * 12, range(12)))
    assert messages.count(None) == 1
    np.testing.assert_allclose(load_image(path), noise(messages.index(None)), atol=0.01)
    assert all("exists already" in message for message in messages if message)
    assert list(tmp_path.iterdir()) == [path]


def test_settings_come_back_with_the_version(tmp_path):
    given = SETTINGS | {"caf\u00e9 \udce9": "\u5c71", "none": None, "deep": {"er": [1.5, True]}}
    save_image(GREY, tmp_path / "picture.png", settings=given)
    assert read_settings(tmp_path / "picture.png") == given | {"version": styletools.__version__}


def test_numpy_values_and_tuples_are_stored_as_plain_ones(tmp_path):
    given = {"weight": np.float32(0.5), "steps": np.int64(3), "layers": ("a", "b"), "w": np.ones(2)}
    save_image(GREY, tmp_path / "picture.png", settings=given)
    stored = read_settings(str(tmp_path / "picture.png"))
    expected = {"weight": 0.5, "steps": 3, "layers": ["a", "b"], "w": [1.0, 1.0]}
    assert stored == expected | {"version": styletools.__version__}


RING = {}
RING["itself"] = RING


@pytest.mark.parametrize(
    "settings",
    [[1], "seed", {"a": np.nan}, {"a": np.inf}, {"a": {1}}, {"a": object()}, {(): 1}, RING],
)
def test_settings_that_cannot_be_stored_are_refused(tmp_path, settings):
    with pytest.raises(StyletoolsError, match="settings"):
        save_image(GREY, tmp_path / "picture.png", settings=settings)
    assert not list(tmp_path.iterdir())


def test_files_without_settings_are_refused(tmp_path):
    save_image(GREY, tmp_path / "plain.png")
    save_image(GREY, tmp_path / "photo.jpg", settings=SETTINGS)
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("no picture")
    texts = {"torn": '{"seed": ', "list": "[1]", "deep": "[" * 100_000, "number": "9" * 100_000}
    for name, text in texts.items():
        info = PngInfo()
        info.add_text("styletools", text)
        Image.new("RGB", (40, 40)).save(tmp_path / f"{name}.png", pnginfo=info)
    for name, words in {
        "plain.png": "holds no settings",
        "photo.jpg": "cannot be read as a PNG",
        "text.png": "cannot be read as a PNG",
        "empty.png": "is empty",
        "nowhere.png": "there is no file",
        ".": "is a folder",
        **{f"{name}.png": "are damaged" for name in texts},
    }.items():
        with pytest.raises(StyletoolsError, match=words) as caught:
            read_settings(tmp_path / name)
        assert str(caught.value).isprintable()


def test_names_in_messages_are_short_and_on_one_line():
    assert quoted("holiday.jpg") == "'holiday.jpg'"
    assert quoted("a\nb\x1b\udce9") == r"'a\nb\x1b\udce9'"
    assert len(quoted("x" * 100_000)) < 200
