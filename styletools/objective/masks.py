"""Masks of places: read, made from brightness, checked, and carried to a layer's size.

Gatys, Ecker, Bethge, Hertzmann & Shechtman, "Controlling Perceptual Factors in Neural Style
Transfer" (2017), section 4, guides statistics by place. A mask (H, W) has values in [0, 1].
"""

from collections.abc import Sequence
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from ..errors import StyletoolsError, shown
from ..kinds import Mask, Source
from ..network import tf
from ..pictures import load_image, luminance
from ..settings import check_number

STRETCH = 0.02  # of a mask's proportions, at most


def load_mask(source: Source, picture: ArrayLike | Sequence[int]) -> Mask:
    """A mask (H, W) for a picture (H, W, 3), or for one of that shape, from a picture's brightness.

    White is chosen (transparent parts too), black is not. `source` is what `load_image` takes,
    or an array (H', W') of any size. Raises `StyletoolsError` if it cannot be read or used, or its
    proportions differ from those of `picture` by more than 2 %.
    """
    height, width = _sides(picture)
    mask = _read_mask(source)
    if abs(np.log(mask.shape[1] / mask.shape[0] * height / width)) > STRETCH:
        raise StyletoolsError(
            f"the mask is {mask.shape[1]}×{mask.shape[0]} pixels and its picture {width}×{height}: "
            "it would be stretched; cut it to the picture's proportions first"
        )
    resized = tf.image.resize(mask[..., None], (height, width), antialias=True)
    return resized[..., 0].numpy().clip(0, 1)


def _sides(picture):
    """Height and width of a picture, or of its shape."""
    shape = picture if isinstance(picture, tuple | list) else np.shape(picture)
    sides = shape[:2] if len(shape) in (2, 3) else ()
    if not (len(sides) == 2 and all(isinstance(n, Integral) and n > 0 for n in sides)):
        raise StyletoolsError(
            f"the mask is for {shown(picture)}; give the picture (H, W, 3) that it belongs to, or "
            "its shape"
        )
    return sides


def _read_mask(source):
    if not (isinstance(source, np.ndarray) and source.ndim == 2):
        return luminance(load_image(source))[..., 0]
    white = {"u1": 255, "u2": 65535}.get(source.dtype.str[1:], 1)
    return check_mask(source if white == 1 else source / white, source.shape)


def brightness_mask(image: ArrayLike, above: float = 0.5, soft: float = 0.05) -> Mask:
    """A mask (H, W) of the places that are brighter than `above`, with a soft edge.

    It rises from 0 to 1 over brightnesses from `above` − `soft` to `above` + `soft`.
    Raises `StyletoolsError` if they are not numbers from 0 up, or `image` is no picture.
    """
    soft = max(check_number("soft", soft), 1e-6)
    check_number("above", above)
    return np.clip((luminance(image)[..., 0] - above + soft) / (2 * soft), 0, 1)


def check_mask(mask, shape, name="the mask", most=1.0):
    """Return `mask` as float32 (H, W), from 0 to `most`, of a picture of `shape` (H, W, …)."""
    try:
        array = np.asarray(mask)
    except ValueError:
        raise StyletoolsError(f"{name} is no array: its rows differ in length") from None
    if not array.size or array.shape != tuple(shape[:2]) or array.dtype.kind not in "biuf":
        raise StyletoolsError(
            f"{name} has shape {array.shape} and type {array.dtype}; it must be numbers of "
            f"shape {tuple(shape[:2])}, as its picture: see load_mask"
        )
    if not (array.min() >= 0 and array.max() <= most):
        raise StyletoolsError(
            f"{name} has values from {array.min():g} to {array.max():g}; they must lie between 0 "
            f"and {most:g}"
        )
    array = np.where(array < 1e-6, 0, array).astype(np.float32)  # squares must not vanish
    if not array.any():
        raise StyletoolsError(f"{name} is 0 everywhere: nothing is chosen")
    return array


def carried(mask, shape):
    """A mask (H, W) at a layer's size (H', W'): each value the mean of an equal share of pixels.

    None, which is 1 everywhere, becomes (1, 1).
    """
    if mask is None:
        return tf.ones((1, 1))
    return tf.image.resize(mask[..., None], shape[:2], method="area")[..., 0]


def guide(mask, shape):
    """T at a layer's size: the mask with mean T² = 1 (2017, section 4, but for a factor M)."""
    T = carried(mask, shape)
    return T / tf.sqrt(tf.reduce_mean(T**2))
