"""VGG19 against the values computed in PyTorch."""

import math
import shutil

import numpy as np
import pytest

from styletools import StyletoolsError, VGG19Features
from styletools.network import LAYERS, tf, vgg
from styletools.pictures import data_dir


@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_features_agree_with_pytorch(reference, pooling):
    layers = [name for name in LAYERS if f"{pooling}/{name}/shape" in reference]
    assert len(layers) >= 16
    features = VGG19Features(layers, pooling)(reference["content_rgb_u8"] / 255)
    for layer in layers:
        ours, key = features[layer].numpy(), f"{pooling}/{layer}"
        assert ours.shape == tuple(reference[f"{key}/shape"])
        sampled = ours.ravel()[reference[f"{key}/sample_index"]]
        expected = reference[f"{key}/sample_value"]
        np.testing.assert_allclose(sampled, expected, rtol=1e-4, atol=1e-5 * expected.max())
        statistics = [ours.mean(), ours.std(), ours.max()]
        np.testing.assert_allclose(statistics, reference[f"{key}/mean_std_max"], rtol=1e-4)


def test_network_is_cut_after_the_deepest_layer():
    model = VGG19Features(["block2_conv1", "block1_conv2"]).model
    names = {layer.name for layer in model.layers}
    assert "block2_conv1" in names
    assert "block2_conv2" not in names


def test_weights_are_frozen_and_the_picture_gets_a_gradient(pyramid):
    extractor = VGG19Features(["block2_conv1"])
    assert extractor.model.trainable_variables == []
    image = tf.constant(pyramid)
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = tf.reduce_sum(extractor(image)["block2_conv1"])
    assert np.abs(tape.gradient(value, image)).max() > 0


@pytest.mark.parametrize("shape", [(32, 32), (33, 47), (64, 95), (50, 200)])
def test_mirrored_edges_leave_no_row_and_no_column_out(shape):
    image = np.random.default_rng(0).random((*shape, 3), np.float32)
    plain, mirrored = VGG19Features(LAYERS)(image), VGG19Features(LAYERS, padding="reflect")(image)
    for layer in LAYERS:
        sides = [side / vgg.stride(layer) for side in shape]
        assert plain[layer].shape[:2] == tuple(map(math.floor, sides))
        assert mirrored[layer].shape[:2] == tuple(map(math.ceil, sides))


def test_mirrored_edges_leave_the_inside_alone_and_change_the_edge(pyramid):
    layer = "block1_conv2"
    plain = VGG19Features([layer])(pyramid)[layer].numpy()
    mirrored = VGG19Features([layer], padding="reflect")(pyramid)[layer].numpy()
    np.testing.assert_allclose(plain[2:-2, 2:-2], mirrored[2:-2, 2:-2], rtol=1e-3, atol=1e-2)
    assert np.abs(plain[0] - mirrored[0]).max() > 1


@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_convolutions_mirror_their_input_by_one_position_up_to_block_3(pyramid, pooling):
    """One layer after the other, from what the layer before gave, in numpy's padding."""
    features = VGG19Features(LAYERS, pooling, padding="reflect")
    maps = features(pyramid)
    for before, name in zip(LAYERS, LAYERS[1:], strict=False):
        if "conv" in name:
            kernel, bias = features.model.get_layer(name).get_weights()
            mode = "reflect" if name < "block4" else "constant"
            around = np.pad(maps[before].numpy(), ((1, 1), (1, 1), (0, 0)), mode)
            expected = tf.nn.relu(tf.nn.conv2d(around[None], kernel, 1, "VALID")[0] + bias)
            np.testing.assert_allclose(maps[name], expected, rtol=1e-4, atol=1e-2)
    last, of = maps["block1_conv2"].numpy()[-1, :2], {"max": np.max, "avg": np.mean}[pooling]
    assert len(maps["block1_conv2"]) % 2
    np.testing.assert_allclose(maps["block1_pool"][-1, 0], of(last, axis=0), rtol=1e-5)


def test_a_flat_picture_is_flat_up_to_the_edge_if_it_is_mirrored(pyramid):
    flat = np.full_like(pyramid, 0.4)
    layers = LAYERS[: LAYERS.index("block4_conv1")]
    for layer, features in VGG19Features(layers, "avg", padding="reflect")(flat).items():
        spread = np.ptp(features.numpy(), axis=(0, 1))
        assert spread.max() <= 1e-4 * np.abs(features).max(), layer


def test_weights_from_a_keras_file(tmp_path, pyramid):
    from styletools.network.vgg import _vgg19

    path = tmp_path / "vgg19.weights.h5"
    _vgg19("bundled").save_weights(path)
    layer = "block3_conv1"
    bundled, loaded = (VGG19Features([layer], weights=w)(pyramid)[layer] for w in ("bundled", path))
    np.testing.assert_array_equal(bundled, loaded)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layers": ["block6_conv1"]}, "block6_conv1"),
        ({"layers": []}, "empty"),
        ({"layers": ["block1_conv1"], "pooling": "min"}, "'min'"),
        ({"layers": ["block3_conv1"], "padding": "same"}, "'same'"),
        ({"layers": ["block1_conv1"], "weights": "nowhere.h5"}, "nowhere.h5"),
        ({"layers": ["block1_conv1"], "weights": "x" * 100_000}, "existing .h5 file"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(StyletoolsError, match=message):
        VGG19Features(**settings)


def test_bad_pictures_are_refused():
    extractor = VGG19Features(["block1_conv1"])
    for shape in [(31, 64, 3), (64, 64), (64, 64, 4)]:
        with pytest.raises(StyletoolsError, match="wants"):
            extractor(np.zeros(shape, np.float32))


@pytest.fixture
def fresh(monkeypatch):
    """Nothing is remembered of networks that were loaded before."""
    vgg._vgg19.cache_clear()
    vgg._network.cache_clear()
    yield
    vgg._vgg19.cache_clear()
    vgg._network.cache_clear()


def without(folder, name):
    (folder / name).unlink()


def changed(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: None, None),
        (lambda folder: without(folder, vgg.BUNDLED), "cannot be read"),
        (lambda folder: without(folder, "README.md"), "cannot be read"),
        (lambda folder: changed(folder, vgg.BUNDLED), "are damaged"),
        (lambda folder: (folder / vgg.BUNDLED).write_bytes(b""), "are damaged"),
    ],
    ids=["whole", "missing", "no sums", "one bit", "empty"],
)
def test_bundled_weights_are_checked(tmp_path, monkeypatch, fresh, spoil, words):
    (tmp_path / "weights").mkdir()
    for name in ("README.md", vgg.BUNDLED):
        shutil.copy(data_dir() / name, tmp_path / name)
    monkeypatch.setattr(vgg, "data_dir", lambda: tmp_path)
    spoil(tmp_path)
    if words is None:
        VGG19Features(["block1_conv1"])
        return
    with pytest.raises(StyletoolsError, match=f"{words}.*install styletools again"):
        VGG19Features(["block1_conv1"])


def test_a_download_that_fails_names_the_weights_that_are_there(monkeypatch, fresh):
    def no_network(*_, **__):
        raise Exception("URL fetch failure on https://example.org: None -- no route to host")

    monkeypatch.setattr("keras.src.applications.vgg19.file_utils.get_file", no_network)
    with pytest.raises(StyletoolsError, match="no route to host.*weights='bundled'"):
        VGG19Features(["block1_conv1"], weights="imagenet")


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "notes.h5"
    path.write_text("my thesis")
    with pytest.raises(StyletoolsError, match="does not hold the weights of VGG19"):
        VGG19Features(["block1_conv1"], weights=path)
