"""The optimizers on problems whose answer is known."""

import numpy as np
import pytest

from styletools.network import tf
from styletools.transfer import LBFGS, OPTIMIZERS, frequency_scale
from styletools.transfer.curvature import LONGEST, SHORTEST

SHAPE = (24, 17, 3)
START = np.random.default_rng(0).uniform(size=SHAPE).astype(np.float32)
GOAL = np.random.default_rng(1).uniform(size=SHAPE).astype(np.float32)
CURVATURE = np.geomspace(1, 1e3, GOAL.size).reshape(SHAPE).astype(np.float32)


def bowl(picture, curvature=CURVATURE):
    """A quadratic with its minimum, 0, at GOAL."""
    away = picture - GOAL
    return tf.reduce_sum(curvature * away**2) / 2, curvature * away


def minimise(optimizer, objective, steps):
    losses = []
    for _ in range(steps):
        loss, gradient = objective(optimizer.image)
        losses.append(float(loss))
        optimizer.update(loss, gradient)
        if optimizer.finished:
            break
    return losses


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_bottom_of_a_bowl_is_found(name):
    losses = minimise(OPTIMIZERS[name](START), lambda x: bowl(x, np.float32(1)), 200)
    assert losses[-1] < 1e-5 * losses[0]


def test_lbfgs_copes_with_curvatures_a_thousand_apart():
    losses = minimise(LBFGS(START), bowl, 150)
    assert min(losses) < 1e-4 * losses[0]


def two_loops(gradient, pairs):
    """The inverse Hessian times `gradient` by Nocedal & Wright's algorithm 7.4, in float64."""
    scale = frequency_scale(*SHAPE[:2]) ** 2

    def smoothed(q):
        spectrum = scale[..., None] * np.fft.rfft2(q, axes=(0, 1))
        return np.fft.irfft2(spectrum, SHAPE[:2], axes=(0, 1))

    q, shares = gradient.astype(np.float64), []
    for step, change in reversed(pairs):
        shares.append(np.vdot(step, q) / np.vdot(step, change))
        q = q - shares[-1] * change
    step, change = pairs[-1]
    r = smoothed(q) * np.vdot(step, change) / np.vdot(change, smoothed(change))
    for step, change in pairs:
        r = r + (shares.pop() - np.vdot(change, r) / np.vdot(step, change)) * step
    return r


@pytest.mark.parametrize("steps", [2, 5, 20, 21, 30])
def test_the_direction_is_that_of_the_two_loop_recursion(steps):
    """Before the memory is full, when it is, and when the oldest pairs have been replaced."""
    optimizer, pairs, before = LBFGS(START), [], None
    for _ in range(steps):
        picture = optimizer.image
        loss, gradient = bowl(picture)
        optimizer.update(loss, gradient)
        if optimizer._here[0] is picture:  # accepted: the search starts from here
            if before is not None:
                now = np.float64(picture), np.float64(gradient)
                pairs = [*pairs, tuple(map(np.subtract, now, before))][-20:]
            before = np.float64(picture), np.float64(gradient)
    assert len(pairs) == optimizer._pairs > 0
    expected = -two_loops(before[1], pairs)
    error = optimizer._direction - expected
    assert np.linalg.norm(error) < 1e-4 * np.linalg.norm(expected)


def test_a_step_too_long_is_taken_back():
    """A wall that the first full steps run into: the loss of accepted pictures never rises."""
    optimizer, accepted = LBFGS(START), []

    def walled(x):
        loss, gradient = bowl(x)
        return (loss, gradient) if tf.reduce_max(tf.abs(x - START)) < 0.05 else (1e9, gradient)

    for _ in range(60):
        optimizer.update(*walled(optimizer.image))
        accepted.append(optimizer._loss)
    assert (np.diff(accepted) <= 1e-6 * np.abs(accepted[:-1])).all()
    assert accepted[-1] < accepted[0]
    assert max(accepted) < 1e9


def test_a_dead_end_is_reported():
    def liar(x):
        return tf.constant(2.0 + float(tf.reduce_sum((x - START) ** 2))), -tf.ones(SHAPE)

    optimizer = LBFGS(START)
    minimise(optimizer, liar, 100)
    assert optimizer.finished == "L-BFGS found no better picture"
    optimizer.objective_changed()
    assert optimizer.finished is None


def test_after_the_last_step_a_new_objective_is_still_minimised():
    optimizer = LBFGS(START)
    minimise(optimizer, lambda x: bowl(x, tf.ones(SHAPE)), 200)
    optimizer.objective_changed()
    other = minimise(optimizer, lambda x: bowl(x + 0.5, tf.ones(SHAPE)), 60)
    assert other[-1] < 1e-3 * other[0]


def test_a_refused_picture_is_not_where_a_new_objective_starts():
    optimizer = LBFGS(START)
    loss, gradient = bowl(optimizer.image)
    optimizer.update(loss, gradient)
    optimizer.update(1e9, gradient)  # refused
    optimizer.objective_changed()
    np.testing.assert_array_equal(optimizer.image, START)


@pytest.mark.parametrize("level", [0.1, 1])
def test_frequency_scale_has_mean_square_one_and_falls_to_a_level(level):
    scale = frequency_scale(48, 65, level)
    both_halves = np.concatenate([scale, scale[:, 1:]], axis=1)  # of an odd width
    np.testing.assert_allclose((both_halves**2).mean(), 1, rtol=1e-6)
    falling = np.arange(1, 33) / 65 < level
    assert (np.diff(scale[0, 1:][falling]) < 0).all()
    np.testing.assert_allclose(scale[0, 1:][~falling], scale.min(), rtol=1e-6)
    np.testing.assert_allclose(scale[0, 1] / scale[0, 4], 2, rtol=1e-6)


def test_a_restored_optimizer_takes_the_same_steps():
    """With pairs that have been replaced, in the middle of a line search too."""
    optimizer = LBFGS(START)
    minimise(optimizer, bowl, 33)
    copy = LBFGS(GOAL)
    copy.restore(optimizer.state())
    assert minimise(copy, bowl, 12) == minimise(optimizer, bowl, 12)
    np.testing.assert_array_equal(copy.image, optimizer.image)


def test_a_new_objective_begins_with_a_step_as_long_as_the_last():
    """And a restored optimizer does too, which only the reach in its state can tell it."""
    optimizer = LBFGS(START)
    minimise(optimizer, bowl, 25)
    copy = LBFGS(START)
    copy.restore(optimizer.state())
    reach = optimizer._reach
    assert SHORTEST < reach < 0.9 * LONGEST
    for each in (optimizer, copy):
        each.objective_changed()
        before = each.image
        loss, gradient = bowl(before + 0.3)
        each.update(loss, gradient)
        step = float(tf.sqrt(tf.reduce_mean((each.image - before) ** 2)))
        assert step == pytest.approx(reach, rel=1e-4)


def test_a_first_guess_without_waves_is_the_gradient_itself():
    optimizer = LBFGS(START, scale=lambda height, width: np.ones((height, width // 2 + 1)))
    _, gradient = bowl(START)
    optimizer.update(*bowl(START))
    step = optimizer.image - START
    size = np.sqrt(np.mean(gradient**2))
    np.testing.assert_allclose(step, -LONGEST * gradient / size, atol=1e-6)
