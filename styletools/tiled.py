"""The objective of a picture too large for the memory, exactly, tile by tile.

Content errors and Gram matrices are sums over positions. A first pass over the tiles adds them
up. How the total depends on these sums is then known, and a second pass adds up how the sums
depend on the pixels. Only one tile's features are in memory at a time.
"""

import numpy as np

from .losses import content_loss, gram_matrix
from .objective import BORDER, Objective, layer_losses, weighted
from .tiles import cut, tiles
from .vgg import tf

LARGE = 1.5e6  # pixels from which a transfer works in tiles


class TiledObjective(Objective):
    """An `Objective` with the same losses and gradients, in several times less memory.

    It takes about twice as long, for it looks at each tile twice and at its margins besides.
    """

    def _set_targets(self, content, style, content_layers, style_layers):
        self._content_layers, self._style_layers = content_layers, style_layers
        self.content_targets, self.style_targets = {}, {}
        for tile, features in self._walk(content):
            for layer in content_layers:
                whole = (*tile.whole[layer], features[layer].shape[-1])
                target = self.content_targets.setdefault(layer, np.zeros(whole, np.float32))
                cut(target, tile.place[layer])[:] = features[layer]
        for tile, features in self._walk(style):
            for layer in style_layers:
                part = tile.share(layer) * gram_matrix(features[layer])
                self.style_targets[layer] = self.style_targets.get(layer, 0) + part
        # content_loss is this constant times the sum of squared differences
        self._factors = {
            layer: content_loss(np.zeros_like(P), P, self.normalization) / np.sum(P**2)
            for layer, P in self.content_targets.items()
        }

    def _walk(self, image):
        """Each tile of a picture with its {layer: features}, margins left away."""
        mirrored = self._features.mirror(image)
        for tile in self._tiles(mirrored):
            yield tile, self._look(cut(mirrored, tile.outer), _seen(tile))

    def _tiles(self, mirrored):
        return tiles(*mirrored.shape[:2], self._features.layers, BORDER)

    def _evaluate(self, image, weights, layer_weights, scale):
        mirrored, sums, gradient = self._features.mirror(image), None, None
        for tile in self._tiles(mirrored):
            part = self._sums(*self._arguments(mirrored, tile))
            sums = part if sums is None else tf.nest.map_structure(tf.add, sums, part)
        with tf.GradientTape() as tape:
            tape.watch([image, sums])
            contents, grams = sums
            styles = layer_losses(grams, self.style_targets, self.normalization)
            losses = weighted(image, contents, styles, weights, layer_weights)
        gradient, slopes = tape.gradient(losses["total"], [image, sums])
        through = np.zeros(mirrored.shape, np.float32)
        for tile in self._tiles(mirrored):
            slope = self._slope(*self._arguments(mirrored, tile), slopes, scale)
            cut(through, tile.outer)[:] += slope
        with tf.GradientTape() as tape:
            tape.watch(image)
            mirrored = self._features.mirror(image)
        return losses, gradient + tape.gradient(mirrored, image, through)

    def _arguments(self, mirrored, tile):
        targets = {
            layer: tf.constant(cut(target, tile.place[layer]))
            for layer, target in self.content_targets.items()
        }
        shares = {layer: tf.constant(tile.share(layer)) for layer in self._style_layers}
        return cut(mirrored, tile.outer), _seen(tile), targets, shares

    # Tiles differ in shape: one graph serves them all.
    @tf.function(reduce_retracing=True)
    def _look(self, picture, seen):
        maps = self._features.maps(picture)
        return {layer: cut(maps[layer], place) for layer, place in seen.items()}

    @tf.function(reduce_retracing=True)
    def _sums(self, picture, seen, targets, shares):
        """What a tile adds to ({layer: content loss}, {layer: Gram matrix}) of the whole."""
        features = self._look(picture, seen)
        contents = {
            layer: self._factors[layer] * tf.reduce_sum((features[layer] - target) ** 2)
            for layer, target in targets.items()
        }
        return contents, {
            layer: share * gram_matrix(features[layer]) for layer, share in shares.items()
        }

    @tf.function(reduce_retracing=True)
    def _slope(self, picture, seen, targets, shares, slopes, scale):
        """How the total depends on the tile's pixels, given how it depends on the sums."""
        with tf.GradientTape() as tape:
            tape.watch(picture)
            sums = self._sums(picture, seen, targets, shares)
            products = tf.nest.map_structure(lambda a, b: tf.reduce_sum(a * b), sums, slopes)
            scaled = scale * tf.add_n(tf.nest.flatten(products))
        return tape.gradient(scaled, picture) / scale


def _seen(tile):
    """`tile.seen` as tensors, for a number would be part of the graph."""
    return {layer: tuple(map(tf.constant, place)) for layer, place in tile.seen.items()}
