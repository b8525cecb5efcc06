"""What a run will take, and what is said where memory is too little."""

import re

import numpy as np
import pytest

from styletools import StyletoolsError, StyleTransfer
from styletools.__main__ import main
from styletools.network import tf
from styletools.objective import seen
from styletools.objective.tiles import tiles
from styletools.transfer import estimates, memory


def test_an_estimate_grows_with_pixels_and_steps(monkeypatch):
    monkeypatch.setattr(estimates, "_timed", lambda settings: 0.5)
    sizes = [(128, 9), (128, 99), (256, 9)]
    small, long, large = (estimates.estimate(*size) for size in sizes)
    seen = 2 * estimates.LOOK  # of the content and of the style, before the first step
    assert small.seconds == pytest.approx((9 + seen) * 0.5)
    assert long.seconds == pytest.approx((99 + seen) * 0.5)
    assert large.seconds == pytest.approx((9 + seen) * 0.5 * 4)  # twice the side
    assert small.memory == long.memory < large.memory
    assert estimates.estimate((128, 352), 9).memory > small.memory
    assert re.fullmatch(r"about 5 s and 0\.\d GB of memory", str(small))
    wide = estimates.estimate(128, 9, style_size=(256, 256))
    assert wide.seconds == pytest.approx((9 + estimates.LOOK * 5) * 0.5)
    assert wide.memory > small.memory
    assert estimates.estimate(128, 9, statistic="sliced").memory > small.memory
    direct, finer = (estimates.estimate(800, 80, finer).seconds for finer in (False, True))
    assert direct / 6 < finer < direct  # 20 steps at full size, 40 at half, 80 at a quarter


def test_an_estimate_is_about_what_a_run_takes(pyramid, starry):
    """Within a factor of three: the machine may be busy. `make soak` looks closer."""
    expected = estimates.estimate(pyramid.shape[:2], 12).seconds
    transfer = StyleTransfer(pyramid, starry)
    transfer.run(12)
    assert transfer.history[-1].seconds / 3 < expected < 3 * transfer.history[-1].seconds + 6


def test_tiles_are_seen_twice_with_their_margins_but_one_at_a_time(monkeypatch):
    """Measured on two cores: 3.9 GB at 1300 × 1300 pixels, 6.2 GB at 1800 × 1800."""
    whole, tiled = memory.evaluated(1224, 1224), memory.evaluated(1226, 1226)
    assert 2 * whole < tiled < 4 * whole
    layers = ("block4_conv2", "block5_conv1")
    for side in (1300, 1800, 2600):
        cut = tiles(side, side, layers)
        areas = [(t.outer[1] - t.outer[0]) * (t.outer[3] - t.outer[2]) for t in cut]
        assert seen(side, side) == (max(areas), 2 * sum(areas))
    for side, measured in ((1300, 3.88e9), (1800, 6.23e9)):
        assert memory.needed(side, side) == pytest.approx(measured, rel=0.2)


@pytest.mark.parametrize(
    ("side", "style", "statistic", "measured"),
    [
        *[(128, 128, "gram", 0.89), (256, 256, "gram", 1.14), (512, 512, "gram", 2.13)],
        *[(128, 512, "gram", 1.2), (128, 1024, "gram", 2.43), (256, 256, "gaussian", 1.18)],
        *[(512, 512, "gaussian", 2.17), (256, 256, "sliced", 1.27), (512, 512, "sliced", 2.65)],
    ],
)
def test_memory_is_what_whole_processes_took(side, style, statistic, measured):
    """Peaks in gigabytes of processes on two cores without AVX-512; `make soak` measures anew."""
    told = memory.needed(side, side, [(style, style)], statistic)
    assert told / 1e9 == pytest.approx(measured, rel=0.1)


def test_what_takes_long_names_what_takes_less(monkeypatch):
    monkeypatch.setattr(estimates, "_timed", lambda settings: 0.3)
    monkeypatch.setattr(memory, "available", lambda: 64e9)
    poster = str(estimates.estimate((7200, 10800), 50))
    sooner = r"coarse_to_fine=True \(--coarse-to-fine\) takes about (\d+) hours, "
    smaller = r"max_side=(\d+) \(--size \2\) about 10 minutes"
    words = rf"about \d+ hours and \d+\.\d GB of memory\. Sooner: {sooner}{smaller}"
    found = re.fullmatch(words, poster)
    assert found, poster
    finer = estimates.estimate((7200, 10800), 50, coarse_to_fine=True)
    assert estimates.duration(finer.seconds) == f"{found[1]} hours"
    assert "coarse_to_fine=True" not in finer.advice and "max_side=" in finer.advice
    side = int(found[2])
    sides = side * 2 // 3, side
    assert estimates.estimate(sides, 50).seconds == pytest.approx(600, rel=0.15)
    assert [estimates.duration(s) for s in (9.6, 99, 340, 5000, 90_000)] == [
        *("10 s", "99 s", "6 minutes", "83 minutes", "25 hours")
    ]


def test_the_settings_are_timed_and_checked():
    with pytest.raises(StyletoolsError, match="'sgd'"):
        estimates.estimate(64, optimizer="sgd")
    whole = np.ones((200, 300))  # of the picture that is asked about, not of the one that is timed
    assert estimates.estimate((200, 300), 3, content_map=whole).seconds > 0


def little(monkeypatch, number):
    monkeypatch.setattr(memory, "available", lambda: number)


def test_what_cannot_fit_is_refused_with_the_largest_that_can(
    monkeypatch, pyramid, tmp_path, capsys
):
    little(monkeypatch, 1e9)
    with pytest.raises(StyletoolsError, match=r"3000×2000 pixels need .* max_side=\d+") as caught:
        estimates.estimate((2000, 3000))
    side = int(re.search(r"max_side=(\d+)", str(caught.value))[1])
    assert memory.needed(side * 2 / 3, side) <= 1e9 < memory.needed(side * 2 / 3 + 2, side + 2)
    memory.check_fits(side * 2 // 3, side)
    with pytest.raises(StyletoolsError, match="the style picture of 1100×1000 pixels"):
        memory.check_fits(64, 64, [(64, 64), (1000, 1100)])
    large = np.zeros((600, 800, 3))
    with pytest.raises(StyletoolsError, match="800×600 pixels need"):
        StyleTransfer(large, pyramid)
    out = tmp_path / "out.png"
    assert main(["great_pyramid", "starry_night", "-o", str(out), "--size", "1024"]) == 2
    assert re.search(r"^styletools: 1024×685 pixels need .*--size \d+", capsys.readouterr().err)
    assert not out.exists()
    little(monkeypatch, 1e8)
    with pytest.raises(StyletoolsError, match="a machine with more memory"):
        estimates.estimate(64)


def test_what_fits_in_tiles_is_not_refused_though_smaller_pictures_would_be(monkeypatch):
    little(monkeypatch, 5e9)
    assert memory.needed(1224, 1224) > 5e9 > memory.needed(1300, 1300)
    memory.check_fits(1300, 1300)
    side = memory.largest_side(3000, 3000)
    assert memory.needed(side, side) <= 5e9 < memory.needed(side + 40, side + 40)
    assert side > 1300
    little(monkeypatch, 3e9)
    assert memory.needed(memory.largest_side(3000, 3000), memory.largest_side(3000, 3000)) <= 3e9


def test_where_nobody_tells_the_memory_nothing_is_refused(monkeypatch):
    little(monkeypatch, None)
    memory.check_fits(10**5, 10**5)


@pytest.mark.parametrize(
    ("content", "expected"), [("max\n", None), ("1000000000\n", 1e9), ("", None)]
)
def test_the_limit_of_a_container_counts(monkeypatch, tmp_path, content, expected):
    unlimited = memory.available()
    (tmp_path / "limit").write_text(content)
    monkeypatch.setattr(memory, "LIMITS", (tmp_path / "limit", tmp_path / "none"))
    assert memory.available() == expected or (expected is None and memory.available())
    assert unlimited is None or unlimited > 1e8


@pytest.mark.parametrize("kind", ["resource", "memory"])
def test_memory_that_runs_out_is_answered_with_a_size_that_fits(monkeypatch, pyramid, starry, kind):
    failure = (
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
        if kind == "resource"
        else MemoryError()
    )

    def full(*_):
        raise failure

    large = np.tile(pyramid, (2, 2, 1))
    transfer = StyleTransfer(large, starry)
    transfer.run(1)
    image = transfer.image
    monkeypatch.setattr(transfer, "objective", full)
    assert re.match(r"128×86 pixels do not fit .* max_side=89", transfer.run(1))
    np.testing.assert_array_equal(transfer.image, image)
    monkeypatch.setattr("styletools.objective.tiled.Objective", full)
    with pytest.raises(StyletoolsError, match="max_side=89"):
        StyleTransfer(large, starry)


def test_memory_is_reserved_in_one_piece_and_no_more_than_once(monkeypatch):
    pieces = []
    monkeypatch.setattr(tf.raw_ops, "Empty", lambda shape, dtype: pieces.append(8 * shape[0]))
    monkeypatch.setattr(memory, "_reserved", {"bytes": 0})
    for side in (128, 64, 128, 256):
        memory.reserve(side, side)
    expected = [memory.needed(side, side) - memory.PROCESS for side in (128, 256)]
    np.testing.assert_allclose(pieces, expected, atol=8)


def test_memory_that_cannot_be_reserved_is_asked_for_bit_by_bit(monkeypatch, pyramid, starry):
    def full(**_):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    monkeypatch.setattr(tf.raw_ops, "Empty", full)
    monkeypatch.setattr(memory, "_reserved", {"bytes": 0})
    assert StyleTransfer(pyramid, starry).run(1) == "1 steps done"
