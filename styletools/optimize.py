"""The two optimizers behind one interface.

An optimizer is called with an objective and a picture and improves the picture until the
objective raises `Halt`. The objective takes a picture (H, W, 3) and returns the loss (float)
and its gradient (H, W, 3); one call of it is one step.
"""

import keras
import numpy as np
import scipy.fft
import scipy.optimize

SCALE = 1e4  # lifts losses of order 1e-2 well above the line search's rounding


class Halt(Exception):
    """Raised by an objective to end a run; the message is the reason."""


def frequency_scale(height, width):
    """s(f) ∝ max(f, 1/max(H, W))^-½ (H, W//2 + 1), mean square 1, f in cycles per pixel.

    Photographs have spectra that fall like 1/f, so large shapes must change by more than fine
    detail: s lets one step of L-BFGS move low frequencies further.
    """
    f = np.hypot(scipy.fft.fftfreq(height)[:, None], scipy.fft.fftfreq(width))
    scale = np.maximum(f, 1 / max(height, width)) ** -0.5
    return (scale / np.sqrt(np.mean(scale**2)))[:, : width // 2 + 1]


def lbfgs(objective, image):
    """SciPy's L-BFGS-B (Byrd, Lu, Nocedal & Zhu 1995), 20 corrections, in float64.

    The variable is v with x = x₀ + F⁻¹[s(f) F(v)] / 255: the picture in 8-bit units seen
    through `frequency_scale`. That filter is its own transpose, so it carries gradients too.
    Each run starts with an empty memory. Returns SciPy's reason if it ends by itself.
    """
    start = image.astype(np.float64)
    scale = frequency_scale(*image.shape[:2])[..., None] / 255

    def smooth(v):
        spectrum = scale * scipy.fft.rfft2(v.reshape(start.shape), axes=(0, 1))
        return scipy.fft.irfft2(spectrum, start.shape[:2], axes=(0, 1))

    def in_v(v):
        loss, gradient = objective((start + smooth(v)).astype(np.float32))
        return SCALE * loss, SCALE * smooth(gradient).ravel()

    options = {"maxcor": 20, "maxfun": np.inf, "maxiter": np.inf, "ftol": 0, "gtol": 0}
    result = scipy.optimize.minimize(
        in_v, np.zeros(start.size), jac=True, method="L-BFGS-B", options=options
    )
    return f"L-BFGS found no better picture ({result.message})"


def adam(objective, image, learning_rate=0.02):
    """Keras' Adam (Kingma & Ba 2015) on the pixels, clipped to [0, 1] after each step."""
    picture = keras.Variable(image)
    optimizer = keras.optimizers.Adam(learning_rate)
    while True:
        _, gradient = objective(picture.numpy())
        optimizer.apply([gradient], [picture])
        picture.assign(keras.ops.clip(picture, 0, 1))


OPTIMIZERS = {"lbfgs": lbfgs, "adam": adam}
