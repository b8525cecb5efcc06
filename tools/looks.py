"""Paint the pictures of docs/looks.md with the lines that are printed there: `make looks`.

The page's first block of code comes before each of the others, which end with two pictures,
`before` and `after`; they become the section's picture, and the code that painted it is its
comment. What was painted with the lines as they are now is not painted again.
"""

import io
import re
import sys
from functools import cache

import numpy as np
from PIL import Image
from tqdm import tqdm

from measures import ROOT

PAGE, PICTURES = ROOT / "docs" / "looks.md", ROOT / "docs" / "pictures"
SECTION = re.compile(r"\((pictures/look_\w+\.jpg)\).*?```python\n(.*?)```", re.S)
GAP = 6  # white pixels between the two
ENLARGED = 2  # so that the strokes are seen on a projector


def sections():
    """(the block that comes first, {name of a picture: the block that paints it})."""
    text = PAGE.read_text("utf-8")
    first = re.search(r"```python\n(.*?)```", text, re.S)
    found = SECTION.findall(text[first.end() :])
    return first[1], {name.removeprefix("pictures/"): code for name, code in found}


def code_of(path):
    """The code that painted the picture at `path`; "" if there is none."""
    if not path.exists():
        return ""
    with Image.open(path) as picture:
        return picture.info.get("comment", b"").decode("utf-8")


@cache
def prepared(code):
    names = {}
    exec(code, names)
    return names


def paint(code, first, path):
    """Run the lines, and store the two pictures side by side."""
    names = dict(prepared(first))
    exec(code, names)
    before, after = (np.clip(names[name], 0, 1) for name in ("before", "after"))
    height = max(before.shape[0], after.shape[0])
    sheet = np.ones((height, before.shape[1] + GAP + after.shape[1], 3))
    for image, left in ((before, 0), (after, before.shape[1] + GAP)):
        top = (height - image.shape[0]) // 2
        sheet[top : top + image.shape[0], left : left + image.shape[1]] = image
    picture = Image.fromarray(np.uint8(np.round(255 * sheet)))
    picture = picture.resize([ENLARGED * side for side in picture.size], Image.Resampling.LANCZOS)
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=82, optimize=True, comment=(first + code).encode())
    path.write_bytes(stored.getvalue())


def main():
    first, found = sections()
    for name, code in tqdm(found.items(), unit="picture"):
        if code_of(PICTURES / name) != first + code:
            paint(code, first, PICTURES / name)


if __name__ == "__main__":
    sys.exit(main())
