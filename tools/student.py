"""Write student/: every lesson without its solutions and without stored results (`make student`).

A cell with the tag "solution" is left out; where it stood alone under its exercise, an empty
cell takes its place. The folder lies beside notebooks/, so that all links stay right; a badge
opens the copy itself.
"""

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


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "student"
    print(f"{len(write_copies(target))} lessons without solutions: {target}")
