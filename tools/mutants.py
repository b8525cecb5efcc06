"""Put faults into the code, one at a time, and see whether the tests find them: `make mutants`.

cosmic-ray changes a copy of the last commit in build/mutants/ and runs the tests named here for
each change: hours, on two cores days. A run that was stopped goes on where it was. In the end it
prints each change that no test found. `make mutants ONLY=colours` takes one module.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "mutants" / "copy"
BIN = ROOT / ".venv" / "bin"
SECONDS = 600  # for the tests of one change; what takes longer is found
TESTS = {  # module: the tests that must find a fault in it
    "pictures/colours": "tests/pictures/test_colours.py",
    "objective/losses": "tests/objective/test_losses.py",
    "objective/textures": "tests/objective/test_losses.py tests/objective/test_control.py",
    "objective/masks": "tests/objective/test_control.py",
    "objective/tiles": "tests/objective/test_tiled.py tests/transfer/test_estimates.py",
    "objective/tiled": "tests/objective/test_tiled.py tests/transfer/test_estimates.py",
    "transfer/curvature": "tests/transfer/test_optimize.py tests/transfer/test_runs.py",
    "transfer/optimize": "tests/transfer/test_optimize.py tests/transfer/test_runs.py",
    "transfer/checkpoint": "tests/transfer/test_runs.py tests/transfer/test_transfer.py",
    "transfer/transfer": "tests/transfer/test_runs.py tests/transfer/test_transfer.py",
}
CONFIG = """\
[cosmic-ray]
module-path = "styletools/{module}.py"
timeout = {seconds}
test-command = "env PYTHONPATH=. {python} -m pytest -q -x -p no:cacheprovider {tests}"
excluded-modules = []

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = [{without}]
"""
WITHOUT = (  # what changes no program, or breaks it at once: of floats there are no bits
    r"core/ReplaceBinaryOperator_BitOr_.*",
    r"core/ReplaceBinaryOperator_.*_(BitAnd|BitOr|BitXor|LShift|RShift)",
    r"core/RemoveDecorator",
)


def survivors(module, tests):
    """(number of faults, those that no test found) of a module; what is done is not done again."""
    config, session = (COPY.with_name(f"{Path(module).name}{end}") for end in (".toml", ".sqlite"))
    without = ", ".join(f'"{operator}"' for operator in WITHOUT)
    python = BIN / "python"
    config.write_text(CONFIG.format(**locals(), seconds=SECONDS))
    if not session.exists():
        called("cosmic-ray", "init", config, session)
        called("cr-filter-operators", session, config)
    subprocess.run(["git", "checkout", "--quiet", "."], cwd=COPY, check=True)  # if it was stopped
    called("cosmic-ray", "exec", config, session)
    dump = subprocess.run(
        [BIN / "cosmic-ray", "dump", session], cwd=COPY, check=True, capture_output=True, text=True
    )
    results = [json.loads(line)[1] for line in dump.stdout.splitlines()]
    results = [r for r in results if r and r["worker_outcome"] != "skipped"]
    return len(results), [r for r in results if r["test_outcome"] == "survived"]


def called(program, *arguments):
    subprocess.run([BIN / program, *arguments], cwd=COPY, check=True)


def commit(folder):
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=folder)


def main(only):
    if not COPY.exists() or commit(COPY) != commit(ROOT):
        shutil.rmtree(COPY.parent, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", ROOT, COPY], check=True)
    whole = found = 0
    for module, tests in TESTS.items():
        if only in module:
            number, alive = survivors(module, tests)
            whole, found = whole + number, found + number - len(alive)
            print(f"{module}: {number - len(alive)} of {number} found")
            for result in alive:
                print(result["diff"])
    print(f"{found} of {whole} found ({found / max(whole, 1):.0%})")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
