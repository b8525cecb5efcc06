"""A painter of one style: photographs in, pictures out, and the file that holds it."""

import functools
import math
import os
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ..errors import StyletoolsError, quoted, shown
from ..kinds import File, Picture
from ..network import keras, tf
from ..pictures import Archive, as_path, check_image, data_dir
from .network import SIDES, finely, folded, painter_network

ARCHIVE = Archive("painter", 1, "copy it again, or train it anew")
LEVELS = 127  # of a kernel's 8-bit numbers, on either side of 0
THUMBNAIL = 32  # pixels of the small painting by which a painter is known
ALIKE = 0.03  # mean difference up to which two small paintings are of the same one
MOST = 2**19  # pixels painted at once; each takes about a kilobyte
REACH = 32  # pixels from which what lies around a place has any say in it


class Painter:
    """A network that paints in the style of one picture, in one pass (Johnson et al. 2016).

    `network` is a Keras model as `train_painter` makes it, `style` (H, W, 3) the painting that it
    has learnt from. `Painter.load("starry_night")` is one of those that come with styletools.
    Raises `StyletoolsError` if `network` is no Keras model, or `style` no picture.
    """

    def __init__(self, network: keras.Model, style: ArrayLike) -> None:
        if not isinstance(network, keras.Model):
            raise StyletoolsError(
                f"network is {shown(network)}; it must be a Keras model, as train_painter makes it"
            )
        self.network, self.style = network, thumbnail(style)
        self._paint = _traced(network)

    def paint(self, image: ArrayLike) -> Picture:
        """Return the photograph `image` (H, W, 3) as this painter paints it, of the same shape.

        That is what the network makes of it, painted `finely` and between 0 and 1. Larger pictures
        than half a million pixels are painted in strips, with the means and variances of a smaller
        copy. Raises `StyletoolsError` if `image` is no picture.
        """
        image = check_image(image)
        height, width = image.shape[:2]
        if height * width <= MOST:
            return _painted(self._paint, image)
        paint = _traced(folded(self.network, _reduced(image)))
        rows = max(2 * REACH, MOST // width // SIDES * SIDES - 2 * REACH)
        picture = np.empty_like(image)
        for top in range(0, height, rows):
            start = max(0, top - REACH)
            strip = _painted(paint, image[start : top + rows + REACH])
            picture[top : top + rows] = strip[top - start :][:rows]
        return picture

    def save(self, path: File, *, overwrite: bool = False) -> None:
        """Write the painter to `path`, its kernels in 8 bits a number (under 400 kB).

        Raises `StyletoolsError` if the file cannot be written, or exists and `overwrite` is false.
        """
        stored = [_in_8_bits(weights) for weights in self.network.get_weights()]
        numbers, scales = (
            {f"{i:02}": a for i, a in enumerate(each)} for each in zip(*stored, strict=True)
        )
        style = {"picture": np.uint8(np.round(255 * self.style))}
        groups = {"numbers": numbers, "scales": scales, "style": style}
        ARCHIVE.write(path, {}, groups, overwrite)

    @classmethod
    def load(cls, source: File) -> Self:
        """The painter in a file, or of a bundled painting, by its name.

        Raises `StyletoolsError` if there is none, or the file is damaged or holds no painter.
        """
        path = bundled_painters().get(str(source), source)
        if not os.path.isfile(as_path(path)):  # Path's own test raises for names too long
            raise StyletoolsError(
                f"there is no painter {quoted(source)}: give a file that Painter.save wrote, or "
                f"one of {', '.join(bundled_painters())}"
            )
        _, groups = ARCHIVE.read(path)
        with ARCHIVE.usable(path):
            network, style = painter_network(), groups["style"]["picture"]
            pairs = zip(groups["numbers"].values(), groups["scales"].values(), strict=True)
            network.set_weights([number * scale for number, scale in pairs])
            return cls(network, np.float32(style / 255))

    @classmethod
    def of(cls, style: ArrayLike) -> "Painter":
        """The painter of a bundled painting, given as a picture (H, W, 3) of any size.

        Raises `StyletoolsError` if none has learnt from that picture.
        """
        wanted = thumbnail(style)
        for name in bundled_painters():
            painter = _bundled(name)
            if np.abs(wanted - painter.style).mean() < ALIKE:
                return painter
        raise StyletoolsError(
            "no painter has learnt from this style picture: those that come with styletools paint "
            f"like {', '.join(bundled_painters())}; train_painter trains another"
        )


_bundled = functools.lru_cache(Painter.load)


def bundled_painters():
    """Return {name of a bundled painting: path of its painter}."""
    files = sorted((data_dir() / "weights").glob("painter_*.npz"))
    return {path.stem.removeprefix("painter_"): path for path in files}


def thumbnail(picture):
    """`picture` (H, W, 3), a square of `THUMBNAIL` pixels whatever its proportions."""
    square = (THUMBNAIL, THUMBNAIL)
    return tf.image.resize(check_image(picture, "style"), square, antialias=True).numpy().clip(0, 1)


def _traced(network):
    paint = functools.partial(finely, network)
    return tf.function(paint, input_signature=[tf.TensorSpec((1, None, None, 3))])


def _painted(paint, image):
    """What `paint` makes of `image` (H, W, 3), filled up to multiples of `SIDES` and cut back."""
    height, width = image.shape[:2]
    whole = np.pad(image, ((0, -height % SIDES), (0, -width % SIDES), (0, 0)), "symmetric")
    return np.clip(paint(whole[None])[0], 0, 1)[:height, :width]


def _reduced(image):
    """`image` (H, W, 3) with at most `MOST` pixels, each side a multiple of `SIDES`."""
    shrink = math.sqrt(MOST / (image.shape[0] * image.shape[1]))
    sides = [max(1, int(side * shrink) // SIDES) * SIDES for side in image.shape[:2]]
    return tf.image.resize(image, sides, antialias=True)


def _in_8_bits(weights):
    """(whole numbers, scale) whose product is `weights`, nearly; of a vector, itself and 1."""
    if weights.ndim == 1:
        return weights, np.float32(1)
    scale = np.abs(weights).max((0, 1, 2)) / LEVELS + np.finfo(np.float32).tiny
    return np.int8(np.round(weights / scale)), scale
