"""Weave and sharpness of what the defaults paint, for sixteen pairs at two sizes: `make measures`.

The pictures are kept in build/measures/, so that a run that was stopped goes on where it was;
after a change of the defaults delete them.
"""

import itertools
import sys
from functools import partial
from pathlib import Path

import numpy as np

import styletools as st

ROOT = Path(__file__).resolve().parent.parent
CONTENTS = ("great_pyramid", "red_pyramid", "neuschwanstein", "astronaut")
STYLES = ("starry_night", "great_wave", "composition_viii", "village_street_in_auvers")
SIZES = (256, 384)
WOVEN, BLURRED = 1.25, -6.0  # how much more weave, and how many decibels less, are let pass


def spectrum(image):
    """Power of the grey picture, and the frequency (cycles a pixel) and angle of each wave.

    Angles are in degrees from the nearer axis, 0 to 45; the picture's edges fade out (Hann).
    """
    grey = st.luminance(image)[..., 0].astype(float)
    grey = (grey - grey.mean()) * np.hanning(grey.shape[0])[:, None] * np.hanning(grey.shape[1])
    down, across = np.fft.fftfreq(grey.shape[0])[:, None], np.fft.fftfreq(grey.shape[1])
    angle = np.degrees(np.arctan2(np.abs(down), np.abs(across)))
    power = np.abs(np.fft.fft2(grey)) ** 2
    return power, np.hypot(down, across), np.minimum(angle, 90 - angle)


def weave(image):
    """Power of fine waves along the axes (within 12°) over that along the diagonals (33° to 57°).

    Fine is from 0.22 to 0.42 cycles a pixel. A grid has far more than 1.
    """
    power, frequency, angle = spectrum(image)
    fine = (frequency >= 0.22) & (frequency <= 0.42)
    return power[fine & (angle <= 12)].mean() / power[fine & (angle >= 33)].mean()


def sharpness(image):
    """Power of fine waves over that of middle ones (0.05 to 0.15 cycles a pixel), in decibels."""
    power, frequency, _ = spectrum(image)
    fine = (frequency >= 0.22) & (frequency <= 0.42)
    middle = (frequency >= 0.05) & (frequency <= 0.15)
    return 10 * np.log10(power[fine].mean() / power[middle].mean())


def judged(photo, painting, result, without_tv):
    """Weave and sharpness of a result beside what they are allowed to be: four numbers.

    `without_tv()` paints the same without TV; it is asked only if the pictures do not allow enough.
    """
    woven, allowed = weave(result), WOVEN * max(weave(photo), weave(painting))
    if woven > allowed:
        allowed = max(allowed, WOVEN * weave(without_tv()))
    return woven, allowed, sharpness(result), sharpness(painting) + BLURRED


def painted(photo, painting, path, **settings):
    """The picture at `path`, painted now if it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        st.save_image(st.transfer_style(photo, painting, **settings).image, path)
    return st.load_image(path)


def main():
    """Print a row for each pair and size; returns whether one is beyond what is allowed."""
    failed = 0
    print("size  pair                                       weave (most)   sharpness (least), dB")
    for size, content, style in itertools.product(SIZES, CONTENTS, STYLES):
        photo, painting = st.load_image(content, size), st.load_image(style, size)
        path = ROOT / "build" / "measures" / str(size) / f"{content}--{style}"
        result = painted(photo, painting, path.with_suffix(".png"))
        free = partial(painted, photo, painting, path.with_suffix(".no_tv.png"), tv_weight=0)
        woven, most, sharp, least = judged(photo, painting, result, free)
        wrong = bool(woven > most or sharp < least)
        failed += wrong
        pair, marked = f"{content} × {style}", "  ← beyond" * wrong
        row = f"{size}   {pair:41} {woven:5.2f} ({most:4.2f}) {sharp:9.1f} ({least:.1f})"
        print(row + marked, flush=True)
    print(f"{failed} of {len(SIZES) * 16} pairs beyond what is allowed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
