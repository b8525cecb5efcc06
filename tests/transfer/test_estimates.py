"""What a run will take, and what is said where memory is too little."""

import re

import numpy as np
import pytest

from styletools import StyletoolsError, StyleTransfer
from styletools.__main__ import main
from styletools.network import tf
from styletools.transfer import estimates, memory


def test_an_estimate_grows_with_pixels_and_steps(monkeypatch):
    monkeypatch.setattr(estimates, "_timed", lambda settings: 0.5)
    sizes = [(128, 9), (128, 99), (288, 9)]
    small, long, large = (estimates.estimate(*size) for size in sizes)
    assert small.seconds == 10 * 0.5
    assert long.seconds == 100 * 0.5
    assert large.seconds == 10 * 0.5 * 4  # twice the side, with the border
    assert small.memory == long.memory < large.memory
    assert estimates.estimate((128, 352), 9).memory > small.memory
    assert re.fullmatch(r"about 5 s and 0\.\d GB of memory", str(small))
    direct, finer = (estimates.estimate(800, 80, finer).seconds for finer in (False, True))
    assert direct / 6 < finer < direct  # 20 steps at full size, 40 at half, 80 at a quarter


def test_an_estimate_is_about_what_a_run_takes(pyramid, starry):
    """Within a factor of three: the machine may be busy. `make soak` looks closer."""
    expected = estimates.estimate(pyramid.shape[:2], 12).seconds
    transfer = StyleTransfer(pyramid, starry)
    transfer.run(12)
    assert transfer.history[-1].seconds / 3 < expected < 3 * transfer.history[-1].seconds + 6


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
