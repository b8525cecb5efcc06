"""The method of TensorFlow's tutorial "Neural style transfer", written anew from its description.

peer_tutorial.py CONTENT STYLE. Pictures are (1, H, W, 3) in [0, 1]; Adam (rate 0.02, β₁ 0.99,
ε 0.1) starts from the content, and the picture is clipped after each step. Gram matrices are
divided by the number of positions. The tutorial's second run adds total variation with weight
30; this is its first, without.
"""

import sys

from worker import serve

from styletools import VGG19Features, load_image
from styletools.network import keras, tf
from styletools.transfer import STYLE_LAYERS

CONTENT_LAYER = "block5_conv2"
CONTENT_WEIGHT, STYLE_WEIGHT = 1e4, 1e-2


def gram(features):
    """Σ over positions of F Fᵀ / M (1, N, N) of features (1, H, W, N)."""
    positions = features.shape[1] * features.shape[2]
    return tf.einsum("bijc,bijd->bcd", features, features) / positions


def loss(features, content, grams):
    """Both losses with their weights; the style's is the mean over its layers."""
    style = tf.add_n([tf.reduce_mean((gram(features[name]) - grams[name]) ** 2) for name in grams])
    error = tf.reduce_mean((features[CONTENT_LAYER] - content) ** 2)
    return CONTENT_WEIGHT * error + STYLE_WEIGHT / len(grams) * style


def main(content, style):
    network = VGG19Features((*STYLE_LAYERS, CONTENT_LAYER)).model

    def extract(image):
        return network(keras.applications.vgg19.preprocess_input(255 * image))

    content, style = (tf.constant(load_image(path)[None]) for path in (content, style))
    target, seen = extract(content)[CONTENT_LAYER], extract(style)
    grams = {layer: gram(seen[layer]) for layer in STYLE_LAYERS}
    image = keras.Variable(content)
    adam = keras.optimizers.Adam(0.02, beta_1=0.99, epsilon=0.1)
    adam.build([image])

    @tf.function
    def train():
        with tf.GradientTape() as tape:
            x = image.value
            total = loss(extract(x), target, grams)
        adam.apply([tape.gradient(total, x)], [image])
        image.assign(tf.clip_by_value(image.value, 0, 1))
        return total

    train.get_concrete_function()  # traces the graph, takes no step

    def step():
        return float(train())  # of the picture before this step

    serve(step, lambda: image.numpy()[0], "tensorflow", "keras", "numpy")


if __name__ == "__main__":
    main(*sys.argv[1:])
