"""What the panel shows of the studio: a picture, now or looked back at, its curves and its code."""

import html
import io
from dataclasses import asdict
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ..lessons import plot_history
from ..pictures import encoded, keep_colours, load_image
from . import state
from .dials import places
from .recipe import Leg, recipe, shell_line
from .strip import Kept
from .words import COLOURS, NOTHING, WAY, effect, moves

MARKS = 12  # on the curves, at most: the last moves
THUMB = 160  # pixels of the small pictures beside the choices
GAP = 40  # times as wide are photograph and painting as the space between them
LATE = 3  # steps that a run may be ahead of the slider's end
SKETCH = "a quick sketch by the one-pass painter of lesson 8; step 1 does not start from it"
BEGUN = "the one-pass painter's picture, from which step 1 starts"
IMPORT = "import styletools as st"
STILL = "Move a slider while it paints: this line will say what that did."


class View:
    """Shows a `Studio` in a `Panel`."""

    def __init__(self, panel, studio, uploads):
        self._panel, self._studio, self._uploads = panel, studio, uploads
        self._back = None  # the step that is looked back at
        self._moving = False  # the slider of time, and not by the reader
        self._thumbs = {}  # what is shown small

    @property
    def moment(self):
        """The `Moment` that is shown: the last one, or that which is looked back at."""
        return self._studio.now if self._back is None else self._studio.moment(self._back)

    def look(self, image):
        """A picture as it is to be seen: with the photograph's colours, if these are to stay."""
        if not self._panel.colours.value:
            return image
        return keep_colours(image, self._studio.photograph(max(image.shape)))

    def forward(self):
        """Look at the last step again."""
        self._back = None
        self.show(now=True)

    def show(self, now=False):
        """Bring the page up to date, as often as it does not hold up the steps, or `now`."""
        if now or self._panel.due():
            moment = self.moment
            image, title = self._picture(moment)
            told = self._told(moment)
            python = f"{IMPORT}\n{recipe(*told)}"
            self._panel.show(image, title, self._status(moment), python, shell_line(*told))
            self._show_time(moment)
            self._show_thumbs()
        self._panel.show_curves(self._curves, now)

    def _picture(self, moment):
        """What the preview shows, and what it is in words."""
        photograph = self._studio.photograph(max(moment.image.shape))
        painting = self._painting(moment)
        words = SKETCH if self._sketched() else f"the painting after {moment.steps} steps"
        match self._panel.view.value:
            case "photograph":
                return photograph, "the photograph"
            case "both":
                gap = np.ones((len(painting), painting.shape[1] // GAP, 3), np.float32)
                both = np.concatenate([photograph, gap, painting], axis=1)
                return both, f"the photograph, and {words}"
        return painting, words

    def _sketched(self):
        """Whether the painter's sketch is shown, before the first step."""
        return not self._studio.steps and self._studio.sketch is not None

    def _painting(self, moment):
        return self.look(self._studio.sketch if self._sketched() else moment.image)

    def _status(self, moment):
        done, history = self._studio.steps, self._studio.history
        goal = max(done, self._panel.steps.value)
        told = [f"step {done} of {goal}"]
        if self._panel.clock_runs() and len(history) > 1:
            seconds = np.diff([record.seconds for record in history[-6:]])
            each = float(np.median(seconds[seconds > 0])) if (seconds > 0).any() else 0.0
            told.append(f"{each:.2f} s a step · about {(goal - done) * each:.0f} s left")
        elif done:
            told.append("paused: Start goes on")
        if self._sketched():
            told.append(BEGUN if self._studio.scene.init == "painter" else SKETCH)
        if moment.steps < done:
            told.append(f"you look at step {moment.steps}")
        return " · ".join(told)

    def _show_time(self, moment):
        self._moving, last = True, self._studio.steps
        self._panel.time.max = last
        self._panel.time.value = last if self._back is None else moment.steps
        self._moving = False

    def _show_thumbs(self):
        scene, sources = self._studio.scene, self._studio.sources
        chosen = {name: sources[getattr(scene, name)] for name in self._panel.thumbs}
        for name, source in chosen.items():
            if self._thumbs.get(name) is not source:
                small = encoded(load_image(source, THUMB), "JPEG")
                self._panel.thumbs[name].put(small, f"{name}: {getattr(scene, name)}")
        self._thumbs = chosen

    def look_back(self, step):
        """Show the picture after `step`, until it is the last one's turn again."""
        if not self._moving:
            last = self._studio.steps - LATE * self._panel.clock_runs()
            self._back = step if step < last else None
            self.show(now=True)

    def _curves(self):
        """The curves as a JPEG, or None; and what the last move did, written below them."""
        history = self._studio.history
        if len(history) < 2:
            self._panel.effect.value = ""
            return None
        made = moves(self._studio.now.legs)[-MARKS:]
        self._panel.effect.value = html.escape(self._effect(made))
        figure = plot_history(history, marks={step + 1: signs for step, signs, _ in made})
        buffer = io.BytesIO()
        try:
            figure.savefig(buffer, format="jpeg", dpi=70)
        finally:
            plt.close(figure)
        return buffer.getvalue()

    def _effect(self, made):
        history = self._studio.history
        if not made:
            return STILL
        step, _, words = made[-1]
        before = [record for record in history if record.step <= step]
        return effect(words, before[-1], history[-1]) if before else STILL

    def _told(self, moment):
        legs = moment.legs or (Leg(self._studio.scene, ((self._panel.weights, 1),)),)
        return legs, self._uploads.nameless, self._panel.colours.value

    def code(self, moment):
        """Python that paints a `Moment` again."""
        return recipe(*self._told(moment))

    def kept(self):
        """What is shown, as `Kept`."""
        moment = self.moment
        (*_, leg), _, colours = self._told(moment)
        dials = places(leg.path[-1][0])
        settings = asdict(leg.scene) | {"steps": moment.steps} | dials | {COLOURS: colours}
        made = [f"{signs} after step {step}" for step, signs, _ in moves(moment.legs)]
        settings[WAY] = "; ".join(made) or NOTHING
        originals = self._studio.content, self._studio.style
        return Kept(self._painting(moment), settings, originals)

    def save(self):
        """Offer what is shown as a PNG, which keeps all that made it."""
        moment = self.moment
        records = [record for record in self._studio.history if record.step <= moment.steps]
        colours = self._panel.colours.value
        made = state.stored(moment, records, colours) if moment.legs else None
        self._panel.offer(
            encoded(self._painting(moment), "PNG", made), "image/png", self._name(moment, "png")
        )

    def save_film(self):
        """Offer all steps as an animated WebP."""
        self._panel.say("The film is being made …")
        now = self._studio.now
        film = self._studio.reel.film(self.look(now.image), self.look)
        self._panel.offer(film, "image/webp", self._name(now, "webp"))
        self._panel.say("")

    def _name(self, moment, ending):
        scene = self._studio.scene
        pair = "_".join(Path(name).stem for name in (scene.content, scene.style))
        return f"{pair}_{moment.steps}.{ending}"
