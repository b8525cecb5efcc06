"""Figures that more than one lesson draws, readable on a projector and when colour-blind."""

import io
from collections.abc import Iterable, Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike
from PIL import Image

from ..errors import StyletoolsError, shown
from ..kinds import Tensor
from ..settings import check_number, check_weights, check_whole
from ..transfer import Record

# Okabe & Ito (2008): eight colours that stay apart for every kind of colour vision.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442"]
DASHES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1, 1, 1)), "-"]


DENSITY = 2  # pixels of a stored figure for each that it takes on the page,
WIDEST = 1440  # but no more than these across
LOSSES = "content", "style", "tv"
LOWEST, TALLEST = 0.1, 50  # inches of a row


def notebook_style() -> None:
    """Set large labels, safe colours with line styles, and sharp figures in notebooks.

    A figure that holds a picture is stored as JPEG, a plot as PNG, whose letters have no rings.
    """
    cycle = plt.cycler(color=COLOURS) + plt.cycler(linestyle=DASHES)
    plt.rcParams.update({"font.size": 13, "axes.prop_cycle": cycle, "lines.linewidth": 2.5})
    plt.rcParams.update({"axes.grid": True, "grid.alpha": 0.3, "figure.dpi": 80})
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        formatters = get_ipython().display_formatter.formatters  # type: ignore[name-defined]
    except (ImportError, NameError):  # not in a notebook
        return
    set_matplotlib_formats("jpeg")  # what a later %matplotlib inline goes back to
    formatters["image/jpeg"].for_type(plt.Figure, _as_jpeg)
    formatters["image/png"].for_type(plt.Figure, _as_png)


def _as_jpeg(figure):
    return (
        _encoded(figure, "jpeg", quality=72, progressive=True) if _holds_picture(figure) else None
    )


def _as_png(figure):
    return None if _holds_picture(figure) else _encoded(figure, "png", optimize=True)


def _holds_picture(figure):
    return any(axis.images for axis in figure.axes)


def _encoded(figure, kind, **options):
    """The figure's bytes, and how wide it is to be shown."""
    buffer, stored = io.BytesIO(), io.BytesIO()
    density = min(DENSITY, WIDEST / figure.bbox.width)
    figure.savefig(buffer, format="png", dpi=density * figure.dpi, bbox_inches="tight")
    pixels = Image.open(buffer).convert("RGB")
    if kind == "png":
        pixels = pixels.quantize(128)  # lines and letters need no more
    pixels.save(stored, kind, **options)
    return stored.getvalue(), {"width": round(pixels.width / density)}


def show_images(
    images: Mapping[str, ArrayLike],
    columns: int | None = None,
    height: float = 4.0,
    suptitle: str | None = None,
) -> Figure:
    """Show pictures side by side.

    Parameters
    ----------
    images : dict
        {title: array (H, W, 3) or (H, W)}, values in [0, 1]; grey for two dimensions.
    columns : int, optional
        Pictures in a row; all of them if not given.
    height : float
        Of each row, in inches.
    suptitle : str, optional
        A title for the whole figure.

    Returns the Matplotlib figure. Raises `StyletoolsError` if a value cannot be used.
    """
    pictures = arrays("images", images, (2, 3))
    columns = len(pictures) if columns is None else check_whole("columns", columns)
    rows = -(-len(pictures) // columns)
    widest = max(image.shape[1] / image.shape[0] for image in pictures.values())
    _check_height(height)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(height * widest * columns, (height + 0.3) * rows),
        squeeze=False,
        layout="constrained",
    )
    for axis in axes.flat:
        axis.axis("off")
    for axis, (title, image) in zip(axes.flat, pictures.items(), strict=False):
        axis.imshow(np.clip(image, 0, 1), cmap="gray", vmin=0, vmax=1, interpolation="lanczos")
        axis.set_title(title)
    figure.suptitle("" if suptitle is None else suptitle)
    return figure


def plot_history(
    history: list[Record],
    weights: Mapping[str, float] | None = None,
    marks: Iterable[int] | Mapping[int, str] = (),
) -> Figure:
    """Plot the losses of a transfer against its steps, logarithmically.

    Parameters
    ----------
    history : list of `styletools.transfer.Record`
    weights : dict, optional
        {"content": …, "style": …, "tv": …}: draw each loss times its weight, so that the curves
        add up to the total. Without it the losses are drawn as they are.
    marks : sequence of int, or dict {int: str}
        Steps at which to draw a dotted vertical line, and what to write at it: where a weight was
        changed.

    Left: content, style, total variation and the weighted total; right: style, layer by layer.
    Returns the figure. Raises `StyletoolsError` if the history is empty or a value cannot be used.
    """
    _check_history(history)
    named = _marks(marks)
    weights = _checked_weights(weights)
    history = history[:: -(-len(history) // 1000)]  # more would not be seen, only waited for
    steps = [record.step for record in history]
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained", sharex=True)
    for name in LOSSES:
        weight = weights[name] if weights else 1
        left.plot(steps, [weight * getattr(record, name) for record in history], label=name)
    total = [record.total for record in history]
    left.plot(steps, total, label="total" if weights else "weighted total", color="black")
    for layer in history[0].style_layers:
        right.plot(steps, [record.style_layers[layer] for record in history], label=layer)
    for axis, title in ((left, "losses × weights" if weights else "losses"), (right, "style")):
        axis.set(title=title, xlabel="step")
        # a start from the content has a loss of 0, but for rounding: it is left out
        later = [y for line in axis.lines for y in line.get_ydata()[1:] if y > 0]
        if any(y > 0 for line in axis.lines for y in line.get_ydata()):
            axis.set_yscale("log", nonpositive="mask")
            axis.set_ylim(bottom=0.7 * min(later) if later else None)
        for mark, name in named.items():
            axis.axvline(mark, color="black", linestyle=":", linewidth=1)
            if name:
                place = {"xy": (mark, 1), "xycoords": axis.get_xaxis_transform(), "va": "top"}
                place |= {"xytext": (4, -4), "textcoords": "offset points", "rotation": 90}
                place["path_effects"] = [withStroke(linewidth=4, foreground="white")]
                place["zorder"] = 1  # behind the curves
                axis.annotate(name, parse_math=False, **place)
        # below, where it covers no curve
        axis.legend(fontsize=11, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3)
    return figure


def show_activations(
    features: Mapping[str, Tensor], channels: int = 5, height: float = 1.7
) -> Figure:
    """Show the strongest channels of each layer, each map from 0 (black) to its own largest value.

    Parameters
    ----------
    features : dict
        {layer: array (H, W, C)}, as `VGG19Features` gives them; a row of the figure a layer.
    channels : int
        Maps in a row: the channels of the largest mean, strongest first.
    height : float
        Of each row, in inches.

    Returns the Matplotlib figure. Raises `StyletoolsError` if a value cannot be used.
    """
    maps = arrays("features", features, (3,))
    check_whole("channels", channels)
    _check_height(height)
    widest = max(values.shape[1] / values.shape[0] for values in maps.values())
    figure, axes = plt.subplots(
        len(maps),
        channels,
        figsize=(height * widest * channels + 0.4, (height + 0.3) * len(maps)),
        squeeze=False,
        layout="constrained",
    )
    for row, (layer, values) in zip(axes, maps.items(), strict=True):
        strongest = np.argsort(-values.mean((0, 1)))
        row[0].set_ylabel(layer)
        for axis, channel in zip(row, strongest, strict=False):
            axis.imshow(values[..., channel], cmap="magma", vmin=0, interpolation="nearest")
            axis.set(title=f"channel {channel}", xticks=[], yticks=[])
    return figure


def arrays(name, given, dimensions):
    """{title: array} of a dictionary of pictures or maps, which must be such."""
    if not (isinstance(given, Mapping) and given):
        raise StyletoolsError(f"{name} is {shown(given)}; give a dictionary {{title: array}}")
    arrays = {}
    for title, value in given.items():
        try:
            arrays[title] = np.asarray(value)
        except Exception:  # rows of unequal length, or whatever a tensor stumbles over
            arrays[title] = np.array(None)
        array = arrays[title]
        colours = 2 not in dimensions or array.shape[2:] in ((), (1,), (3,), (4,))
        numbers = array.dtype.kind in "biuf" and array.size
        if not (numbers and colours and array.ndim in dimensions):
            wanted = "(H, W, 3) or (H, W)" if 2 in dimensions else "(H, W, C)"
            raise StyletoolsError(
                f"{shown(title)} of {name} has shape {array.shape} and type {array.dtype}; it must "
                f"be an array of numbers {wanted}"
            )
    return arrays


def _listed(name, given):
    if not isinstance(given, Iterable) or isinstance(given, str | bytes):
        raise StyletoolsError(f"{name} is {shown(given)}; give a list of numbers")
    return list(given)


def _marks(given):
    """{step: name} of marks with names, or without."""
    if not isinstance(given, Mapping):
        return {check_whole("a mark", mark, 0): "" for mark in _listed("marks", given)}
    return {check_whole("a mark", mark, 0): str(name) for mark, name in given.items()}


def _check_height(height):
    if check_number("height", height, TALLEST) < LOWEST:
        raise StyletoolsError(f"height is {shown(height)} inches; give {LOWEST} or more")


def _check_history(history):
    if not isinstance(history, list) or not all(hasattr(r, "style_layers") for r in history):
        raise StyletoolsError(
            f"history is {shown(history)}; it must be the list of records of a transfer (.history)"
        )
    if not history:
        raise StyletoolsError("the history is empty: run a step first")


def _checked_weights(weights):
    """{loss: weight}, or None if there are none."""
    if weights is None:
        return None
    if not (isinstance(weights, Mapping) and set(LOSSES) <= set(weights)):
        raise StyletoolsError(
            f"weights is {shown(weights)}; it must be a dictionary with {', '.join(LOSSES)}"
        )
    weights = {name: weights[name] for name in LOSSES}
    check_weights(**weights)
    return weights
