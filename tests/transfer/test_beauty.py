"""What the defaults paint has no grid and is not blurred, on pictures that did not choose them."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest

from measures import judged, sharpness, weave
from styletools import load_image, transfer_style

SIDE, STEPS = 128, 30
PORTRAIT = Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg")


def rock(side):
    """Noise whose spectrum falls like 1/f and prefers no direction (H, W, 3)."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side))
    frequency[0, 0] = 1
    waves = np.fft.fft2(np.random.default_rng(0).normal(size=(side, side)))
    grey = np.fft.ifft2(waves / frequency).real
    grey = (0.5 + 0.15 * (grey - grey.mean()) / grey.std()).clip(0, 1)
    return grey[..., None].repeat(3, axis=2).astype(np.float32)


CONTENTS = {"portrait": lambda: load_image(PORTRAIT, SIDE), "rock": lambda: rock(SIDE)}


@pytest.mark.parametrize("content", CONTENTS)
def test_the_defaults_weave_no_grid_and_do_not_blur(content):
    photo, painting = CONTENTS[content](), load_image("starry_night", SIDE)

    def result(**settings):
        return transfer_style(photo, painting, STEPS, progress=False, **settings).image

    def without_tv():
        return result(tv_weight=0)

    woven, most, sharp, least = judged(photo, painting, result(), without_tv)
    assert woven <= most
    assert sharp >= least
    woven, _, sharp, _ = judged(photo, painting, result(tv_weight=20), without_tv)
    assert woven > most or sharp < least  # so the measures see too much of it


def test_the_measures_see_a_grid_and_a_blur():
    noise = np.random.default_rng(0).normal(0.5, 0.05, (128, 128, 3)).clip(0, 1)
    assert weave(noise) == pytest.approx(1, abs=0.2)
    assert sharpness(noise) == pytest.approx(0, abs=1)
    wave = 0.1 * np.cos(2 * np.pi * 0.3 * np.arange(128))[:, None, None]
    assert weave((noise + wave).clip(0, 1)) > 3
    turned = 0.1 * np.cos(2 * np.pi * 0.3 / np.sqrt(2) * np.add.outer(*[np.arange(128)] * 2))
    assert weave((noise + turned[..., None]).clip(0, 1)) < 0.3
    blurred = noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1) + np.roll(noise, (1, 1), (0, 1))
    assert sharpness(blurred / 4) < -4
