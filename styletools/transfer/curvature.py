"""What L-BFGS believes about curvature: the inverse Hessian, in compact form.

With the last m steps as rows of S (m, n), the changes of gradient along them as rows of Y, and
Z = Y F, where F smooths,

    B = γF + [Sᵀ γZᵀ] ⎡ R⁻ᵀ (D + γ Y Zᵀ) R⁻¹   −R⁻ᵀ ⎤ ⎡  S ⎤
                      ⎣        −R⁻¹               0  ⎦ ⎣ γZ ⎦

where R is the upper triangle of S Yᵀ in the order of the steps, and D its diagonal (Byrd, Nocedal
& Schnabel 1994; Nocedal & Wright, Numerical Optimization, 2006, eq. 7.24, with γF for γI). It is
the matrix of the two-loop recursion (algorithm 7.4), but is applied in two products with S and Z.
"""

from typing import NamedTuple

import numpy as np

from ..network import tf

LONGEST = 0.03  # root mean square change of the pixels when no curvature is known, at most,
SHORTEST = 1e-4  # and at least
LEVEL = 0.1  # cycles per pixel from which on all waves are treated alike
CONVEX = 1e-6  # of the cosine between a step and the change of gradient along it, at least


def frequency_scale(height, width, level=LEVEL):
    """s(f) ∝ f^-½ (H, W//2 + 1), mean square 1, f in cycles per pixel, from 1/max(H, W) to `level`.

    Photographs have spectra that fall like 1/f, so large shapes must change by more than fine
    detail: F = s² as the first guess of the inverse Hessian moves low frequencies further. In
    the finest detail the losses are less steep again, so beyond `level` s falls no more.
    """
    f = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width))
    scale = np.clip(f, 1 / max(height, width), level) ** -0.5
    return (scale / np.sqrt(np.mean(scale**2)))[:, : width // 2 + 1]


class Known(NamedTuple):
    """The last m pairs of a step and a change of gradient, oldest first; zeros where none is."""

    S: tuple  # of m pictures (H, W, 3): the steps
    Z: tuple  # the changes of gradient, smoothed
    SY: tf.Tensor  # S Yᵀ (m, m), of use only where Y is no older than S
    YZ: tf.Tensor  # Y Zᵀ (m, m)


def nothing_known(memory, shape):
    """Room for `memory` pairs of pictures of `shape`: one picture of zeros stands in for all."""
    none, square = (tf.zeros(shape),) * memory, tf.zeros((memory, memory))
    return Known(none, none, square, square)


def stored(known):
    """{name: array} of what is known."""
    arrays = {"SY": known.SY, "YZ": known.YZ}
    for number in np.flatnonzero(np.diag(known.SY)):
        arrays |= {f"S {number}": known.S[number], f"Z {number}": known.Z[number]}
    return arrays


def recalled(arrays, nothing):
    """What was `stored`; `nothing` is what is known at first."""
    S, Z = list(nothing.S), list(nothing.Z)
    for number in np.flatnonzero(np.diag(arrays["SY"])):
        S[number], Z[number] = (tf.constant(arrays[f"{name} {number}"]) for name in "SZ")
    return Known(tuple(S), tuple(Z), tf.constant(arrays["SY"]), tf.constant(arrays["YZ"]))


@tf.function(reduce_retracing=True)
def descent(known, scale, reach, here, last):
    """Learn from the step from `last` to `here`, and choose the next one: −B g.

    `here` is (picture, gradient g), `last` such a pair with the smoothed gradient F g besides, all
    (H, W, 3), and `scale` is s² (H, W//2 + 1). Returns what is known then, −B g, F g, and three
    numbers: the slope along −B g, the size of a step (root mean square), and 1 if a pair was
    learnt. The size is the last step's, or `reach` if there was none; it is used without pairs.
    """
    smooth = smoothed(here[1], scale)
    step, change, smooth_change = map(tf.subtract, (*here, smooth), last)
    aligned = dot(step, change) / tf.sqrt(dot(step, step)) / tf.sqrt(dot(change, change))
    convex = aligned > CONVEX  # else nothing is learnt from it
    new = [tf.where(convex, a, 0) for a in (step, change, smooth_change)]
    known, Sg, Zg = learnt(known, *new, here[1])
    length = rms(step)
    reach = tf.where(length > 0, tf.clip_by_value(length, SHORTEST, LONGEST), reach)
    away = -product(known, Sg, Zg, smooth, tf.math.divide_no_nan(reach, rms(smooth)))
    told = [dot(here[1], away), reach, tf.cast(convex, tf.float32)]
    return known, away, smooth, tf.stack(told)


def learnt(known, s, y, z, g):
    """What is known with a pair more and the oldest one less, and its products S g and Z g (m,)."""
    S, Z = (*known.S[1:], s), (*known.Z[1:], z)
    both = tf.stack([tf.reshape(y, [-1]), tf.reshape(g, [-1])])
    Sy, Sg = tf.unstack(tf.stack([tf.linalg.matvec(both, tf.reshape(a, [-1])) for a in S]), axis=1)
    Zy, Zg = tf.unstack(tf.stack([tf.linalg.matvec(both, tf.reshape(a, [-1])) for a in Z]), axis=1)
    SY, YZ = (tf.pad(a[1:, 1:], [[0, 1], [0, 1]]) for a in (known.SY, known.YZ))
    newest = tf.range(len(S)) == len(S) - 1
    SY = tf.where(newest, Sy[:, None], SY)
    YZ = tf.where(newest, Zy[:, None], tf.where(newest[:, None], Zy, YZ))
    return Known(S, Z, SY, YZ), Sg, Zg


def product(known, Sg, Zg, Fg, guess):
    """B g (H, W, 3), given S g, Z g and F g; `guess` is γ where nothing is known.

    Else γ = sᵀy / yᵀFy of the last pair (Nocedal & Wright, eq. 7.20).
    """
    R, D = tf.linalg.band_part(known.SY, 0, -1), tf.linalg.diag_part(known.SY)
    gammas = tf.boolean_mask(D / tf.linalg.diag_part(known.YZ), D > 0)
    gamma = tf.concat([[guess], gammas], 0)[-1]
    R += tf.linalg.diag(tf.cast(D == 0, tf.float32))  # where there is no pair
    u = solve(R, Sg)
    v = solve(R, D * u + gamma * (tf.linalg.matvec(known.YZ, u) - Zg), adjoint=True)
    parts = zip(tf.unstack(tf.concat([v, -gamma * u], 0)), known.S + known.Z, strict=True)
    return tf.add_n([gamma * Fg, *(share * picture for share, picture in parts)])


def solve(R, b, adjoint=False):
    """R⁻¹ b (m,), or R⁻ᵀ b, in double precision: the steps of a run differ much in length."""
    R, b = tf.cast(R, tf.float64), tf.cast(b, tf.float64)
    x = tf.linalg.triangular_solve(R, b[:, None], lower=False, adjoint=adjoint)
    return tf.cast(x[:, 0], tf.float32)


def smoothed(q, scale):
    """F q: each wave of q (H, W, 3) times s²."""
    spectrum = scale * tf.signal.rfft2d(tf.transpose(q, (2, 0, 1)))
    return tf.transpose(tf.signal.irfft2d(spectrum, tf.shape(q)[:2]), (1, 2, 0))


def dot(a, b):
    """Σ ab, a scalar tensor."""
    return tf.tensordot(a, b, 3)


def rms(a):
    """The root mean square of an array, a scalar tensor."""
    return tf.sqrt(tf.reduce_mean(a**2))
