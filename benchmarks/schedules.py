"""The defaults' objective by styletools and by two other schedules.

schedules.py WHO PRECISION SHORTEN CONTENT STYLE, with files of equal size; SHORTEN divides the
numbers of steps. All minimise what `styletools.StyleTransfer` does by default; only how they go
about it differs.
"""

import sys

import numpy as np
from PIL import Image
from worker import serve

from styletools import StyleTransfer, load_image
from styletools.transfer import STYLE_LAYERS

SHARES = (1 / len(STYLE_LAYERS),) * len(STYLE_LAYERS)
OURS, PLAIN, FIRST, OTHERS = 300, 1000, 1000, 500  # steps
SMALLEST = 128  # pixels of the first size; each other is √2 times the one before
ADAM = {"rate": 0.02, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
DECAY = 0.99  # of the average over the iterates
PLAIN_RATE = 3e-4  # of plain descent, for each number in the picture; 1e-3 diverges


def evaluated(transfer, picture):
    """Total and gradient with the weights of `transfer`."""
    weights = transfer.content_weight, transfer.style_weight, transfer.tv_weight
    losses, gradient = transfer.objective(picture, weights, SHARES)
    return losses["total"], gradient.numpy()


def ours(content, style, precision, shorten):
    """styletools as it is, picture by picture."""
    transfer = StyleTransfer(content, style, precision=precision)
    for _ in range(OURS // shorten):
        transfer.step()
        yield transfer.image


def descent(content, style, precision, shorten):
    """The Keras example's schedule: plain descent, its rate falling by 4 % every 100 steps."""
    transfer, x = StyleTransfer(content, style, precision=precision), content
    for step in range(PLAIN // shorten):
        _, gradient = evaluated(transfer, x)
        x = x - PLAIN_RATE * x.size * 0.96 ** (step / 100) * gradient
        yield x


def multi_scale(content, style, precision, shorten):
    """The schedule of crowsonkb/style-transfer-pytorch, written anew: Adam, from small to large.

    Pixels are clipped to [0, 1] after each step. What is shown, and enlarged for the next size, is
    the average of the iterates; Adam's moments are enlarged with it.
    """
    step, average, moments = 0, content, (0 * content, 0 * content)
    for side in sides(max(content.shape)):
        pair = (resized(a, side).clip(0, 1) for a in (content, style))  # bicubic overshoots
        transfer = StyleTransfer(*pair, precision=precision)
        x, *moments = (resized(a, side) for a in (average, *moments))
        x, total = x.clip(0, 1), 0
        for number in range(1, (OTHERS if step else FIRST) // shorten + 1):
            step += 1
            _, gradient = evaluated(transfer, x)
            x, moments = adam(x, gradient, moments, step, **ADAM)
            total = DECAY * total + (1 - DECAY) * x
            average = total / (1 - DECAY**number)
            yield average


def adam(x, gradient, moments, step, rate, beta_1, beta_2, epsilon):
    """The next picture, and the moments of the gradient (Kingma & Ba 2015, algorithm 1)."""
    first, second = moments[0], moments[1].clip(0)
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    size = np.sqrt(second / (1 - beta_2**step)) + epsilon
    return (x - rate * first / (1 - beta_1**step) / size).clip(0, 1), (first, second)


def sides(last):
    """From `SMALLEST` to `last` by √2."""
    number = max(0, int(np.ceil(2 * np.log2(last / SMALLEST))))
    return [min(last, round(SMALLEST * 2 ** (i / 2))) for i in range(number + 1)]


def resized(image, side):
    """A square picture (N, N, 3) of any values with `side` pixels a side."""
    planes = (Image.fromarray(np.float32(plane)) for plane in np.moveaxis(image, 2, 0))
    return np.stack([np.asarray(p.resize((side, side), Image.BICUBIC)) for p in planes], 2)


SCHEDULES = {"ours": ours, "descent": descent, "multi_scale": multi_scale}


def main(who, precision, shorten, content, style):
    pictures = SCHEDULES[who](load_image(content), load_image(style), precision, int(shorten))
    shown = []

    def step():
        shown[:] = [next(pictures)]

    serve(step, lambda: np.float32(shown[0].clip(0, 1)), "tensorflow", "keras", "numpy")


if __name__ == "__main__":
    main(*sys.argv[1:])
