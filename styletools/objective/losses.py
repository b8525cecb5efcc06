"""The formulas of Gatys, Ecker & Bethge, "A Neural Algorithm of Artistic Style" (2015).

With N channels and M = H·W positions, features F and P are tensors (H, W, N) after the ReLU.
`normalization="gatys"` is the paper's scaling; "relative" divides by the size of the target, so
that a loss has no unit and a weight means the same at every size and for every picture.
All losses are float32 scalars; pictures are (H, W, 3) in [0, 1].
"""

from ..errors import StyletoolsError
from ..kinds import Tensor
from ..quiet import import_tensorflow
from ..settings import check_choice

tf = import_tensorflow()

NORMALIZATIONS = ("relative", "gatys")


def content_loss(
    features: Tensor,
    target: Tensor,
    normalization: str = "relative",
    weights: Tensor | None = None,
) -> Tensor:
    """How far features F (H, W, N) are from the content's features P, of the same shape.

    "gatys": ½ Σ (F − P)²  (paper, eq. 1); "relative": Σ (F − P)² / Σ P². With `weights` w (H, W)
    or (1, 1), Σ w (F − P)² stands for Σ (F − P)².
    """
    errors = (features - target) ** 2
    error = tf.reduce_sum(errors if weights is None else weights[..., None] * errors)
    if check_choice("normalization", normalization, NORMALIZATIONS) == "gatys":
        return error / 2
    return error / tf.reduce_sum(target**2)


def gram_matrix(features: Tensor) -> Tensor:
    """G = FᵀF / M (N, N): how strongly each pair of channels fires together.

    The paper's eq. 3 divided by the number of positions M, so that pictures of different
    sizes can be compared.
    """
    positions = tf.reshape(features, (-1, features.shape[-1]))  # (M, N)
    count = tf.cast(tf.shape(positions)[0], tf.float32)
    return tf.matmul(positions, positions, transpose_a=True) / count


def style_loss(gram: Tensor, target: Tensor, normalization: str = "relative") -> Tensor:
    """How far a layer's Gram matrix G (N, N) is from the style's, A.

    "gatys": Σ (G − A)² / (4 N²), which for pictures of equal size is eq. 4 of the paper;
    "relative": ‖G − A‖² / ‖A‖². The style loss of a picture is Σ w_l of this over layers (eq. 5).
    """
    error = tf.reduce_sum((gram - target) ** 2)
    if check_choice("normalization", normalization, NORMALIZATIONS) == "gatys":
        return error / (4 * gram.shape[0] ** 2)
    return error / tf.reduce_sum(target**2)


def total_variation(image: Tensor, beta: float | None = None) -> Tensor:
    """How much the neighbouring pixels of a picture (H, W, 3) differ: a scalar, of squared values.

    ⅔ (⟨d→²⟩ + ⟨d↓²⟩) + ⅙ (⟨d↘²⟩ + ⟨d↙²⟩), with ⟨d²⟩ the mean over all differences of neighbours in
    one direction. Where a picture is smooth this is its mean squared gradient, and its stencil,
    the nine-point Laplacian (Patra & Karttunen 2006), prefers no direction.

    With `beta`, the mean of (dx² + dy²)^(β/2) over the pixels that have a neighbour to the right
    and one below: Mahendran & Vedaldi, "Understanding Deep Image Representations" (2015), section
    3.1; the Keras example takes β = 2.5. Raises `StyletoolsError` below β = 2: flat places would
    have no gradient.
    """
    if beta is not None:
        return _forward_variation(image, beta)
    right, down = image[:, 1:] - image[:, :-1], image[1:] - image[:-1]
    straight = _mean_square(right) + _mean_square(down)
    diagonal = _mean_square(right[1:] + down[:, :-1]) + _mean_square(right[:-1] - down[:, :-1])
    return 2 / 3 * straight + 1 / 6 * diagonal


def _mean_square(differences):
    return tf.reduce_mean(differences**2)


def _forward_variation(image, beta):
    if beta < 2:
        raise StyletoolsError(f"beta is {beta}; below 2 flat places have no gradient")
    dx = image[:-1, 1:] - image[:-1, :-1]
    dy = image[1:, :-1] - image[:-1, :-1]
    return tf.reduce_mean((dx**2 + dy**2) ** (beta / 2))
