"""Whether an installed styletools is whole: ``python -m styletools --check``, a few seconds."""

import itertools
import platform
import tempfile
from pathlib import Path

import numpy as np

from .errors import in_words
from .network import VGG19Features, tf
from .painter import Painter, bundled_painters
from .pictures import load_image, save_image
from .transfer import StyleTransfer
from .version import __version__

SIZE = 64  # pixels of the longer side
DIFFERENT = 0.02  # mean difference of two pictures, at least


def _sees():
    features = VGG19Features(["block5_conv1"])(load_image("great_pyramid", SIZE))
    return features["block5_conv1"].numpy().max() > 0


def _improves():
    transfer = StyleTransfer(load_image("great_pyramid", SIZE), load_image("starry_night", SIZE))
    transfer.run(2)  # the second record is of the picture after one step
    losses = [record.total for record in transfer.history]
    return len(losses) == 2 and losses[1] < losses[0]


def _paints():
    photo, names = load_image("great_pyramid", SIZE), bundled_painters()
    pictures = [photo, *(Painter.load(name).paint(photo) for name in names)]
    pairs = itertools.combinations(pictures, 2)
    return len(names) > 0 and all(np.abs(a - b).mean() > DIFFERENT for a, b in pairs)


def _keeps():
    image = load_image("starry_night", SIZE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "picture.png")
        save_image(image, path)
        return np.abs(load_image(path) - image).max() < 1 / 255


CHECKS = {
    "VGG19 has its weights and sees a picture": _sees,
    "one step of transfer lowers the loss": _improves,
    "the painters paint, each in a manner of its own": _paints,
    "a picture is saved and read back": _keeps,
}


def check_installed():
    """Try each part of the package and print what is fine and what is not; whether all is."""
    print(
        f"styletools {__version__}, Python {platform.python_version()}, TensorFlow {tf.__version__}"
    )
    wrong = [what for what, works in CHECKS.items() if not _told(what, works)]
    print("Install styletools again." if wrong else "All is fine.")
    return not wrong


def _told(what, works):
    """Print whether a part works, and why not."""
    try:
        fine, why = works(), ""
    except Exception as error:  # whatever a damaged installation brings about
        fine, why = False, f" ({in_words(error)})"
    print(f"{'fine' if fine else 'NOT '}  {what}{why}", flush=True)
    return fine
