"""The benchmarks judge by the peers' own formulas, and their arithmetic is right."""

import sys
from pathlib import Path

import numpy as np
import pytest

from styletools import StyleTransfer, gram_matrix
from styletools.network import keras, tf
from styletools.transfer import STYLE_LAYERS

SIDES = (12, 6, 5, 4, 3)  # of made-up features in blocks 1 to 5
MODULES = ("objectives", "worker", "peer_keras_example", "peer_tutorial", "measure", "schedules")
MODULES += ("evaluate",)
MEANS = (103.939, 116.779, 123.68)


@pytest.fixture
def bench(monkeypatch):
    """Import a module of benchmarks/."""
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "benchmarks")
    yield lambda name: __import__(name)
    for name in MODULES:
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


def test_sides_grow_by_the_root_of_two_to_the_last(bench):
    sides = bench("schedules").sides
    assert sides(384) == [128, 181, 256, 362, 384]
    assert sides(64) == [64]


@pytest.mark.parametrize("who", ["ours", "descent", "multi_scale"])
def test_each_schedule_lowers_the_total_it_is_judged_by(bench, pyramid, starry, who):
    schedules, judge = bench("schedules"), bench("evaluate")
    square, style = pyramid[:40, :40], starry[:40, :40]
    pictures = list(schedules.SCHEDULES[who](square, style, "float32", 50))
    assert len(pictures) == bench("measure").steps_of(who, 40) // 50
    transfer = StyleTransfer(square, style, precision="float32")
    first, last = (judge.evaluated(transfer, p.clip(0, 1))[0] for p in (square, pictures[-1]))
    assert last < 0.9 * first


def test_a_restarted_adam_is_keras_own(bench):
    random = np.random.default_rng(0)
    x, gradients = random.random((4, 4, 3)), random.normal(size=(5, 4, 4, 3))
    variable = keras.Variable(np.float32(x))
    optimizer = keras.optimizers.Adam(0.02, epsilon=1e-8)
    moments = (0 * x, 0 * x)
    for step, gradient in enumerate(gradients, start=1):
        optimizer.apply([tf.constant(gradient, tf.float32)], [variable])
        variable.assign(tf.clip_by_value(variable, 0, 1))
        x, moments = bench("schedules").adam(x, gradient, moments, step, **bench("schedules").ADAM)
    np.testing.assert_allclose(x, variable.numpy(), atol=1e-5)


@pytest.mark.parametrize(("limit", "expected"), [(99, (30, 3)), (30, (30, 3)), (29, ("inf", 3))])
def test_the_first_good_picture_counts_if_it_comes_in_time(bench, tmp_path, limit, expected):
    def run():
        for steps, loss in enumerate((9, 5, 3, 2), start=1):
            (tmp_path / str(steps)).write_text(str(loss))
            yield 10 * steps, steps, tmp_path / str(steps)

    class Judge:
        def ask(self, file):
            return {"loss": float(file.read_text())}

    elapsed, steps = bench("measure").first_good(3, Judge(), run(), limit)
    assert (elapsed, steps) == (float(expected[0]), expected[1])


def test_the_table_of_good_pictures_ends_with_medians(bench):
    reached = [(10.0, 100), (30.0, 140), (float("inf"), 300), (20.0, 120)]
    good = [{"pair": ("a", "b"), "size": 64, "reached": {("ours", "mixed"): r}} for r in reached]
    *_, third, _, median = bench("report").good_table(good)
    assert third == "| a × b, 64² | not in 300 steps |"
    assert median == "| median of 4 | 25.0 (130) |"
