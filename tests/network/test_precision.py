"""Mixed precision: what is chosen, and that it changes speed and not results."""

import time
from functools import lru_cache

import numpy as np
import pytest

from styletools import StyletoolsError, StyleTransfer, load_image
from styletools.network import precision
from styletools.network.precision import network_dtype
from styletools.objective import objective

DTYPES = ("bfloat16", "float16")

BOTH = ("float32", "mixed")
MINUTE = 60  # seconds for 30 steps: TensorFlow 2.20 takes 15 for one in float16, 2.21 under one


@pytest.fixture(params=DTYPES)
def dtype(request, monkeypatch):
    """Both types by turns, on a processor that may be slow with them."""
    _pretend(monkeypatch, request.param)
    return request.param


def _pretend(monkeypatch, dtype):
    """Let "mixed" mean `dtype`; a graph made for another type is forgotten, as this one will be."""
    monkeypatch.setattr(precision, "_machine_dtype", lambda: dtype)
    monkeypatch.setattr(objective, "_graph", lru_cache(objective._graph.__wrapped__))


@pytest.mark.parametrize(
    ("gpu", "capability", "bfloat16", "chosen"),
    [
        (False, None, True, "bfloat16"),
        (False, None, False, "float32"),
        (True, (7, 5), False, "float16"),  # a T4
        (True, (8, 0), False, "bfloat16"),
        (True, (6, 0), False, "float32"),
    ],
)
def test_what_suits_a_machine(monkeypatch, gpu, capability, bfloat16, chosen):
    config = precision.tf.config
    monkeypatch.setattr(config, "list_physical_devices", lambda kind: ["GPU:0"] if gpu else [])
    monkeypatch.setattr(
        config.experimental, "get_device_details", lambda gpu: {"compute_capability": capability}
    )
    monkeypatch.setattr(precision, "_bfloat16_is_faster", lambda: bfloat16)
    assert precision._machine_dtype.__wrapped__() == chosen
    assert network_dtype("float32") == "float32"


@pytest.mark.parametrize(
    ("facts", "faster"),
    [
        ("vendor_id : AuthenticAMD\nflags : fpu avx512_bf16 avx512_vnni", True),
        ("vendor_id : GenuineIntel\nflags : fpu avx512_bf16 amx_bf16", True),
        ("vendor_id : GenuineIntel\nflags : fpu avx512_bf16 avx512_fp16", False),
        ("vendor_id : AuthenticAMD\nflags : fpu avx2", False),
        (None, False),
    ],
)
def test_which_processors_are_faster_with_bfloat16(monkeypatch, tmp_path, facts, faster):
    file = tmp_path / "cpuinfo"
    if facts is not None:
        file.write_text(facts)
    monkeypatch.setattr(precision, "PROCESSOR", file)
    monkeypatch.setattr(precision.platform, "machine", lambda: "x86_64")
    assert precision._bfloat16_is_faster() is faster


def test_losses_and_gradient_stay_float32_and_agree(pyramid, starry, dtype):
    exact, mixed = (StyleTransfer(pyramid, starry, precision=p) for p in BOTH)
    assert (exact.objective.dtype, mixed.objective.dtype) == ("float32", dtype)
    weights = exact._current_weights()
    picture = load_image("neuschwanstein", 64)[: pyramid.shape[0]]
    losses, gradient = exact.objective(picture, *weights)
    rounded, rough = mixed.objective(picture, *weights)
    assert rough.dtype == gradient.dtype == np.float32
    assert rounded["total"] == pytest.approx(losses["total"], rel=0.02)
    assert rounded["content"] == pytest.approx(losses["content"], rel=0.02)
    cosine = np.vdot(rough, gradient) / np.linalg.norm(rough) / np.linalg.norm(gradient)
    assert cosine > 0.995
    assert np.linalg.norm(rough) == pytest.approx(np.linalg.norm(gradient), rel=0.03)


def test_the_final_loss_is_as_low(pyramid, starry, dtype):
    exact, mixed = (StyleTransfer(pyramid, starry, precision=p) for p in BOTH)
    until = time.monotonic() + MINUTE
    while len(mixed.history) < 30 and time.monotonic() < until:
        mixed.run(1)
    exact.run(len(mixed.history))
    weights = exact._current_weights()
    losses = [exact.objective(run.image, *weights)[0]["total"] for run in (exact, mixed)]
    assert losses[1] == pytest.approx(losses[0], rel=0.1)  # 1 % at 160 pixels and 100 steps


def test_float16_takes_a_smaller_scale_where_gradients_overflow(pyramid, starry, monkeypatch):
    _pretend(monkeypatch, "float16")
    transfer = StyleTransfer(pyramid, starry, precision="mixed", content_weight=1e6)
    picture, weights = load_image("astronaut", 64)[: pyramid.shape[0]], transfer._current_weights()
    before = transfer.objective._scale
    _, gradient = transfer.objective(picture, *weights)
    assert transfer.objective._scale < before
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0


def test_auto_takes_fewer_bits_where_the_first_loss_agrees(pyramid, starry, dtype, monkeypatch):
    exact, mixed = (StyleTransfer(pyramid, starry, precision=p) for p in BOTH)
    assert StyleTransfer(pyramid, starry).objective.dtype == dtype  # auto is the default
    weights, picture = exact._current_weights(), exact._picture
    losses = [run.objective(picture, *weights)[0]["total"] for run in (exact, mixed)]
    apart = abs(losses[1] / losses[0] - 1)
    assert 0 < apart < objective.AGREEMENT
    monkeypatch.setattr(objective, "AGREEMENT", 0.9 * apart)
    assert StyleTransfer(pyramid, starry).objective.dtype == "float32"
    monkeypatch.setattr(objective, "AGREEMENT", 1.1 * apart)
    assert StyleTransfer(pyramid, starry).objective.dtype == dtype


def test_an_unknown_precision_is_refused(pyramid, starry):
    with pytest.raises(StyletoolsError, match="'half'"):
        StyleTransfer(pyramid, starry, precision="half")
