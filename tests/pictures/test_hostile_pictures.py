"""Pictures that a class may bring: each loads as it should, or is refused in one clear line."""

import multiprocessing
import os
import re
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import corpus
import fuzz
import numpy as np
import pytest
from PIL import Image

from styletools import StyletoolsError, load_image, save_image
from styletools.__main__ import main
from styletools.pictures import check_image

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
DAMAGED = int(os.environ.get("STYLETOOLS_DAMAGED", 10_000))  # `make soak` asks for more
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def no_transfer(monkeypatch):
    """A refusal must come before the long work: starting that is an error."""
    monkeypatch.setitem(sys.modules, "styletools.transfer", None)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Not of pictures: Dask's, for the cluster that a test before these has killed.
        warnings.filterwarnings("ignore", "unclosed (<socket|transport|event loop|cluster)")
        yield


def refusal(function, *arguments, **options):
    """The message of the `StyletoolsError` that a call must raise: one line, not too long."""
    with pytest.raises(StyletoolsError) as caught:
        function(*arguments, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 600
    return message


def test_the_corpus_is_large_enough():
    assert len(corpus.LOADED) + len(corpus.REFUSED) >= 60


@pytest.mark.parametrize("name", corpus.LOADED)
def test_what_is_a_picture_loads(tmp_path, name, capfd):
    make, expected = corpus.LOADED[name]
    make(tmp_path / name)
    image = load_image(tmp_path / name)
    assert image.dtype == np.float32
    assert image.shape == expected.shape
    if re.search(corpus.LOSSY, name):
        assert np.abs(image - expected).mean() < 0.06
    else:
        np.testing.assert_allclose(image, expected, atol=0.011)
    told = capfd.readouterr()
    assert told.err == ""
    animated = "animated" in name or "pages" in name
    assert told.out.count("the first is used") == told.out.count("\n") == animated


@pytest.mark.parametrize("name", corpus.LOADED)
def test_made_smaller_it_has_the_same_shape_and_colours(tmp_path, name):
    make, expected = corpus.LOADED[name]
    make(tmp_path / name)
    height, width = expected.shape[:2]
    side = max(width, height) - 5
    if round(min(width, height) * side / max(width, height)) < 32:
        assert "at least 32" in refusal(load_image, tmp_path / name, side)
        return
    image = load_image(tmp_path / name, side)
    scale = side / max(width, height)
    assert image.shape == (round(height * scale), round(width * scale), 3)
    np.testing.assert_allclose(image.mean((0, 1)), expected.mean((0, 1)), atol=0.04)


@pytest.mark.parametrize("name", corpus.REFUSED)
def test_what_is_no_usable_picture_is_refused(tmp_path, name, capfd, no_transfer):
    make, words = corpus.REFUSED[name]
    make(tmp_path / name)
    before = sorted(tmp_path.iterdir())
    assert re.search(words, refusal(load_image, tmp_path / name))
    assert main([str(tmp_path / name), "starry_night", "-o", str(tmp_path / "out.png")]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert re.search(f"^styletools: .*({words})", told.err)
    assert told.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name, words", corpus.NO_FILES.values(), ids=corpus.NO_FILES)
def test_what_is_no_file_name_is_refused(tmp_path, monkeypatch, name, words, no_transfer):
    monkeypatch.chdir(tmp_path)
    assert words in refusal(load_image, name)
    assert not isinstance(name, str) or main([name, "starry_night", "-o", "out.png"]) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", corpus.NO_NAMES.values(), ids=corpus.NO_NAMES)
def test_what_no_file_can_be_called_is_refused(tmp_path, monkeypatch, name, no_transfer):
    monkeypatch.chdir(tmp_path)
    refusal(save_image, np.full((32, 32, 3), 0.5), name)
    assert not isinstance(name, str) or main(["astronaut", "starry_night", "-o", name]) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [31, 0, -5, 64.5, np.nan, "64", 10**100 * -1, (64, 64)])
def test_sizes_that_are_none_are_refused(size):
    assert "size" in refusal(load_image, "astronaut", size)


@pytest.mark.parametrize(
    "array, words",
    [
        (None, "shape"),
        ("picture.png", "shape"),
        ([[1, 2], [3]], "no array"),
        (np.zeros((40, 40, 3), np.uint8), "uint8"),
        (np.zeros((40, 40, 3), np.complex64), "complex64"),
        (np.zeros((40, 40, 3), object), "object"),
        (np.zeros((40, 40, 3), bool), "bool"),
        (Image.new("RGB", (40, 40)), "uint8"),
        (np.zeros((40, 40)), "shape"),
        (np.zeros((40, 40, 4)), "shape"),
        (np.zeros((1, 40, 40, 3)), "shape"),
        (np.zeros((3, 40, 40)), "shape"),
        (np.zeros((0, 0, 3)), "at least 32"),
        (np.zeros((0, 40, 3)), "20 times"),
        (np.zeros((31, 40, 3)), "at least 32"),
        (np.zeros((32, 641, 3)), "20 times"),
        (np.full((40, 40, 3), np.nan), "NaN"),
        (np.full((40, 40, 3), np.inf), r"in \[0, 1\]"),
        (np.full((40, 40, 3), -np.inf), r"in \[0, 1\]"),
        (np.full((40, 40, 3), 1.001), r"in \[0, 1\]"),
        (np.full((40, 40, 3), -1e-3), r"in \[0, 1\]"),
    ],
)
def test_arrays_that_are_no_pictures_are_refused(tmp_path, array, words):
    assert re.search(words, refusal(check_image, array))
    assert re.search(words, refusal(save_image, array, tmp_path / "out.png"))
    assert not list(tmp_path.iterdir())


def test_one_bad_value_among_many_is_found():
    for bad in (np.nan, np.inf, -0.1):
        array = np.full((64, 64, 3), 0.5)
        array[40, 20, 1] = bad
        refusal(check_image, array)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_floats_of_any_precision_are_pictures(kind):
    assert check_image(np.full((33, 47, 3), 0.5, kind)).dtype == np.float32


def load_and_measure(path):
    """Shape of the loaded picture, and megabytes that loading it took beyond a small one."""
    load_image("astronaut", 64)
    before = fuzz.peak_megabytes()
    return load_image(path, 100).shape, fuzz.peak_megabytes() - before


@pytest.mark.skipif(not fuzz.peak_megabytes(), reason="the system does not tell the peak")
def test_a_large_photograph_is_unpacked_small(tmp_path):
    photo = Image.effect_noise((901, 750), 90).resize((9010, 7500)).convert("RGB")
    photo.save(tmp_path / "large.jpg", quality=50)  # 68 million pixels: 270 MB unpacked
    with ProcessPoolExecutor(1, SPAWN) as pool:
        shape, megabytes = pool.submit(load_and_measure, tmp_path / "large.jpg").result()
    assert shape == (83, 100, 3)
    assert megabytes < 40


def test_damaged_files_load_or_are_refused(tmp_path):
    """`DAMAGED` files in shards of 1000: a picture or our error, at once, in bounded memory."""
    shards = max(1, DAMAGED // 1000)
    folders = [tmp_path / str(number) for number in range(shards)]
    for folder in folders:
        folder.mkdir()
    with ProcessPoolExecutor(min(2, os.cpu_count()), SPAWN) as pool:
        count = [min(1000, DAMAGED)] * shards
        outcomes = list(pool.map(fuzz.shard, range(shards), count, folders))
    loaded, refused = (sum(getattr(o, k) for o in outcomes) for k in ("loaded", "refused"))
    slowest, megabytes = (max(getattr(o, k) for o in outcomes) for k in ("slowest", "megabytes"))
    print(f"{loaded} loaded, {refused} refused, slowest {slowest:.2f} s, {megabytes:.0f} MB")
    assert not [wrong for outcome in outcomes for wrong in outcome.wrong]
    assert loaded + refused == sum(count)
    assert loaded > refused / 20  # the damage is not so great that nothing but headers is read
    assert slowest < 5
    assert megabytes < 1000


def test_every_refusal_of_a_picture_is_explained_on_the_page():
    page = PAGE.read_text()
    words = [words for _, words in [*corpus.REFUSED.values(), *corpus.NO_FILES.values()]]
    missing = [w for either in words for w in either.split("|") if not re.search(w, page)]
    assert not missing
