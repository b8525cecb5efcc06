"""Pictures that were kept: up to twelve side by side, compared, and as one for the wall."""

import html
import io
import math
from dataclasses import dataclass

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np

from ..lessons import Picture, show_images
from ..pictures import encoded
from .parts import WRAPPED, choice, download_link, width
from .words import captions, differences

MOST = 12
HEIGHT = 4  # inches of a picture on the wall
DENSITY = 150  # pixels an inch
NONE = "–"


@dataclass(frozen=True)
class Kept:
    """A picture (H, W, 3), and {name: value} of all that it was made with."""

    image: np.ndarray
    settings: dict


class Strip(widgets.VBox):
    """The kept pictures; `bring_back(kept)` is called when one is clicked, all by way of `do`.

    Beyond twelve the oldest makes room.
    """

    def __init__(self, bring_back, do):
        self.kept = []
        self._cells = [self._cell(number, bring_back, do) for number in range(MOST)]
        self._chosen = [choice(label, [NONE]) for label in ("compare", "with")]
        for chosen in self._chosen:
            chosen.observe(lambda _: do(self._lay_out), "value")
        self._wall = widgets.Button(description="Wall picture", layout=width("9em"))
        self._wall.on_click(lambda _: do(self._offer))
        self._pair = [Picture("width: auto; height: min(40vh, 40vw)") for _ in range(2)]
        self._told, self._link = widgets.HTML(), widgets.HTML()
        self._row = widgets.HBox([*self._chosen, self._wall, self._link], layout=WRAPPED)
        beside = widgets.HBox(self._pair, layout=WRAPPED | {"grid_gap": "8px"})
        super().__init__([widgets.HBox(self._cells, layout=WRAPPED), self._row, self._told, beside])
        self._show()

    def _cell(self, number, bring_back, do):
        button = widgets.Button(description=f"weights of {number + 1}", layout=width("9em"))
        button.on_click(lambda _: do(lambda: bring_back(self.kept[number])))
        return widgets.VBox([Picture("width: 9em; height: 6em"), button])

    def keep(self, kept):
        """Add a `Kept` at the end."""
        self.kept = [*self.kept, kept][-MOST:]
        self._show()

    def _show(self):
        for number, (cell, kept) in enumerate(zip(self._cells, self.kept, strict=False), 1):
            cell.children[0].put(encoded(kept.image, "JPEG", quality=85), f"kept picture {number}")
        for number, cell in enumerate(self._cells):
            cell.layout.display = "flex" if number < len(self.kept) else "none"
        self._row.layout.display = "flex" if len(self.kept) > 1 else "none"
        self._link.value = ""
        numbers = [NONE, *range(1, len(self.kept) + 1)]
        for chosen in self._chosen:
            before = chosen.value
            chosen.options = numbers
            chosen.value = before if before in numbers else NONE

    def _lay_out(self):
        numbers = [chosen.value for chosen in self._chosen]
        both = NONE not in numbers
        pair = [self.kept[number - 1] for number in numbers] if both else []
        for image in self._pair:
            image.layout.display = "block" if both else "none"
        for number, image, kept in zip(numbers, self._pair, pair, strict=False):
            image.put(encoded(kept.image, "JPEG", quality=90), f"kept picture {number}")
        told = differences(*(kept.settings for kept in pair)) if both else ""
        self._told.value = f"<b>{html.escape(told or 'the same settings')}</b>" if both else ""

    def _offer(self):
        self._link.value = download_link(wall(self.kept), "image/png", "wall.png")


def wall(kept):
    """The bytes of one PNG of all kept pictures, each with what sets it apart below the title."""
    title, texts = captions([each.settings for each in kept])
    pairs = enumerate(zip(texts, kept, strict=True), 1)
    titled = {f"{n}: {text}".replace("$", r"\$"): each.image for n, (text, each) in pairs}
    columns = math.ceil(math.sqrt(len(kept)))
    figure, buffer = show_images(titled, columns, HEIGHT, title.replace("$", r"\$")), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DENSITY, bbox_inches="tight")
    plt.close(figure)
    return buffer.getvalue()
