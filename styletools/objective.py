"""What a transfer minimises, with its gradient.

Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015), eq. 7, and a total
variation term: total = content_weight·L_content + style_weight·L_style + tv_weight·TV.
"""

from .losses import content_loss, gram_matrix, style_loss, total_variation
from .vgg import VGG19Features, tf

BORDER = 16  # pixels mirrored at the edges, against the frame that zero padding leaves
FLOAT16_SCALE = 2.0**24  # float16 ends at 6e-8 and 65504; gradients of features are below 1e-8


class Objective:
    """The losses of a picture against a content (H, W, 3) and a style picture.

    Calling it with a picture (H, W, 3), the three weights (content, style, TV) and a weight for
    each style layer gives the losses, as floats, and the gradient of the total (H, W, 3). None
    of the weights is part of the traced graph: they may differ from call to call.
    """

    def __init__(
        self, content, style, content_layers, style_layers, normalization, pooling, precision
    ):
        self.normalization = normalization
        layers = tuple(dict.fromkeys(content_layers + style_layers))
        self._features = VGG19Features(layers, pooling, border=BORDER, precision=precision)
        self.dtype = self._features.dtype
        self._scale = FLOAT16_SCALE if self.dtype == "float16" else 1.0
        self._set_targets(content, style, content_layers, style_layers)

    def _set_targets(self, content, style, content_layers, style_layers):
        features = self._features(content)
        self.content_targets = {layer: features[layer] for layer in content_layers}
        features = self._features(style)
        self.style_targets = {layer: gram_matrix(features[layer]) for layer in style_layers}

    def __call__(self, image, weights, layer_weights):
        arguments = [tf.convert_to_tensor(x, tf.float32) for x in (image, weights, layer_weights)]
        losses, gradient = self._evaluate(*arguments, tf.constant(self._scale))
        while self._scale > 1 and not tf.reduce_all(tf.math.is_finite(gradient)):
            self._scale /= 8  # for good: what overflowed once will do so again
            losses, gradient = self._evaluate(*arguments, tf.constant(self._scale))
        return tf.nest.map_structure(float, losses), gradient

    @tf.function
    def _evaluate(self, image, weights, layer_weights, scale):
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = self._features(image)
            contents = {
                layer: content_loss(features[layer], target, self.normalization)
                for layer, target in self.content_targets.items()
            }
            grams = {layer: gram_matrix(features[layer]) for layer in self.style_targets}
            losses = self._losses(image, contents, grams, weights, layer_weights)
            scaled = scale * losses["total"]
        return losses, tape.gradient(scaled, image) / scale

    def _losses(self, image, contents, grams, weights, layer_weights):
        """What a record tells, from {layer: content loss} and {layer: Gram matrix}."""
        layers = {
            layer: style_loss(grams[layer], target, self.normalization)
            for layer, target in self.style_targets.items()
        }
        content = tf.reduce_mean(list(contents.values()))
        style = tf.reduce_sum(layer_weights * tf.stack(list(layers.values())))
        tv = total_variation(image)
        total = tf.reduce_sum(weights * tf.stack([content, style, tv]))
        losses = {"total": total, "content": content, "style": style, "tv": tv}
        return losses | {"style_layers": layers}
