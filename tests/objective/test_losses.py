"""The formulas against NumPy in float64, against the paper's gradients, and against PyTorch."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styletools import StyletoolsError, VGG19Features
from styletools.network import tf
from styletools.objective import content_loss, gram_matrix, style_loss, total_variation
from styletools.transfer import STYLE_LAYERS

feature_shapes = st.tuples(*[st.integers(1, 9)] * 3)
seeds = st.integers(0, 2**32 - 1)


def features(shape, seed):
    """Made-up float64 features and their float32 tensor."""
    values = np.random.default_rng(seed).random(shape) + 0.01
    return values, tf.constant(values, tf.float32)


def gram64(f):
    positions = f.reshape(-1, f.shape[-1])
    return positions.T @ positions / len(positions)


@settings(deadline=None)
@given(feature_shapes, seeds)
def test_gram_matrix(shape, seed):
    f, tensor = features(shape, seed)
    gram = gram_matrix(tensor).numpy()
    np.testing.assert_allclose(gram, gram64(f), rtol=1e-4)
    np.testing.assert_allclose(gram, gram.T, rtol=1e-6)  # sums in another order on some machines
    assert np.linalg.eigvalsh(gram64(f)).min() > -1e-9
    shuffled = np.random.default_rng(1).permutation(f.reshape(-1, shape[2])).reshape(shape)
    shuffled_gram = gram_matrix(tf.constant(shuffled, tf.float32))
    np.testing.assert_allclose(shuffled_gram, gram, rtol=1e-4)


@settings(deadline=None)
@given(feature_shapes, seeds)
def test_content_loss(shape, seed):
    (f, f_tensor), (p, p_tensor) = features(shape, seed), features(shape, seed + 1)
    error = ((f - p) ** 2).sum()
    gatys = content_loss(f_tensor, p_tensor, "gatys")
    np.testing.assert_allclose(gatys, error / 2, rtol=1e-4)
    relative = content_loss(f_tensor, p_tensor)
    np.testing.assert_allclose(relative, error / (p**2).sum(), rtol=1e-4)
    assert content_loss(p_tensor, p_tensor) == 0


def test_weights_multiply_the_errors_of_their_places():
    (f, f_tensor), (p, p_tensor) = features((5, 6, 7), 0), features((5, 6, 7), 1)
    w, w_tensor = features((5, 6), 2)
    error = (w[..., None] * (f - p) ** 2).sum()
    gatys = content_loss(f_tensor, p_tensor, "gatys", w_tensor)
    np.testing.assert_allclose(gatys, error / 2, rtol=1e-4)
    relative = content_loss(f_tensor, p_tensor, weights=w_tensor)
    np.testing.assert_allclose(relative, error / (p**2).sum(), rtol=1e-4)


@settings(deadline=None)
@given(feature_shapes, seeds)
def test_style_loss(shape, seed):
    (f, f_tensor), (s, s_tensor) = features(shape, seed), features(shape, seed + 1)
    grams = gram_matrix(f_tensor), gram_matrix(s_tensor)
    error = ((gram64(f) - gram64(s)) ** 2).sum()
    gatys = style_loss(*grams, "gatys")
    np.testing.assert_allclose(gatys, error / (4 * shape[2] ** 2), rtol=2e-3, atol=1e-9)
    relative = style_loss(*grams)
    np.testing.assert_allclose(relative, error / (gram64(s) ** 2).sum(), rtol=2e-3, atol=1e-9)


@settings(deadline=None)
@given(feature_shapes, seeds)
def test_dividing_each_gram_by_m_is_the_papers_formula(shape, seed):
    """Raw Grams with 1/(4 N² M²), eq. 4, equal Grams over M with 1/(4 N²) when M is the same."""
    (f, f_tensor), (s, s_tensor) = features(shape, seed), features(shape, seed + 1)
    m, n = shape[0] * shape[1], shape[2]
    raw = ((m * gram64(f) - m * gram64(s)) ** 2).sum() / (4 * n**2 * m**2)
    ours = style_loss(gram_matrix(f_tensor), gram_matrix(s_tensor), "gatys")
    np.testing.assert_allclose(ours, raw, rtol=2e-3, atol=1e-9)


@settings(deadline=None)
@given(st.tuples(st.integers(2, 9), st.integers(2, 9), st.just(3)), seeds, st.floats(2, 4))
def test_total_variation(shape, seed, beta):
    image, tensor = features(shape, seed)
    dx = image[:-1, 1:] - image[:-1, :-1]
    dy = image[1:, :-1] - image[:-1, :-1]
    expected = ((dx**2 + dy**2) ** (beta / 2)).mean()
    np.testing.assert_allclose(total_variation(tensor, beta), expected, rtol=1e-3, atol=1e-9)
    assert total_variation(tf.fill(shape, 0.5), beta) == 0


def test_gradient_of_content_is_equation_2():
    (f, f_tensor), (p, p_tensor) = features((5, 6, 7), 0), features((5, 6, 7), 1)
    with tf.GradientTape() as tape:
        tape.watch(f_tensor)
        loss = content_loss(f_tensor, p_tensor, "gatys")
    np.testing.assert_allclose(tape.gradient(loss, f_tensor), f - p, rtol=1e-4, atol=1e-6)


def test_gradient_of_style_is_equation_6():
    """1/(N² M²) Fᵀ(G − A) with raw Grams; positions are rows here and columns in the paper."""
    (f, f_tensor), (s, s_tensor) = features((5, 6, 7), 0), features((5, 6, 7), 1)
    with tf.GradientTape() as tape:
        tape.watch(f_tensor)
        loss = style_loss(gram_matrix(f_tensor), gram_matrix(s_tensor), "gatys")
    m, n = 30, 7
    expected = f.reshape(m, n) @ (m * gram64(f) - m * gram64(s)) / (n**2 * m**2)
    gradient = tf.reshape(tape.gradient(loss, f_tensor), (m, n))
    np.testing.assert_allclose(gradient, expected, rtol=2e-3, atol=1e-6)


def gradient_of(loss_of, x_rgb):
    """Loss and its gradient with respect to the picture in 0…255."""
    x = tf.constant(x_rgb)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = loss_of(x / 255)
    return loss, tape.gradient(loss, x).numpy()


def check_gradient(gradient, reference, key):
    np.testing.assert_allclose(np.linalg.norm(gradient), reference[f"{key}_l2"], rtol=1e-4)
    expected = reference[f"{key}_value"]
    ours = gradient.ravel()[reference[f"{key}_index"]]
    np.testing.assert_allclose(ours, expected, rtol=0, atol=2e-3 * np.abs(expected).max())


def test_content_loss_and_gradient_agree_with_pytorch(reference):
    layer = "block4_conv2"
    extractor = VGG19Features([layer])
    target = extractor(reference["content_rgb_u8"] / 255)[layer]
    loss, gradient = gradient_of(
        lambda x: content_loss(extractor(x)[layer], target, "gatys"), reference["x_rgb"]
    )
    np.testing.assert_allclose(loss, reference["content_loss_half_sum"], rtol=1e-5)
    check_gradient(gradient, reference, "grad_content_rgb")


def test_style_loss_and_gradient_agree_with_pytorch(reference):
    extractor = VGG19Features(STYLE_LAYERS)
    style = extractor(reference["style_rgb_u8"] / 255)
    for layer in STYLE_LAYERS:
        block = reference[f"gram_over_M/style/{layer}"]
        ours = gram_matrix(style[layer])[:16, :16]
        np.testing.assert_allclose(ours, block, rtol=1e-4, atol=1e-5 * block.max())

    def layer_losses(x):
        grams = {layer: gram_matrix(f) for layer, f in extractor(x).items()}
        return [style_loss(grams[name], gram_matrix(style[name]), "gatys") for name in STYLE_LAYERS]

    losses = layer_losses(reference["x_rgb"] / 255)
    expected = [reference[f"style_loss_per_layer/{layer}"] for layer in STYLE_LAYERS]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    loss, gradient = gradient_of(lambda x: tf.reduce_mean(layer_losses(x)), reference["x_rgb"])
    np.testing.assert_allclose(loss, reference["style_loss_mean_over_layers"], rtol=1e-5)
    check_gradient(gradient, reference, "grad_style_rgb")


def test_total_variation_counts_every_difference_in_four_directions():
    x = np.random.default_rng(0).random((6, 9, 3))
    shifts = {(0, 1): 2 / 3, (1, 0): 2 / 3, (1, 1): 1 / 6, (1, -1): 1 / 6}
    expected = 0
    for (down, across), share in shifts.items():
        pairs = [
            (x[i, j] - x[i + down, j + across]) ** 2
            for i, j in np.ndindex(6, 9)
            if i + down < 6 and 0 <= j + across < 9
        ]
        expected += share * np.mean(pairs)
    np.testing.assert_allclose(total_variation(tf.constant(x)), expected)
    corner = np.zeros((6, 9, 3))
    corner[-1, -1] = 1  # the last pixel has neighbours too
    assert total_variation(tf.constant(corner)) > 0


@pytest.mark.parametrize("frequency", [0.2, 0.3, 0.4])
def test_total_variation_prefers_no_direction(frequency):
    """A diagonal wave costs hardly more than one along an axis, unlike with forward differences."""
    y, x = np.mgrid[:120, :120].astype(float)

    def cost(degrees, **form):
        turn = np.radians(degrees)
        phase = 2 * np.pi * frequency * (np.cos(turn) * x + np.sin(turn) * y)
        return float(total_variation(tf.constant(np.cos(phase)[..., None].repeat(3, 2)), **form))

    excess = cost(45, beta=2) / cost(0, beta=2) - 1
    assert excess > 0.05
    for degrees in (22.5, 45, 67.5):
        assert cost(degrees) == pytest.approx(cost(0), rel=excess / 4)


def test_squared_differences_agree_with_pytorch(reference):
    """β = 2 on the pixels that have both neighbours, plus the last row's and column's own."""
    x = reference["x_rgb"].astype(np.float64)
    edges = (np.diff(x[-1], axis=0) ** 2).sum() + (np.diff(x[:, -1], axis=0) ** 2).sum()
    count = (x.shape[0] - 1) * (x.shape[1] - 1) * 3
    ours = float(total_variation(tf.constant(x, tf.float64), beta=2)) * count + edges
    np.testing.assert_allclose(ours, reference["tv_sq_sum"], rtol=1e-6)


@pytest.mark.parametrize("loss", [content_loss, style_loss])
def test_a_normalization_read_from_a_file_is_the_same(loss):
    (_, one), (_, other) = features((7, 7), 0), features((7, 7), 1)
    assert loss(one, other, json.loads('"gatys"')) == loss(one, other, "gatys")


def test_bad_settings_are_refused():
    ones = tf.ones((2, 2, 2))
    with pytest.raises(StyletoolsError, match="'paper'"):
        content_loss(ones, ones, "paper")
    with pytest.raises(StyletoolsError, match="1.5"):
        total_variation(tf.ones((4, 4, 3)), 1.5)
