"""What a network sees: pictures that excite a channel, pictures that a layer cannot tell apart.

Olah, Mordvintsev & Schubert, "Feature Visualization" (Distill 2017, doi 10.23915/distill.00007);
Mahendran & Vedaldi, "Understanding Deep Image Representations by Inverting Them" (2015).
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from ..kinds import Picture
from ..network import LAYERS, VGG19Features, check_layers, keras, tf
from ..objective import content_loss, total_variation
from ..pictures import MIN_SIDE, check_image, load_image, sample_images
from ..settings import check_flag, check_function, check_number, check_steps, check_whole
from ..transfer import LBFGS, frequency_scale


def maximize_activation(
    layer: str,
    channel: int,
    size: int = 112,
    steps: int = 80,
    *,
    fourier: bool = True,
    decorrelate: bool = True,
    robust: bool = True,
    seed: int = 0,
) -> Picture:
    """Return a picture (size, size, 3) that excites one channel of a VGG19 layer, from noise.

    Adam raises the channel's mean activation. The switches are the three ideas of Olah et al.
    (2017): `fourier` changes frequencies, scaled by 1/f, instead of pixels; `decorrelate`
    changes colours along the axes in which those of photographs vary independently; `robust`
    turns (5°), scales (10 %) and shifts (8 pixels) the picture at random before each look.

    Raises `StyletoolsError` if VGG19 has no such layer or channel, or a setting cannot be used.
    """
    check_layers([layer])
    channels = VGG19Features(layer).model.outputs[0].shape[-1]
    check_whole("channel", channel, 0, channels - 1)
    check_whole("size", size, MIN_SIDE)
    check_whole("seed", seed, 0)
    switches = {"fourier": fourier, "decorrelate": decorrelate, "robust": robust}
    for name, value in switches.items():
        check_flag(name, value)
    shape = (2, 3, size, size // 2 + 1) if fourier else (size, size, 3)
    z = keras.Variable(np.random.default_rng(seed).normal(0, 0.1, shape), dtype="float32")
    look = _look(layer, size, fourier, decorrelate, robust)
    adam = keras.optimizers.Adam(0.02)
    for step in tqdm(range(check_steps(steps)), unit="step", leave=False):
        gradient = look(z.value, tf.constant(int(channel)), tf.constant([seed, step]))
        adam.apply([-gradient], [z])
    return _picture(z.value, size, fourier, decorrelate).numpy()


@lru_cache
def _look(layer, size, fourier, decorrelate, robust):
    """A function of z, channel and seed: the gradient of the channel's mean activation."""
    channel_map = _channel_map(layer)

    @tf.function
    def look(z, channel, seed):
        with tf.GradientTape() as tape:
            tape.watch(z)
            picture = _picture(z, size, fourier, decorrelate)
            seen = _move(picture, seed) if robust else picture
            activation = tf.reduce_mean(channel_map(seen, channel))
        return tape.gradient(activation, z)

    return look


def _channel_map(layer):
    """A function of picture and channel: the channel's map, with 5 % of what its ReLU cuts off."""
    if layer == LAYERS[0] or layer.endswith("pool"):
        features = VGG19Features(layer)
        return lambda picture, channel: features(picture)[layer][..., channel]
    below = LAYERS[LAYERS.index(layer) - 1]
    features, convolution = VGG19Features(below), VGG19Features(layer).model.get_layer(layer)

    def channel_map(picture, channel):
        kernel = tf.gather(convolution.kernel, [channel], axis=3)
        response = tf.nn.conv2d(features(picture)[below][None], kernel, 1, "SAME")
        # A silent ReLU has no slope to climb: most channels of block5_conv4 would never wake.
        return tf.nn.leaky_relu(response + convolution.bias[channel], 0.05)

    return channel_map


def _picture(z, size, fourier, decorrelate):
    """The picture (H, W, 3) that z stands for; if `fourier`, z is (re, im) × colour × spectrum."""
    if fourier:
        falling = size * frequency_scale(size, size, level=1).astype(np.float32) ** 2  # ∝ 1/f
        spectrum = tf.complex(falling * z[0], falling * z[1])
        z = tf.transpose(tf.signal.irfft2d(spectrum, [size, size]), (1, 2, 0))
    return tf.sigmoid(z @ colour_matrix().T if decorrelate else z)


@lru_cache
def colour_matrix():
    """C (3, 3): C Cᵀ is the covariance of the bundled pictures' colours, scaled to mean variance 1.

    Its columns are principal axes: if the entries of z are independent, C z has such colours.
    """
    pixels = np.concatenate([load_image(name, 128).reshape(-1, 3) for name in sample_images()])
    variances, axes = np.linalg.eigh(np.cov(pixels.T))
    return (axes * np.sqrt(variances / variances.mean())).astype(np.float32)


def _move(picture, seed):
    """`picture` turned, scaled and shifted at random about its centre."""
    turn, grow, right, down = tf.unstack(tf.random.stateless_uniform([4], seed, -1, 1))
    angle, scale, centre = np.radians(5) * turn, 1 + 0.1 * grow, (picture.shape[0] - 1) / 2
    a, b = scale * tf.cos(angle), scale * tf.sin(angle)
    x, y = (1 - a + b) * centre + 8 * right, (1 - a - b) * centre + 8 * down
    matrix = tf.stack([a, -b, x, b, a, y, 0.0, 0.0])  # where each pixel is fetched from
    return keras.ops.image.affine_transform(picture, matrix, fill_mode="reflect")


def invert_features(
    image: ArrayLike,
    layer: str,
    steps: int = 60,
    *,
    change: Callable[[np.ndarray], ArrayLike] | None = None,
    tv_weight: float = 1.0,
    seed: int = 0,
) -> Picture:
    """Return a picture (H, W, 3) that a VGG19 layer hardly tells from `image` (H, W, 3).

    L-BFGS from noise on Σ (F − P)² / Σ P² + tv_weight · TV, with F the features of the result
    and P those of `image` (Mahendran & Vedaldi 2015, eq. 1, with the scaling of eq. 4), or what
    the function `change` makes of these, an array (H', W', N) again.

    Raises `StyletoolsError` if the picture, the layer or a setting cannot be used.
    """
    image = check_image(image)
    check_layers([layer])
    check_number("tv_weight", tv_weight)
    check_whole("seed", seed, 0)
    check_function("change", change)
    features = VGG19Features(layer)
    target = features(image)[layer]
    if change is not None:
        target = tf.ensure_shape(tf.cast(change(target.numpy()), tf.float32), target.shape)
    noise = np.random.default_rng(seed).normal(0.5, 0.1, image.shape).clip(0, 1)

    @tf.function
    def evaluate(image):
        with tf.GradientTape() as tape:
            tape.watch(image)
            content = content_loss(features(image)[layer], target)
            loss = content + tv_weight * total_variation(image)
        return loss, tape.gradient(loss, image)

    optimizer, lowest = LBFGS(noise), np.inf
    for _ in tqdm(range(check_steps(steps)), unit="step", leave=False):
        picture = optimizer.image
        loss, gradient = evaluate(picture)
        if loss < lowest:
            best, lowest = picture, loss
        optimizer.update(loss, gradient)
        if optimizer.finished:
            break
    return np.clip(best, 0, 1)
