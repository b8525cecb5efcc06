"""The peers' objectives in styletools: what ours minimises, and what judges every picture.

Each formula takes the picture x (H, W, 3) in [0, 1], its features F {layer: (H', W', N)}, the
content's P of the same shapes, and the style's Gram matrices A {layer: (N, N)}, those of
`styletools.gram_matrix` (divided by the number of positions). Layers, scales and weights are the
peers'; content and style pictures must have equal sizes.
"""

from styletools import VGG19Features, gram_matrix, load_image, total_variation
from styletools.network import tf
from styletools.transfer import STYLE_LAYERS
from styletools.transfer.memory import reserve


def pastiche(x, features, content, grams):
    """0.01 · mean (F − P)² at block4_conv2 + Σ 10/N² · mean (G − A)², over block{1…5}_conv1."""
    layer = CONTENT_LAYERS["pastiche"]
    loss = 0.01 * tf.reduce_mean((features[layer] - content[layer]) ** 2)
    for name, gram in grams.items():
        error = tf.reduce_mean((gram_matrix(features[name]) - gram) ** 2)
        loss += 10 / gram.shape[0] ** 2 * error
    return loss


def keras_example(x, features, content, grams):
    """2.5e-8 · Σ (F − P)² at block5_conv2 + 1e-6 · (style / 5 + Σ (dx² + dy²)^1.25).

    Its style is Σ (M·G − M·A)² / (4 · 3² · size²) with M positions and size = H·W, summed over
    block{1…5}_conv1; its dx and dy are in 0…255.
    """
    layer, height, width = CONTENT_LAYERS["keras_example"], *x.shape[:2]
    loss = 2.5e-8 * tf.reduce_sum((features[layer] - content[layer]) ** 2)
    for name, gram in grams.items():
        positions = features[name].shape[0] * features[name].shape[1]
        error = tf.reduce_sum((gram_matrix(features[name]) - gram) ** 2)
        loss += 1e-6 / 5 * error * (positions / (height * width)) ** 2 / 36
    count = 3 * (height - 1) * (width - 1)
    return loss + 1e-6 * 255**2.5 * count * total_variation(x, beta=2.5)


def tutorial(x, features, content, grams):
    """1e4 · mean (F − P)² at block5_conv2 + 1e-2 · mean over block{1…5}_conv1 of mean (G − A)²."""
    layer = CONTENT_LAYERS["tutorial"]
    loss = 1e4 * tf.reduce_mean((features[layer] - content[layer]) ** 2)
    for name, gram in grams.items():
        loss += 1e-2 / 5 * tf.reduce_mean((gram_matrix(features[name]) - gram) ** 2)
    return loss


CONTENT_LAYERS = {
    "pastiche": "block4_conv2",
    "keras_example": "block5_conv2",
    "tutorial": "block5_conv2",
}
FORMULAS = {"pastiche": pastiche, "keras_example": keras_example, "tutorial": tutorial}


def objective(name, content, style, precision="float32"):
    """The start picture, and a function of a picture (H, W, 3): the loss of method `name`.

    `content` and `style` are files of equal size. The tutorial clips pictures to [0, 1], so its
    loss is that of the clipped picture.
    """
    start, layer = load_image(content), CONTENT_LAYERS[name]
    reserve(*start.shape[:2])  # as StyleTransfer does
    extract = VGG19Features((layer, *STYLE_LAYERS), precision=precision)
    target = {layer: extract(start)[layer]}
    seen = extract(load_image(style))
    grams = {layer: gram_matrix(seen[layer]) for layer in STYLE_LAYERS}
    del seen

    @tf.function
    def loss(image):
        x = tf.clip_by_value(image, 0, 1) if name == "tutorial" else image
        return FORMULAS[name](x, extract(x), target, grams)

    return start, loss
