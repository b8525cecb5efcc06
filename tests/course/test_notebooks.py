"""The lessons as they are stored: run, quiet, small, and built as CONTRIBUTING.md says."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return request.param


def cells(path, kind):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def test_lessons_were_run_top_to_bottom(lesson):
    counts = [cell.execution_count for cell in cells(lesson, "code")]
    assert counts == list(range(1, len(counts) + 1))


def test_stored_outputs_are_quiet_and_small(lesson):
    for cell in cells(lesson, "code"):
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
            plot = output.get("data", {}).get("image/png", "")
            assert len(plot) < 2e5  # a picture would be larger, and belongs into a JPEG
    assert lesson.stat().st_size < 3e6


def test_code_cells_are_short_and_text_keeps_pace(lesson):
    code, text = cells(lesson, "code"), cells(lesson, "markdown")
    lengths, kept = [], []
    for cell in code:
        tags = cell.metadata.get("tags", [])
        if "bootstrap" not in tags:
            # a cell to keep holds all that a student takes home
            (kept if "keep" in tags else lengths).append(len(cell.source.splitlines()))
    assert max(lengths) <= 25
    assert max(kept, default=0) <= 32
    assert np.percentile(lengths, 90) <= 15
    assert len(text) >= 0.8 * len(code)


def test_headings_are_in_order_and_pictures_have_words(lesson):
    text = "\n".join(cell.source for cell in cells(lesson, "markdown"))
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.M)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(np.diff(levels), default=0) <= 1
    pictures = re.findall(r"!\[(.*?)\]\((.*?)\)", text)
    assert pictures
    for words, target in pictures:
        assert len(words) > 10
        assert target.startswith("http") or (lesson.parent / target).is_file()


def test_lessons_open_and_close_alike(lesson):
    text = "\n".join(cell.source for cell in cells(lesson, "markdown"))
    for part in ("After this lesson you can", "**Time:**", "**Builds on:**"):
        assert part in text
    closing = ("## Summary", "## Exercises", "## Questions", "## Further reading", "**Next:**")
    places = [text.index(part) for part in closing]
    assert places == sorted(places)
    questions = text[places[2] : places[3]]
    assert re.findall(r"^(\d+)\. ", questions, re.M) == [str(n) for n in range(1, 11)]
    assert len(re.findall(r"^- .*\]\(https?://", text[places[3] :], re.M)) >= 4
    tags = [
        tag
        for c in cells(lesson, "markdown") + cells(lesson, "code")
        for tag in c.metadata.get("tags", [])
    ]
    assert tags.count("bootstrap") == 1


def test_a_guess_is_asked_for_before_its_answer_is_folded_away(lesson):
    """Each fold opens and closes, and stands below a question; Markdown needs the empty lines."""
    everything = [c.source for c in nbformat.read(lesson, as_version=4).cells]
    text = "\n\n".join(everything)
    folds = [place.start() for place in re.finditer("<details>", text)]
    assert len(folds) == text.count("</summary>\n\n") == text.count("\n\n</details>") >= 2
    asked = [place.start() for place in re.finditer(r"\*\*Guess first|st\.guess\(", text)]
    assert len(asked) >= len(folds)
    assert all(min(asked) < fold for fold in folds)


def test_each_lesson_leads_to_the_next():
    for lesson, following in zip(LESSONS, LESSONS[1:], strict=False):
        last = cells(lesson, "markdown")[-1].source
        assert re.search(rf"\*\*Next:\*\* \[.*\]\({following.name}\)", last), lesson.name


BOOTSTRAP_TWICE = """
import sys, types
from IPython.core.interactiveshell import InteractiveShell
sys.modules["google.colab"] = types.ModuleType("google.colab")
shell = InteractiveShell.instance()
for _ in range(2):
    shell.run_cell({source!r}).raise_error()
"""


def test_bootstrap_prints_one_line_on_colab_each_time_and_nothing_elsewhere():
    source = next(
        c.source for c in cells(LESSONS[0], "code") if "bootstrap" in c.metadata.get("tags", [])
    )
    script = BOOTSTRAP_TWICE.format(source=source)
    run = [sys.executable, "-c", script]
    lines = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == 2 and lines[0] == lines[1]
    assert lines[0].startswith("styletools is ready:")
    elsewhere = [sys.executable, "-c", script.replace("sys.modules[", "{}[")]
    assert subprocess.run(elsewhere, capture_output=True, check=True).stdout == b""
