"""The default transfer of a large picture, evaluated in tiles: large.py WIDTH HEIGHT."""

import sys

from worker import serve

from styletools import StyleTransfer, load_image
from styletools.network import tf


def main(width, height):
    content = tf.image.resize(load_image("great_pyramid"), (int(height), int(width)))
    transfer = StyleTransfer(content.numpy(), load_image("starry_night"))
    serve(lambda: transfer.step().total, lambda: transfer.image, "tensorflow", "keras", "numpy")


if __name__ == "__main__":
    main(*sys.argv[1:])
