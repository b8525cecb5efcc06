"""The pictures of a run, to look back at and to make a film of."""

import io

from PIL import Image

from ..pictures import animated, encoded, load_image

MOST = 300  # pictures that are kept
QUALITY = 88  # of a kept picture, a JPEG
FRAMES = 60  # of a film, at most
LASTS = 6000  # milliseconds of a film, but for its last picture,
STAYS = 2500  # which stays so long
HEAVIEST = 3_000_000  # bytes of a film
SMALLER = 0.85  # of both sides, where a film is too heavy


class Reel:
    """A picture for each step, as JPEG: at most `MOST`, from there on every second, fourth, ….

    `frames` is {step: bytes}, in the order of the steps.
    """

    def __init__(self):
        self.frames, self._apart = {}, 1

    def add(self, step, image):
        """Keep `image` (H, W, 3) as the picture after `step`, if it is one of those to keep."""
        if step % self._apart == 0:
            self.frames[step] = encoded(image, "JPEG", quality=QUALITY)
        if len(self.frames) > MOST:
            self._apart *= 2
            self.frames = {s: f for s, f in self.frames.items() if s % self._apart == 0}

    def before(self, step):
        """The last step up to `step` of which there is a picture, or the first of all."""
        return max((kept for kept in self.frames if kept <= step), default=min(self.frames))

    def image(self, step):
        """The kept picture (H, W, 3) after `step`, one of `frames`."""
        return load_image(self.frames[step])

    def film(self, last, change=lambda image: image):
        """The bytes of an animated WebP under 3 MB that ends with `last` (H, W, 3).

        `change` is applied to each picture before.
        """
        steps = list(self.frames)
        steps = steps[:: -(-len(steps) // (FRAMES - 1))]
        pictures = [_pillow(change(self.image(step))) for step in steps] + [_pillow(last)]
        pauses = [LASTS // len(steps)] * len(steps) + [STAYS]
        size = pictures[-1].size
        while True:
            frames = [picture.resize(size, Image.Resampling.LANCZOS) for picture in pictures]
            film = animated(frames, "WEBP", pauses)
            if len(film) < HEAVIEST:
                return film
            size = tuple(round(SMALLER * side) for side in size)


def _pillow(image):
    return Image.open(io.BytesIO(encoded(image, "PNG")))
