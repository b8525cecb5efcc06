"""The contact sheet of a gallery: every picture with what it is, sources at the edges."""

import itertools
import textwrap

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from ..errors import quoted
from ..pictures import load_image, written_whole
from .pairs import file_name

SHEET = "contact_sheet.jpg"
MOST, LONGEST = 500, 65_000  # rows or columns of the sheet; pixels of a side, for JPEG's sake
SIDE, CAPTION, GAP, LETTER = 240, 60, 8, 8  # pixels; three lines of caption, a letter's width


def save_sheet(contents, styles, weights, folder):
    """The styles above, the contents at the left, and below each picture what it is."""
    rows = list(itertools.product(contents, weights))
    side = min(SIDE, LONGEST // (1 + max(len(rows), len(styles))) - CAPTION)
    table = [
        [Image.new("RGB", (side, 1), "white"), *(_cell(s.image, side, s.name) for s in styles)]
    ]
    for content, weight in rows:
        table.append([_cell(content.image, side, content.name, f"content weight {weight:g}")])
        for style in styles:
            image = load_image(folder / file_name(content, style, weight))
            table[-1].append(_cell(image, side, style.name))
    heights = [max(cell.height for cell in row) for row in table]
    sheet = Image.new("RGB", (len(table[0]) * (side + GAP), sum(heights) + GAP), "white")
    for row, top in zip(table, itertools.accumulate(heights, initial=GAP), strict=False):
        for column, cell in enumerate(row):
            sheet.paste(cell, (column * (side + GAP) + GAP // 2, top))
    with written_whole(folder / SHEET, overwrite=True) as file:
        sheet.save(file, "JPEG", quality=90)


def _cell(image, side, *lines):
    """A picture (H, W, 3) made to fit `side`, and lines of text below."""
    picture = Image.fromarray(np.round(image * 255).astype(np.uint8))
    picture = ImageOps.contain(picture, (side, side), Image.Resampling.LANCZOS)
    cell = Image.new("RGB", (side, picture.height + CAPTION), "white")
    cell.paste(picture)
    wrap = textwrap.TextWrapper(side // LETTER, max_lines=2, placeholder="…").fill
    text = "\n".join(wrap(quoted(line)[1:-1]) for line in lines)
    font = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", 13)
    ImageDraw.Draw(cell).text((0, picture.height + 2), text, "black", font)
    return cell
