"""The playground's widgets, one by one: how each is made, and how wide it is."""

import base64
import html

import ipywidgets as widgets
import numpy as np

WRAPPED = {"flex_flow": "wrap", "overflow": "visible"}


def width(width):
    """A layout."""
    return {"width": width, "max_width": "100%"}


def names(ems):
    """A style with so much room for a widget's name."""
    return {"description_width": f"{ems}em"}


FIELD = {"style": names(7), "layout": width("19em")}


def choice(label, options, value=None):
    """A list to choose from."""
    value = options[0] if value is None else value
    return widgets.Dropdown(options=options, value=value, description=label, **FIELD)


def upload(label, kinds):
    """A button that asks for a file of one's own."""
    layout = width("10.5em") | {"flex": "none"}
    return widgets.FileUpload(accept=kinds, description=label, layout=layout)


def slider(label, value, powers, room):
    """A slider by factors, from and to the powers of ten from its default on."""
    low, high = np.log10(value) + powers  # so that the default lies on a step
    return widgets.FloatLogSlider(
        value,
        min=low,
        max=high,
        step=0.01,  # of a power of ten: what is typed is rounded to that
        description=label,
        readout_format=".3g",
        style=names(room),
        layout={"width": "auto"},
    )


def folded(label, *inside):
    """Widgets that a button shows and hides; unlike an accordion's, the keyboard reaches it."""
    button = widgets.ToggleButton(description=label, layout=width("auto"))
    box = widgets.VBox(inside, layout={"display": "none"})

    def turn(change):
        box.layout.display = "flex" if change["new"] else "none"

    button.observe(turn, "value")
    return widgets.VBox([button, box])


def download_link(content, kind, name):
    """A link from which the browser saves bytes of a media type."""
    data, name = base64.b64encode(content).decode(), html.escape(name)
    link = f'download="{name}" href="data:{kind};base64,{data}"'
    return f"<a {link}><u>Download {name}</u></a>"
