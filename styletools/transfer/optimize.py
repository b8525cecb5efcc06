"""The two optimizers behind one interface: ask for a picture, answer with its loss.

    optimizer = LBFGS(image)
    loss, gradient = objective(optimizer.image)
    optimizer.update(loss, gradient)  # optimizer.image is now the next picture to try

One answer is one step, so a run can pause, and its objective can change, between any two.
Pictures and gradients are float32 tensors (H, W, 3) and stay on the device.
"""

import numpy as np

from ..network import keras, tf

ARMIJO = 1e-4  # the share of the promised fall that a step must keep (Nocedal & Wright, eq. 3.4)
ROUNDING = 1e-6  # of a float32 loss, relative
FIRST_STEP = 0.03  # root mean square change of the pixels when no curvature is known, at most,
SHORTEST = 1e-4  # and at least
PATIENCE = 5  # refused steps along one direction
MEMORY = 20  # corrections,
MEMORY_BYTES = 1e9  # but no more of them than fit in here
HERE = ("here", "here loss", "here gradient")  # names of what a state holds
SEARCH = ("direction", "slope", "length", "refused")
PAIR = ("step", "change")


def frequency_scale(height, width):
    """s(f) ∝ max(f, 1/max(H, W))^-½ (H, W//2 + 1), mean square 1, f in cycles per pixel.

    Photographs have spectra that fall like 1/f, so large shapes must change by more than fine
    detail: s² as the first guess of the inverse Hessian moves low frequencies further.
    """
    f = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width))
    scale = np.maximum(f, 1 / max(height, width)) ** -0.5
    return (scale / np.sqrt(np.mean(scale**2)))[:, : width // 2 + 1]


class LBFGS:
    """Limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2006, algorithm 7.5).

    The inverse Hessian is first taken for γ F⁻¹ s(f)² F, with s from `frequency_scale`, and
    then corrected by the last 20 steps (fewer of a very large picture). A step that does not
    lower the loss enough is shortened. `finished` says why no step helps any more, or is None.
    """

    def __init__(self, image):
        self.image = tf.convert_to_tensor(image, tf.float32)
        self.finished = None
        fit = MEMORY_BYTES // (2 * 4 * np.prod(self.image.shape))
        self._memory = int(np.clip(fit, 3, MEMORY))
        self._pairs = []  # of (step, change of gradient), oldest first
        self._reach = FIRST_STEP
        self._here = None  # (picture, loss, gradient) that the search starts from
        scale = frequency_scale(*self.image.shape[:2])
        self._scale = tf.constant(scale**2, tf.complex64)

    def update(self, loss, gradient):
        """Take the loss (scalar) and the gradient (H, W, 3) at `image`; choose the next one."""
        loss = float(loss)
        if self._here is not None:
            _, start, _ = self._here
            if loss > start + ARMIJO * self._length * self._slope + ROUNDING * abs(start):
                return self._shorten(loss)
            self._remember(gradient)
        self._here = (self.image, loss, gradient)
        self._search()

    def objective_changed(self):
        """Forget the losses and the curvature of another objective; `image` starts a new search.

        Its first step is no longer than the last one was.
        """
        if self._here is not None and (self._refused or self.finished):
            self.image = self._here[0]  # not from a picture that was too far
        self._here, self._pairs, self.finished = None, [], None

    def state(self):
        """Everything that the next update depends on: {name: array}, for `restore`."""
        arrays = {"image": self.image, "reach": self._reach, "finished": self.finished or ""}
        if self._here is not None:
            arrays |= dict(zip(HERE, self._here, strict=True))
            arrays |= {name: getattr(self, f"_{name}") for name in SEARCH}
        for number, pair in enumerate(self._pairs):
            arrays |= {f"{name} {number}": array for name, array in zip(PAIR, pair, strict=True)}
        return {name: np.asarray(value) for name, value in arrays.items()}

    def restore(self, state):
        """Go on as the optimizer would have whose `state()` this is."""
        self.image, self._reach = tf.constant(state["image"]), float(state["reach"])
        self.finished = str(state["finished"]) or None
        self._here, self._pairs = None, []
        if HERE[0] in state:
            picture, loss, gradient = (state[name] for name in HERE)
            self._here = (tf.constant(picture), float(loss), tf.constant(gradient))
            self._direction, self._slope = tf.constant(state["direction"]), float(state["slope"])
            self._length, self._refused = float(state["length"]), int(state["refused"])
        while f"{PAIR[0]} {len(self._pairs)}" in state:
            names = [f"{name} {len(self._pairs)}" for name in PAIR]
            self._pairs.append(tuple(tf.constant(state[name]) for name in names))

    def _remember(self, gradient):
        picture, _, before = self._here
        step, change = self.image - picture, gradient - before
        if dot(step, change) > 1e-10 * dot(change, change):  # else it would bend upwards
            self._pairs = [*self._pairs, (step, change)][-self._memory :]
        size = float(tf.norm(step)) / step.shape.num_elements() ** 0.5
        self._reach = min(max(size, SHORTEST), FIRST_STEP)

    def _search(self):
        """Start along a new direction, with its full length."""
        picture, _, gradient = self._here
        self._direction = -self._newton(gradient)
        self._slope, self._length, self._refused = float(dot(gradient, self._direction)), 1.0, 0
        if self._slope >= 0 and self._pairs:  # the curvature misleads
            self._pairs = []
            return self._search()
        if self._slope >= 0:
            self.finished = "the gradient is zero: no picture nearby is better"
        self.image = picture + self._direction

    def _shorten(self, loss):
        """Go back along the direction, to the lowest point of a parabola through what is known."""
        picture, start, _ = self._here
        self._refused += 1
        if self._refused > PATIENCE:
            if not self._pairs:
                self.finished = "L-BFGS found no better picture"
            self._pairs = []
            return self._search()
        lowest = -self._slope * self._length**2 / 2 / (loss - start - self._slope * self._length)
        self._length = min(max(lowest, 0.1 * self._length), 0.5 * self._length)
        self.image = picture + self._length * self._direction

    def _newton(self, gradient):
        """The two-loop recursion: the inverse Hessian times `gradient` (algorithm 7.4)."""
        q, shares = gradient, []
        for step, change in reversed(self._pairs):
            shares.append(dot(step, q) / dot(step, change))
            q -= shares[-1] * change
        r = self._first_guess(q)
        for step, change in self._pairs:
            r += (shares.pop() - dot(change, r) / dot(step, change)) * step
        return r

    def _first_guess(self, q):
        """γ F⁻¹ s² F q; γ from the last pair (eq. 7.20), or so that the step has a known length."""
        smooth = self._smooth(q)
        if not self._pairs:
            size = tf.norm(smooth) / q.shape.num_elements() ** 0.5
            return smooth * tf.math.divide_no_nan(self._reach, size)
        step, change = self._pairs[-1]
        return smooth * dot(step, change) / dot(change, self._smooth(change))

    def _smooth(self, q):
        spectrum = self._scale * tf.signal.rfft2d(tf.transpose(q, (2, 0, 1)))
        return tf.transpose(tf.signal.irfft2d(spectrum, q.shape[:2]), (1, 2, 0))


def dot(a, b):
    """Σ ab, a scalar tensor."""
    return tf.tensordot(a, b, 3)


class Adam:
    """Keras' Adam (Kingma & Ba 2015) on the pixels, clipped to [0, 1] after each step."""

    finished = None

    def __init__(self, image, learning_rate=0.02):
        self._picture = keras.Variable(image)
        self._adam = keras.optimizers.Adam(learning_rate)
        self._adam.build([self._picture])

    @property
    def image(self):
        return self._picture.value

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


OPTIMIZERS = {"lbfgs": LBFGS, "adam": Adam}
