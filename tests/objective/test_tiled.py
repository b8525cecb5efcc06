"""Tiles: the same losses and gradient as the uncut picture."""

import numpy as np
import pytest

from styletools import Region, load_image
from styletools.network import LAYERS, VGG19Features, tf
from styletools.objective import tiled
from styletools.objective.objective import Objective
from styletools.objective.tiled import TiledObjective
from styletools.objective.tiles import reach, tiles
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
    assert len(cut._tiles(cut._features.mirror(picture))) == 6
    for name in ("total", "content", "style", "tv"):
        assert in_tiles[name] == pytest.approx(losses[name], rel=2e-5)
    error = np.linalg.norm(sewn - gradient) / np.linalg.norm(gradient)
    assert error < 1e-4
    np.testing.assert_allclose(sewn, gradient, atol=1e-4 * np.abs(gradient).max())
    traces = [getattr(cut, name).experimental_get_tracing_count() for name in ("_sums", "_slope")]
    assert max(traces) <= 3, "a graph for each of the 6 tiles"


@pytest.mark.parametrize("edge", [0, 32])
@pytest.mark.parametrize(("height", "width"), [(200, 333), (96, 97), (64, 200), (33, 129)])
def test_each_position_lies_in_one_tile(height, width, edge):
    height, width = height + 2 * edge, width + 2 * edge
    parts = tiles(height, width, LAYERS, edge, side=96)
    for layer in LAYERS:
        count = np.zeros(parts[0].whole[layer])
        for tile in parts:
            top, bottom, left, right = tile.place[layer]
            count[top:bottom, left:right] += 1
            assert tile.seen[layer][1] - tile.seen[layer][0] == bottom - top > 0
            assert tile.seen[layer][3] - tile.seen[layer][2] == right - left > 0
        assert (count == 1).all()
        assert sum(tile.share(layer) for tile in parts) == pytest.approx(1)


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
