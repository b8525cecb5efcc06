"""A network that paints: a photograph in, a picture of the same size out, in one pass.

Johnson, Alahi & Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and Super-Resolution"
(2016), with fewer channels, mirrored edges, and resizing instead of transposed convolution.
"""

from ..network import keras, tf

WIDTHS = 16, 32, 64  # channels at the photograph's size, at a half and at a quarter of it
BLOCKS = 3
LARGER = 3, 2  # pictures are painted 3/2 as large as they are wanted,
SIDES = 8  # so their sides are multiples of this: maps of 3/2 of it can be halved twice
EPSILON = 1e-5  # of a variance: a plain picture has none
CONTRAST = 0.1  # of the first pictures, about: from grey, no colour is out of reach
ops = keras.ops


class InstanceNormalization(keras.layers.Layer):
    """γ (x − μ) / √(σ² + ε) + β, with μ and σ² of each channel of each picture.

    Ulyanov, Vedaldi & Lempitsky, "Instance Normalization" (2016), eq. 5. γ and β are learnt.
    """

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

    def call(self, x):
        scale, shift = self.affine(x)
        return scale * x + shift

    def affine(self, x):
        """(a, b), each (B, 1, 1, C), with which a x + b is x (B, H, W, C) normalised."""
        mean, variance = ops.moments(x, axes=(1, 2), keepdims=True)
        scale = self.gamma * ops.rsqrt(variance + EPSILON)
        return scale, self.beta - mean * scale


class Enlarge(keras.layers.Layer):
    """Maps (B, H, W, C) with twice as many positions each way, linear in between."""

    def call(self, x):
        return tf.image.resize(x, 2 * tf.shape(x)[1:3])  # UpSampling2D wants to know the sides


def painter_network(seed=0):
    """A Keras model from (B, H, W, 3) in [0, 1] to the same, H and W being multiples of 4."""
    seeds = keras.random.SeedGenerator(seed)
    full, half, quarter = WIDTHS
    photograph = keras.Input((None, None, 3))
    x = _convolved(photograph, full, 9, seeds)
    x = _convolved(x, half, 3, seeds, stride=2)
    x = _convolved(x, quarter, 3, seeds, stride=2)
    for _ in range(BLOCKS):
        x = x + _convolved(_convolved(x, quarter, 3, seeds), quarter, 3, seeds, activation=None)
    x = _convolved(Enlarge()(x), half, 3, seeds)
    x = _convolved(Enlarge()(x), full, 3, seeds)
    x = keras.layers.Conv2D(3, 9, kernel_initializer=_start(seeds))(_mirrored(x, 4))
    x = keras.layers.Rescaling(CONTRAST, 0.5)(x)
    return keras.Model(photograph, x, name="painter")


def _convolved(x, channels, side, seeds, stride=1, activation="relu"):
    convolution = keras.layers.Conv2D(
        channels, side, stride, use_bias=False, kernel_initializer=_start(seeds)
    )
    x = InstanceNormalization()(convolution(_mirrored(x, side // 2)))
    return keras.layers.Activation(activation)(x)


def _start(seeds):
    return keras.initializers.HeNormal(seeds)


def _mirrored(x, by):
    return ops.pad(x, ((0, 0), (by, by), (by, by), (0, 0)), mode="reflect")


def finely(network, pictures):
    """What `network` makes of `pictures` (B, H, W, 3), painted larger and then reduced.

    That is supersampling: strokes become finer, and edges sharper. H and W must be multiples of
    `SIDES`.
    """
    painted = network(larger(pictures))
    return tf.image.resize(painted, tf.shape(pictures)[1:3], antialias=True)


def larger(pictures):
    """`pictures` (B, H, W, 3) in the size in which they are painted."""
    by, of = LARGER
    return tf.image.resize(pictures, tf.shape(pictures)[1:3] * by // of)


def folded(network, picture):
    """`network` with each μ and σ² fixed to those of one `picture` (H, W, 3), painted `finely`."""
    norms = [layer for layer in network.layers if isinstance(layer, InstanceNormalization)]
    inputs = keras.Model(network.input, [layer.input for layer in norms])

    @tf.function  # which lets go of maps as soon as it can
    def measured(pictures):
        return [layer.affine(x) for layer, x in zip(norms, inputs(pictures), strict=True)]

    fixed = dict(zip((layer.name for layer in norms), measured(larger(picture[None])), strict=True))

    def clone(layer):
        if layer.name in fixed:
            return keras.layers.Rescaling(*map(ops.convert_to_numpy, fixed[layer.name]))
        return layer

    return keras.models.clone_model(network, clone_function=clone)
