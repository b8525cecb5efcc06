"""Masks of places: read, made from brightness, checked, and carried to a layer's size.

Gatys, Ecker, Bethge, Hertzmann & Shechtman, "Controlling Perceptual Factors in Neural Style
Transfer" (2017), section 4, guides statistics by place. A mask (H, W) has values in [0, 1].
"""

import numpy as np

from ..errors import StyletoolsError
from ..network import tf
from ..pictures import load_image, luminance
from ..settings import check_number


def load_mask(source, shape):
    """A mask (H, W) for a picture of `shape` (H, W, …), from the brightness of a picture.

    White is chosen (transparent parts too), black is not. `source` is what `load_image` takes,
    or a picture or a mask of any size. Raises `StyletoolsError` if it cannot be read or used.
    """
    mask = source if isinstance(source, np.ndarray) else load_image(source)
    mask = check_mask(mask, mask.shape) if mask.ndim == 2 else luminance(mask)[..., 0]
    return tf.image.resize(mask[..., None], shape[:2], antialias=True)[..., 0].numpy().clip(0, 1)


def brightness_mask(image, above=0.5, soft=0.05):
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
    if array.shape != tuple(shape[:2]) or array.dtype.kind not in "biuf":
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
