"""What the playground shows: core widgets (ipywidgets 7.7 and 8), made, arranged and redrawn."""

import html
import time

import ipywidgets as widgets
import numpy as np

from ..lessons import Picture
from ..pictures import encoded
from ..transfer import OPTIMIZERS, STYLE_LAYERS
from .dials import INITS, MOST_STEPS, POWERS, PRESETS, SHARES, STROKES, weights
from .parts import FIELD, WRAPPED, choice, download_link, folded, slider, upload, width
from .recipe import DEFAULTS, Scene
from .speed import SIZES
from .words import MEANINGS, PLACES

VIEWS = ("painting", "photograph", "both")
PREVIEW_PAUSE = 0.1  # seconds between previews, at least
CURVES_SHARE = 0.2  # of the time, at most, goes into drawing curves
BUTTONS = ("Start", "Pause", "Step", "Run 25 steps", "Reset", "Keep", "Save PNG", "Save film")
LATEST = "Latest step"
CURVES = "content, style, total variation and their weighted sum, and each layer, over the steps"
NO_CURVES = encoded(np.ones((322, 840, 3)), "JPEG")  # holds their place
SAID = '<span role="alert"><b>{}</b></span>'
COPY = """<button class="jupyter-button lm-Widget" style="width: 8em" onclick="
const field = this.closest('.styletools-line').querySelector('textarea');
field.select(); document.execCommand('copy'); this.textContent = 'copied'">copy</button>"""


class Panel(widgets.VBox):
    """The controls and views of a `Playground`, without their behaviour.

    `choices` {setting of a `Scene`} and `uploads` say what is painted, `sliders` {weight or layer}
    and `presets` how, `colours` whether the photograph's colours stay, `buttons` start and stop
    it; `preview`, `curves`, `status`, `message`, `effect`, `download`, `python` and `shell` are
    written to. `view` and `time` choose what the preview shows. `strip` shows what was kept,
    `clock` is the hidden widget that must be part of the page.
    """

    def __init__(self, pictures, scene, steps, strip, clock):
        self.choices = {
            "content": choice("content", pictures, scene.content),
            "style": choice("style", pictures, scene.style),
            "size": choice("size (px)", sorted({*SIZES, scene.size}), scene.size),
            "strokes": choice("strokes ×", STROKES, 1.0),
            "optimizer": choice("optimizer", list(OPTIMIZERS)),
            "init": choice("init", INITS),
        }
        self.thumbs = {name: Picture("width: 6em; height: 4em") for name in ("content", "style")}
        self.uploads = {name: upload("upload", "image/*") for name in ("content", "style")}
        self.uploads["state"] = upload("Open PNG", "image/png")
        self.steps = widgets.BoundedIntText(
            steps, min=1, max=MOST_STEPS, description="pause at step", **FIELD
        )
        self.sliders = {
            n: slider(f"{n}: {MEANINGS[n]}", DEFAULTS[n], POWERS[n], 15) for n in POWERS
        }
        self.sliders |= {n: slider(f"{n}: {PLACES[n]}", 1, SHARES, 19) for n in STYLE_LAYERS}
        self.presets = {n: widgets.Button(description=n, layout=width("auto")) for n in PRESETS}
        self.colours = widgets.Checkbox(
            False, description="keep the photograph's colours", indent=False
        )
        self.buttons = {
            n: widgets.Button(description=n, layout=width("9em")) for n in (*BUTTONS, LATEST)
        }
        self.buttons["Start"].button_style = "primary"
        self.view = widgets.ToggleButtons(options=VIEWS, style={"button_width": "7.5em"})
        self.time = widgets.IntSlider(
            0, 0, 0, description="look back", layout={"flex": "1 1 12em", "min_width": "0"}
        )
        self.preview = Picture("width: 100%; height: auto; max-height: 75vh")
        self.curves = Picture("width: auto; height: min(340px, 38vw)")
        self.status, self.message, self.effect, self.download = (
            widgets.HTML(layout={"margin": "2px 8px 2px 2px"}) for _ in range(4)
        )
        self.python, self.shell = (
            widgets.Textarea(description=name, rows=rows, layout=width("calc(100% - 9em)"))
            for name, rows in (("Python", 8), ("shell", 2))
        )
        for name in ("preview", "curves", "status", "message", "effect", "download"):
            getattr(self, name).add_class(f"styletools-{name}")
        self.clock_runs = lambda: clock.running
        self._shown = self._plotted = self._plotting = 0.0
        super().__init__(self._arranged(strip, clock.widget))

    def _arranged(self, strip, clock):
        pictures = [
            widgets.HBox([self.thumbs[n], self.choices[n], self.uploads[n]], layout=WRAPPED)
            for n in self.thumbs
        ]
        run = [self.choices[n] for n in ("size", "strokes", "optimizer", "init")] + [self.steps]
        shares = folded(
            "shares of the style layers (their ratio counts)",
            *[self.sliders[name] for name in STYLE_LAYERS],
        )
        main = [self.sliders[name] for name in POWERS]
        presets = widgets.HBox([*self.presets.values()], layout=WRAPPED)
        look = widgets.VBox(
            [self.view, self.preview, widgets.HBox([self.time, self.buttons[LATEST]])],
            layout={"flex": "3 1 22em", "min_width": "0"},
        )
        dials = widgets.VBox(
            [presets, *main, self.colours, shares, widgets.HBox(run, layout=WRAPPED)],
            layout={"flex": "2 1 24em", "min_width": "0"},
        )
        buttons = [*(self.buttons[n] for n in BUTTONS), self.uploads["state"], self.download, clock]
        again = [widgets.HTML("<b>reproduce this</b>")]
        for field in (self.python, self.shell):
            line = widgets.HBox([field, widgets.HTML(COPY)])
            line.add_class("styletools-line")
            again.append(line)
        return [
            widgets.HBox(pictures, layout=WRAPPED),
            widgets.HBox(buttons, layout=WRAPPED),
            widgets.HBox([self.status, self.message], layout=WRAPPED | {"min_height": "2.2em"}),
            widgets.HBox([look, dials], layout=WRAPPED),
            self.curves,
            self.effect,
            strip,
            *again,
        ]

    def offer_pictures(self, names):
        """Let `names` be chosen as content and as style; what is chosen stays so."""
        for name in self.thumbs:
            field = self.choices[name]
            chosen = field.value
            field.options = names  # which chooses the first
            field.value = chosen

    @property
    def scene(self):
        """The `Scene` that is chosen; a new one may hold what was never offered."""
        return Scene(**{name: field.value for name, field in self.choices.items()})

    @scene.setter
    def scene(self, scene):
        for name, field in self.choices.items():
            value = getattr(scene, name)
            if value not in field.options:
                field.options = sorted({*field.options, value})
            field.value = value

    @property
    def weights(self):
        """Settings of a `StyleTransfer`, as the sliders stand."""
        return weights({name: slider.value for name, slider in self.sliders.items()})

    def move(self, places):
        """Move the sliders {name: value}."""
        for name, value in places.items():
            self.sliders[name].value = value

    def due(self):
        """Whether it is time for another preview."""
        return time.perf_counter() - self._shown > PREVIEW_PAUSE

    def show(self, image, title, status, python, shell):
        """Bring the picture (H, W, 3), its title and the texts up to date."""
        self.preview.put(encoded(image, "JPEG", quality=90), title)
        self.status.value, self.python.value, self.shell.value = status, python, shell
        self._shown = time.perf_counter()

    def show_curves(self, draw, now=False):
        """Show the JPEG that `draw()` returns, as often as it does not hold up the steps."""
        began = time.perf_counter()
        if now or (began - self._plotted) * CURVES_SHARE > self._plotting:
            curves = draw()
            self.curves.put(curves or NO_CURVES, CURVES if curves else "")
            self._plotted = time.perf_counter()
            self._plotting = self._plotted - began

    def offer(self, content, kind, name):
        """A link from which the browser saves the bytes `content`; no file is written here."""
        self.download.value = download_link(content, kind, name)

    def say(self, text):
        """Show a sentence, such as what went wrong."""
        self.message.value = SAID.format(html.escape(text)) if text else ""
