"""Animations: written, read back, and refused where they hold nothing."""

import numpy as np
import pytest

from styletools import StyletoolsError, load_image, save_film
from styletools.pictures import load_film


@pytest.mark.parametrize("ending", [".webp", ".gif"])
def test_there_and_back(tmp_path, ending):
    frames = [load_image(name, 64)[:40] for name in ("great_pyramid", "starry_night", "great_wave")]
    save_film(frames, tmp_path / f"film{ending}", [50, 100, 300])
    read = list(load_film(tmp_path / f"film{ending}"))
    assert [pause for _, pause in read] == [50, 100, 300]
    for (image, _), frame in zip(read, frames, strict=True):
        assert np.abs(image - frame).mean() < 0.05


def test_a_single_picture_is_a_film_of_one():
    [(image, pause)] = load_film("astronaut", 64)
    np.testing.assert_array_equal(image, load_image("astronaut", 64))
    assert pause == 0


@pytest.mark.parametrize("sizes", [(), (40, 41)])
def test_pictures_must_be_there_and_of_one_size(tmp_path, sizes):
    frames = [np.zeros((size, 40, 3), np.float32) for size in sizes]
    with pytest.raises(StyletoolsError, match="give one or more, all of one size"):
        save_film(frames, tmp_path / "film.webp")
    assert list(tmp_path.iterdir()) == []


def test_a_film_is_made_of_pictures(tmp_path):
    with pytest.raises(StyletoolsError, match="pictures is a int"):
        save_film(5, tmp_path / "film.webp")
    with pytest.raises(StyletoolsError, match="load_image"):
        save_film(["astronaut"], tmp_path / "film.webp")


def test_other_endings_and_files_that_are_there_are_refused(tmp_path):
    frame = load_image("astronaut", 64)
    with pytest.raises(StyletoolsError, match=r"\.webp or \.gif"):
        save_film([frame], tmp_path / "film.mp4")
    (tmp_path / "film.gif").write_bytes(b"mine")
    with pytest.raises(StyletoolsError, match="exists already"):
        save_film([frame], tmp_path / "film.gif")
    assert (tmp_path / "film.gif").read_bytes() == b"mine"


def test_a_damaged_film_is_told(tmp_path):
    frames = [load_image(name, 64) for name in ("great_pyramid", "great_pyramid")]
    save_film([frames[0], 1 - frames[1]], tmp_path / "film.webp")
    content = (tmp_path / "film.webp").read_bytes()
    (tmp_path / "film.webp").write_bytes(content[: len(content) // 2])
    with pytest.raises(StyletoolsError, match="damaged|not a picture"):
        list(load_film(tmp_path / "film.webp"))
