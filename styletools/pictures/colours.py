"""The colours of a picture: its brightness alone, another's colours kept or matched.

Gatys, Bethge, Hertzmann & Shechtman, "Preserving Color in Neural Artistic Style Transfer" (2016).
"""

import numpy as np
from numpy.typing import ArrayLike

from ..errors import StyletoolsError
from ..kinds import Picture
from ..settings import check_choice
from .images import check_image

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of red, green and blue (ITU-R BT.601)
RIDGE = 1e-5  # variance that any colour has at least: of a grey picture noise is all there is
FORMS = ("symmetric", "cholesky")


def luminance(image: ArrayLike) -> Picture:
    """The brightness of a picture (H, W, 3), as a grey picture (H, W, 3)."""
    return np.repeat(check_image(image) @ LUMA[:, None], 3, axis=2).clip(0, 1)


def keep_colours(painted: ArrayLike, photo: ArrayLike) -> Picture:
    """The brightness of `painted` with the colours of `photo`, both (H, W, 3) in [0, 1] (2016).

    A colour is what remains of a pixel without its brightness. Where brightness and colour
    would leave [0, 1] the brightness gives way, so that every pixel keeps the colour exactly.
    Raises `StyletoolsError` if the pictures differ in shape, or one is none.
    """
    if np.shape(painted) != np.shape(photo):
        raise StyletoolsError(
            f"painted has shape {np.shape(painted)}, photo {np.shape(photo)}: load both alike"
        )
    colour = check_image(photo, "photo") - luminance(photo)
    low, high = -colour.min(axis=2, keepdims=True), 1 - colour.max(axis=2, keepdims=True)
    return (np.clip(luminance(painted), low, high) + colour).clip(0, 1)


def match_colours(source: ArrayLike, target: ArrayLike, form: str = "symmetric") -> Picture:
    """`source` (H, W, 3) with the mean and the covariance of the colours of `target`.

    x ← K (x − μ) + m with K Σ Kᵀ = S, from the source's μ, Σ to the target's m, S (2016).
    "symmetric": K = S^½ Σ^-½; "cholesky": K = L_S L_Σ⁻¹. Values that leave [0, 1] are cut off.
    A grey source has one line of colours only, and gets one through the target's mean. Raises
    `StyletoolsError` for another form, or for what is no picture.
    """
    root = _root if check_choice("form", form, FORMS) == "symmetric" else np.linalg.cholesky
    (x, mean, spread), (_, goal, wanted) = map(_colours, (source, target))
    K = root(wanted) @ np.linalg.inv(root(spread))
    matched = (x - mean) @ K.T + goal
    return matched.reshape(np.shape(source)).clip(0, 1).astype(np.float32)


def _colours(image):
    """Pixels (H·W, 3), their mean, and their covariance."""
    x = check_image(image).reshape(-1, 3).astype(float)
    return x, x.mean(axis=0), np.cov(x.T, bias=True) + RIDGE * np.eye(3)


def _root(matrix):
    """The symmetric square root."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(values) @ vectors.T
