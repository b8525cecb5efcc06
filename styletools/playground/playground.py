"""The weight playground: sliders that steer a running transfer."""

import functools
import threading
import time
import weakref

from IPython.display import display

from ..errors import in_words
from ..kinds import Picture, Source
from ..settings import check_steps, check_whole
from ..transfer import Record
from .chooser import Chooser
from .clock import Clock
from .dials import MOST_STEPS, PRESETS
from .panel import LATEST, Panel
from .recipe import Scene
from .speed import affordable
from .strip import Strip
from .studio import Studio
from .turns import Turn
from .uploads import Uploads
from .view import View
from .words import COLOURS

AT_ONCE = 25  # steps of the button that needs no clock
DOUBLE_CLICK = 0.3  # seconds after a run in which a click must have waited for its end
BUSY = "Every core is painting. Before this page in the queue: {}; Start waits for its turn."
GOES_ON = "The next step goes on from this picture; Reset begins again."
TEXTURE = "It goes on from this picture. To begin without the photograph, set init to “noise”."
WAIT = 0.2  # seconds between two looks at the queue


def guarded(handler):
    """Handlers take turns; what goes wrong in one pauses the playground and is said in it."""

    @functools.wraps(handler)
    def call(self, *event):
        try:
            with self._turn:
                return handler(self, *event)
        except Exception as error:  # its traceback would go to the server's log
            with self._turn:
                self._halt()
            self.panel.say(in_words(error))

    return call


class Playground:
    """A transfer with a slider for each weight; shown where it is the last line of a cell.

    Parameters
    ----------
    content, style : what `load_image` takes
        Names of bundled pictures, files, arrays (H, W, 3). Those without a name are called
        "content" and "style". More can be chosen and uploaded in the playground.
    size : int, optional
        Longest side in pixels; if not given, the largest at which this machine takes three steps
        a second, which is measured.
    steps : int
        Where a run pauses by itself.

    In code, set `.sliders["style_weight"].value`, call `.run(steps)`, look at `.image` and
    `.history`. `.code` is Python that paints the same picture again, with every change of the
    settings where it was made. Only one playground of a notebook runs at a time, and on a machine
    as many as it has cores; the others wait.

    Raises `StyletoolsError` if a picture cannot be read.
    """

    _active = None  # a weak reference to the one that may run

    def __init__(
        self, content: Source, style: Source, size: int | None = None, steps: int = 60
    ) -> None:
        size = affordable() if size is None else check_whole("size", size)
        check_whole("steps", steps, most=MOST_STEPS)
        self._uploads = Uploads(content=content, style=style)
        scene = Scene(**self._uploads.names, size=size)
        self.studio = Studio(self._uploads.pictures, scene)
        self.strip, self.clock = Strip(self._bring_back, self._do), Clock(self._tick)
        self._seat = Turn()
        self.panel = Panel(list(self._uploads.pictures), scene, steps, self.strip, self.clock)
        self.sliders = self.panel.sliders
        self._view = View(self.panel, self.studio, self._uploads)
        self._chooser = Chooser(self.panel, self.studio, self._view, self._uploads, self._halt)
        # JupyterLab has messages of widgets answered in a thread of their own ("subshell"), but
        # the first ones, and cells, in the main thread.
        self._turn = threading.RLock()
        self._goal = None  # what "pause at step" was before Start went beyond it
        self._ran = -DOUBLE_CLICK  # when the last run of AT_ONCE steps ended
        self._connect()
        self._take_over()  # a cell that is run again leaves nothing running
        self._view.forward()

    def _connect(self):
        actions = {
            "Start": self.start,
            "Pause": self.pause,
            "Step": lambda: self._on_run(1),
            f"Run {AT_ONCE} steps": lambda: self._on_run(AT_ONCE),
            "Reset": self.reset,
            LATEST: lambda: self._do(self._view.forward),
            "Keep": lambda: self._do(self._keep),
            "Save PNG": lambda: self._do(self._view.save),
            "Save film": lambda: self._do(self._view.save_film),
        }
        for name, action in actions.items():
            self.panel.buttons[name].on_click(lambda _, action=action: action())
        for name, preset in self.panel.presets.items():
            preset.on_click(lambda _, name=name: self._on_preset(name))
        when = self.panel.time
        when.observe(lambda _: self._do(lambda: self._view.look_back(when.value)), "value")
        for widget in (self.panel.view, self.panel.colours, self.panel.steps):
            widget.observe(lambda _: self._do(lambda: self._view.show(now=True)), "value")
        for choice in self.panel.choices.values():
            choice.observe(lambda _: self._do(self._chooser.chosen), "value")
        for name, upload in self.panel.uploads.items():
            upload.observe(functools.partial(self._on_upload, name), "value")

    def _ipython_display_(self):
        display(self.panel)

    @property
    def image(self) -> Picture:
        """The picture as it is now (H, W, 3)."""
        return self._view.look(self.studio.image)

    @property
    def history(self) -> list[Record]:
        """A `styletools.transfer.Record` for each step."""
        return self.studio.history

    @property
    def code(self) -> str:
        """Python that paints the picture again: the same settings, each for as many steps."""
        return self._view.code(self.studio.now)

    def start(self) -> None:
        """Let the clock run; it stands still where there is no browser."""
        self._take_over()
        if self.studio.steps >= self.panel.steps.value:
            self._goal = self._goal or self.panel.steps.value
            self.panel.steps.value = self.studio.steps + AT_ONCE
        self.panel.say("")
        self.clock.start()

    def _take_over(self):
        other = Playground._active and Playground._active()
        if other is not None and other is not self:
            other.pause()
        Playground._active = weakref.ref(self)

    def pause(self) -> None:
        """Stop the clock and show the picture and the curves as they are."""
        self.clock.stop()
        self._do(self._rest)

    def _rest(self):
        self._halt()
        self._view.show(now=True)

    @guarded
    def _do(self, action):
        action()

    def _halt(self):
        self.clock.stop()
        self._seat.leave()

    @guarded
    def reset(self) -> None:
        """Back to step 0, with all that is chosen; the sliders stay."""
        self.studio.begin(self.panel.scene)
        if self._goal:
            self.panel.steps.value, self._goal = self._goal, None
        self.panel.say("")
        self.panel.download.value = ""
        self._view.forward()

    def run(self, steps: int) -> None:
        """Take `steps` steps now, with the weights as the sliders stand."""
        check_steps(steps)
        with self._turn:
            for _ in range(steps):
                if not self._step():
                    break
            self._view.show(now=True)

    def _step(self):
        """One step, and whether there can be another."""
        done = self.studio.steps
        if not done:
            self.panel.status.value = "Getting ready …"
        reason = self.studio.step(self.panel.weights)
        if self.studio.steps == done:
            self.panel.say(f"Stopped: {reason}.")
            self._halt()
            return False
        self._view.show()
        if reason == "interrupted":
            self._halt()
        return reason != "interrupted"

    @guarded
    def _tick(self):
        if not self.clock.running:  # paused while this tick waited for its turn
            return
        if before := self._seat.place():
            self.panel.status.value = BUSY.format(before)
            time.sleep(WAIT)
        elif self._step() and self.studio.steps >= self.panel.steps.value:
            self._rest()
        if not self.clock.running:
            self._seat.leave()

    @guarded
    def _on_run(self, steps):
        self._halt()
        if steps > 1 and time.monotonic() - self._ran < DOUBLE_CLICK:
            return
        try:
            if before := self._seat.place():
                self.panel.say(BUSY.format(before))
            else:
                self._view.forward()
                if steps > 1:
                    self.panel.status.value = (
                        f"{steps} steps in one go; the sliders count after them"
                    )
                self.run(steps)
        finally:
            self._seat.leave()
        if steps > 1:
            self._ran = time.monotonic()

    def _on_upload(self, name, change):
        self._do(lambda: self._chooser.uploaded(name, change["new"]))

    @guarded
    def _on_preset(self, name):
        self.panel.move(PRESETS[name])
        texture = name == "only texture" and self.studio.scene.init != "noise"
        self.panel.say(TEXTURE if texture else GOES_ON if self.studio.steps else "")

    def _bring_back(self, kept):
        self.panel.move({name: kept.settings[name] for name in self.sliders})
        self.panel.colours.value = kept.settings[COLOURS]
        self.panel.say(f"Its weights are back. {GOES_ON}")

    def _keep(self):
        self.strip.keep(self._view.kept())
        self.panel.say(f"Kept as number {len(self.strip.kept)}, in the row below the curves.")
