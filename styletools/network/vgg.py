"""VGG19 as a feature extractor: a picture in, named feature maps out."""

import hashlib
import io
import os
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ..errors import StyletoolsError, quoted, reason
from ..kinds import File, Tensor
from ..pictures import MIN_SIDE, data_dir
from ..quiet import import_tensorflow
from ..settings import check_choice, check_names
from .precision import network_dtype

tf = import_tensorflow()
import keras  # after TensorFlow, which it would otherwise import noisily

LAYERS = tuple(  # the convolutions and poolings of VGG19, as Keras names them
    f"block{block}_{part}"
    for block, convolutions in enumerate((2, 2, 4, 4, 4), start=1)
    for part in [f"conv{i}" for i in range(1, convolutions + 1)] + ["pool"]
)


POOLINGS = {"max": keras.layers.MaxPooling2D, "avg": keras.layers.AveragePooling2D}
PADDINGS = {"zeros": "valid", "reflect": "same"}  # and how Keras calls the pooling with it
MIRRORED = "block1_conv", "block2_conv", "block3_conv"
BUNDLED = "weights/vgg19_imagenet_q8.npz"


class VGG19Features:
    """VGG19 (Simonyan & Zisserman 2014), cut after the deepest layer asked for.

    Parameters
    ----------
    layers : sequence of str
        Keras layer names, "block1_conv1" to "block5_pool".
    pooling : "max" or "avg"
        VGG's own, or the average pooling that Gatys et al. (2015, section 4) suggest.
    weights : str or Path
        "bundled" (8-bit ImageNet weights, no network needed), "imagenet" (Keras downloads
        them), or a ``.h5`` file of VGG19 without its top.
    padding : "zeros" or "reflect"
        What the convolutions of blocks 1 to 3 read one position beyond the edge: the zeros of
        VGG's own, which show as a frame in pictures optimised through it, or their input mirrored.
        Blocks 4 and 5 read zeros: mirrored, their few positions make the descent slower. With
        "reflect" pooling counts an odd last row or column, too, which it leaves out otherwise.
    precision : "float32", "mixed" or "auto"
        What the network computes with; the latter two are `styletools.network.precision`'s choice
        for this machine, in `.dtype`.

    Calling it with a picture (H, W, 3), RGB in [0, 1], gives {layer: features}, each a float32
    tensor (H', W', C), after the ReLU. The weights are frozen.
    """

    def __init__(
        self,
        layers: str | Sequence[str],
        pooling: str = "max",
        weights: File = "bundled",
        padding: str = "zeros",
        precision: str = "float32",
    ) -> None:
        self.layers = check_layers(layers)
        check_choice("pooling", pooling, POOLINGS)
        check_choice("padding", padding, PADDINGS)
        self.dtype = network_dtype(precision)
        self.model = _network(self.layers, pooling, str(weights), padding, self.dtype)

    def __call__(self, image: Tensor) -> dict[str, Tensor]:
        image = tf.convert_to_tensor(image, tf.float32)
        sides = [side for side in image.shape[:2] if side is not None]  # None in a graph for all
        if image.shape.rank != 3 or image.shape[2] != 3 or min(sides, default=MIN_SIDE) < MIN_SIDE:
            raise StyletoolsError(
                f"VGG19Features got shape {tuple(image.shape)}; it wants (height, width, 3), "
                f"at least {MIN_SIDE} pixels on each side"
            )
        return {layer: maps[0] for layer, maps in self.batch(image[None]).items()}

    def batch(self, images: Tensor) -> dict[str, Tensor]:
        """{layer: features (B, H', W', C)} of pictures (B, H, W, 3)."""
        images = tf.convert_to_tensor(images, tf.float32)
        maps = self.model(keras.applications.vgg19.preprocess_input(255 * images))
        return {layer: tf.cast(maps[layer], tf.float32) for layer in self.layers}


def stride(layer):
    """Pixels of the picture between neighbouring positions of a layer: 1 in block1, 16 in block5.

    A pooling layer already has the stride of the block that follows it.
    """
    return 2 ** (int(layer[5]) - 1 + layer.endswith("pool"))


def positions(length, layer):
    """Positions of a layer along a side of `length` pixels, the edges being mirrored."""
    return -(-length // stride(layer))


def check_layers(layers):
    """Return `layers` as a tuple of known VGG19 layer names, or raise `StyletoolsError`."""
    return check_names("VGG19 layer", layers, LAYERS)


@lru_cache
def _network(layers, pooling, weights, padding, dtype):
    """The Keras model {layer: features}; cached, so that a lesson builds each network once."""
    vgg19 = _vgg19(weights)
    outputs = {layer: vgg19.get_layer(layer).output for layer in layers}
    model = keras.Model(vgg19.inputs, outputs)
    if (pooling, padding, dtype) != ("max", "zeros", "float32"):
        model = keras.models.clone_model(
            model, clone_function=lambda layer: _variant(layer, pooling, padding, dtype)
        )
    model.trainable = False
    return model


def _variant(layer, pooling, padding, dtype):
    """`layer` in another type, averaging for the maximum and mirroring for zeros if so asked."""
    if isinstance(layer, keras.layers.MaxPooling2D):
        return POOLINGS[pooling](2, padding=PADDINGS[padding], name=layer.name, dtype=dtype)
    if padding == "reflect" and layer.name.startswith(MIRRORED):
        return _converted(layer, Mirrored, dtype)
    if dtype == "float32":
        return layer  # shared, with its weights
    return _converted(layer, layer.__class__, dtype)


class Mirrored(keras.layers.Conv2D):
    """A 3 × 3 convolution that finds its input (B, H, W, C) mirrored beyond the edges."""

    def __init__(self, **settings):
        super().__init__(**settings | {"padding": "valid"})

    def call(self, features):
        return super().call(keras.ops.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect"))


@lru_cache
def _converted(layer, kind, dtype):
    copy = kind.from_config(layer.get_config() | {"dtype": dtype})
    if layer.weights:
        copy.build(layer.input.shape)
        copy.set_weights(layer.get_weights())
    return copy


@lru_cache
def _vgg19(weights):
    if weights == "imagenet":
        return _downloaded()
    network = keras.applications.VGG19(include_top=False, weights=None)
    if weights == "bundled":
        _load_bundled(network)
    elif os.path.isfile(weights) and weights.endswith(".h5"):
        _load_keras_file(network, weights)
    else:
        raise StyletoolsError(
            f"weights is {quoted(weights)}; it must be 'bundled', 'imagenet' or an existing .h5 "
            "file"
        )
    return network


def _downloaded():
    try:
        return keras.applications.VGG19(include_top=False, weights="imagenet")
    except Exception as error:  # Keras raises Exception itself
        raise StyletoolsError(
            f"Keras could not download the weights of VGG19 ({reason(error)}): with "
            "weights='bundled' no network is needed"
        ) from error


def _load_keras_file(network, path):
    try:
        network.load_weights(path)
    except Exception as error:  # whatever Keras and HDF5 stumble over
        raise StyletoolsError(
            f"{quoted(path)} does not hold the weights of VGG19 without its top "
            f"({reason(error)}): take another file, or weights='bundled'"
        ) from error


def _load_bundled(network):
    """Fill VGG19 from 8-bit weights: each kernel is a table of 256 values and an index array."""
    with np.load(_bundled(), allow_pickle=False) as stored:
        for name in filter(lambda name: "conv" in name, LAYERS):
            kernel = stored[f"{name}/kernel_table"][stored[f"{name}/kernel_index"]]
            network.get_layer(name).set_weights([kernel, stored[f"{name}/bias"]])


def _bundled():
    """The file of the bundled weights, if its SHA-256 is the one that data/README.md names."""
    try:
        sums = (data_dir() / "README.md").read_text("utf-8")
        content = (data_dir() / BUNDLED).read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        raise StyletoolsError(
            f"the bundled weights cannot be read ({reason(error)}: {quoted(data_dir() / BUNDLED)})"
            ": install styletools again"
        ) from error
    if f"{hashlib.sha256(content).hexdigest()}  {BUNDLED}" not in sums:
        raise StyletoolsError(
            f"the bundled weights are damaged ({quoted(data_dir() / BUNDLED)} is not the file that "
            "belongs there): install styletools again"
        )
    return io.BytesIO(content)
