"""The objective of a picture too large for the memory, exactly, tile by tile.

Content errors and Gram matrices are sums over positions. A first pass over the tiles adds them
up. How the total depends on these sums is then known, and a second pass adds up how the sums
depend on the pixels. Only one tile's features are in memory at a time.
"""

import numpy as np

from ..errors import StyletoolsError
from ..network import tf
from .losses import content_loss
from .objective import Objective, style_losses, weighted
from .textures import guided_gram
from .tiles import cut, lengths, tiles

LARGE = 1.5e6  # pixels from which a transfer works in tiles


class TiledObjective(Objective):
    """An `Objective` with the same losses and gradients, in several times less memory.

    It takes about twice as long, for it looks at each tile twice and at its margins besides.
    """

    def _content_targets(self, content):
        targets = {}
        for tile, features in self._walk(content):
            for layer in self._content_layers:
                whole = (*tile.whole[layer], features[layer].shape[-1])
                target = targets.setdefault(layer, np.zeros(whole, np.float32))
                cut(target, tile.place[layer])[:] = features[layer]
        # content_loss is this constant times the sum of squared differences
        self._factors = {
            layer: content_loss(np.zeros_like(P), P, self._normalization) / np.sum(P**2)
            for layer, P in targets.items()
        }
        return targets

    def _descriptions(self, part):
        grams, guides = {}, self._guides(part.source, part.style)
        for tile, features in self._walk(part.style):
            for layer in self._style_layers:
                T = _part(guides[layer], tile, layer)
                gram = tile.share(layer) * guided_gram(features[layer], T)
                grams[layer] = grams.get(layer, 0) + gram
        return grams

    def _walk(self, image):
        """Each tile of a picture with its {layer: features}, margins left away."""
        image = tf.convert_to_tensor(image, tf.float32)
        for tile in self._tiles(image):
            yield tile, self._look(cut(image, tile.outer), _seen(tile))

    def _tiles(self, image):
        return tiles(*image.shape[:2], self._features.layers)

    def _evaluate(self, image, weights, layer_weights, scale):
        sums = None
        for tile in self._tiles(image):
            part = self._sums(*self._arguments(image, tile))
            sums = part if sums is None else tf.nest.map_structure(tf.add, sums, part)
        with tf.GradientTape() as tape:
            tape.watch([image, sums])
            contents, grams = sums
            how = self._statistic, self._normalization
            styles = style_losses(grams, self.targets, *how)
            losses = weighted(image, contents, styles, weights, layer_weights)
        gradient, slopes = tape.gradient(losses["total"], [image, sums])
        gradient = gradient.numpy()
        for tile in self._tiles(image):
            slope = self._slope(*self._arguments(image, tile), slopes, scale)
            cut(gradient, tile.outer)[:] += slope
        return losses, tf.constant(gradient)

    def _arguments(self, image, tile):
        def parts(planes):
            return {layer: tf.constant(_part(p, tile, layer)) for layer, p in planes.items()}

        contents, maps, _, guides, _ = self.targets
        shares = {layer: tf.constant(tile.share(layer)) for layer in self._style_layers}
        targets = parts(contents), parts(maps), [parts(planes) for planes in guides], shares
        return cut(image, tile.outer), _seen(tile), targets

    # Tiles differ in shape: one graph serves them all.
    @tf.function(reduce_retracing=True)
    def _look(self, picture, seen):
        maps = self._features(picture)
        return {layer: cut(maps[layer], place) for layer, place in seen.items()}

    @tf.function(reduce_retracing=True)
    def _sums(self, picture, seen, targets):
        """What a tile adds to ({layer: content loss}, [{layer: Gram matrix}]) of the whole."""
        F, (contents, maps, guides, shares) = self._look(picture, seen), targets
        errors = {
            layer: self._factors[layer]
            * tf.reduce_sum(maps[layer][..., None] * (F[layer] - target) ** 2)
            for layer, target in contents.items()
        }
        return errors, [
            {layer: share * guided_gram(F[layer], planes[layer]) for layer, share in shares.items()}
            for planes in guides
        ]

    @tf.function(reduce_retracing=True)
    def _slope(self, picture, seen, targets, slopes, scale):
        """How the total depends on the tile's pixels, given how it depends on the sums."""
        with tf.GradientTape() as tape:
            tape.watch(picture)
            sums = self._sums(picture, seen, targets)
            products = tf.nest.map_structure(lambda a, b: tf.reduce_sum(a * b), sums, slopes)
            scaled = scale * tf.add_n(tf.nest.flatten(products))
        return tape.gradient(scaled, picture) / scale


def _part(plane, tile, layer):
    """A tile's part of what a layer has (H', W', …), or of a (1, 1) that stands for all."""
    plane = np.asarray(plane)
    if plane.ndim == 2:
        plane = np.broadcast_to(plane, tile.whole[layer])
    return cut(plane, tile.place[layer])


def _seen(tile):
    """`tile.seen` as tensors, for a number would be part of the graph."""
    return {layer: tuple(map(tf.constant, place)) for layer, place in tile.seen.items()}


def seen(height, width, layers=("block5_conv1",)):
    """(most at once, all in a step) of the pixels that a network with `layers` sees of a picture.

    Of a picture in tiles their margins count, and all of it twice as it is seen twice.
    """
    height, width = int(height), int(width)
    if height * width <= LARGE:
        return height * width, height * width
    rows, columns = (lengths(side, layers) for side in (height, width))
    return max(rows) * max(columns), 2 * sum(rows) * sum(columns)


def suited(content, style, statistic):
    """`Objective`, or `TiledObjective` where one of the pictures is large."""
    pictures = [content, *(part.style for part in style)]
    largest = max(picture.shape[0] * picture.shape[1] for picture in pictures)
    if largest > LARGE and statistic != "gram":
        raise StyletoolsError(
            f"statistic is {statistic!r}, which is not made for tiles, and a picture has "
            f"{largest / 1e6:.1f} million pixels: make it smaller than {LARGE / 1e6:.1f}, or take "
            "'gram'"
        )
    return TiledObjective if largest > LARGE else Objective
