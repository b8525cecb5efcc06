"""Whatever holds a picture opens, and what holds none is refused in words."""

import io
import sys
import types
from pathlib import Path

import corpus
import numpy as np
import pytest
from PIL import Image

from styletools import StyletoolsError, load_image, sample_images, save_image
from styletools.pictures import load_film

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 60, 4), np.uint8)
PIXELS[:5, :, 3], PIXELS[5:10, :, 3] = 0, 255
FLOATS = PIXELS[..., :3] / np.float32(255)


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def same(given, expected, atol=0.0):
    image = load_image(given)
    assert image.dtype == np.float32 and image.shape == expected.shape
    np.testing.assert_allclose(image, expected, atol=atol)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_the_bytes_of_a_file_are_a_picture(kind):
    same(kind(png(PIXELS[..., :3])), FLOATS)


def test_an_open_file_is_read_from_its_beginning(tmp_path):
    (tmp_path / "a.png").write_bytes(png(PIXELS[..., :3]))
    with open(tmp_path / "a.png", "rb") as file:
        file.read(10)
        same(file, FLOATS)
    for encoding, words in (("latin-1", "gives str instead of bytes"), ("utf-8", "decode byte")):
        with open(tmp_path / "a.png", encoding=encoding) as file:
            with pytest.raises(StyletoolsError, match=f"{words}.*'rb'"):
                load_image(file)
    with pytest.raises(StyletoolsError, match="cannot be read .*closed.*'rb'"):
        load_image(file)


def test_a_home_folder_is_found_by_its_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    save_image(FLOATS, "~/a.png")
    assert (tmp_path / "a.png").exists()
    same("~/a.png", FLOATS)
    same(Path("~", "a.png"), FLOATS)


def test_arrays_of_every_usual_kind():
    import tensorflow as tf

    grey, rgb = PIXELS[..., 0], PIXELS[..., :3]
    alpha = PIXELS[..., 3:] / np.float32(255)
    same(rgb, FLOATS)
    same(FLOATS.astype(float), FLOATS)
    same(FLOATS[None], FLOATS)
    same(tf.constant(FLOATS), FLOATS)
    same(tf.constant(rgb), FLOATS)
    same(rgb.astype(np.uint16) * 257, FLOATS, 1e-7)
    same(FLOATS.tolist(), FLOATS)
    same(rgb.astype(">u2") * 257, FLOATS, 1e-7)
    for each in (grey, grey[..., None], grey[None], grey[None, ..., None]):
        same(each, np.repeat(FLOATS[..., :1], 3, axis=2))
    same(grey > 127, np.repeat(np.float32(grey > 127)[..., None], 3, axis=2))
    same(PIXELS, FLOATS * alpha + 1 - alpha, 1e-6)
    same(load_image(png(PIXELS)), load_image(PIXELS), 1 / 255)


def test_pillow_s_picture_goes_through_the_decoder():
    picture = Image.fromarray(PIXELS)
    same(picture, load_image(png(PIXELS)))
    assert picture.mode == "RGBA"  # is left as it was
    picture = Image.fromarray(PIXELS[..., :3])
    picture.getexif()[0x0112] = 6  # turned by 90°
    file = io.BytesIO()
    picture.save(file, "PNG", exif=picture.getexif())
    opened = Image.open(file)
    same(opened, np.rot90(FLOATS, -1))
    assert opened.size == (60, 40)
    same(Image.new("L", (40, 50), 51), np.full((50, 40, 3), 0.2, np.float32), 1e-6)


def test_an_embedded_profile_counts_in_pillow_s_picture_too(tmp_path):
    Image.fromarray(PIXELS[..., :3]).save(tmp_path / "a.png", icc_profile=corpus.LINEAR)
    same(Image.open(tmp_path / "a.png"), load_image(tmp_path / "a.png"))
    assert np.abs(load_image(Image.open(tmp_path / "a.png")) - FLOATS).max() > 0.2


@pytest.mark.parametrize("given", [PIXELS[..., :3], FLOATS, Image.fromarray(PIXELS)])
def test_every_kind_is_made_smaller_alike(given):
    image = load_image(given, 48)
    assert image.shape == (32, 48, 3)
    assert 0 <= image.min() < image.max() <= 1
    assert load_image(given, 59).shape == (39, 59, 3)
    assert load_image(given, 480).shape == (40, 60, 3)


def test_a_side_that_is_as_long_as_before_is_no_reason_to_keep_the_other():
    for given in (np.zeros((50, 200, 3)), Image.new("RGB", (200, 50))):
        assert load_image(given, 199).shape == (50, 199, 3)


def test_floats_are_made_smaller_as_bytes_are():
    photograph = load_image("astronaut")
    smaller = load_image(photograph, 100)
    assert np.abs(smaller - load_image("astronaut", 100)).mean() < 0.5 / 255  # it rounds twice


def test_a_film_can_be_bytes_or_anything_else(tmp_path):
    frames = [Image.fromarray(PIXELS[..., :3]), Image.fromarray(PIXELS[::-1, :, :3])]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    film = list(load_film((tmp_path / "a.webp").read_bytes()))
    np.testing.assert_allclose([frame for frame, _ in film], [FLOATS, FLOATS[::-1]], atol=1e-6)
    opened = Image.open(tmp_path / "a.webp")
    opened.seek(1)
    again = [frame for frame, _ in load_film(opened)]
    np.testing.assert_array_equal(again, [frame for frame, _ in film])
    same(opened, FLOATS, 1e-6)  # the first, as of a file
    assert opened.tell() == 1
    [(picture, pause)] = load_film(FLOATS)
    assert picture.shape == (40, 60, 3) and pause == 0


REFUSED = {
    "an address": (
        "https://host.org/a.png",
        r"is an address.*get_file\(origin=address\).*st\.load_image\(path\)",
    ),
    "nothing": (None, "this is a NoneType"),
    "a dictionary": ({"a.png": b""}, "this is a dict"),
    "a number": (3, "this is a int"),
    "text in a list": (["a"], "this is a list"),
    "unequal rows": ([[1.0], [1.0, 2.0]], "this is a list that is no array"),
    "no bytes": (b"", "empty"),
    "bytes of no picture": (b"this is no picture", "the picture is not a picture"),
    "half a picture": (png(PIXELS)[:2000], "the picture cannot be read"),
    "colours first": (FLOATS.transpose(2, 0, 1), r"\(3, 40, 60\).*transpose\(1, 2, 0\)"),
    "a batch with colours first": (FLOATS.transpose(2, 0, 1)[None], r"array\[0\]\.transpose"),
    "no batch": (np.zeros((0, 40, 40, 3)), r"must be \(height, width, 3\)"),
    "a home of no system": ("~\0", "there is no file"),
    "a batch": (np.stack([FLOATS, FLOATS]), r"array\[0\]"),
    "two channels": (FLOATS[..., :2], r"must be \(height, width, 3\)"),
    "whole numbers": (np.int64(255 * FLOATS), r"astype\('uint8'\)"),
    "values over 1": (255 * FLOATS, "divide 8-bit values by 255"),
    "not a number": (FLOATS * np.nan, "NaN"),
    "complex numbers": (FLOATS * 1j, "this is a ndarray of type complex64"),
    "a row": (FLOATS[0, :, 0], r"shape \(60,\)"),
    "too small": (FLOATS[:8], "at least 32"),
    "a strip": (np.zeros((32, 32 * 21)), "one side over 20 times"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_in_words(name):
    given, message = REFUSED[name]
    with pytest.raises(StyletoolsError, match=message):
        load_image(given)


def test_heic_is_read_where_its_package_is_installed(tmp_path, monkeypatch):
    """A stand-in for pillow-heif, which registers a reader as that does."""
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(50))
    for given in (tmp_path / "a.heic", (tmp_path / "a.heic").read_bytes()):
        monkeypatch.setitem(sys.modules, "pillow_heif", None)
        with pytest.raises(StyletoolsError, match="is a HEIC picture: install.*pillow-heif"):
            load_image(given)

    def opened(file, filename):
        return Image.fromarray(PIXELS[..., :3])

    def register():
        Image.register_open("HEIF", opened, lambda start: start[4:12] == b"ftypheic")

    stand_in = types.SimpleNamespace(register_heif_opener=register)
    monkeypatch.setitem(sys.modules, "pillow_heif", stand_in)
    try:
        same(tmp_path / "a.heic", FLOATS)
    finally:
        Image.OPEN.pop("HEIF", None), Image.ID.remove("HEIF")


def test_names_are_still_names():
    for name, path in sample_images().items():
        same(name, load_image(str(path)))
