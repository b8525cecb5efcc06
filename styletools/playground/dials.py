"""What the sliders mean: their ranges, presets, and the weights that they stand for."""

import statistics

from ..transfer import STYLE_LAYERS
from .recipe import DEFAULTS

MOST_STEPS = 100_000  # of a picture
# How far the sliders reach from their defaults, in powers of ten.
POWERS = {"content_weight": (-2, 2), "style_weight": (-2, 2), "tv_weight": (-2, 3)}
SHARES = (-2, 1)
INITS = "content", "painter", "noise"
STROKES = (0.5, 0.7, 1.0, 1.4, 2.0)
START = {name: DEFAULTS[name] for name in POWERS} | dict.fromkeys(STYLE_LAYERS, 1.0)
PRESETS = {
    "more photograph": START | {"content_weight": 0.5},
    "balanced": START,
    "more painter": START | {"content_weight": 0.01},
    "only texture": START | {"content_weight": 0.0005},
}


def weights(places):
    """Settings of a `StyleTransfer` from {slider: value}; the shares add up to 1."""
    shares = {layer: places[layer] for layer in STYLE_LAYERS}
    whole = sum(shares.values())
    shares = {layer: round(share / whole, 4) for layer, share in shares.items()}
    equal = len(set(shares.values())) == 1
    plain = {name: float(f"{places[name]:.3g}") for name in POWERS}
    return plain | {"style_layer_weights": None if equal else shares}


def places(weights):
    """{slider: value} for these weights; of shares only the ratio counts, so most stand at 1."""
    shares = weights["style_layer_weights"] or dict.fromkeys(STYLE_LAYERS, 1.0)
    one = max(statistics.median(shares.values()), max(shares.values()) / 10 ** SHARES[1])
    return {name: weights[name] for name in POWERS} | {n: s / one for n, s in shares.items()}
