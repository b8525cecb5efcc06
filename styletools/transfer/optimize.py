"""The two optimizers behind one interface: ask for a picture, answer with its loss.

    optimizer = LBFGS(image)
    loss, gradient = objective(optimizer.image)
    optimizer.update(loss, gradient)  # optimizer.image is now the next picture to try

One answer is one step, so a run can pause, and its objective can change, between any two.
Pictures and gradients are float32 tensors (H, W, 3) and stay on the device.
"""

from typing import Any

import numpy as np

from ..network import keras, tf
from .curvature import LONGEST, descent, frequency_scale, nothing_known, recalled, stored

ARMIJO = 1e-4  # the share of the promised fall that a step must keep (Nocedal & Wright, eq. 3.4)
ROUNDING = 1e-6  # of a float32 loss, relative
PATIENCE = 5  # refused steps along one direction
MEMORY = 20  # corrections,
MEMORY_BYTES = 1e9  # but no more of them than fit in here
HERE = ("here", "here gradient", "here smooth")  # names of what a state holds
SEARCH = ("loss", "direction", "slope", "length", "refused")


class LBFGS:
    """Limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2006, algorithm 7.5).

    The inverse Hessian is first taken for γ F⁻¹ s(f)² F, with s = `scale(height, width)`
    (H, W//2 + 1), and then corrected by the last 20 steps (fewer of a very large picture). A step
    that does not lower the loss enough is shortened. `finished` says why no step helps any more,
    or is None.
    """

    def __init__(self, image, scale=frequency_scale):
        self.image = tf.convert_to_tensor(image, tf.float32)
        self.finished = None
        size = self.image.shape.num_elements()
        memory = int(np.clip(MEMORY_BYTES // (2 * 4 * size), 3, MEMORY))
        self._nothing = nothing_known(memory, self.image.shape)
        self._known, self._pairs = self._nothing, 0
        self._scale = tf.constant(scale(*self.image.shape[:2]) ** 2, tf.complex64)
        self._reach = LONGEST
        self._here = None  # (picture, gradient, smoothed gradient) that the search starts from

    def update(self, loss, gradient):
        """Take the loss (scalar) and the gradient (H, W, 3) at `image`; choose the next one."""
        loss = float(loss)
        if self._here is not None:
            most = self._loss + ARMIJO * self._length * self._slope + ROUNDING * abs(self._loss)
            if loss > most:
                return self._shorten(loss)
        self._loss = loss
        self._search(gradient)

    def objective_changed(self):
        """Forget the losses and the curvature of another objective; `image` starts a new search.

        Its first step is no longer than the last one was.
        """
        if self._here is not None and (self._refused or self.finished):
            self.image = self._here[0]  # not from a picture that was too far
        self._here, self.finished = None, None
        self._forget()

    def state(self):
        """Everything that the next update depends on: {name: array}, for `restore`."""
        arrays = {"image": self.image, "reach": self._reach, "finished": self.finished or ""}
        if self._here is not None:
            arrays |= dict(zip(HERE, self._here, strict=True))
            arrays |= {name: getattr(self, f"_{name}") for name in SEARCH}
        arrays |= stored(self._known)
        return {name: np.asarray(value) for name, value in arrays.items()}

    def restore(self, state):
        """Go on as the optimizer would have whose `state()` this is."""
        self.image, self._reach = tf.constant(state["image"]), float(state["reach"])
        self.finished, self._here = str(state["finished"]) or None, None
        if HERE[0] in state:
            self._here = tuple(tf.constant(state[name]) for name in HERE)
            self._loss, self._slope = float(state["loss"]), float(state["slope"])
            self._length, self._refused = float(state["length"]), int(state["refused"])
            self._direction = tf.constant(state["direction"])
        self._known = recalled(state, self._nothing)
        self._pairs = np.count_nonzero(np.diag(state["SY"]))

    def _search(self, gradient):
        """Start along a new direction, with its full length."""
        here = self.image, gradient
        last = self._here or (*here, tf.zeros_like(gradient))
        known, self._direction, smooth, told = descent(
            self._known, self._scale, tf.constant(self._reach), here, last
        )
        self._here = (*here, smooth)
        self._slope, self._reach, learnt = told.numpy().tolist()
        if learnt:
            self._known, self._pairs = known, min(self._pairs + 1, len(known.S))
        self._length, self._refused = 1.0, 0
        if self._slope >= 0 and self._pairs:  # the curvature misleads
            self._forget()
            return self._search(gradient)
        if self._slope >= 0:
            self.finished = "the gradient is zero: no picture nearby is better"
        self.image = self.image + self._direction

    def _shorten(self, loss):
        """Go back along the direction, to the lowest point of a parabola through what is known."""
        picture, gradient, _ = self._here
        self._refused += 1
        if self._refused > PATIENCE:
            if not self._pairs:
                self.finished = "L-BFGS found no better picture"
            self._forget()
            self.image = picture
            return self._search(gradient)
        rise = loss - self._loss - self._slope * self._length
        lowest = -self._slope * self._length**2 / 2 / rise
        self._length = min(max(lowest, 0.1 * self._length), 0.5 * self._length)
        self.image = picture + self._length * self._direction

    def _forget(self):
        self._known, self._pairs = self._nothing, 0


class Adam:
    """Keras' Adam (Kingma & Ba 2015) on the pixels, clipped to [0, 1] after each step."""

    finished = None

    def __init__(self, image, learning_rate=0.02):
        self._picture = keras.Variable(image)
        self._adam = keras.optimizers.Adam(learning_rate)
        self._adam.build([self._picture])

    @property
    def image(self):
        return tf.identity(self._picture.value)  # which the next step will not change

    def update(self, loss, gradient):
        """Take the gradient (H, W, 3) at `image` and choose the next picture."""
        self._adam.apply([gradient], [self._picture])
        self._picture.assign(keras.ops.clip(self._picture, 0, 1))

    def state(self):
        """The picture, the averages and the count of steps: {name: array}, for `restore`."""
        averages = {}
        self._adam.save_own_variables(averages)
        return {"image": np.asarray(self.image), **averages}

    def restore(self, state):
        """Go on as the optimizer would have whose `state()` this is."""
        averages = dict(state)
        self._picture.assign(averages.pop("image"))
        self._adam.load_own_variables(averages)

    def objective_changed(self):
        """Nothing to forget: Adam's averages fade by themselves."""


OPTIMIZERS: dict[str, Any] = {"lbfgs": LBFGS, "adam": Adam}
