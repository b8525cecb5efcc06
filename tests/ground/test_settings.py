"""Settings that cannot work are refused at once, in one sentence with the value and a remedy."""

import numpy as np
import pytest

import styletools
from styletools import StyletoolsError, StyleTransfer, VGG19Features, transfer_style
from styletools.settings import check_shares, nearest

LAYERS = [f"block{block}_conv1" for block in range(1, 6)]
NUMBERS = [-1, -1e-9, np.nan, np.inf, -np.inf, 1.1e9, 10**5000, "1", None, True, 1j, [1], np.eye(2)]
FRACTIONS = [-1, 0.5, 2.0, np.nan, "3", None, True, [1]]
NO_CHOICES = ["sgd", "", "x" * 100_000, "a\nb", None, 1, True, ["adam"], np.zeros(3), {}]


def refusal(function, *arguments, **settings):
    with pytest.raises(StyletoolsError) as caught:
        function(*arguments, **settings)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 600
    return message


@pytest.fixture
def refused(pyramid, starry, monkeypatch):
    """The message with which a transfer refuses settings, before any work."""
    monkeypatch.setattr("styletools.objective.tiled.Objective", None)
    return lambda **settings: refusal(StyleTransfer, pyramid, starry, **settings)


@pytest.mark.parametrize("name", ["content_weight", "style_weight", "tv_weight"])
@pytest.mark.parametrize("value", NUMBERS, ids=range(len(NUMBERS)))
def test_weights_are_numbers_from_0_up(refused, name, value):
    message = refused(**{name: value})
    assert message.startswith(f"{name} is ")
    assert "number from 0 up" in message


def test_weights_are_not_all_zero(refused, pyramid, starry, monkeypatch):
    message = refused(content_weight=0, style_weight=0.0, tv_weight=0)
    assert "content_weight, style_weight, tv_weight are all 0" in message
    assert "under 1e-12" in refused(content_weight=1e-13, style_weight=1e-20, tv_weight=0)
    monkeypatch.undo()
    transfer = StyleTransfer(pyramid, starry)
    transfer.content_weight = transfer.style_weight = transfer.tv_weight = 0
    assert "all 0" in refusal(transfer.step)
    transfer.tv_weight = "2"
    assert "tv_weight is '2'" in refusal(transfer.run, 1)


@pytest.mark.parametrize("name", ["optimizer", "normalization", "pooling", "precision", "init"])
@pytest.mark.parametrize("value", NO_CHOICES, ids=lambda v: repr(v)[:12])
def test_words_are_among_the_choices(pyramid, starry, name, value):
    message = refusal(StyleTransfer, pyramid, starry, **{name: value})
    assert message.startswith(name) or (name == "init" and "init" in message)


@pytest.mark.parametrize(
    ("layer", "near"),
    [
        ("block1_conv9", "block1_conv2"),
        ("Block4_Conv2", "block4_conv2"),
        ("block3conv1", "block3_conv1"),
        ("conv3_1", "conv"),
        ("relu4_2", "block"),
        ("x" * 100_000, "block"),
        ("", "block"),
        (3, "block"),
        (None, "block"),
        (["block1_conv1"], "block1_conv1"),
    ],
    ids=lambda v: repr(v)[:12],
)
def test_unknown_layers_are_answered_with_the_nearest(refused, layer, near):
    for name in ("content_layers", "style_layers"):
        message = refused(**{name: ["block2_conv1", layer]})
        assert "there is no VGG19 layer" in message
        assert near in message.split("nearest are")[1]
    assert "nearest" in refusal(VGG19Features, [layer])


def test_nearest_names_come_first():
    assert nearest("block3_conv11", ("block1_conv1", "block3_conv1")).startswith("block3_conv1")


@pytest.mark.parametrize(
    ("layers", "words"),
    [([], "empty"), (5, "list of names"), (None, "list"), (LAYERS * 2, "twice")],
)
def test_lists_of_layers_are_checked(refused, layers, words):
    assert words in refused(style_layers=layers)
    assert words in refused(content_layers=layers)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([0.2] * 5, "must be a dict"),
        ({}, "each of the style layers"),
        ({"block1_conv1": 1}, "each of the style layers"),
        (dict.fromkeys([*LAYERS, "block5_conv2"], 1 / 6), "each of the style layers"),
        (dict.fromkeys(LAYERS, 0), "add up to 0"),
        (dict.fromkeys(LAYERS, 1), "add up to 5"),
        (dict.fromkeys(LAYERS, 0.1996), "add up to 0.998;"),
        (dict.fromkeys(LAYERS, 0.2) | {"block1_conv1": -0.2}, "weight of block1_conv1 is -0.2"),
        (dict.fromkeys(LAYERS, 0.2) | {"block1_conv1": np.nan}, "weight of block1_conv1 is nan"),
        ({"x" * 100_000: 1}, "each of the style layers"),
    ],
    ids=range(10),
)
def test_shares_name_each_layer_and_add_up_to_one(refused, shares, words):
    assert words in refused(style_layer_weights=shares)


def test_rounded_shares_are_shares_and_their_order_does_not_matter():
    thirds = {"c": 0.333, "b": 0.333, "a": 0.3335}
    assert list(check_shares(thirds, ("a", "b", "c"))) == ["a", "b", "c"]
    assert check_shares(None, ("a", "b")) == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize("value", [*FRACTIONS, 0], ids=repr)
def test_counts_are_whole_numbers(pyramid, starry, value):
    transfer = StyleTransfer(pyramid, starry)
    assert refusal(transfer.run, value).startswith("steps is ")
    assert refusal(transfer_style, pyramid, starry, value, False).startswith("steps is ")
    assert refusal(styletools.estimate, 64, 10**400).startswith("steps is 100")
    assert refusal(styletools.estimate, 64, value).startswith("steps is ")
    assert "from 32 to" in refusal(styletools.estimate, value)
    assert "32 up" in refusal(styletools.maximize_activation, "block1_conv1", 0, size=value)


@pytest.mark.parametrize("value", FRACTIONS, ids=repr)
def test_seeds_are_whole_numbers(refused, value):
    assert refused(seed=value, init="noise").startswith("seed is ")


def test_numbers_of_numpy_are_numbers(pyramid, starry):
    transfer = StyleTransfer(pyramid, starry, content_weight=np.float32(0.5), seed=np.int64(3))
    assert transfer.run(np.int32(1)) == "1 steps done"
