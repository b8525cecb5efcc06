"""Write student/: every lesson without its solutions and without stored results (`make student`).

A cell with the tag "solution" is left out; where it stood alone under its exercise, an empty
cell takes its place. The folder lies beside notebooks/, so that all links stay right; a badge
opens the copy itself.

With `--classroom` write classroom/ instead (`make classroom`): all that a student's machine
needs, and neither solutions, nor the key to the exercises, nor the teacher's guide.
"""

import re
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parent.parent


def is_solution(cell):
    return "solution" in cell.metadata.get("tags", [])


def without_solutions(cells):
    """The cells of the student's copy, fresh: no solution, no output."""
    kept = []
    for number, cell in enumerate(cells):
        if not is_solution(cell):
            kept.append(cell)
        elif cell.cell_type == "code" and kept[-1].cell_type == "markdown":
            kept.append(new_code_cell("# your work", id=f"your-work-{number}"))
    for cell in kept:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        elif "badge" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace("/notebooks/", "/student/")
    return kept


def write_copies(folder):
    """One notebook for each lesson, in `folder`; their paths.

    Exits where notebooks lie there already: somebody may have worked in them.
    """
    if any(folder.glob("*.ipynb")):
        sys.exit(f"{folder} holds notebooks, perhaps somebody's work: move it away first")
    folder.mkdir(exist_ok=True)
    copies = []
    for lesson in sorted(ROOT.glob("notebooks/*.ipynb")):
        notebook = nbformat.read(lesson, as_version=4)
        notebook.cells = without_solutions(notebook.cells)
        copies.append(folder / lesson.name)
        copies[-1].write_text(nbformat.writes(notebook) + "\n", "utf-8")
    return copies


SHARED = (
    "styletools",
    "data",
    "docs",
    "tools/page",
    "tools/links.py",
    "hatch_build.py",
)
SHARED += ("pyproject.toml", "environment.yml", "LICENSE", "CITATION.cff")
TEACHERS = {"docs/teaching.md", "docs/releasing.md", "styletools/lessons/answers.py"}
WELCOME = """# Neural style transfer, step by step

    make lab    # installs what is missing, and opens the first lesson

Type this in a terminal, in this folder. You need Python 3.11, 3.12 or 3.13 and make. The lessons
are in `notebooks/`, a glossary and help with messages in `docs/`, pictures in `data/images/`.

On Windows, without make (online, leave out `--no-index --find-links wheelhouse`):

    py -3.12 -m venv .venv
    .venv\\Scripts\\pip install --no-index --find-links wheelhouse --editable ".[lab]"
    .venv\\Scripts\\jupyter lab --ServerApp.root_dir=. notebooks/00_start_here.ipynb

Where a page says `.venv/bin/python`, write `.venv\\Scripts\\python`. Pages that speak of other
`make` commands mean the whole project, which your teacher has.
"""
WORKS_THERE = "demo", "lab", "playground", ".venv/pip", ".venv/demo", ".venv/%"  # of our Makefile
NO_KEY = '''"""Your teacher has the key to the exercises."""

ANSWERS: dict = {}
'''


def class_makefile(makefile):
    """The part of our `makefile` that works on a student's machine."""
    rules = makefile.split("\n\n")
    names = (re.match(r"([^\s:]+):(?!=)", rule) for rule in rules)
    kept = (r for r, name in zip(rules, names, strict=True) if not name or name[1] in WORKS_THERE)
    return "\n\n".join([*kept, f".PHONY: {' '.join(WORKS_THERE[:3])}\n"])


# the course's own wheel has the key inside
_unwanted = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "styletools-*.whl")


def write_classroom(folder):
    """A project of its own for students' machines, in `folder`, which must not exist yet."""
    if folder.exists():
        sys.exit(f"{folder} is there already, perhaps with somebody's work: move it away first")
    folder.mkdir(parents=True)
    for name in SHARED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=_unwanted)
        else:
            shutil.copy2(ROOT / name, folder / name)
    for name in TEACHERS:
        (folder / name).unlink()
    (folder / "README.md").write_text(WELCOME, "utf-8")
    (folder / "Makefile").write_text(class_makefile((ROOT / "Makefile").read_text()), "utf-8")
    (folder / "styletools" / "lessons" / "answers.py").write_text(NO_KEY, "utf-8")
    if (ROOT / "wheelhouse").is_dir():
        shutil.copytree(ROOT / "wheelhouse", folder / "wheelhouse", ignore=_unwanted)
    return write_copies(folder / "notebooks")


if __name__ == "__main__":
    if sys.argv[1:] == ["--classroom"]:
        lessons = write_classroom(ROOT / "classroom")
        print(f"{len(lessons)} lessons and all they need, to copy to each machine: classroom/")
    else:
        target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "student"
        print(f"{len(write_copies(target))} lessons without solutions: {target}")
