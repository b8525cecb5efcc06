"""What the playground does, without a widget: a transfer whose settings change on the way."""

from dataclasses import dataclass, replace

import numpy as np

from ..errors import StyletoolsError, quoted
from ..network import keras
from ..painter import Painter
from ..pictures import load_image
from ..transfer import StyleTransfer
from .recipe import Leg
from .reel import Reel


@dataclass(frozen=True)
class Moment:
    """A picture (H, W, 3) on its way, and the legs that lead to it."""

    image: np.ndarray
    legs: tuple

    @property
    def steps(self):
        """How many lead to it."""
        return sum(leg.steps for leg in self.legs)


class Studio:
    """A picture that is being painted, from its first step on.

    `sources` {name: what `load_image` takes} are the pictures that a `Scene` may name, `history`
    has a record for each step, `reel` the pictures, `content` and `style` are the photograph and
    the painting as arrays, and `sketch` the painter's picture, or None.
    Raises `StyletoolsError` if the scene's pictures cannot be read.
    """

    def __init__(self, sources, scene):
        self.sources = sources
        self.begin(scene)

    def begin(self, scene):
        """Start anew with `scene`. If it cannot be used, nothing changes."""
        content, style = self._pictures(scene)
        sketch = _sketched(content, style)
        if scene.init == "painter" and sketch is None:
            raise StyletoolsError(
                f"no painter has learnt from {quoted(scene.style)}, so nothing can start from its "
                "picture: set init to “content”"
            )
        self.scene, self.content, self.style, self.sketch = scene, content, style, sketch
        self.history, self.reel, self._legs = [], Reel(), []
        self._transfer, self._picture = None, content
        self._fresh = False  # the transfer: it has taken no step
        self._rounded = False  # the picture: it comes from a file
        self.reel.add(0, sketch if scene.init == "painter" else content)

    def choose(self, scene):
        """Take up another scene, and say in a sentence what that means; or change nothing.

        A new style, size or optimizer goes on from the picture as it is.
        """
        begun, old = self._legs, self.scene
        if not begun or (scene.content, scene.init) != (old.content, old.init):
            self.begin(scene)
            return "This begins again with step 0." if begun else ""
        content, style = self._pictures(scene)
        self._picture, self._transfer = self.image, None
        self.scene, self.content, self.style = scene, content, style
        return "The painting goes on from the picture as it is."

    def _pictures(self, scene):
        names = scene.content, scene.style
        pairs = zip(names, scene.sides, strict=True)
        return [load_image(self.sources[name], side) for name, side in pairs]

    @property
    def image(self):
        """The picture as it is now (H, W, 3)."""
        return self._transfer.image if self._transfer else self._picture

    @property
    def steps(self):
        """How many steps have been taken."""
        return sum(leg.steps for leg in self._legs)

    def photograph(self, size):
        """The photograph (H, W, 3), its longer side of `size` pixels."""
        if size == max(self.content.shape):
            return self.content
        return load_image(self.sources[self.scene.content], size)

    @property
    def now(self):
        """The `Moment` of the last step."""
        return Moment(self.image, tuple(self._legs))

    def moment(self, step):
        """The `Moment` after `step`, or the last one before it of which there is a picture."""
        if step >= self.steps:
            return self.now
        step = self.reel.before(step)
        return Moment(self.reel.image(step), _cut(self._legs, step))

    def step(self, weights):
        """One step with these weights of a `StyleTransfer`; returns why it ended, as `run` does."""
        if self._transfer is None:
            self._transfer, self._fresh = self._started(weights), True
        for name, value in weights.items():
            setattr(self._transfer, name, value)
        done = len(self._transfer.history)
        reason = self._transfer.run(1)
        if len(self._transfer.history) > done:
            self._note(weights, self._transfer.history[-1])
        return reason

    def _started(self, weights):
        init = self.scene.init
        if self._legs:
            init = self._picture
            if init.shape != self.content.shape:
                init = keras.ops.image.resize(init, self.content.shape[:2]).numpy()
        settings = {"optimizer": self.scene.optimizer, "init": init} | weights
        return StyleTransfer(self.content, self.style, **settings)

    def _note(self, weights, record):
        new = [Leg(self.scene, (), self._rounded)] if self._fresh else []
        *before, leg = self._legs + new
        path = list(leg.path) or [(weights, 0)]
        if path[-1][0] != weights:
            path.append((weights, 0))
        path[-1] = (weights, path[-1][1] + 1)
        self._legs = [*before, replace(leg, path=tuple(path))]
        self._fresh = self._rounded = False
        self.history.append(replace(record, step=self.steps))
        self.reel.add(self.steps, self.image)

    def restore(self, moment, history):
        """Go on from a `Moment` that was stored, with the records of its steps.

        Raises `StyletoolsError`, and changes nothing, if its pictures are not at hand or of
        another size.
        """
        scene = moment.legs[-1].scene
        content, style = self._pictures(scene)
        if content.shape != moment.image.shape:
            raise StyletoolsError(
                f"the picture has the shape {moment.image.shape}, but {scene.content!r} has "
                f"{content.shape} at {scene.size} pixels: take the file as the playground saved it"
            )
        self.begin(replace(scene, init="content"))
        self.scene, self._picture, self.history = scene, moment.image, list(history)
        self._legs, self._rounded = list(moment.legs), True
        self.reel.add(moment.steps, moment.image)


def _sketched(content, style):
    try:
        return Painter.of(style).paint(content)
    except StyletoolsError:
        return None


def _cut(legs, step):
    """The legs up to a step."""
    kept = []
    for leg in legs:
        path = []
        for weights, steps in leg.path:
            if step > 0:
                path.append((weights, min(steps, step)))
            step -= steps
        if path:
            kept.append(replace(leg, path=tuple(path)))
    return tuple(kept)
