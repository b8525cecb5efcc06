"""Draw the diagrams of the lessons as SVG, and the sheet for paper as PDF (`make diagrams`).

One drawing of the method serves six lessons: each lights the parts that it is about. What is
drawn in `docs/pictures/` is read by people with and without a dark page, so the ground is white.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image

import styletools as st
from styletools.lessons.plots import COLOURS

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
BLUE, ORANGE, GREEN, PINK = COLOURS[:4]
GREY, PALE, INK, WISH = "#767676", "#dcdcdc", "#1a1a1a", "#9b2c6b"
LOOK = {"font.size": 13, "svg.hashsalt": "styletools", "pdf.fonttype": 42}
EVERYTHING = {"painting", "photograph", "network", "style", "content", "tv", "total"}
LIT = {
    "transfer": EVERYTHING,
    "content": {"photograph", "network", "content"},
    "style": {"painting", "network", "style"},
    "tv": {"tv"},
    "total": EVERYTHING | {"weights"},
    "control": EVERYTHING | {"wishes"},
}


def sheet(width, height, inches=11):
    """A white drawing of `width` × `height` units, y from the bottom."""
    figure = plt.figure(figsize=(inches, inches * height / width))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, width), ylim=(0, height))
    axis.axis("off")
    return figure, axis


def save(figure, name):
    """Write a drawing that is the same, byte by byte, each time."""
    path = PICTURES / name if name.endswith(".svg") else ROOT / "docs" / name
    figure.savefig(path, metadata={"Date" if name.endswith(".svg") else "CreationDate": None})
    plt.close(figure)
    print(path.relative_to(ROOT))


def box(axis, x, y, width, height, colour, lines, lit=True, size=13):
    """A rounded box with lines of text in its middle."""
    colour = colour if lit else PALE
    rounded = FancyBboxPatch(
        (x, y), width, height, "round,pad=0,rounding_size=1", fc=colour, ec="none"
    )
    axis.add_patch(rounded)
    text = {"ha": "center", "va": "center", "linespacing": 1.45, "size": size}
    axis.text(x + width / 2, y + height / 2, lines, color="white" if lit else GREY, **text)


def arrow(axis, *points, colour=INK, lit=True, dashes="-", width=2):
    """A line through points, with a head at its end."""
    colour = colour if lit else PALE
    x, y = np.transpose(points)
    axis.plot(x[:-1], y[:-1], color=colour, lw=width, ls=dashes, solid_joinstyle="round")
    look = {"arrowstyle": "-|>", "color": colour, "lw": width, "ls": dashes, "mutation_scale": 16}
    axis.annotate("", points[-1], points[-2], arrowprops=look | {"shrinkA": 0, "shrinkB": 0})


def thumbnail(axis, source, x, y, height, title, lit=True):
    """A small picture with its name below."""
    image = np.asarray(source)
    width = height * image.shape[1] / image.shape[0]
    axis.imshow(image, extent=(x, x + width, y, y + height), aspect="auto", alpha=1 if lit else 0.3)
    axis.text(x + width / 2, y - 0.7, title, ha="center", va="top", color=INK if lit else GREY)


def method(lit):
    """Two pictures and ours, through the network, to three losses; the gradient goes back."""
    figure, axis = sheet(110, 62)
    three = {
        "painting": ("the painting", 45, st.load_image("starry_night", 96)),
        "photograph": ("the photograph", 26, st.load_image("great_pyramid", 96)),
        "picture": ("our picture", 7, Image.open(PICTURES / "pyramids.jpg").resize((96, 64))),
    }
    for name, (title, y, image) in three.items():
        on = name in lit or name == "picture"
        thumbnail(axis, image, 1.5, y, 11.5, title, on)
        reach = lit & {"network"} and on
        arrow(axis, (20, y + 6), (27, 35 + (y - 26) / 3), colour=INK, lit=bool(reach))
    network(axis, "network" in lit)
    style, content, tv = (name in lit for name in ("style", "content", "tv"))
    for x, top in zip(BARS, TOPS, strict=True):
        axis.plot([x + 2, x + 2], [top, 54], color=ORANGE if style else PALE, lw=2)
    arrow(axis, (BARS[0] + 2, 54), (70, 54), colour=ORANGE, lit=style)
    box(axis, 70, 48.5, 23, 11, ORANGE, "style loss\nGram matrices G, A\nof blocks 1 to 5", style)
    down = (BARS[3] + 2, 70 - TOPS[3]), (BARS[3] + 2, 20), (62, 20), (62, 33), (70, 33)
    arrow(axis, *down, colour=BLUE, lit=content)
    box(axis, 70, 27.5, 23, 11, BLUE, "content loss\nfeatures F, P\nof block 4", content)
    arrow(axis, (20, 12), (70, 12), colour=GREEN, lit=tv)
    box(axis, 70, 6.5, 23, 11, GREEN, "total variation\nneighbouring pixels", tv)
    total(axis, lit)
    if "wishes" in lit:
        wishes(axis)
    return figure


BARS = [28, 35, 42, 49, 56]  # the blocks, from the left,
TOPS = [50, 47, 44, 41.5, 39.5]  # and how high each reaches; its middle is at 35


def network(axis, lit):
    """Five blocks, each half as high as the one before (drawn less steeply)."""
    for number, (x, top) in enumerate(zip(BARS, TOPS, strict=True), 1):
        box(axis, x, 70 - top, 4, 2 * (top - 35), INK, f"{number}", lit, 15)
    axis.text(44, 58.5, "VGG19: five blocks, frozen", ha="center", color=INK if lit else GREY)


def total(axis, lit):
    """The sum of the three, and the gradient back to the pixels."""
    on = "total" in lit
    for (name, y), (weight, *place) in zip(HEIGHT_OF.items(), WEIGHTS, strict=True):
        if on or name not in lit:
            arrow(axis, (93, y), (100.5, 33 + (y - 33) / 6), lit=on)
        if "weights" in lit:
            axis.text(*place, f"× {weight}", ha="center")
    box(axis, 100.5, 27.5, 8, 11, INK, "total", on)
    y = next(HEIGHT_OF[name] for name in HEIGHT_OF if name in lit)
    start = ((104.5, 27.5), (104.5, 2)) if on else ((93, y), (98, y), (98, 2))
    arrow(axis, *start, (10, 2), (10, 4.3), colour=PINK, dashes=(0, (4, 2)))
    axis.text(58, 2.6, "gradient: change every pixel a little, and look again", ha="center")


HEIGHT_OF = {"style": 54, "content": 33, "tv": 12}
WEIGHTS = ("1", 99.5, 50), ("0.05", 96.6, 34.4), ("0.1", 100, 15)  # and where they are written


def wishes(axis):
    """Where lesson 7 reaches in."""
    for x, y, text in (
        (1.5, 59.3, "① colours matched"),
        (66, 44.5, "② targets mixed, or masked"),
        (66, 23.5, "③ where content counts"),
    ):
        axis.text(x, y, text, color=WISH, weight="bold", size=12, va="center")


CONVOLUTIONS = {1: 2, 2: 2, 3: 4, 4: 4, 5: 4}


def vgg19():
    """Sixteen convolutions in five blocks, then the three layers that name things."""
    figure, axis = sheet(110, 44)
    x = 4
    for block, count in CONVOLUTIONS.items():
        side, channels = 256 // 2 ** (block - 1), min(512, 64 * 2 ** (block - 1))
        height, width = 30 * 0.72 ** (block - 1), 2.0 + 0.25 * (block - 1)
        for number in range(1, count + 1):
            box(axis, x, 24 - height / 2, width, height, BLUE, f"{number}", size=12)
            x += width + 0.6
        middle = x - 0.6 - count * (width + 0.6) / 2 + 0.3
        lines = f"block {block}\n{side} × {side}\n{channels} channels"
        axis.text(middle, 5.2, lines, ha="center", va="center", size=12, linespacing=1.4)
        axis.plot([x + 0.9] * 2, [24 - height / 2, 24 + height / 2], color=ORANGE, lw=4)
        x += 8 if block < 3 else 4
    axis.text(23, 41.8, "│", color=ORANGE, weight="bold", ha="right", va="center")
    axis.text(23.5, 41.8, "pooling: half as wide, half as high", va="center", size=12)
    for number, (name, units) in enumerate((("fc1", 4096), ("fc2", 4096), ("names", 1000))):
        box(axis, 88 + 6.8 * number, 17, 5.8, 14, PALE, f"{name}\n{units}", False, 11)
    axis.text(
        98, 5.2, "3 dense layers:\nnot used here", ha="center", va="center", size=12, color=GREY
    )
    axis.text(66, 41.8, "16 convolutions + 3 dense layers = 19", va="center", weight="bold")
    return figure


BLUE_MAP, SWIRL_MAP = np.array([[2, 0], [1, 1]]), np.array([[1, 0], [2, 0]])  # of lesson 3


def table(axis, x, y, values, colours, side=6, size=16):
    """Numbers in squares; (x, y) is the upper left corner."""
    for (row, column), value in np.ndenumerate(np.asarray(values, object)):
        corner = (x + column * side, y - (row + 1) * side)
        face = colours[column] if isinstance(colours, list) else colours
        axis.add_patch(Rectangle(corner, side, side, fc=face, ec=INK, lw=1.5))
        middle = (corner[0] + side / 2, corner[1] + side / 2)
        axis.text(*middle, value, ha="center", va="center", size=size)


LIGHT_BLUE, LIGHT_ORANGE = "#cfe4f3", "#f9dcc6"


def gram():
    """Two maps, four positions: the rows of F, and their products summed up in G."""
    figure, axis = sheet(110, 42)
    maps, (top, left) = np.stack([BLUE_MAP, SWIRL_MAP], -1), (33, 3)
    table(axis, left, top, BLUE_MAP, LIGHT_BLUE)
    table(axis, left, top - 15, SWIRL_MAP, LIGHT_ORANGE)
    axis.text(left + 6, top + 1.2, "“blue”", ha="center", color=BLUE, weight="bold")
    axis.text(left + 6, top - 28.8, "“swirl”", ha="center", va="top", color=ORANGE, weight="bold")
    arrow(axis, (18, 19.5), (31, 19.5))
    axis.text(24.5, 21, "a row for\neach position", ha="center", size=12)
    F = maps.reshape(4, 2)
    table(axis, 33, 31.5, F, [LIGHT_BLUE, LIGHT_ORANGE])
    axis.text(39, 33.2, "F", ha="center", size=16, style="italic")
    axis.text(39, 5.5, "M = 4 positions\nN = 2 channels", ha="center", va="top", size=12)
    arrow(axis, (48, 19.5), (66, 19.5))
    axis.text(57, 21, "column times column,\nadded up, over M", ha="center", size=12)
    G = F.T @ F / 4
    table(axis, 68, 27.5, [[f"{value:g}" for value in row] for row in G], "white", 8)
    axis.text(76, 29.2, "G = FᵀF / M", ha="center", size=16, style="italic")
    axis.text(76, 9.5, "one entry for each\npair of channels", ha="center", va="top", size=12)
    axis.text(86, 23.5, "diagonal:\nhow strong\na channel is", size=12, va="center")
    axis.text(86, 14, "beside it:\nhow much two\ngo together", size=12, va="center")
    return figure


SHEET = """Two channels looked at the four positions of a tiny picture and wrote down what they saw.
For each pair of channels: multiply the two numbers of each position, add up, divide by 4."""
TASKS = [
    "The first entry, blue with blue, is (2·2 + 0·0 + 1·1 + 1·1) / 4. Fill in all four.",
    "The same picture, turned upside down and left to right. Guess first: what changes?",
    "Blue and swirl, but never at the same place. Which entry tells you so?",
]
APART = np.array([[0, 2], [2, 0]]), np.array([[2, 0], [0, 2]])


def gram_sheet():
    """One page of paper: a Gram matrix by hand, twice, and what it forgets."""
    figure, axis = sheet(100, 141.4, 8.27)
    axis.text(8, 132, "A Gram matrix by hand", size=22, weight="bold")
    axis.text(92, 132, "Name: ____________________", ha="right")
    say = {"va": "top", "linespacing": 1.6, "size": 10.5}
    axis.text(8, 127, SHEET, **say)
    backwards = [channel[::-1, ::-1] for channel in (BLUE_MAP, SWIRL_MAP)]
    pairs = ((BLUE_MAP, SWIRL_MAP), backwards, APART)
    for number, (task, (blue, swirl)) in enumerate(zip(TASKS, pairs, strict=True), 1):
        y = 148 - 36 * number
        axis.text(8, y, f"{number}.  {task}", **say)
        table(axis, 10, y - 8, blue, LIGHT_BLUE, 8)
        table(axis, 32, y - 8, swirl, LIGHT_ORANGE, 8)
        axis.text(18, y - 27.5, "blue", ha="center")
        axis.text(40, y - 27.5, "swirl", ha="center")
        axis.text(56, y - 16, "G  =", size=16, style="italic", va="center")
        table(axis, 66, y - 6.5, [["", ""], ["", ""]], "white", 10)
        axis.text(71, y - 5.5, "blue", ha="center", size=11)
        axis.text(81, y - 5.5, "swirl", ha="center", size=11)
    axis.text(8, 6, "Which of the three have the same style, if style is the table G?", size=11)
    return figure


KINDS = {"picture": GREY, "down": BLUE, "residual": GREEN, "up": ORANGE}
PAINTER = [  # what is above, below, and how high, as the maps are
    ("picture", "photograph", "3", "H × W"),
    ("down", "9 × 9", "16", "H × W"),
    ("down", "3 × 3\nstride 2", "32", "½"),
    ("down", "3 × 3\nstride 2", "64", "¼"),
    *[("residual", "two of\n3 × 3", "64", "¼")] * 3,
    ("up", "enlarge\n3 × 3", "32", "½"),
    ("up", "enlarge\n3 × 3", "16", "H × W"),
    ("up", "9 × 9", "3", "H × W"),
    ("picture", "painting", "3", "H × W"),
]
HEIGHTS = {"H × W": 15, "½": 10.5, "¼": 7}


def painter():
    """The network of lesson 8, from a photograph to a painting."""
    figure, axis = sheet(110, 34)
    for number, (kind, what, channels, size) in enumerate(PAINTER):
        x, height = 6 + 9.8 * number, HEIGHTS[size]
        width = {"3": 1.6, "16": 2.6, "32": 3.6, "64": 4.8}[channels]
        box(axis, x - width / 2, 18 - height / 2, width, height, KINDS[kind], "")
        axis.text(x, 19.2 + height / 2, channels, ha="center")
        axis.text(x, 9, what, ha="center", va="top", linespacing=1.3)
        axis.text(x, 1.2, size, ha="center", color=GREY)
        if number:
            arrow(axis, (x - 6.6, 18), (x - 2.7, 18), width=1.5)
        if kind == "residual":
            around = ((x - 4.6, 18), (x - 4.6, 24.5), (x + 4.4, 24.5), (x + 4.4, 18.6))
            arrow(axis, *around, colour=GREEN, width=1.5)
    axis.text(55, 32, "above: channels; below: size of the maps", ha="center", color=GREY)
    return figure


def main():
    plt.rcParams.update(LOOK)
    for name, lit in LIT.items():
        save(method(lit), f"diagram_{name}.svg")
    save(vgg19(), "diagram_vgg19.svg")
    save(gram(), "diagram_gram.svg")
    save(painter(), "painter_network.svg")
    save(gram_sheet(), "gram_sheet.pdf")


if __name__ == "__main__":
    main()
