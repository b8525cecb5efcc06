"""A run that is to be killed: says after each step that it is saved, and goes on where it was."""

import sys

from styletools import StyleTransfer, load_image, transfer_style

SIZE = 48


def pictures():
    return [load_image(name, SIZE) for name in ("great_pyramid", "starry_night")]


class Told(StyleTransfer):
    """Prints the number of steps in the file each time it has been written."""

    def _save(self, path, overwrite=False):
        super()._save(path, overwrite)
        print(len(self.history), flush=True)


if __name__ == "__main__":
    import styletools.transfer.painting

    styletools.transfer.painting.StyleTransfer = Told
    _, path, optimizer = sys.argv
    transfer_style(
        *pictures(), 10**6, False, checkpoint=path, every=0, optimizer=optimizer, tv_weight=1
    )
