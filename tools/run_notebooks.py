"""Run notebooks top to bottom and store their outputs in place, ready to be read anywhere.

What only a live front end can draw (progress bars) is left out of the stored outputs. Cells that
take ten seconds or longer are listed, under the heading where they are found.
"""

import base64
import re
import sys
import time
from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient

WIDGET = "application/vnd.jupyter.widget-view+json"
LONG = 10  # seconds


def stored(outputs):
    """The outputs that a reader without a kernel can see."""
    return [output for output in outputs if WIDGET not in output.get("data", {})]


def save_cover(notebook, path):
    """Write the figure of the cell tagged "cover", the picture that opens the lesson."""
    covers = [cell for cell in notebook.cells if "cover" in cell.metadata.get("tags", [])]
    for cell in covers:
        figure = next(
            o.data["image/jpeg"] for o in cell.outputs if "image/jpeg" in o.get("data", {})
        )
        cover = path.parent.parent / "docs" / "pictures" / f"{path.stem}.jpg"
        cover.write_bytes(base64.b64decode(figure))


def long_cells(notebook):
    """(seconds, heading) of each cell that took long, in the order of the lesson."""
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^##+ (.+)", cell.source, re.M) or [heading])[-1]
            continue
        times = cell.metadata.get("execution", {})
        if "shell.execute_reply" in times:
            began, ended = (
                datetime.fromisoformat(times[key].replace("Z", "+00:00"))
                for key in ("iopub.execute_input", "shell.execute_reply")
            )
            seconds = (ended - began).total_seconds()
            if seconds >= LONG:
                yield seconds, heading


def run(path):
    """Execute the notebook at `path` in its own folder and write it back."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    began = time.perf_counter()
    resources = {"metadata": {"path": str(path.parent)}}
    settings = {"timeout": 1800, "coalesce_streams": True, "store_widget_state": False}
    NotebookClient(notebook, resources=resources, **settings).execute()
    for seconds, heading in long_cells(notebook):
        print(f"{seconds:6.0f} s  {heading}")
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of day, different in every run
        if cell.cell_type == "code":
            cell.outputs = stored(cell.outputs)
    save_cover(notebook, path)
    path.write_text(nbformat.writes(notebook) + "\n")
    minutes = (time.perf_counter() - began) / 60
    print(f"{path}: {minutes:.1f} minutes, {path.stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        run(Path(name))
