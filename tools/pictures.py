"""Paint the pictures of README and lessons, large and with the defaults: `make pictures`.

What is painted is kept in build/, so that a run that was stopped goes on where it was; after a
change of the defaults delete it. All together take some fifty minutes on two cores with AVX-512.
"""

import itertools

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

import styletools as st
from measures import CONTENTS, ROOT, STYLES, painted
from styletools.playground.reel import Reel

PICTURES, BUILD = ROOT / "docs" / "pictures", ROOT / "build" / "pictures"
LARGE = {  # name: photograph, painting, longest side
    "castle": ("neuschwanstein", "great_wave", 1024),
    "pyramids": ("great_pyramid", "starry_night", 1024),
    "red_pyramid": ("red_pyramid", "village_street_in_auvers", 768),
}
STEPS = 200  # at the coarsest size; half as many at each doubling
POSTER = 2048  # pixels: the castle once more, twice as large as any bundled photograph
FINEST = 20  # steps of the poster, from the castle of 1024 pixels, or from the photograph
ZOOM = (620, 130, 1260, 770)  # left, top, right, bottom of the part to look at closely
FILM = (0, 1, 2, 3, 5, 7, 10, 14, 20, 28, 40, 57, 80, 113, 160, 226, 300)  # steps to show
STRIP = (0, 2, 5, 20, 80, 300)
TITLES = {
    "great_pyramid": "Great Pyramid",
    "red_pyramid": "Red Pyramid",
    "neuschwanstein": "Neuschwanstein Castle",
    "astronaut": "Eileen Collins",
    "starry_night": "The Starry Night",
    "great_wave": "The Great Wave",
    "composition_viii": "Composition VIII",
    "village_street_in_auvers": "Village Street in Auvers",
}


def large(name):
    """The picture `name` of `LARGE` (H, W, 3), from coarse to fine; stored as it is."""
    content, style, size = LARGE[name]
    pair = st.load_image(content, size), st.load_image(style, size)
    image = painted(*pair, BUILD / f"{name}.png", steps=STEPS, coarse_to_fine=True)
    stored(as_picture(image), name, quality=85)
    return image


def as_picture(image):
    """A picture (H, W, 3) in [0, 1] as Pillow's."""
    return Image.fromarray(np.round(255 * image).astype(np.uint8))


def stored(picture, name, quality):
    """Write Pillow's picture into docs/pictures/."""
    picture.save(PICTURES / f"{name}.jpg", quality=quality, optimize=True, progressive=True)


def draw(shown, name, columns, height):
    """Write {title: picture} into docs/pictures/ as one figure."""
    figure = st.show_images(shown, columns=columns, height=height)
    settings = {"dpi": 130, "bbox_inches": "tight", "pil_kwargs": {"quality": 80}}
    figure.savefig(PICTURES / f"{name}.jpg", **settings)


def hero(image, content, style):
    """The painting with photograph and model as small pictures, one above the other, in its sky."""
    canvas, edge = as_picture(image), image.shape[1] // 64
    top = edge
    for name in (content, style):
        inset = as_picture(st.load_image(name, image.shape[1] // 6))
        inset = ImageOps.expand(
            ImageOps.fit(inset, (inset.width, inset.width * 2 // 3)), 3, "white"
        )
        canvas.paste(inset, (canvas.width - inset.width - edge, top))
        top += inset.height + edge
    stored(canvas, "hero", quality=88)


def poster(castle):
    """The castle at 2048 pixels, from the one at 1024; a part of it beside one painted at once."""
    content, style, _ = LARGE["castle"]
    photo, painting = (enlarged(st.load_image(name, POSTER // 2)) for name in (content, style))
    finer = painted(photo, painting, BUILD / "poster.png", steps=FINEST, init=enlarged(castle))
    at_once = painted(photo, painting, BUILD / "poster_at_once.png", steps=FINEST)
    stored(as_picture(finer), "poster", quality=70)
    parts = [as_picture(image).crop(ZOOM) for image in (at_once, finer)]
    both = Image.new("RGB", (2 * parts[0].width + 16, parts[0].height), "white")
    both.paste(parts[0])
    both.paste(parts[1], (parts[0].width + 16, 0))
    stored(both, "poster_zoom", quality=82)


def enlarged(image):
    """A picture (H, W, 3) with twice as many pixels each way."""
    twice = as_picture(image).resize((2 * image.shape[1], 2 * image.shape[0]), Image.LANCZOS)
    return np.asarray(twice, np.float32) / 255


def film(content, style, size=384):
    """One painting as it emerges: an animation, and six of its frames side by side."""
    folder = BUILD / "film"
    if not (folder / f"{FILM[-1]}.png").exists():
        transfer = st.StyleTransfer(st.load_image(content, size), st.load_image(style, size))
        folder.mkdir(parents=True, exist_ok=True)
        for before, step in zip((0, *FILM), FILM, strict=False):
            if step > before:
                transfer.run(step - before)
            st.save_image(transfer.image, folder / f"{step}.png", overwrite=True)
    frames, reel = {step: st.load_image(folder / f"{step}.png") for step in FILM}, Reel()
    for step, image in frames.items():
        reel.add(step, image)
    (PICTURES / "film.webp").write_bytes(reel.film(image))
    shown = {f"{step} steps": frames[step] for step in STRIP}
    draw(shown, "film", columns=3, height=2.6)


def pan(content, style, size=512, window=240, shift=9, number=12):
    """A view across `content`, each picture of it painted at once: the film of lesson 8."""
    wide, painter = st.load_image(content, size), st.Painter.load(style)
    views = (wide[:window, shift * k : shift * k + window] for k in range(number))
    st.save_film(map(painter.paint, views), PICTURES / "pan.webp", 120, overwrite=True)


def openings(size=448):
    """The pictures that open lessons 4, 6 and 7, larger than a lesson has time for."""
    castle, giza, night, wave = (
        st.load_image(name, size) for name in ("neuschwanstein", "great_pyramid", *STYLES[:2])
    )
    above = Image.new("L", (150, 100))
    ImageDraw.Draw(above).polygon([(0, 0), (150, 0), (150, 79), (64, 9), (0, 56)], fill=255)
    sky = st.load_mask(np.asarray(above), giza)
    places = [st.Region(night, where=sky), st.Region(wave, where=1 - sky)]
    weights = {
        "04_total_variation": ("neuschwanstein", "great_wave", 200, "tv_weight", (0.1, 20)),
        "06_weight_playground": ("astronaut", STYLES[2], size, "content_weight", (0.01, 0.1, 1)),
    }
    figures = {}
    for lesson, (photo, style, side, name, values) in weights.items():
        pair = st.load_image(photo, side), st.load_image(style, side)
        figures[lesson] = {f"{name} = {value}": (*pair, {name: value}) for value in values}
    figures["07_control"] = {
        "keep my colours": (castle, st.match_colours(night, castle), {}),
        "two painters": (castle, [(night, 0.5), (wave, 0.5)], {}),
        "a painter for each place": (giza, places, {}),
        "a broader brush": (castle, st.load_image("great_wave", 2 * size), {}),
    }
    for lesson, panels in figures.items():
        shown = {}
        for title, (photo, style, settings) in panels.items():
            path = BUILD / lesson / f"{title.replace(' ', '_')}.png"
            shown[title] = painted(photo, style, path, **settings)
        draw(shown, lesson, columns=3 if len(shown) == 3 else 2, height=3)


def labelled(picture, name):
    """Pillow's `picture` with its title on its lower edge."""
    words, font = TITLES[name], ImageFont.load_default(17)
    draw, foot = ImageDraw.Draw(picture), picture.height
    draw.rectangle((0, foot - 26, draw.textlength(words, font) + 14, foot), "white")
    draw.text((7, foot - 4), words, "black", font, anchor="ls")
    return picture


def contact_sheet(size=384, cell=(300, 225), gap=6):
    """Every content in every style; the originals, named, along the top and the left edge."""
    sources = {name: st.load_image(name, size) for name in (*CONTENTS, *STYLES)}
    folder = ROOT / "build" / "measures" / str(size)

    def fitted(image):
        return ImageOps.pad(as_picture(image), cell, Image.Resampling.LANCZOS, "white")

    originals = {name: labelled(fitted(image), name) for name, image in sources.items()}
    rows = [[Image.new("RGB", cell, "white"), *(originals[style] for style in STYLES)]]
    for content in CONTENTS:
        pairs = {folder / f"{content}--{style}.png": sources[style] for style in STYLES}
        results = [painted(sources[content], style, path) for path, style in pairs.items()]
        rows.append([originals[content], *map(fitted, results)])
    width, height = (side + gap for side in cell)
    sheet = Image.new("RGB", (5 * width - gap, 5 * height - gap), "white")
    for place, picture in enumerate(itertools.chain(*rows)):
        sheet.paste(picture, (place % 5 * width, place // 5 * height))
    stored(sheet, "contact_sheet", quality=82)


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    st.notebook_style()
    results = {}
    for name in LARGE:
        print(f"{name}, {LARGE[name][2]} pixels", flush=True)
        results[name] = large(name)
    hero(results["castle"], *LARGE["castle"][:2])
    film("great_pyramid", "starry_night")
    pan("neuschwanstein", "starry_night")
    openings()
    contact_sheet()
    print(f"a poster of {POSTER} pixels, twice", flush=True)
    poster(results["castle"])
