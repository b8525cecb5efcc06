"""The weight playground: sliders that steer a running transfer."""

import functools
import threading
import time
import weakref
from pathlib import Path

from IPython.display import display

from ..errors import StyletoolsError, in_words
from ..lessons import teaching_size
from ..painter import Painter
from ..pictures import load_image, sample_images
from ..settings import check_steps, check_whole
from ..transfer import STYLE_LAYERS, StyleTransfer
from .clock import Clock
from .panel import MOST_STEPS, POWERS, Panel
from .recipe import recipe
from .uploads import read_uploads

AT_ONCE = 25  # steps of the button that needs no clock
DOUBLE_CLICK = 0.3  # seconds after a run in which a click must have waited for its end


def guarded(handler):
    """Handlers take turns; what goes wrong in one pauses the playground and is said in it."""

    @functools.wraps(handler)
    def call(self, *event):
        try:
            with self._turn:
                return handler(self, *event)
        except Exception as error:  # its traceback would go to the server's log
            self.clock.stop()
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
        Longest side in pixels; `teaching_size(192)` if not given.
    steps : int
        Where a run pauses by itself.

    In code, set `.sliders["style_weight"].value`, call `.run(steps)`, look at `.image` and
    `.history`. `.code` is Python that paints the same picture again, with every change of the
    weights where it was made. Only one playground runs at a time.

    Raises `StyletoolsError` if a picture cannot be read.
    """

    _active = None  # a weak reference to the one that may run

    def __init__(self, content, style, size=None, steps=60):
        size = teaching_size(192) if size is None else check_whole("size", size)
        check_whole("steps", steps, most=MOST_STEPS)
        given = {"content": content, "style": style}
        self._nameless = {k for k, v in given.items() if not isinstance(v, str | Path)}
        names = [name if name in self._nameless else str(v) for name, v in given.items()]
        whole = [v if isinstance(v, str | Path) else load_image(v) for v in given.values()]
        for picture in whole:
            load_image(picture, size)
        self._sources = sample_images() | dict(zip(names, whole, strict=True))
        self.clock = Clock(self._tick)
        self.panel = Panel(list(self._sources), *names, size, steps, self.clock.widget)
        self.sliders = self.panel.sliders
        # JupyterLab has messages of widgets answered in a thread of their own ("subshell"), but
        # the first ones, and cells, in the main thread.
        self._turn = threading.RLock()
        self._ran = -DOUBLE_CLICK  # when the last run of AT_ONCE steps ended
        self._connect()
        self._take_over()  # a cell that is run again leaves nothing running
        self.reset()

    def _connect(self):
        actions = (self.start, self.pause, self._on_step, self._on_run, self.reset, self._on_save)
        for button, action in zip(self.panel.buttons.values(), actions, strict=True):
            button.on_click(lambda _, action=action: action())
        for choice in self.panel.choices.values():
            choice.observe(lambda _: self.reset(), "value")
        for name, upload in self.panel.uploads.items():
            upload.observe(functools.partial(self._on_upload, name), "value")

    def _ipython_display_(self):
        display(self.panel)

    @property
    def image(self):
        """The picture as it is now (H, W, 3)."""
        transfer = self._transfer
        return transfer.image if transfer else self._pictures()[0]

    @property
    def history(self):
        """A `styletools.transfer.Record` for each step."""
        transfer = self._transfer
        return transfer.history if transfer else []

    @property
    def code(self):
        """Python that paints the picture again: the same settings, each for as many steps."""
        chosen = {name: choice.value for name, choice in self.panel.choices.items()}
        for name in ("content", "style"):
            if chosen[name] not in self._nameless:
                chosen[name] = repr(chosen[name])
        return recipe(path=self._path or [(self._weights(), 1)], **chosen)

    def start(self):
        """Let the clock run; it stands still where there is no browser."""
        self._take_over()
        if len(self.history) >= self.panel.steps.value:
            self.panel.steps.value = len(self.history) + AT_ONCE
        self.panel.say("")
        self.clock.start()

    def _take_over(self):
        other = Playground._active and Playground._active()
        if other is not None and other is not self:
            other.pause()
        Playground._active = weakref.ref(self)

    def pause(self):
        """Stop the clock and show the picture and the curves as they are."""
        self.clock.stop()
        self._show_all()

    @guarded
    def reset(self):
        """Back to step 0, with the pictures, the size and the optimizer that are chosen."""
        self._transfer, self._path = None, []
        self.panel.say("")
        self.panel.download.value = ""
        self._show(now=True)

    def run(self, steps):
        """Take `steps` steps now, with the weights as the sliders stand."""
        check_steps(steps)
        with self._turn:
            for _ in range(steps):
                if not self._step():
                    break
            self._show(now=True)

    def _step(self):
        """One step, and whether there can be another."""
        weights = self._weights()
        if self._transfer is None:
            self.panel.status.value = "Getting ready …"
            settings = {name: self.panel.choices[name].value for name in ("optimizer", "init")}
            self._transfer = StyleTransfer(*self._pictures(), **settings, **weights)
        for name, value in weights.items():
            setattr(self._transfer, name, value)
        done = len(self.history)
        reason = self._transfer.run(1)
        if len(self.history) == done:
            self.panel.say(f"Stopped: {reason}.")
            self.clock.stop()
            return False
        if not self._path or self._path[-1][0] != weights:
            self._path.append((weights, 0))
        self._path[-1] = (weights, self._path[-1][1] + 1)
        self._show()
        if reason == "interrupted":
            self.clock.stop()
        return reason != "interrupted"

    @guarded
    def _tick(self):
        if not self.clock.running:  # paused while this tick waited for its turn
            return
        if self._step() and len(self.history) >= self.panel.steps.value:
            self.pause()

    @guarded
    def _on_step(self):
        self.clock.stop()
        self.run(1)

    @guarded
    def _on_run(self):
        self.clock.stop()
        if time.monotonic() - self._ran > DOUBLE_CLICK:
            self.run(AT_ONCE)
            self._ran = time.monotonic()

    @guarded
    def _on_save(self):
        pair = "_".join(Path(self.panel.choices[name].value).stem for name in ("content", "style"))
        self.panel.offer(self.image, f"{pair}_{len(self.history)}.png")

    @guarded
    def _on_upload(self, name, change):
        size = self.panel.choices["size"].value
        for label, content in read_uploads(change["new"], size).items():
            self._sources[label] = content
            self._nameless -= {label}
            self.panel.offer_pictures(list(self._sources))
            self.panel.choices[name].value = label
            self.reset()  # also where a picture of this name was chosen before

    def _pictures(self):
        choices = self.panel.choices
        sources = [self._sources[choices[name].value] for name in ("content", "style")]
        return [load_image(source, choices["size"].value) for source in sources]

    def _weights(self):
        """What the sliders say, as settings of a `StyleTransfer`; shares add up to 1."""
        shares = {layer: self.sliders[layer].value for layer in STYLE_LAYERS}
        whole = sum(shares.values())
        shares = {layer: round(share / whole, 4) for layer, share in shares.items()}
        equal = len(set(shares.values())) == 1
        weights = {name: float(f"{self.sliders[name].value:.3g}") for name in POWERS}
        return weights | {"style_layer_weights": None if equal else shares}

    @guarded
    def _show_all(self):
        self._show(now=True)

    def _show(self, now=False):
        sketch = None if self._transfer else self._sketch()
        image = self.image if sketch is None else sketch
        self.panel.show(image, self.history, self._path, lambda: self.code, now)
        if sketch is not None:
            self.panel.status.value += " · a sketch, painted at once"

    def _sketch(self):
        """The picture of the style's painter, to look at before the first step, or None."""
        content, style = self._pictures()
        try:
            return Painter.of(style).paint(content)
        except StyletoolsError:
            return None
