"""The method of the Keras example "Neural style transfer", written anew from its description.

peer_keras_example.py CONTENT STYLE. Pictures are (H, W, 3), BGR 0…255 minus ImageNet's means.
Content, style and combination go as a batch of three through the whole of VGG19 at every step;
plain gradient descent, with a rate of 100 that falls by 4 % every 100 steps, starts from the
content. Gram matrices are raw sums; nothing is clipped. The style's gradient grows as pixels
become fewer, and at 128² a rate of 100 ends in NaN: below 256² the rate falls with the pixels.
"""

import sys

from worker import serve

from styletools import VGG19Features, load_image
from styletools.network import LAYERS, keras, tf
from styletools.transfer import STYLE_LAYERS

CONTENT_LAYER = "block5_conv2"
CONTENT_WEIGHT, STYLE_WEIGHT, TV_WEIGHT = 2.5e-8, 1e-6, 1e-6
MEANS = (103.939, 116.779, 123.68)  # blue, green, red


def gram(features):
    """FᵀF (N, N) of features (H, W, N)."""
    return tf.tensordot(features, features, ((0, 1), (0, 1)))


def style_loss(style, combination, pixels):
    """Σ (S − C)² / (4 · 3² · pixels²) with the Gram matrices S and C."""
    return tf.reduce_sum((gram(style) - gram(combination)) ** 2) / (4 * 3**2 * pixels**2)


def total_variation(x):
    """Σ (dx² + dy²)^1.25."""
    corner = x[:-1, :-1]
    return tf.reduce_sum(((x[1:, :-1] - corner) ** 2 + (x[:-1, 1:] - corner) ** 2) ** 1.25)


def loss(features, combination):
    """The total, from {layer: (3, H', W', N)} of content, style, combination, and the last."""
    pixels = combination.shape[0] * combination.shape[1]
    content, _, made = tf.unstack(features[CONTENT_LAYER])
    total = CONTENT_WEIGHT * tf.reduce_sum((made - content) ** 2)
    for layer in STYLE_LAYERS:
        _, style, made = tf.unstack(features[layer])
        total += STYLE_WEIGHT / len(STYLE_LAYERS) * style_loss(style, made, pixels)
    return total + TV_WEIGHT * total_variation(combination)


def main(content, style):
    network = VGG19Features(LAYERS).model
    content, style = (255 * load_image(path)[..., ::-1] - MEANS for path in (content, style))
    content, style = tf.constant(content, tf.float32), tf.constant(style, tf.float32)
    combination = keras.Variable(content)
    rate = 100.0 * min(1, content.shape[0] * content.shape[1] / 256**2)
    decay = keras.optimizers.schedules.ExponentialDecay(rate, decay_steps=100, decay_rate=0.96)
    descent = keras.optimizers.SGD(decay)

    @tf.function
    def evaluate():
        with tf.GradientTape() as tape:
            x = combination.value
            total = loss(network(tf.stack([content, style, x])), x)
        return total, tape.gradient(total, x)

    def step():
        total, gradient = evaluate()
        descent.apply([gradient], [combination])
        return float(total)  # of the picture before this step

    def picture():
        return ((combination.numpy() + MEANS)[..., ::-1] / 255).astype("float32")

    evaluate()  # traces the graph
    serve(step, picture, "tensorflow", "keras", "numpy")


if __name__ == "__main__":
    main(*sys.argv[1:])
