"""Style transfer from a shell: ``python -m styletools CONTENT STYLE -o OUT``."""

import argparse
import inspect
import sys
import time
from pathlib import Path

from .errors import StyletoolsError, quoted
from .pictures import check_output, check_picture_output, load_image, sample_images, save_image
from .settings import AT_ONCE, check_steps

FIRST = 5  # the step after which there is a picture to look at
PAUSE = 2  # seconds between two versions of it, at least,
SHARE = 0.05  # and at most this share of the time goes into writing them

EPILOG = f"""\
CONTENT and STYLE are files, or the names of bundled pictures:
  {", ".join(sample_images())}

example:
  styletools great_pyramid starry_night -o pyramids.png
"""


class _Check(argparse.Action):
    """Answer ``--check``, whatever else is asked for."""

    def __call__(self, command, *_):
        from .whole import check_installed  # only now, because it starts TensorFlow

        command.exit(0 if check_installed() else 1)


def parser():
    """The command line's `argparse.ArgumentParser`."""
    command = argparse.ArgumentParser(
        prog="styletools",
        description="Paint CONTENT in the style of STYLE (Gatys, Ecker & Bethge 2015).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add("content", metavar="CONTENT", help="the picture that says what is seen")
    add("style", metavar="STYLE", help="the picture that says how it is painted")
    add("-o", "--output", metavar="OUT", required=True, help="where to write the result (.png)")
    add("--overwrite", action="store_true", help="replace OUT if it exists")
    add("--size", type=int, default=384, help="longest side, in pixels (default: 384)")
    add("--steps", type=int, default=100, help="more is slower and closer (default: 100)")
    add("--content-weight", type=float, help="more keeps the photograph recognisable")
    add("--style-weight", type=float, help="more makes the painter bolder")
    add("--tv-weight", type=float, help="total variation: more makes the picture smoother")
    add("--optimizer", choices=("lbfgs", "adam"), help="lbfgs (default) is the faster one")
    add("--precision", choices=("auto", "float32", "mixed"), help="auto: whichever is quicker")
    add(
        "--coarse-to-fine",
        action=argparse.BooleanOptionalAction,
        help=f"sooner, with larger forms of the style (the rule above {AT_ONCE} pixels)",
    )
    add("--init", choices=("content", "noise", "painter"), help="where to start (default: content)")
    add("--checkpoint", metavar="FILE", help="save the run here; go on from it if FILE exists")
    add("--check", action=_Check, nargs=0, help="try the installed package: a few seconds")
    add("--seed", type=int, help="of the noise start (default: 0)")
    return command


def _defaults(function):
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def emerging(save):
    """A callback for `transfer_style` that calls `save(image, step)` now and then."""
    due = 0.0

    def look(record, image):
        nonlocal due
        began = time.perf_counter()
        if record.step >= FIRST and began >= due:
            save(image, record.step)
            done = time.perf_counter()
            due = done + max(PAUSE, (done - began) / SHARE)

    return look


def main(arguments=None):
    """Run the command line; returns the exit status."""
    options = vars(parser().parse_args(arguments))
    output, size, steps = options.pop("output"), options.pop("size"), options.pop("steps")
    overwrite, sources = options.pop("overwrite"), [options.pop(n) for n in ("content", "style")]
    checkpoint = options.pop("checkpoint")
    try:
        # everything that can be refused is refused before the long work
        check_picture_output(output, overwrite)
        check_steps(steps)
        if checkpoint is not None:
            check_output(checkpoint, overwrite=True)
            if Path(checkpoint).absolute() == Path(output).absolute():
                raise StyletoolsError(f"{quoted(output)} is both -o and --checkpoint: take two")
        pictures = [load_image(source, size) for source in sources]
        # only now, because it starts TensorFlow
        from .transfer import StyleTransfer, estimate, transfer_style

        (height, width, _), style = (picture.shape for picture in pictures)
        if options["coarse_to_fine"] is None and max(height, width) > AT_ONCE:
            options["coarse_to_fine"] = True
        settings = {name: value for name, value in options.items() if value is not None}
        expected = estimate((height, width), steps, style_size=style[:2], **settings)
        print(
            f"{width} × {height} pixels, {steps} steps: {expected}. "
            f"Watch {quoted(output)}: the picture emerges there.",
            file=sys.stderr,
        )
        made = dict(zip(("content", "style"), sources, strict=True), size=size)
        made |= _defaults(StyleTransfer) | settings

        def save(image, done):
            nonlocal overwrite
            # coarse to fine, a number of steps is that of the coarsest level
            count = steps if options["coarse_to_fine"] else done
            save_image(image, output, overwrite=overwrite, settings=made | {"steps": count})
            overwrite = True  # the file is ours from now on

        began = time.perf_counter()
        result = transfer_style(
            *pictures, steps, callback=emerging(save), checkpoint=checkpoint, **settings
        )
        if not result.history:
            raise StyletoolsError(result.stopped)
        save(result.image, len(result.history))
    except StyletoolsError as error:
        print(f"styletools: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("styletools: interrupted before there was a picture to keep", file=sys.stderr)
        return 130
    last = result.history[-1]
    print(
        f"{quoted(output)[1:-1]}: {result.stopped} in {time.perf_counter() - began:.0f} s, "
        f"content {last.content:.4f}, style {last.style:.4f}, tv {last.tv:.5f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
