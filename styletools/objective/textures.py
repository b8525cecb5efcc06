"""What a style may mean: three descriptions of feature maps that forget places.

Each describes features (H, W, N) under a guide T, (H, W) or (1, 1), with mean T² = 1, and tells
how far a description is from the style's: "relative" divided by the style's own size, so that it
has no unit; "gatys" as it is.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .losses import gram_matrix, style_loss, tf

RIDGE = 1e-3  # of the mean variance: deep layers have fewer positions than channels


class Statistic(NamedTuple):
    """`describe(features, guide)`, `distance(description, target, normalization)`.

    `spec` is the form of a description.
    """

    describe: Callable
    distance: Callable
    spec: object


def guided_gram(features, guide):
    """G = (T F)ᵀ(T F) / M (N, N): Gatys et al. (2017), section 4, over M positions."""
    return gram_matrix(features * guide[..., None])


def moments(features, guide):
    """The mean (N,) of the features and their covariance (N, N)."""
    mean = tf.reduce_mean(features * guide[..., None] ** 2, (0, 1))
    return mean, gram_matrix((features - mean) * guide[..., None])


def gaussian_distance(description, target, normalization="relative"):
    """‖μ − m‖² + tr(C + S − 2 (CS)^½), between (μ, C) and the style's (m, S).

    The squared 2-Wasserstein distance of two Gaussians (Dowson & Landau 1982).
    """
    (mean, C), (target_mean, S) = description, target
    variances = tf.linalg.diag_part(S)
    size = tf.reduce_sum(target_mean**2) + tf.reduce_sum(variances)
    ridge = RIDGE * (tf.reduce_mean(variances) + 1e-3 * tf.reduce_mean(target_mean**2))
    C, S = (each + ridge * tf.eye(tf.shape(S)[0]) for each in (C, S))
    common = _common_spread(C, tf.linalg.cholesky(S))
    error = tf.reduce_sum((mean - target_mean) ** 2) + tf.linalg.trace(C + S) - 2 * common
    return error if normalization == "gatys" else error / size


@tf.custom_gradient
def _common_spread(C, root):
    """tr (CS)^½ = tr A^½ with A = LᵀCL, S = LLᵀ; its gradient is ½ L A^-½ Lᵀ.

    In float64: eigenvalues of A are products of those of C and S, and go far apart.
    """
    C, L = tf.cast(C, tf.float64), tf.cast(root, tf.float64)
    A = tf.matmul(L, C @ L, transpose_a=True)
    values, vectors = tf.linalg.eigh(tf.where(tf.math.is_finite(A), A, 0))
    roots = tf.sqrt(tf.maximum(values, 1e-14 * values[-1] + 1e-300))
    turned = L @ vectors
    gradient = tf.cast(tf.matmul(turned / (2 * roots), turned, transpose_b=True), tf.float32)
    common = tf.cast(tf.reduce_sum(roots), tf.float32)
    return common, lambda upstream: (upstream * gradient, None)


def projections(features, guide):
    """The features along N directions, each column sorted (M, N): Heitz et al. (2021).

    The directions are a random orthonormal basis, always the same, so that an optimizer sees
    one loss. Of a guided place the positions count where the guide is at least half of its most.
    """
    inside = tf.broadcast_to(guide >= tf.reduce_max(guide) / 2, tf.shape(features)[:2])
    along = tf.boolean_mask(features, inside) @ _basis(features.shape[-1])
    return tf.transpose(tf.sort(tf.transpose(along)))


@lru_cache
def _basis(channels):
    noise = np.random.default_rng(channels).normal(size=(channels, channels))
    return np.linalg.qr(noise)[0].astype(np.float32)


def sliced_distance(columns, target, normalization="relative"):
    """Mean (p − q)² of the sorted projections: the squared sliced 2-Wasserstein distance."""
    target = resampled(target, tf.shape(columns)[0])
    error = tf.reduce_mean((columns - target) ** 2)
    return error if normalization == "gatys" else error / tf.reduce_mean(target**2)


def resampled(columns, count):
    """Sorted columns (M, N) as `count` rows: the quantiles in between."""
    return tf.image.resize(columns[..., None], (count, tf.shape(columns)[1]))[..., 0]


MATRIX, VECTOR = tf.TensorSpec((None, None)), tf.TensorSpec((None,))
STATISTICS = {
    "gram": Statistic(guided_gram, style_loss, MATRIX),
    "gaussian": Statistic(moments, gaussian_distance, (VECTOR, MATRIX)),
    "sliced": Statistic(projections, sliced_distance, MATRIX),
}


def mixed(descriptions, shares):
    """Σ share · description, over the pictures of a mixture: of means and covariances, too."""
    first = descriptions[0]
    if tf.is_tensor(first):  # sorted columns may differ in length; a Gram matrix stays as it is
        count = max(each.shape[0] for each in descriptions)
        descriptions = [resampled(each, count) for each in descriptions]
    parts = zip(*map(tf.nest.flatten, descriptions), strict=True)
    sums = [sum(s * part for s, part in zip(shares, p, strict=True)) for p in parts]
    return tf.nest.pack_sequence_as(first, sums)
