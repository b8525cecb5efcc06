"""Reading, checking and saving pictures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from styletools import StyletoolsError, load_image, sample_images, save_image
from styletools.pictures import check_image

sides = st.integers(32, 90)


@settings(deadline=None, max_examples=30)
@given(sides, sides, st.integers(32, 100))
def test_loaded_pictures_have_the_asked_shape_and_range(tmp_path_factory, width, height, max_side):
    path = tmp_path_factory.mktemp("pictures") / "noise.png"
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(noise).save(path)
    scale = min(1, max_side / max(width, height))
    if round(min(width, height) * scale) < 32:
        with pytest.raises(StyletoolsError, match="at least 32"):
            load_image(path, max_side)
        return
    image = load_image(path, max_side)
    assert image.shape == (round(height * scale), round(width * scale), 3)
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1


def test_saving_and_loading_gives_the_same_8_bit_picture(tmp_path, starry):
    save_image(starry, tmp_path / "copy.png")
    np.testing.assert_allclose(load_image(tmp_path / "copy.png"), starry, atol=0.5 / 255 + 1e-6)


def test_bundled_pictures_load_by_name():
    assert len(sample_images()) == 8
    for name, path in sample_images().items():
        np.testing.assert_array_equal(load_image(name, 64), load_image(path, 64))


def test_transparency_becomes_white_and_grey_becomes_rgb(tmp_path):
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("L", (40, 40), 128).save(tmp_path / "grey.png")
    assert load_image(tmp_path / "clear.png").min() == 1
    np.testing.assert_allclose(load_image(tmp_path / "grey.png"), 128 / 255, rtol=1e-6)


def test_orientation_of_the_camera_is_honoured(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    Image.new("RGB", (60, 40)).save(tmp_path / "turned.jpg", exif=exif)
    assert load_image(tmp_path / "turned.jpg").shape == (60, 40, 3)


def test_files_that_are_no_pictures_are_refused(tmp_path):
    (tmp_path / "text.jpg").write_text("this is no picture")
    (tmp_path / "empty.png").touch()
    whole = sample_images()["astronaut"].read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    Image.new("RGB", (200, 20)).save(tmp_path / "flat.png")
    for name, message in {
        "nowhere.jpg": "there is no file",
        ".": "is a folder",
        "text.jpg": "is not a picture",
        "empty.png": "is empty",
        "half.jpg": "cannot be read",
        "flat.png": "at least 32",
    }.items():
        with pytest.raises(StyletoolsError, match=message):
            load_image(tmp_path / name)
    with pytest.raises(StyletoolsError, match="size 8 is too small"):
        load_image("astronaut", 8)


def test_arrays_that_are_no_pictures_are_refused():
    good = np.zeros((40, 40, 3))
    assert check_image(good).dtype == np.float32
    for bad in (good[:31], good[..., :2], good[..., 0], good + 1.5, good - 1, good * np.nan):
        with pytest.raises(StyletoolsError):
            check_image(bad)
    with pytest.raises(StyletoolsError, match="uint8"):
        check_image(good.astype(np.uint8))


def test_pictures_are_not_written_where_they_cannot_be_read(tmp_path, starry):
    for path in (tmp_path / "picture.txt", tmp_path / "nowhere" / "picture.png"):
        with pytest.raises(StyletoolsError, match=path.name):
            save_image(starry, path)
        assert not path.exists()
