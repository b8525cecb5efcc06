"""The common judge: evaluate.py METHOD CONTENT STYLE, then files of pictures on standard input.

Answers each .npy file with its loss in float32, by the method's objective; METHOD "defaults" is
that of schedules.py. A picture of another size has none: its loss is infinite.
"""

import sys

import numpy as np
from objectives import objective, tf
from schedules import evaluated
from worker import answer

from styletools import StyleTransfer, load_image


def main(method, content, style):
    start, loss_of = judge(method, content, style)
    answer(versions=[])
    for line in sys.stdin:
        picture = np.load(line.strip())
        alike = picture.shape == start.shape
        answer(loss=float(loss_of(tf.constant(picture))) if alike else float("inf"))


def judge(method, content, style):
    """The start picture, and a function of a picture (H, W, 3): its loss."""
    if method != "defaults":
        return objective(method, content, style)
    transfer = StyleTransfer(load_image(content), load_image(style), precision="float32")
    return transfer.image, lambda picture: evaluated(transfer, picture)[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
