"""The optimizers on problems whose answer is known."""

import numpy as np
import pytest

from styletools.network import tf
from styletools.transfer import LBFGS, OPTIMIZERS, frequency_scale, optimize
from styletools.transfer.curvature import CONVEX, LONGEST, SHORTEST, descent, nothing_known

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


def followed(optimizer, steps):
    """The last 20 steps and changes of gradient of a run, and its (picture, gradient) then."""
    pairs, before = [], None
    for _ in range(steps):
        picture = optimizer.image
        loss, gradient = bowl(picture)
        optimizer.update(loss, gradient)
        if optimizer._here[0] is picture:  # accepted: the search starts from here
            if before is not None:
                now = np.float64(picture), np.float64(gradient)
                pairs = [*pairs, tuple(map(np.subtract, now, before))][-20:]
            before = np.float64(picture), np.float64(gradient)
    return pairs, before


def assert_direction(optimizer, gradient, pairs):
    assert len(pairs) == optimizer._pairs > 0
    expected = -two_loops(gradient, pairs)
    error = optimizer._direction - expected
    assert np.linalg.norm(error) < 1e-4 * np.linalg.norm(expected)


@pytest.mark.parametrize("steps", [2, 5, 20, 21, 30])
def test_the_direction_is_that_of_the_two_loop_recursion(steps):
    """Before the memory is full, when it is, and when the oldest pairs have been replaced."""
    optimizer = LBFGS(START)
    pairs, (_, gradient) = followed(optimizer, steps)
    assert_direction(optimizer, gradient, pairs)


def test_a_pair_of_negative_curvature_is_left_out():
    optimizer = LBFGS(START)
    pairs, (picture, gradient) = followed(optimizer, 6)
    gradient = np.float32(gradient - 1e3 * (optimizer.image - picture))  # steeper downhill
    optimizer.update(-1e9, gradient)
    assert_direction(optimizer, gradient, pairs)


@pytest.mark.parametrize(("length", "steepness"), [(1e-3, 1e3), (10, 1e-4)])
@pytest.mark.parametrize(("cosine", "learnt"), [(0.9 * CONVEX, 0), (1.1 * CONVEX, 1)])
def test_a_pair_is_learnt_if_step_and_change_are_aligned(length, steepness, cosine, learnt):
    """By their cosine alone, however long they are."""
    nothing, step, change = np.zeros((3, *SHAPE), np.float32)
    step[0, 0, 0] = length
    change[0, 0, :2] = steepness * cosine, steepness
    scale = tf.ones((SHAPE[0], SHAPE[1] // 2 + 1), tf.complex64)
    *_, told = descent(nothing_known(3, SHAPE), scale, LONGEST, (step, change), (nothing,) * 3)
    assert told[2] == learnt


def test_curvature_that_misleads_is_forgotten():
    """The next step is as if nothing had been known but the length of the last one."""
    optimizer, plain = LBFGS(START), LBFGS(START)
    minimise(optimizer, bowl, 10)
    optimizer._known = optimizer._known._replace(YZ=-1e6 * optimizer._known.YZ)
    picture, gradient = optimizer.image, 1e-9 * bowl(optimizer.image)[1]
    optimizer.update(-1e9, gradient)
    assert optimizer._pairs == 0
    plain.image, plain._reach = picture, optimizer._reach
    plain.update(0, gradient)
    np.testing.assert_array_equal(optimizer.image, plain.image)


@pytest.mark.parametrize(("room", "pairs"), [(1.5, 3), (7.9, 7), (1e6, 20)])
def test_there_are_as_many_pairs_as_there_is_room_for(room, pairs, monkeypatch):
    """Each is two pictures; there are always 3, and never more than 20."""
    monkeypatch.setattr(optimize, "MEMORY_BYTES", room * 2 * START.nbytes)
    assert len(LBFGS(START)._known.S) == pairs


@pytest.mark.parametrize("loss", [1e5, -1e5])
@pytest.mark.parametrize("refused", [0, 1])
@pytest.mark.parametrize(("excess", "accepted"), [(-0.01, True), (0.01, False)])
def test_a_step_must_keep_a_share_of_the_promised_fall(loss, refused, excess, accepted):
    """A ten thousandth, but a millionth of the loss may be rounding; a shortened step too."""
    optimizer, (_, gradient) = LBFGS(START), bowl(START)
    optimizer.update(loss, gradient)
    for _ in range(refused):
        optimizer.update(1e9, gradient)
    tried = optimizer.image
    share = 1e-4 * float(np.vdot(gradient, tried - START))
    optimizer.update(loss + share + 1e-6 * abs(loss) + excess * abs(share), gradient)
    assert (optimizer._here[0] is tried) == accepted


@pytest.mark.parametrize(("lowest", "share"), [(0.02, 0.1), (0.3, 0.3), (0.45, 0.45)])
def test_a_refused_step_is_shortened_to_the_bottom_of_a_parabola(lowest, share):
    """Through both losses, with the slope at the start; but never to less than a tenth."""
    optimizer, (_, gradient) = LBFGS(START), bowl(START)
    optimizer.update(1e3, gradient)
    for _ in range(2):
        step = optimizer.image - START
        promised = float(np.vdot(gradient, step))
        optimizer.update(1e3 + promised * (1 - 0.5 / lowest), gradient)
        np.testing.assert_allclose(optimizer.image - START, share * step, atol=2e-7)


def test_after_five_refusals_the_curvature_is_forgotten_and_after_five_more_all_hope():
    optimizer, plain = LBFGS(START), LBFGS(START)
    minimise(optimizer, bowl, 10)
    picture, gradient = optimizer.image, bowl(optimizer.image)[1]
    optimizer.update(-1e9, gradient)
    for _ in range(5):
        optimizer.update(1e9, gradient)
        assert optimizer._pairs
    optimizer.update(1e9, gradient)
    plain.image, plain._reach = picture, optimizer._reach
    plain.update(0, gradient)
    assert optimizer._pairs == 0
    np.testing.assert_array_equal(optimizer.image, plain.image)
    for _ in range(5):
        optimizer.update(1e9, gradient)
        assert optimizer.finished is None
    optimizer.update(1e9, gradient)
    assert optimizer.finished == "L-BFGS found no better picture"


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


def test_where_the_gradient_is_zero_the_run_is_finished_and_so_is_its_copy():
    optimizer, copy = LBFGS(START), LBFGS(START)
    copy.restore(optimizer.state())
    assert copy.finished is None
    optimizer.update(1, tf.zeros(SHAPE))
    assert optimizer.finished.startswith("the gradient is zero")
    copy.restore(optimizer.state())
    assert copy.finished == optimizer.finished


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


def test_a_picture_not_yet_judged_is_where_a_new_objective_starts():
    optimizer = LBFGS(START)
    optimizer.objective_changed()
    np.testing.assert_array_equal(optimizer.image, START)
    optimizer.update(*bowl(START))
    tried = optimizer.image
    optimizer.objective_changed()
    assert optimizer.image is tried


@pytest.mark.parametrize("level", [0.1, 1])
def test_frequency_scale_has_mean_square_one_and_falls_to_a_level(level):
    scale = frequency_scale(48, 65, level)
    both_halves = np.concatenate([scale, scale[:, 1:]], axis=1)  # of an odd width
    np.testing.assert_allclose((both_halves**2).mean(), 1, rtol=1e-6)
    falling = np.arange(1, 33) / 65 < level
    assert (np.diff(scale[0, 1:][falling]) < 0).all()
    np.testing.assert_allclose(scale[0, 1:][~falling], scale.min(), rtol=1e-6)
    np.testing.assert_allclose(scale[0, 1] / scale[0, 4], 2, rtol=1e-6)


def test_waves_shorter_than_ten_pixels_are_treated_alike():
    waves = frequency_scale(60, 60)[0]
    np.testing.assert_allclose(waves[6:], waves[6])
    assert waves[5] > waves[6]


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


def test_adam_takes_the_steps_of_kingma_and_ba_within_the_colours():
    """With ε as in their section 2; each step is taken by a copy of the optimizer before it."""
    optimizer, copy = OPTIMIZERS["adam"](START), OPTIMIZERS["adam"](GOAL)
    x, m, v = np.float64(START), 0, 0
    for step in range(1, 41):
        gradient = x - (3 * GOAL - 1)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        rate = 0.02 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        x = np.clip(x - rate * m / (np.sqrt(v) + 1e-7), 0, 1)
        optimizer.update(0, np.float32(gradient))
        np.testing.assert_allclose(optimizer.image, x, atol=1e-5)
        copy.restore(optimizer.state())
        optimizer, copy = copy, optimizer
    assert {0, 1} < set(x.flat)


def test_a_picture_adam_has_given_is_not_changed_by_its_next_step():
    optimizer = OPTIMIZERS["adam"](START)
    given = optimizer.image
    optimizer.update(*bowl(given))
    np.testing.assert_array_equal(given, START)
