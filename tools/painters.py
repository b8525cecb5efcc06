"""Train a painter for each bundled painting: `make painters PHOTOS=folder`.

PHOTOS is a folder of photographs, the more unlike each other the better, and none of them one of
the bundled pictures. With a file photographs.csv in it (file, maker, licence, source), these go
into data/README.md. Training is kept in build/painters/ once a minute, so that a run that was
stopped goes on where it was. A first painter begins with nothing; the four go on from it.
"""

import csv
import hashlib
import sys
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

import styletools as st
from measures import ROOT, STYLES
from styletools.painter import Training
from styletools.pictures import Archive, pictures_in

PHOTOGRAPH = 640  # pixels of a photograph's longer side
FIRST = {"painting": 320, "steps": 1200, "content_weight": 0.2, "tv_weight": 0.3}
THEN = {  # what is not said here has its default
    name: {"painting": side, "steps": steps, "size": size, "content_weight": weight}
    for name, side, steps, size, weight in (
        ("starry_night", 320, 1000, 224, 0.22),
        ("great_wave", 320, 1800, 160, 0.24),
        ("composition_viii", 384, 1800, 160, 0.15),
        ("village_street_in_auvers", 320, 1800, 160, 0.15),
    )
}
EVERY = 60  # seconds
KEPT = Archive("training", 1, "delete it and start again")
WEIGHTS, BUILD = ROOT / "data" / "weights", ROOT / "build" / "painters"
README = ROOT / "data" / "README.md"


def trained(name, file, photographs, *, painting, steps, **settings):
    """(painter, minutes) of the painting `name`, kept in `file` of build/painters/ meanwhile.

    `painting` is its longer side in pixels: strokes look best on photographs of such a size.
    """
    training = Training(st.load_image(name, painting), photographs, steps, **settings)
    path, seconds, last = BUILD / f"{file}.npz", 0.0, time.monotonic()
    if path.exists():
        header, groups = KEPT.read(path)
        training.done, seconds = header["done"], header["seconds"]
        for variable, value in zip(training.variables, groups["variables"].values(), strict=True):
            variable.assign(value)
    with tqdm(total=steps, initial=training.done, unit="step", desc=file) as bar:
        while training.done < steps:
            began = time.perf_counter()
            record = training.step()
            seconds += time.perf_counter() - began
            bar.set_postfix(content=f"{record.content:.3f}", style=f"{record.style:.3f}")
            bar.update()
            if time.monotonic() - last > EVERY or training.done == steps:
                variables = {f"{i:03}": np.array(v) for i, v in enumerate(training.variables)}
                header = {"done": training.done, "seconds": seconds}
                KEPT.write(path, header, {"variables": variables})
                last = time.monotonic()
    return training.painter, seconds / 60


def table(rows, head):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def described(minutes, folder):
    """The section of data/README.md on painters, from {name: minutes}."""
    painters = table(
        [
            (f"weights/painter_{name}.npz", name, _in_words(THEN[name]), f"{spent:.0f}", 0)
            for name, spent in minutes.items()
            if name != "first"
        ],
        ("file", "painting", "settings", "minutes on two cores", "seed"),
    )
    listed = folder / "photographs.csv"
    rows = list(csv.reader(listed.read_text("utf-8").splitlines()))[1:] if listed.exists() else []
    groups = {}
    for file, maker, licence, source in rows:
        groups.setdefault((source, licence), []).append(f"{file} ({maker})")
    photographs = table(
        [(*group, ", ".join(files)) for group, files in sorted(groups.items())],
        ("source of photographs", "licence", "names (makers)"),
    )
    return (
        "## Painters\n\nNetworks that paint at once (lesson 8), under the licence of the course. "
        f"`make painters` trained them on {len(rows)} photographs, none of which is part of the "
        "course; kernels are kept in 8 bits. All four began as one painter, trained from scratch "
        f"on {STYLES[0]} for {FIRST['steps']} steps ({minutes['first']:.0f} minutes) "
        f"with the weights {FIRST['content_weight']} (content) and {FIRST['tv_weight']} (TV)."
        f"\n\n{painters}\n\n{photographs}\n\n"
    )


def _in_words(settings):
    return ", ".join(f"{name} = {value}" for name, value in settings.items())


def registered(section):
    """Put `section` and the SHA-256 of all weights into data/README.md."""
    text = README.read_text("utf-8")
    before, sums = text.split("## SHA-256\n")
    before = before.split("## Painters\n")[0]
    files = {line.split()[1] for line in sums.splitlines() if line.strip()}
    files |= {f"weights/{path.name}" for path in WEIGHTS.glob("painter_*.npz")}
    lines = [
        f"    {hashlib.sha256((README.parent / name).read_bytes()).hexdigest()}  {name}"
        for name in sorted(files)
    ]
    README.write_text(f"{before}{section}## SHA-256\n\n" + "\n".join(lines) + "\n", "utf-8")


def main(folder):
    """Train what is not trained yet, and register it."""
    folder = Path(folder)
    paths = pictures_in(folder)
    photographs = [st.load_image(path, PHOTOGRAPH) for path in paths]
    BUILD.mkdir(parents=True, exist_ok=True)
    minutes = {}
    first, minutes["first"] = trained(STYLES[0], "first", photographs, **FIRST)
    for name in STYLES:
        painter, minutes[name] = trained(name, name, photographs, start=first, **THEN[name])
        painter.save(WEIGHTS / f"painter_{name}.npz", overwrite=True)
        registered(described(minutes, folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
