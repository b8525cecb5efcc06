"""What each control promises: mixtures, places, other statistics."""

import json
from dataclasses import replace

import numpy as np
import pytest

from styletools import (
    Region,
    StyletoolsError,
    StyleTransfer,
    brightness_mask,
    keep_colours,
    load_image,
    load_mask,
    luminance,
    transfer_style,
)
from styletools.network import tf
from styletools.objective import STATISTICS, carried, tiled
from styletools.objective.masks import guide
from styletools.objective.textures import mixed
from styletools.transfer import painting


@pytest.fixture(scope="module")
def wave():
    return load_image("great_wave", 64)


@pytest.fixture
def left(pyramid):
    mask = np.zeros(pyramid.shape[:2])
    mask[:, :32] = 1
    return mask


def step(content, style, picture=None, **settings):
    """The record and the gradient at a picture that is not the content."""
    transfer = StyleTransfer(content, style, precision="float32", **settings)
    picture = content[:, ::-1].copy() if picture is None else picture
    return transfer.objective(picture, *transfer._current_weights())


@pytest.mark.parametrize("statistic", list(STATISTICS))
def test_shares_1_and_0_are_a_single_style(pyramid, starry, wave, statistic):
    alone, _ = step(pyramid, starry, statistic=statistic)
    for style in ([(starry, 1.0), (wave[:40], 0.0)], [(wave[:40], 0), (starry, 1)]):
        both, _ = step(pyramid, style, statistic=statistic)
        assert both["style"] == pytest.approx(alone["style"], rel=1e-5)


@pytest.mark.parametrize("statistic", list(STATISTICS))
def test_a_picture_has_its_own_style(starry, statistic):
    losses, _ = step(starry, starry, starry, statistic=statistic)
    for loss in losses["style_layers"].values():
        assert loss == pytest.approx(0, abs=2e-4)


@pytest.mark.parametrize("statistic", list(STATISTICS))
def test_a_mixture_lies_between_its_styles(pyramid, starry, wave, statistic):
    losses = []
    for share in (0, 0.5, 1):
        style = [(starry, 1 - share), (wave, share)]
        losses.append(step(pyramid, style, starry[: len(pyramid)], statistic=statistic)[0]["style"])
    assert losses == sorted(losses)


@pytest.mark.parametrize("statistic", list(STATISTICS))
def test_a_mask_of_ones_is_no_mask(pyramid, starry, statistic):
    ones = np.ones(pyramid.shape[:2])
    region = Region(starry, where=ones, source=np.ones(starry.shape[:2]))
    plain, gradient = step(pyramid, starry, statistic=statistic)
    masked, same = step(pyramid, [region], statistic=statistic, content_map=ones)
    assert masked["style"] == pytest.approx(plain["style"], rel=1e-5)
    assert masked["content"] == pytest.approx(plain["content"], rel=1e-5)
    np.testing.assert_allclose(same, gradient, atol=1e-4 * np.abs(gradient).max())


def test_a_region_paints_its_place_alone(pyramid, starry, left):
    settings = {"style_layers": ["block1_conv1"], "content_weight": 0, "tv_weight": 0}
    _, gradient = step(pyramid, [Region(starry, where=left)], **settings)
    assert np.abs(gradient[:, :32]).max() > 0
    np.testing.assert_array_equal(gradient[:, 34:], 0)


def test_each_place_gets_its_own_style(pyramid, starry, wave, left):
    settings = {"style_layers": ["block1_conv1"], "content_weight": 0, "tv_weight": 0}
    _, both = step(pyramid, [Region(starry, left), Region(wave, 1 - left)], **settings)
    _, one = step(pyramid, [Region(starry, left)], **settings)
    _, other = step(pyramid, [Region(wave, 1 - left)], **settings)
    np.testing.assert_allclose(both, one + other, atol=1e-5 * np.abs(both).max())


def test_half_of_a_style_picture_can_give_the_style(pyramid):
    starry = load_image("starry_night", 96)
    top = np.zeros(starry.shape[:2])
    top[: len(top) // 2] = 1
    layers = {"style_layers": ["block1_conv1"]}  # sees hardly further than the mask's edge
    half, _ = step(pyramid, [Region(starry, source=top)], **layers)
    cut, _ = step(pyramid, starry[: len(top) // 2], **layers)
    other, _ = step(pyramid, starry[len(top) // 2 :], **layers)
    assert half["style"] == pytest.approx(cut["style"], rel=0.03)
    assert half["style"] != pytest.approx(other["style"], rel=0.06)


def test_a_guide_has_mean_square_1(left):
    for shape in ((43, 64), (3, 4), (1, 1)):
        assert float(tf.reduce_mean(guide(left, shape) ** 2)) == pytest.approx(1, rel=1e-5)


def test_a_mask_keeps_its_sides_on_its_way_to_a_layer(left):
    np.testing.assert_allclose(carried(left, (3, 4)), [[1, 1, 0, 0]] * 3, atol=1e-6)
    top = np.arange(8)[:, None] < 4 * np.ones((8, 8))
    np.testing.assert_allclose(carried(top.astype("float32"), (2, 2)), [[1, 1], [0, 0]], atol=1e-6)


def test_a_protected_place_changes_less_than_a_third_as_much_and_the_rest_more(starry):
    content = load_image("great_pyramid", 160)
    place = np.zeros(content.shape[:2])
    place[:, :48] = 1
    changes = []
    for content_map in (None, 1 + 100 * place):
        result = transfer_style(content, starry, 20, progress=False, content_map=content_map)
        changes.append(np.abs(result.image - content))
    free, held = changes
    inside, outside = (held[:, part].mean() / free[:, part].mean() for part in np.s_[:44, 90:])
    assert inside < 1 / 3
    assert outside > 1.5 * inside  # a map that held all places alike would make these equal


@pytest.mark.parametrize("statistic", list(STATISTICS))
def test_identical_features_are_at_distance_0_wherever_they_lie(statistic):
    describe, distance, _ = STATISTICS[statistic]
    features = np.random.default_rng(0).gamma(1, 1, (12, 10, 16)).astype(np.float32)
    moved = np.random.default_rng(1).permutation(features.reshape(-1, 16)).reshape(features.shape)
    one = np.ones((1, 1), np.float32)
    target = describe(features, one)
    assert float(distance(describe(moved, one), target)) == pytest.approx(0, abs=1e-5)
    assert float(distance(describe(features**2, one), target)) > 0.01


def test_gaussian_distance_of_independent_channels():
    """Σ (μ − m)² + (σ − s)², where the covariances are diagonal."""
    mean, spread, other, width = np.random.default_rng(0).uniform(0.5, 2, (4, 8)).astype(np.float32)
    one, two = (mean, np.diag(spread**2)), (other, np.diag(width**2))
    distance = STATISTICS["gaussian"].distance(one, two, "gatys")
    expected = np.sum((mean - other) ** 2 + (spread - width) ** 2)
    assert float(distance) == pytest.approx(expected, rel=2e-3)


def test_gaussian_distance_with_its_ridge():
    """√(c + r) and √(s + r) with r = (mean s + mean m² / 1000) / 1000, divided by the size of S."""
    rng = np.random.default_rng(1)
    mean, other = rng.uniform(8, 12, (2, 8)).astype(np.float32)
    spread, width = rng.uniform(0.05, 0.2, (2, 8)).astype(np.float32) ** 2
    ridge = (width.mean() + (other**2).mean() / 1000) / 1000
    near = np.sum((np.sqrt(spread + ridge) - np.sqrt(width + ridge)) ** 2)
    far = near + np.sum((mean - other) ** 2)
    size = np.sum(other**2) + np.sum(width)
    distance = STATISTICS["gaussian"].distance
    two = other, np.diag(width)
    assert float(distance((other, np.diag(spread)), two, "gatys")) == pytest.approx(near, rel=2e-3)
    assert float(distance((mean, np.diag(spread)), two)) == pytest.approx(far / size, rel=1e-5)
    thin = np.zeros(8, "float32"), np.diag(width)
    apart = float(distance((mean, np.diag(width)), thin))
    assert apart == pytest.approx(np.sum(mean**2) / np.sum(width), rel=1e-4)


def gaussian_with_gradient(C, S):
    """The distance of covariances alone, and its gradient with respect to C."""
    C, mean = tf.constant(C, tf.float32), tf.zeros(len(C))
    with tf.GradientTape() as tape:
        tape.watch(C)
        target = mean, tf.constant(S, tf.float32)
        distance = STATISTICS["gaussian"].distance((mean, C), target, "gatys")
    return float(distance), tape.gradient(distance, C).numpy()


def test_gaussian_distance_of_dependent_channels():
    """tr(C + S) − 2 Σ √λ over the eigenvalues λ of CS, and the gradient I − T with TCT = S."""
    C, S = (np.cov(each) for each in np.random.default_rng(3).normal(size=(2, 4, 20)))
    distance, gradient = gaussian_with_gradient(C, S)
    roots = np.sqrt(np.linalg.eigvals(C @ S).real)
    assert distance == pytest.approx(np.trace(C + S) - 2 * roots.sum(), rel=5e-3)
    T = np.eye(4) - gradient
    np.testing.assert_allclose(T @ C @ T, S, atol=5e-3)


@pytest.mark.parametrize("scale", [2.0**-20, 2.0**20])
def test_a_gaussian_gradient_has_no_unit_even_where_rounding_made_variances_negative(scale):
    C, S = np.diag([-1e-3, -1e-3, -1e-3, 1]), 1e-6 * np.eye(4)
    _, gradient = gaussian_with_gradient(C, S)
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gaussian_with_gradient(scale * C, scale * S)[1], gradient, rtol=1e-3)


def test_moments_are_weighed_by_the_square_of_the_guide():
    rng = np.random.default_rng(2)
    F = rng.normal(3, 1, (6, 5, 4)).astype(np.float32)
    T = rng.uniform(0, 1, (6, 5)).astype(np.float32)
    T /= np.sqrt(np.mean(T**2))
    mean, C = STATISTICS["gaussian"].describe(F, T)
    rows, weights = F.reshape(-1, 4), T.ravel() ** 2
    np.testing.assert_allclose(mean, np.average(rows, axis=0, weights=weights), rtol=1e-4)
    np.testing.assert_allclose(C, np.cov(rows.T, aweights=weights, ddof=0), rtol=1e-3, atol=1e-4)


def test_sliced_counts_places_of_at_least_half_the_most():
    F = tf.random.stateless_normal((2, 2, 3), (1, 2))
    guide = np.float32([[1, 0.5], [0.45, 0]])
    columns = np.array(STATISTICS["sliced"].describe(F, guide))
    chosen = np.array(STATISTICS["sliced"].describe(F[:1], np.ones((1, 1), "float32")))
    np.testing.assert_allclose(columns, chosen)
    assert (np.diff(columns, axis=0) >= 0).all()


def test_sliced_distance_of_shifted_features_is_the_shift():
    describe, distance, _ = STATISTICS["sliced"]
    one, features = tf.ones((1, 1)), tf.random.stateless_normal((9, 8, 16), (1, 2))
    shifted = distance(describe(features + 2, one), describe(features, one), "gatys")
    assert float(shifted) == pytest.approx(4, rel=1e-4)  # the mean square over an orthonormal basis


def test_relative_sliced_distance_is_divided_by_the_mean_square_of_the_style():
    columns, target = np.sort(np.random.default_rng(4).normal(1, 1, (2, 9, 3)), axis=1)
    relative = STATISTICS["sliced"].distance(columns, target)
    expected = np.mean((columns - target) ** 2) / np.mean(target**2)
    assert float(relative) == pytest.approx(expected, rel=1e-5)


def test_a_mixture_of_sorted_columns_is_as_long_as_the_longest():
    short, long = tf.fill((5, 3), 1.0), tf.fill((9, 3), 3.0)
    for descriptions, shares in (((short, long), (0.25, 0.75)), ((long, short), (0.75, 0.25))):
        np.testing.assert_allclose(mixed(descriptions, shares), np.full((9, 3), 2.5), rtol=1e-6)


@pytest.mark.parametrize("statistic", ["gaussian", "sliced"])
def test_a_normalization_read_from_a_file_is_the_same(statistic):
    describe, distance, _ = STATISTICS[statistic]
    one, other = (
        describe(tf.random.stateless_normal((9, 8, 4), (n, 0)), tf.ones((1, 1))) for n in (1, 2)
    )
    assert distance(one, other, json.loads('"gatys"')) == distance(one, other, "gatys")


@pytest.mark.parametrize("statistic", list(STATISTICS))
def test_gradients_against_finite_differences(pyramid, starry, statistic):
    settings = {"statistic": statistic, "content_weight": 0, "tv_weight": 0}
    transfer = StyleTransfer(pyramid, starry, **settings)
    weights = transfer._current_weights()
    picture = pyramid[:, ::-1].copy()
    _, gradient = transfer.objective(picture, *weights)
    way = np.asarray(gradient / tf.norm(gradient))
    ahead, behind = (
        transfer.objective(picture + size * way, *weights)[0]["total"] for size in (0.05, -0.05)
    )
    assert (ahead - behind) / 0.1 == pytest.approx(float(tf.norm(gradient)), rel=0.05)


@pytest.mark.parametrize("statistic", ["gaussian", "sliced"])
def test_the_other_statistics_paint_too(pyramid, starry, statistic):
    result = transfer_style(pyramid, starry, 15, progress=False, statistic=statistic)
    assert 0 <= result.history[-1].style < result.history[0].style / 2
    assert result.stopped == "15 steps done"


def test_large_pictures_are_worked_on_in_tiles_unless_that_cannot_be(pyramid, starry, monkeypatch):
    monkeypatch.setattr(tiled, "LARGE", 1000)
    with pytest.raises(StyletoolsError, match="'sliced', which is not made for tiles"):
        StyleTransfer(pyramid, starry, statistic="sliced")


def test_masks_of_places_are_kept_in_a_file(pyramid, starry, wave, left, tmp_path):
    styles = {
        "mixed": [(starry, 0.7), (wave, 0.3)],
        "placed": [Region(starry, left, source=np.ones(starry.shape[:2])), Region(wave, 1 - left)],
    }
    for name, style in styles.items():
        whole, parts = (StyleTransfer(pyramid, style, content_map=1 + left) for _ in range(2))
        whole.run(5)
        parts.run(2)
        parts.save(tmp_path / name)
        again = StyleTransfer.load(tmp_path / name)
        again.run(3)
        np.testing.assert_array_equal(again.image, whole.image)
    with pytest.raises(StyletoolsError, match="another share 0, another share 1, another where 0"):
        transfer_style(pyramid, styles["mixed"], 9, False, checkpoint=tmp_path / "placed")


def test_coarse_to_fine_takes_places_along(monkeypatch):
    monkeypatch.setattr(painting, "AT_ONCE", 64)
    content, starry, wave = (
        load_image(name, 129) for name in ("great_pyramid", "starry_night", "great_wave")
    )
    assert content.shape[1] % 2 == 1
    sky = np.zeros(content.shape[:2])
    sky[:40] = 1
    images = []
    for place in (sky, 1 - sky):
        style = [Region(starry, place), Region(wave, 1 - place, source=np.ones(wave.shape[:2]))]
        settings = {"progress": False, "coarse_to_fine": True, "content_map": 1 + place}
        result = transfer_style(content, style, 4, **settings)
        assert result.stopped == "6 steps done"
        assert result.image.shape == content.shape
        images.append(result.image)
    assert np.abs(images[0] - images[1]).mean() > 0.005  # 0 if the masks were lost


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ([], "style is an array of shape"),
        ([("starry", 0.5, 1)], "style is a list that is no array"),
        ([(None, 0.5), (None, 0.4)], "add up to 0.9"),
        ([(None, -1), (None, 2)], "share of style 1 is -1"),
        ([(None, "0.5"), (None, 0.5)], "share of style 1 is '0.5'"),
        ([Region(None, where=np.full((43, 64), 1e-23))], "where of style 1 is 0 everywhere"),
        ([Region(None, where=[[1.0], [1.0, 2.0]])], "rows differ"),
        ([Region(None, where=np.ones((43, 64)), share=0.5)], "a share, 0.5, and a place"),
        ([Region(None, where=np.zeros((43, 64)))], "where of style 1 is 0 everywhere"),
        ([Region(None, where=np.full((43, 64), np.nan))], "where of style 1 has values from nan"),
        ([Region(None, where=np.ones((64, 43)))], r"shape \(64, 43\).*\(43, 64\)"),
        ([Region(None, source=np.full((43, 64), 2.0))], "source of style 1"),
    ],
)
def test_styles_that_cannot_be_are_refused(pyramid, starry, style, words):
    style = [
        (starry, *part[1:]) if isinstance(part, tuple) else replace(part, style=starry)
        for part in style
    ]
    with pytest.raises(StyletoolsError, match=words):
        StyleTransfer(pyramid, style)


@pytest.mark.parametrize("content_map", [np.ones(3), np.full((43, 64), -1.0), "sky"])
def test_maps_that_cannot_be_are_refused(pyramid, starry, content_map):
    with pytest.raises(StyletoolsError, match="content_map"):
        StyleTransfer(pyramid, starry, content_map=content_map)


def test_masks_come_from_files_arrays_and_brightness(pyramid, tmp_path):
    sky = brightness_mask(pyramid, above=0.5, soft=0.1)
    assert sky.shape == pyramid.shape[:2]
    assert sky.min() == 0
    assert sky.max() == 1
    ramp = np.repeat(np.linspace(0, 1, 101, dtype=np.float32)[None, :, None], 40, 0)
    rise = brightness_mask(np.repeat(ramp, 3, 2), above=0.5, soft=0.1)[0]
    np.testing.assert_allclose(rise[[40, 50, 60]], [0, 0.5, 1], atol=1e-5)
    painted = np.zeros((86, 128), np.uint8)
    painted[:43] = 255
    for given in (painted, painted > 0, painted / 255):
        mask = load_mask(given, pyramid)
        assert mask.shape == pyramid.shape[:2]
        assert mask[0].min() == pytest.approx(1)
        assert mask[-1].max() == pytest.approx(0)
        np.testing.assert_array_equal(mask, load_mask(given, pyramid.shape))
    np.testing.assert_allclose(
        load_mask("great_pyramid", (43, 64)), luminance(pyramid)[..., 0], atol=0.1
    )
    with pytest.raises(StyletoolsError, match="no file"):
        load_mask("moon", (43, 64))


def test_a_mask_is_not_stretched_and_belongs_to_a_picture(pyramid):
    with pytest.raises(StyletoolsError, match="the mask is 100×60 pixels and its picture 64×96"):
        load_mask(np.ones((60, 100)), (96, 64, 3))
    assert load_mask(np.ones((60, 100)), (96, 161)).shape == (96, 161)  # 0.6 % is nothing
    with pytest.raises(StyletoolsError, match="161×100 pixels and its picture 100×64"):
        load_mask(np.ones((100, 161)), (64, 100))  # 2.9 %
    shapes = (64,), (64.0, 96.0), (0, 0), (-43, -64), [], pyramid[0, 0]
    for picture in (None, "astronaut", 5, {}, *shapes):
        with pytest.raises(StyletoolsError, match="the mask is for"):
            load_mask(np.ones((43, 64)), picture)


@pytest.mark.parametrize(("kind", "white"), [("u1", 255), ("u2", 65535), ("f8", 1)])
def test_the_white_of_a_mask_is_its_types(kind, white):
    grey = np.full((43, 64), white / 5).astype(kind)
    np.testing.assert_allclose(load_mask(grey, (43, 64)), 0.2, rtol=2e-6)


def test_a_picture_as_an_array_is_a_mask_by_its_brightness(pyramid):
    np.testing.assert_allclose(load_mask(pyramid, pyramid), luminance(pyramid)[..., 0], atol=1e-6)


def test_a_mask_made_smaller_takes_means_and_stays_within_1():
    stripes = np.arange(96)[:, None] % 4 < np.ones((96, 64))
    smaller = load_mask(stripes, (24, 16))
    np.testing.assert_allclose(smaller[1:-1], 0.25, atol=1e-5)
    assert load_mask(np.ones((40, 40)), (20, 20)).max() <= 1  # rounding would exceed it
    assert load_mask(np.ones((1, 5)), (1, 5)).shape == (1, 5)


@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_a_mask_beyond_0_or_1_is_refused(pyramid, left, shift):
    with pytest.raises(StyletoolsError, match=f"has values from {shift} to {1 + shift}; they must"):
        load_mask(left + shift, pyramid)


def test_a_mask_of_text_is_refused(pyramid):
    with pytest.raises(StyletoolsError, match="type <U3; it must be numbers"):
        load_mask(np.full(pyramid.shape[:2], "sky"), pyramid)


def test_a_brightness_mask_rises_around_the_half_if_not_told_otherwise():
    ramp = np.linspace(0, 1, 101, dtype=np.float32)
    rise = brightness_mask(np.tile(ramp[:, None], (40, 1, 3)))
    np.testing.assert_allclose(rise, np.tile((ramp - 0.45).clip(0, 0.1) * 10, (40, 1)), atol=1e-5)


def test_what_is_as_bright_as_a_sharp_edge_is_chosen_by_half():
    grey = np.full((40, 40, 3), 0.5, np.float32)
    level = float(luminance(grey)[0, 0, 0])
    np.testing.assert_allclose(brightness_mask(grey, above=level, soft=0), 0.5)


def test_colours_and_masks_of_the_wrong_kind_are_refused(pyramid, starry):
    with pytest.raises(StyletoolsError, match=r"painted has shape .* load both alike"):
        keep_colours(pyramid[:40], pyramid)
    for source in (np.ones(5), np.ones((2, 2, 2, 2)), np.ones(())):
        with pytest.raises(StyletoolsError):
            load_mask(source, pyramid.shape)
    with pytest.raises(StyletoolsError, match="soft is -1"):
        brightness_mask(pyramid, soft=-1)
    assert set(np.unique(brightness_mask(pyramid, soft=0))) <= {0, 1}


def test_a_style_of_one_colour_is_a_style_too(pyramid):
    flat = np.full((40, 40, 3), 0.4, np.float32)
    for statistic in STATISTICS:
        run = transfer_style(pyramid, flat, 3, progress=False, statistic=statistic)
        assert run.stopped == "3 steps done"
