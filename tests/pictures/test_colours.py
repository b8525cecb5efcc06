"""Colours that are kept, and colours that are matched."""

import numpy as np
import pytest
import scipy.linalg

from styletools import StyletoolsError, keep_colours, load_image, luminance, match_colours
from styletools.pictures.colours import RIDGE


def test_luminance_is_the_formula():
    """0.299 R + 0.587 G + 0.114 B, and of white not more than 1 by rounding."""
    colours = np.zeros((32, 32, 3), np.float32)
    colours[0, :4] = (1, 0, 0), (0, 1, 0), (0, 0, 1), (0.2, 0.4, 0.6)
    grey = luminance(colours)
    expected = (0.299, 0.587, 0.114, 0.2 * 0.299 + 0.4 * 0.587 + 0.6 * 0.114)
    np.testing.assert_allclose(grey[0, :4], np.repeat(np.array(expected)[:, None], 3, 1), rtol=1e-6)
    assert grey[1:].max() == 0
    assert luminance(np.ones((32, 32, 3))).max() == 1


def test_pictures_of_two_shapes_have_no_colours_to_keep(pyramid):
    for painted, photo in ((pyramid[:40], pyramid), (pyramid, pyramid[:40])):
        with pytest.raises(StyletoolsError, match="load both alike"):
            keep_colours(painted, photo)


def test_what_leaves_the_range_is_cut_off(pyramid):
    extreme = np.random.default_rng(0).choice([0, 1], (40, 40, 3)).astype(np.float32)
    extreme[0] = 0.5
    matched = match_colours(pyramid, extreme)
    assert matched.min() == 0 and matched.max() == 1
    noise = np.random.default_rng(1).random((2, 200, 200, 3), np.float32)
    kept = keep_colours(*noise)
    assert kept.min() >= 0 and kept.max() <= 1


def test_kept_colours_are_those_of_the_photograph(pyramid, starry):
    painted = load_image("great_wave", 64)[: pyramid.shape[0], : pyramid.shape[1]]
    painted = np.resize(painted, pyramid.shape)
    kept = keep_colours(painted, pyramid)
    assert 0 <= kept.min() <= kept.max() <= 1
    np.testing.assert_allclose(kept - luminance(kept), pyramid - luminance(pyramid), atol=1e-6)
    grey = keep_colours(painted, luminance(pyramid))
    np.testing.assert_allclose(grey, luminance(painted), atol=1e-6)


@pytest.mark.parametrize("form", ["symmetric", "cholesky"])
def test_matched_colours_have_mean_and_covariance_of_the_target(pyramid, starry, form):
    target = 0.4 + 0.2 * pyramid  # so faint that nothing is cut off
    matched = match_colours(starry, target, form)
    x, y = (picture.reshape(-1, 3).astype(float) for picture in (matched, target))
    np.testing.assert_allclose(x.mean(0), y.mean(0), atol=1e-5)
    np.testing.assert_allclose(np.cov(x.T), np.cov(y.T), atol=0.02 * np.cov(y.T).max())


def test_the_forms_are_what_their_names_say(pyramid, starry):
    """K, found again from the colours: L_S L_Σ⁻¹ is triangular, and S^½ = K Σ^½ symmetric."""
    target = 0.4 + 0.2 * pyramid
    x = starry.reshape(-1, 3).astype(float)
    K = {}
    for form in ("symmetric", "cholesky"):
        y = match_colours(starry, target, form).reshape(-1, 3).astype(float)
        K[form] = np.linalg.lstsq(x - x.mean(0), y - y.mean(0), rcond=None)[0].T
    np.testing.assert_allclose(np.triu(K["cholesky"], 1), 0, atol=1e-4)
    assert np.abs(np.triu(K["symmetric"], 1)).max() > 0.01
    root = K["symmetric"] @ scipy.linalg.sqrtm(np.cov(x.T) + RIDGE * np.eye(3))
    np.testing.assert_allclose(root, root.T, atol=1e-3 * np.abs(root).max())


@pytest.mark.parametrize("form", ["symmetric", "cholesky"])
def test_grey_pictures_have_colours_to_match_too(pyramid, starry, form):
    to_grey = match_colours(starry, luminance(pyramid), form)
    assert np.ptp(to_grey, axis=2).max() < 0.05
    from_grey = match_colours(luminance(starry), pyramid, form)
    assert np.isfinite(from_grey).all()
    np.testing.assert_allclose(from_grey.mean((0, 1)), pyramid.mean((0, 1)), atol=0.03)
    flat = np.full((40, 40, 3), 0.3, np.float32)
    np.testing.assert_allclose(match_colours(flat, flat, form), flat, atol=1e-6)
