"""What moves in a lesson: a guess to click, and pictures to look through with sliders."""

import base64
import html
import io
from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike
from PIL import Image

from ..errors import StyletoolsError, shown
from ..pictures import encoded
from .plots import arrays

NAMES = {"style": {"description_width": "8em"}, "layout": {"width": "32em", "max_width": "100%"}}


class Picture(widgets.HTML):
    """A picture with words for those who do not see it.

    `style` is CSS for its size. Its sides are told and it is decoded before it is shown, as what is
    redrawn must neither jump nor flicker. (`widgets.Image` can have no words.)
    """

    def __init__(self, style):
        super().__init__(layout={"max_width": "100%", "overflow": "hidden", "flex": "none"})
        self._style = f"{style}; max-width: 100%; object-fit: contain; object-position: left top"

    def put(self, content, words):
        """Show the bytes of a JPEG, and what they show in words."""
        width, height = Image.open(io.BytesIO(content)).size
        data, words = base64.b64encode(content).decode(), html.escape(words)
        sides = f'width="{width}" height="{height}" style="{self._style}"'
        source = f'src="data:image/jpeg;base64,{data}" decoding="sync"'
        self.value = f'<img alt="{words}" title="{words}" {sides} {source}>'


def guess(*answers: str) -> None:
    """Show a button for each answer, two or more; the one clicked stays lit, and nothing is told.

    Raises `StyletoolsError` if an answer is no text.
    """
    if len(answers) < 2 or not all(isinstance(answer, str) and answer for answer in answers):
        raise StyletoolsError(
            f"give two answers or more to choose from, as texts, not {shown(answers)}"
        )
    buttons = widgets.ToggleButtons(options=answers, value=None, style={"button_width": "auto"})
    said = widgets.HTML("Your guess?")

    def note(change):
        said.value = f"Your guess: <b>{html.escape(change['new'])}</b>. Now run on, and see."

    buttons.observe(note, "value")
    display(widgets.VBox([buttons, said]))


def browse(pictures: Mapping[Any, ArrayLike], *labels: str) -> None:
    """Show one picture of many, with a slider for each label to choose it.

    Parameters
    ----------
    pictures : dict
        {key: array (H, W, 3) or (H, W)}, values in [0, 1]. With several labels a key is a tuple
        with a part for each, and every combination of the parts has a picture.
    labels : str
        What the parts of a key are, such as "layer" and "channel".

    Raises `StyletoolsError` if a picture is none, or a combination has none.
    """
    images = arrays("pictures", pictures, (2, 3))
    keys = [key if isinstance(key, tuple) else (key,) for key in images]
    parts = [list(dict.fromkeys(part)) for part in zip(*keys, strict=False)]
    whole = np.prod([len(part) for part in parts]) == len(keys)
    if len(labels) != len(parts) or not whole or any(len(key) != len(parts) for key in keys):
        raise StyletoolsError(
            f"the labels {shown(labels)} do not fit the keys {shown(list(pictures))}: a key needs "
            "a part for each label, and every combination of parts needs a picture"
        )
    files = {key: _jpeg(image) for key, image in zip(keys, images.values(), strict=True)}
    sliders = [
        widgets.SelectionSlider(options=part, description=str(label), **NAMES)
        for label, part in zip(labels, parts, strict=True)
    ]
    picture = Picture("height: 22em; width: auto")

    def turn(_=None):
        key = tuple(slider.value for slider in sliders)
        words = [f"{label} {part}" for label, part in zip(labels, key, strict=True)]
        picture.put(files[key], ", ".join(words))

    for slider in sliders:
        slider.observe(turn, "value")
    turn()
    display(widgets.VBox([*sliders, picture]))


def _jpeg(image):
    """A picture or a map, as the bytes of a file."""
    height, width = image.shape[:2]
    colours = image.reshape(height, width, -1)[..., :3]
    return encoded(np.clip(np.broadcast_to(colours, (height, width, 3)), 0, 1), "JPEG")
