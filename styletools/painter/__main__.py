"""A picture at once, from a shell: ``python -m styletools.painter PHOTO STYLE -o OUT``."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from ..errors import StyletoolsError, quoted
from ..pictures import (
    FILM_ENDINGS,
    check_film_output,
    check_picture_output,
    keep_colours,
    load_film,
    load_image,
    pictures_in,
    read_settings,
    sample_images,
    save_film,
    save_image,
)
from ..settings import check_number, check_whole

EPILOG = """\
PHOTO is a file, a bundled picture, a folder (every picture in it is painted into the folder OUT;
the same command goes on where it was stopped), or - for standard input. An animated GIF or WebP
becomes one if OUT ends in .gif or .webp. STYLE is a bundled painting that has a painter, or a file
that Painter.save wrote.

example:
  python -m styletools.painter neuschwanstein starry_night -o castle.png
"""
PIPE = "-"


def parser():
    """The command line's `argparse.ArgumentParser`."""
    command = argparse.ArgumentParser(
        prog="python -m styletools.painter",
        description="Paint PHOTO like STYLE in one pass of a network (Johnson et al. 2016).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add("photo", metavar="PHOTO", help="what is to be painted")
    add("style", metavar="STYLE", help="whose painter is to paint it")
    add("-o", "--output", metavar="OUT", required=True, help="a file, a folder, or - (as PNG)")
    add("--overwrite", action="store_true", help="replace OUT if it exists")
    add("--size", type=int, default=640, help="longest side, in pixels (default: 640)")
    add("--strength", type=float, default=1.0, help="from 0, the photograph, to 1 (default)")
    add("--keep-colours", action="store_true", help="paint with the photograph's own colours")
    return command


def main(arguments=None):
    """Run the command line; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except StyletoolsError as error:
        return _told(error, 2)
    except KeyboardInterrupt:
        return _told("interrupted; what is finished is kept", 130)


def _told(text, status):
    print(f"styletools: {text}", file=sys.stderr)
    return status


def _run(options):
    check_number("strength", options.strength, 1)
    check_whole("size", options.size)
    folder = os.path.isdir(options.photo) and options.photo not in sample_images()
    if folder and options.output == PIPE:
        raise StyletoolsError(
            "PHOTO is a folder and OUT is -, which holds one picture: give a folder"
        )
    if not folder and options.output != PIPE:
        film = options.output.lower().endswith(FILM_ENDINGS)
        (check_film_output if film else check_picture_output)(options.output, options.overwrite)
    from .painter import Painter  # only now, because it starts TensorFlow

    painter = Painter.load(options.style)

    def paint(image):
        painted = image + options.strength * (painter.paint(image) - image)
        return keep_colours(painted, image) if options.keep_colours else painted

    made = {"painter": options.style, "strength": options.strength, "size": options.size}
    made["keep_colours"] = options.keep_colours
    if folder:
        return _paint_folder(Path(options.photo), Path(options.output), paint, made, options)
    photo = sys.stdin.buffer if options.photo == PIPE else options.photo
    return _paint_file(photo, paint, made, options)


def _paint_folder(photos, folder, paint, made, options):
    """Paint every picture that is not there already; a damaged one is told and left out."""
    if folder.exists() and folder.samefile(photos):
        raise StyletoolsError(f"{quoted(folder)} is painted from: write to another folder")
    paths, failed = pictures_in(photos), []
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise StyletoolsError(f"{quoted(folder)} cannot be made: {error.strerror}") from error
    for path in tqdm(paths, unit="picture"):
        target, settings = folder / f"{path.name}.png", made | {"content": path.name}
        try:
            if options.overwrite or not _is_there(target, settings):
                image = paint(load_image(path, options.size))
                save_image(image, target, overwrite=options.overwrite, settings=settings)
        except StyletoolsError as error:
            failed.append(str(error))
    for text in failed:
        _told(text, 2)
    print(f"{quoted(folder)[1:-1]}: {len(paths) - len(failed)} of {len(paths)} pictures")
    return 2 if failed else 0


def _is_there(path, settings):
    """Whether `path` was painted with `settings`; another picture there is refused."""
    if not path.exists():
        return False
    stored = read_settings(path)
    if any(stored.get(name) != value for name, value in settings.items()):
        raise StyletoolsError(
            f"{quoted(path)} was painted with other settings: give another folder, or --overwrite"
        )
    return True


def _paint_file(source, paint, made, options):
    output = options.output
    if output == PIPE:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "picture.png")
            save_image(paint(load_image(source, options.size)), file, settings=made)
            sys.stdout.buffer.write(file.read_bytes())
        return 0
    if output.lower().endswith(FILM_ENDINGS):
        frames, pauses = [], []
        for image, pause in tqdm(load_film(source, options.size), unit="picture"):
            frames.append(paint(image))
            pauses.append(pause)
        save_film(frames, output, pauses, overwrite=options.overwrite)
    else:
        image = paint(load_image(source, options.size))
        save_image(image, output, overwrite=options.overwrite, settings=made)
    print(f"{quoted(output)[1:-1]}: painted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
