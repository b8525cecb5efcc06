"""Make the README's pictures anew, with the defaults and nothing else: `make pictures`."""

from pathlib import Path

import matplotlib.pyplot as plt

import styletools as st

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CONTENTS = ("great_pyramid", "red_pyramid", "neuschwanstein", "astronaut")
STYLES = ("starry_night", "great_wave", "composition_viii", "village_street_in_auvers")
JPEG = {"dpi": 100, "pil_kwargs": {"quality": 85}, "bbox_inches": "tight"}


def demo(size=384):
    """Content, style and result side by side, as `make demo` paints it."""
    content, style = st.load_image(CONTENTS[0], size), st.load_image(STYLES[0], size)
    result = st.transfer_style(content, style)
    pictures = {"content": content, "style": style, "result": result.image}
    st.show_images(pictures, height=3.2).savefig(PICTURES / "pyramids.jpg", **JPEG)


def contact_sheet(size=288):
    """Every content in every style; the originals along the top and the left edge."""
    styles = {name: st.load_image(name, size) for name in STYLES}
    figure, axes = plt.subplots(5, 5, figsize=(17, 14), layout="constrained")
    for axis, (name, style) in zip(axes[0, 1:], styles.items(), strict=True):
        axis.imshow(style)
        axis.set_title(name)
    for row, name in zip(axes[1:], CONTENTS, strict=True):
        content = st.load_image(name, size)
        row[0].imshow(content)
        row[0].set_title(name)
        for axis, style in zip(row[1:], styles.values(), strict=True):
            axis.imshow(st.transfer_style(content, style).image)
    for axis in axes.flat:
        axis.axis("off")
    figure.savefig(PICTURES / "contact_sheet.jpg", **JPEG)


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    st.notebook_style()
    demo()
    contact_sheet()
