"""What a transfer minimises, with its gradient.

Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015), eq. 7, and a total
variation term: total = content_weight·L_content + style_weight·L_style + tv_weight·TV.
"""

from .losses import content_loss, gram_matrix, style_loss, total_variation
from .vgg import VGG19Features, tf

BORDER = 16  # pixels mirrored at the edges, against the frame that zero padding leaves


class Objective:
    """The losses of a picture against a content (H, W, 3) and a style picture.

    Calling it with a picture (H, W, 3), the three weights (content, style, TV) and a weight for
    each style layer gives the losses, as floats, and the gradient of the total (H, W, 3). None
    of the weights is part of the traced graph: they may differ from call to call.
    """

    def __init__(self, content, style, content_layers, style_layers, normalization, pooling):
        self.normalization, self.style_layers = normalization, style_layers
        layers = tuple(dict.fromkeys(content_layers + style_layers))
        self._features = VGG19Features(layers, pooling, border=BORDER)
        features = self._features(content)
        self.content_targets = {layer: features[layer] for layer in content_layers}
        features = self._features(style)
        self.style_targets = {layer: gram_matrix(features[layer]) for layer in style_layers}

    def __call__(self, image, weights, layer_weights):
        losses, gradient = self._evaluate(
            tf.convert_to_tensor(image, tf.float32),
            tf.constant(weights, tf.float32),
            tf.constant(layer_weights, tf.float32),
        )
        return tf.nest.map_structure(float, losses), gradient

    @tf.function
    def _evaluate(self, image, weights, layer_weights):
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = self._features(image)
            content = self._content(features)
            layers = self._style(features)
            style = tf.reduce_sum(layer_weights * tf.stack(list(layers.values())))
            tv = total_variation(image)
            total = tf.reduce_sum(weights * tf.stack([content, style, tv]))
        losses = {"total": total, "content": content, "style": style, "tv": tv}
        return losses | {"style_layers": layers}, tape.gradient(total, image)

    def _content(self, features):
        targets = self.content_targets.items()
        losses = [content_loss(features[name], P, self.normalization) for name, P in targets]
        return tf.reduce_mean(losses)

    def _style(self, features):
        return {
            layer: style_loss(gram_matrix(features[layer]), target, self.normalization)
            for layer, target in self.style_targets.items()
        }
