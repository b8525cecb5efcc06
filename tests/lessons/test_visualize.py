"""Feature visualisation and inversion, at 48 and 64 pixels, and the figures of the lessons."""

import io

import numpy as np
import pytest
from PIL import Image

import styletools
from styletools import StyletoolsError, VGG19Features, invert_features, maximize_activation
from styletools.lessons import plots
from styletools.lessons.visualize import colour_matrix
from styletools.transfer import Record


def mean_activation(picture, layer, channel):
    return float(VGG19Features(layer)(picture)[layer].numpy()[..., channel].mean())


@pytest.mark.parametrize("switched_off", ["nothing", "fourier", "decorrelate", "robust"])
def test_the_activation_rises_at_least_fourfold(switched_off):
    settings = {} if switched_off == "nothing" else {switched_off: False}
    first, last = (
        maximize_activation("block3_conv1", 70, size=48, steps=steps, **settings)
        for steps in (1, 30)
    )
    assert last.shape == (48, 48, 3)
    assert last.dtype == np.float32
    assert 0 <= last.min() <= last.max() <= 1
    before, after = (mean_activation(p, "block3_conv1", 70) for p in (first, last))
    assert after > 4 * before


def test_a_channel_that_is_silent_at_the_start_wakes():
    first, last = (maximize_activation("block5_conv4", 8, size=48, steps=n) for n in (1, 40))
    assert mean_activation(first, "block5_conv4", 8) == 0
    assert mean_activation(last, "block5_conv4", 8) > 10


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_pool", "block3_conv4"])
def test_any_kind_of_layer(layer):
    first, last = (maximize_activation(layer, 9, size=48, steps=steps) for steps in (1, 20))
    assert mean_activation(last, layer, 9) > 1.5 * mean_activation(first, layer, 9)


def test_same_seed_same_picture():
    def run(seed):
        return maximize_activation("block2_conv1", 40, size=33, steps=5, seed=seed)

    np.testing.assert_array_equal(run(1), run(1))
    assert np.abs(run(1) - run(2)).max() > 0.05


def test_colours_are_those_of_the_pictures():
    pixels = [
        styletools.load_image(name, 128).reshape(-1, 3) for name in styletools.sample_images()
    ]
    covariance = np.cov(np.concatenate(pixels).T)
    ours = colour_matrix() @ colour_matrix().T
    np.testing.assert_allclose(ours, covariance * 3 / np.trace(covariance), rtol=1e-4)


def test_inversion_lowers_the_feature_distance_tenfold(pyramid):
    def distance(picture, layer="block4_conv1"):
        features, target = (VGG19Features(layer)(p)[layer].numpy() for p in (picture, pyramid))
        return ((features - target) ** 2).sum() / (target**2).sum()

    first, last = (invert_features(pyramid, "block4_conv1", steps=steps) for steps in (1, 40))
    assert last.shape == pyramid.shape
    assert last.dtype == np.float32
    assert 0 <= last.min() <= last.max() <= 1
    assert distance(last) < distance(first) / 10


def test_inversion_with_the_same_seed_is_the_same(pyramid):
    def run(seed):
        return invert_features(pyramid, "block2_conv1", steps=4, seed=seed)

    np.testing.assert_array_equal(run(1), run(1))
    assert np.abs(run(1) - run(2)).max() > 0.05


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layer": "conv3_1"}, "no VGG19 layer 'conv3_1'; the nearest are block"),
        ({"layer": "block3_conv1", "channel": 256}, "256.*from 0 to 255"),
        ({"layer": "block3_conv1", "channel": -1}, "-1.*from 0 to 255"),
        ({"size": 31}, "size is 31; it must be a whole number from 32 up"),
        ({"steps": 0}, "steps is 0"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(StyletoolsError, match=message):
        maximize_activation(**{"layer": "block1_conv1", "channel": 0} | settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layer": "conv3_1"}, "no VGG19 layer 'conv3_1'; the nearest are block"),
        ({"tv_weight": -1}, "tv_weight is -1"),
        ({"steps": 0}, "steps is 0"),
        ({"image": np.zeros((40, 40))}, r"\(40, 40\)"),
    ],
)
def test_bad_inversions_are_refused(pyramid, settings, message):
    with pytest.raises(StyletoolsError, match=message):
        invert_features(**{"image": pyramid, "layer": "block1_conv1"} | settings)


def test_show_activations_draws_the_strongest_first(pyramid):
    features = VGG19Features(["block1_conv1", "block3_conv1"])(pyramid)
    figure = styletools.show_activations(features, channels=3)
    strongest = int(features["block3_conv1"].numpy().mean((0, 1)).argmax())
    assert len(figure.axes) == 6
    assert figure.axes[0].get_ylabel() == "block1_conv1"
    assert figure.axes[3].get_title() == f"channel {strongest}"


def test_pictures_are_stored_as_jpeg_and_plots_as_png_at_double_density(starry):
    picture, plot = styletools.show_images({"a night": starry}), plots.plt.figure(figsize=(4, 2))
    plot.add_subplot().plot([1, 2, 4])
    assert plots._as_png(picture) is plots._as_jpeg(plot) is None
    for stored, width in (plots._as_jpeg(picture), plots._as_png(plot)):
        opened = Image.open(io.BytesIO(stored))
        assert abs(opened.width - 2 * width["width"]) <= 1
    many = styletools.show_images(dict.fromkeys("abcdefgh", starry))
    assert Image.open(io.BytesIO(plots._as_jpeg(many)[0])).width <= 1450


def test_the_scale_of_losses_begins_at_the_second_step():
    layers = {"block1_conv1": 0.5}
    history = [
        Record(step, step, 1 / step, 1e-9 if step == 1 else 0.8, 0.5, 0.02, layers)
        for step in range(1, 9)
    ]
    left, _ = styletools.plot_history(history).axes
    assert 0.01 < left.get_ylim()[0] < 0.02
    assert styletools.plot_history(history[:1]).axes
