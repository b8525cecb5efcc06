"""What the playground shows: core widgets (ipywidgets 7.7 and 8), made, arranged and redrawn."""

import base64
import html
import io
import time

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from ..lessons import plot_history
from ..transfer import OPTIMIZERS, STYLE_LAYERS
from .recipe import DEFAULTS

# How far the sliders reach from their defaults, in powers of ten.
POWERS = {"content_weight": (-2, 2), "style_weight": (-2, 2), "tv_weight": (-2, 3)}
SIZES = (96, 128, 192, 256, 384, 512)
MOST_STEPS = 100_000
PREVIEW_PAUSE = 0.1  # seconds between previews, at least
CURVES_SHARE = 0.2  # of the time, at most, goes into drawing curves
# Fixed heights, as an area that is redrawn must not make the page jump; less on a telephone.
FITTED = {"max_width": "100%", "object_fit": "contain", "align_self": "flex-start"}
WRAPPED = {"flex_flow": "wrap", "overflow": "visible"}
BUTTONS = ("Start", "Pause", "Step", "Run 25 steps", "Reset", "Save PNG")


class Panel(widgets.VBox):
    """The controls and views of a `Playground`, without their behaviour.

    `choices` {"content", "style", "size", "optimizer", "init"} and `uploads` {"content", "style"}
    say what is painted, `sliders` {weight or layer} how, `buttons` start and stop it; `preview`,
    `curves`, `status`, `message`, `download` and `code` are written to. `clock` is the hidden
    widget that must be part of the page.
    """

    def __init__(self, pictures, content, style, size, steps, clock):
        self.choices = {
            "content": _choice("content", pictures, content),
            "style": _choice("style", pictures, style),
            "size": _choice("size (px)", sorted({*SIZES, size}), size),
            "optimizer": _choice("optimizer", list(OPTIMIZERS)),
            "init": _choice("init", ["content", "painter"]),
        }
        self.uploads = {
            name: widgets.FileUpload(accept="image/*", description="upload", layout=_width("8em"))
            for name in ("content", "style")
        }
        self.steps = widgets.BoundedIntText(
            steps, min=1, max=MOST_STEPS, description="pause at step", **_field("24em")
        )
        self.sliders = {name: _slider(name, DEFAULTS[name], POWERS[name]) for name in POWERS}
        self.sliders |= {layer: _slider(layer, 1, (-2, 1)) for layer in STYLE_LAYERS}
        self.buttons = {name: widgets.Button(description=name) for name in BUTTONS}
        self.buttons["Start"].button_style = "primary"
        self.preview, self.curves = (
            widgets.Image(format="jpeg", layout=FITTED | {"height": height})
            for height in ("min(320px, 66vw)", "min(290px, 33vw)")
        )
        self.status, self.message, self.download = (widgets.HTML() for _ in range(3))
        self.code = widgets.Textarea(
            description="this again", rows=5, style=_names(6), layout=_width("99%")
        )
        self._shown = self._plotted = self._plotting = 0.0
        super().__init__(self._arranged(clock))

    def _arranged(self, clock):
        weights = [self.sliders[name] for name in POWERS]
        shares = widgets.Accordion([widgets.VBox([self.sliders[name] for name in STYLE_LAYERS])])
        shares.set_title(0, "shares of the style layers (their ratio counts)")
        shares.selected_index = None
        pictures = [widgets.HBox([self.choices[name], self.uploads[name]]) for name in self.uploads]
        run = [self.choices[name] for name in ("size", "optimizer", "init")] + [self.steps]
        beside = {"flex": "1 1 20em", "min_width": "0", "max_width": "44em"}
        return [
            widgets.HBox([widgets.VBox(pictures), widgets.VBox(run)], layout=WRAPPED),
            widgets.HBox([*self.buttons.values(), self.download, clock], layout=WRAPPED),
            widgets.HBox([self.status, self.message], layout=WRAPPED),
            widgets.HBox(
                [self.preview, widgets.VBox([*weights, shares], layout=beside)], layout=WRAPPED
            ),
            self.curves,
            self.code,
        ]

    def offer_pictures(self, names):
        """Let `names` be chosen as content and as style; what is chosen stays so."""
        for name in self.uploads:
            choice = self.choices[name]
            chosen = choice.value
            choice.options = names  # which chooses the first
            choice.value = chosen

    def show(self, image, history, path, code, now=False):
        """Bring the page up to date, as often as it does not hold up the steps, or `now`.

        `image` is (H, W, 3), `history` a list of records, `path` one of (weights, steps) pairs,
        and `code()` the text to show.
        """
        if now or time.perf_counter() - self._shown > PREVIEW_PAUSE:
            self.preview.value = _encoded(image, "JPEG", quality=88)
            self.status.value = _status(history, self.steps.value)
            self.code.value = code()
            self._shown = time.perf_counter()
        began = time.perf_counter()
        if now or (began - self._plotted) * CURVES_SHARE > self._plotting:
            self._show_curves(history, path)
            self._plotted = time.perf_counter()
            self._plotting = self._plotted - began

    def _show_curves(self, history, path):
        self.curves.layout.visibility = "visible" if len(history) > 1 else "hidden"
        if len(history) > 1:
            marks = np.cumsum([steps for _, steps in path])[:-1] + 1
            figure, buffer = plot_history(history, marks=marks), io.BytesIO()
            figure.savefig(buffer, format="jpeg", dpi=70)
            plt.close(figure)
            self.curves.value = buffer.getvalue()

    def offer(self, image, name):
        """A link from which the browser saves the picture (H, W, 3); no file is written here."""
        data = base64.b64encode(_encoded(image, "PNG")).decode()
        name = html.escape(name)
        link = f'download="{name}" href="data:image/png;base64,{data}"'
        self.download.value = f"<a {link}><u>Download {name}</u></a>"

    def say(self, text):
        """Show a sentence, such as what went wrong."""
        self.message.value = f"<b>{html.escape(text)}</b>" if text else ""


def _encoded(image, kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(np.round(255 * image).astype(np.uint8)).save(buffer, kind, **options)
    return buffer.getvalue()


def _status(history, goal):
    done = len(history)
    if done < 2:
        return f"step {done} of {goal}"
    seconds = float(np.median(np.diff([record.seconds for record in history[-6:]])))
    left = max(goal - done, 0) * seconds
    return f"step {done} of {goal} · {seconds:.2f} s a step · about {left:.0f} s left"


def _choice(name, options, value=None):
    value = options[0] if value is None else value
    return widgets.Dropdown(options=options, value=value, description=name, **_field("24em"))


def _slider(name, value, powers):
    low, high = np.log10(value) + powers  # so that the default lies on a step
    return widgets.FloatLogSlider(
        value,
        min=low,
        max=high,
        step=0.01,  # of a power of ten: what is typed is rounded to that
        description=name,
        readout_format=".3g",
        style=_names(8),
        layout={"width": "auto"},
    )


def _field(width):
    return {"style": _names(7), "layout": _width(width)}


def _width(width):
    return {"width": width}


def _names(width):
    return {"description_width": f"{width}em"}
