"""A gallery from a shell: ``python -m styletools.gallery CONTENTS STYLES -o OUT``."""

import argparse
import sys
from pathlib import Path

from ..errors import StyletoolsError, quoted
from ..pictures import sample_images
from .gallery import WEIGHTS, paint
from .sheet import SHEET


def parser():
    """The command line's `argparse.ArgumentParser`."""
    command = argparse.ArgumentParser(
        prog="python -m styletools.gallery",
        description="Paint every picture of CONTENTS in every style of STYLES.",
        epilog="Each is a folder, a file, or a bundled picture: " + ", ".join(sample_images()),
    )
    add = command.add_argument
    add("contents", metavar="CONTENTS", help="the pictures that say what is seen")
    add("styles", metavar="STYLES", help="the pictures that say how it is painted")
    add("-o", dest="folder", metavar="OUT", required=True, help="the folder to write to")
    add(
        "--content-weight",
        dest="weights",
        type=float,
        nargs="+",
        default=WEIGHTS,
        metavar="W",
        help="one or more (default: 0.02 0.05 0.15)",
    )
    add("--size", type=int, default=256, help="longest side, in pixels (default: 256)")
    add("--steps", type=int, default=100, help="more is slower and closer (default: 100)")
    add("--scheduler", metavar="ADDRESS", help="paint on the workers of this Dask scheduler")
    return command


def main(arguments=None):
    """Run the command line; returns the exit status."""
    options = vars(parser().parse_args(arguments))
    try:
        new = paint(**options)
    except StyletoolsError as error:
        print(f"styletools: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("styletools: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    print(f"{quoted(Path(options['folder'], SHEET))[1:-1]}: {len(new)} pictures painted now")
    return 0


if __name__ == "__main__":
    sys.exit(main())
