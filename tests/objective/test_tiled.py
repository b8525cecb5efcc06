"""Tiles: the same losses and gradient as the uncut picture."""

import numpy as np
import pytest

from styletools import Region, StyletoolsError, load_image
from styletools.network import LAYERS, VGG19Features, stride, tf
from styletools.objective import tiled
from styletools.objective.objective import Objective
from styletools.objective.tiled import TiledObjective, seen, suited
from styletools.objective.tiles import cut, reach, tiles
from styletools.transfer import CONTENT_LAYERS, STYLE_LAYERS

WEIGHTS = (0.1, 1.0, 2.0), (0.1, 0.2, 0.2, 0.2, 0.3)


@pytest.mark.parametrize(
    ("normalization", "pooling", "regions"),
    [("relative", "avg", False), ("gatys", "max", False), ("relative", "max", True)],
)
def test_tiles_change_nothing(monkeypatch, normalization, pooling, regions):
    monkeypatch.setattr(tiled, "tiles", lambda *a: tiles(*a, side=96))
    content = load_image("great_pyramid", 301)[:187, :301]
    style = load_image("starry_night", 150)
    rows = np.linspace(0, 1, len(content), dtype=np.float32)[:, None] ** 2
    sky, content_map = (
        np.tile(rows, (1, content.shape[1])),
        np.tile(1 + rows, (1, content.shape[1])),
    )
    ground = Region(load_image("great_wave", 150), 1 - sky, source=None)
    style = [Region(style, sky, source=style[..., 2]), ground] if regions else [Region(style)]
    layers = CONTENT_LAYERS, STYLE_LAYERS[::-1]
    settings = *layers, normalization, pooling, "float32", "gram", content_map if regions else None
    whole, cut = Objective(content, style, *settings), TiledObjective(content, style, *settings)
    picture = content[::-1].copy()
    losses, gradient = whole(picture, *WEIGHTS)
    in_tiles, sewn = cut(picture, *WEIGHTS)
    assert len(cut._tiles(picture)) == 6
    for name in ("total", "content", "style", "tv"):
        assert in_tiles[name] == pytest.approx(losses[name], rel=2e-5)
    error = np.linalg.norm(sewn - gradient) / np.linalg.norm(gradient)
    assert error < 1e-4
    np.testing.assert_allclose(sewn, gradient, atol=1e-4 * np.abs(gradient).max())
    looks = cut._look, cut._sums, cut._slope
    traces = [each.experimental_get_tracing_count() for each in looks]
    assert max(traces) <= 4, "a graph for each of the 6 tiles"


def test_tiles_have_the_gram_matrices_and_at_any_scale_the_gradient_of_the_whole(
    monkeypatch, pyramid, starry
):
    monkeypatch.setattr(tiled, "tiles", lambda *a: tiles(*a, side=32))
    layers = ("block1_conv1",), ("block1_conv1", "block2_conv1")
    kinds = Objective, TiledObjective
    whole, parts = (kind(pyramid, [Region(starry)], *layers) for kind in kinds)
    for layer in layers[1]:
        expected, gram = (each.targets.styles[0][layer] for each in (whole, parts))
        np.testing.assert_allclose(gram, expected, rtol=1e-3, atol=1e-5 * np.max(expected))
    parts._scale = 1024.0  # as float16 would have it
    weights = (1, 1, 1), (0.5, 0.5)
    (losses, gradient), (in_tiles, sewn) = (
        each(pyramid[::-1], *weights) for each in (whole, parts)
    )
    for name in ("total", "content"):
        assert in_tiles[name] == pytest.approx(losses[name], rel=1e-5)
    np.testing.assert_allclose(sewn, gradient, atol=1e-5 * np.abs(gradient).max())


@pytest.mark.parametrize(("height", "width"), [(200, 333), (96, 97), (64, 200), (33, 129)])
def test_each_position_lies_in_one_tile(height, width):
    parts = tiles(height, width, LAYERS, side=96)
    for layer in LAYERS:
        count = np.zeros(parts[0].whole[layer])
        for tile in parts:
            top, bottom, left, right = tile.place[layer]
            count[top:bottom, left:right] += 1
            assert tile.seen[layer][1] - tile.seen[layer][0] == bottom - top > 0
            assert tile.seen[layer][3] - tile.seen[layer][2] == right - left > 0
        assert (count == 1).all()
        assert sum(tile.share(layer) for tile in parts) == pytest.approx(1)


@pytest.mark.parametrize(("height", "width"), [(65, 640), (543, 160)])
def test_a_tile_has_at_its_place_what_the_whole_picture_has(height, width):
    pixels = np.stack(np.indices((height, width)), axis=-1)
    for tile in tiles(height, width, LAYERS, side=96):
        for layer in LAYERS:
            own = every(stride(layer), cut(pixels, tile.outer))
            whole = every(stride(layer), pixels)
            assert tile.whole[layer] == whole.shape[:2]
            np.testing.assert_array_equal(cut(own, tile.seen[layer]), cut(whole, tile.place[layer]))


def every(step, pixels):
    """One of `step` pixels along each side, as the positions of a layer with that stride."""
    return pixels[::step, ::step]


@pytest.mark.parametrize(
    ("length", "starts"),
    [(33, [0]), (96, [0]), (159, [0]), (160, [0, 96]), (192, [0, 96]), (300, [0, 96, 192])],
)
def test_tiles_are_equal_but_for_the_last_which_has_64_pixels_or_more(length, starts):
    parts = tiles(length, 64, ["block1_conv1"], side=96)
    ends = [tile.place["block1_conv1"][:2] for tile in parts]
    assert ends == list(zip(starts, [*starts[1:], length], strict=True))


def test_each_layer_sees_one_position_further_than_the_one_before():
    pixels = 0
    for layer in LAYERS:
        pixels += stride(layer)
        assert reach(layer) % 32 == 0
        assert pixels <= reach(layer) < pixels + 32


def test_the_margin_holds_the_receptive_field():
    layer, size = "block4_conv2", 384
    features, middle = VGG19Features(layer, "avg"), size // 8 // 2
    picture = tf.constant(load_image("astronaut", 512)[:size, :size])
    with tf.GradientTape() as tape:
        tape.watch(picture)
        response = tf.reduce_sum(features(picture)[layer][middle, middle])
    rows, columns = np.nonzero(np.abs(tape.gradient(response, picture)).max(-1))
    seen = max(abs(rows - size // 2).max(), abs(columns - size // 2).max())
    assert reach(layer) / 2 < seen <= reach(layer)


def test_what_is_seen_of_a_large_picture_counts_twice(monkeypatch):
    monkeypatch.setattr(tiled, "LARGE", 64 * 96)
    assert seen(32, 96) == (32 * 96, 32 * 96)
    assert seen(64, 96) == (64 * 96, 64 * 96)
    assert seen(64, 97) == (64 * 97, 2 * 64 * 97)  # one tile


def test_pictures_are_worked_on_in_tiles_if_one_of_them_is_large(monkeypatch):
    monkeypatch.setattr(tiled, "LARGE", 40 * 64)
    small, medium, large = (np.zeros((height, 64, 3)) for height in (32, 40, 41))
    for statistic in ("gram", "sliced"):
        assert suited(small, [Region(small)], statistic) is Objective
        assert suited(medium, [Region(small)], statistic) is Objective
    assert suited(large, [Region(small)], "gram") is TiledObjective
    assert suited(small, [Region(small), Region(large)], "gram") is TiledObjective


@pytest.mark.parametrize("statistic", ["gaussian", "sliced"])
def test_statistics_that_tiles_cannot_compute_are_refused(statistic):
    large = np.broadcast_to(np.float32(0), (1500, 1600, 3))
    words = f"'{statistic}', .* has 2.4 million pixels: make it smaller than 1.5, or take 'gram'"
    with pytest.raises(StyletoolsError, match=words):
        suited(large, [Region(large)], statistic)
