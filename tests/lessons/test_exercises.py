"""The check of exercises says what is wrong without giving the answer away."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from student import NO_KEY, TEACHERS, write_classroom, write_copies
from styletools import StyletoolsError, check
from styletools.lessons.answers import ANSWERS

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize(
    ("exercise", "answer", "verdict"),
    [
        ("7.1", 7, "Correct"),
        ("7.1", 7.001, "Correct"),
        ("7.1", 7.1, "value is not right"),
        ("7.1", -7, "sign"),
        ("7.1", ..., "Still to do"),
        ("7.1", "seven", "type str"),
        ("7.1", None, "not finite"),
        ("2.1", [21.3, 10.6, 5.3, 2.6, 0.64], "Correct"),
        ("2.1", [21.3, 10.6, 5.3, 2.6, 0.25], "values are not"),  # each counts, the small too
        ("2.3", np.eye(3), "shape is (3, 3)"),
        ("2.3", np.eye(2), "values are not"),
        ("2.3", np.eye(2) * np.nan, "not finite"),
        ("2.3", np.array([[0, 2], [-2, -1]]) / 7, "Correct"),
        ("2.3", 2 * np.array([[0, 2], [-2, -1]]) / 9, "values are not"),  # divided by F², not P²
        ("4.2", [2, 0, 4, -6, -4, 4], "sign"),
        ("5.2", [1, [10, 20]], "type list"),
        ("0.2", "Content ", "Correct"),
        ("0.2", "style", "that is not it"),
    ],
)
def test_verdicts(capsys, exercise, answer, verdict):
    right = check(exercise, answer)
    said = capsys.readouterr().out
    assert verdict in said
    assert right == (verdict == "Correct")
    assert (ANSWERS[exercise][1] in said) == said.startswith("Not yet")


@pytest.mark.parametrize("exercise", ANSWERS)
def test_hints_do_not_tell_the_answer(exercise):
    expected, hint, _ = ANSWERS[exercise]
    assert len(hint) > 15
    if isinstance(expected, str):
        assert expected not in hint
    else:
        numbers = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", hint)}
        assert not np.isin(np.abs(expected), list(numbers - {0, 1})).any()


@pytest.mark.parametrize("answer", [1, ...])
def test_unknown_exercise_is_refused(answer):
    with pytest.raises(StyletoolsError, match="'9.9'"):
        check("9.9", answer)


def test_every_answer_is_asked_for_and_solved_once_in_its_lesson():
    for lesson in LESSONS:
        cells = nbformat.read(lesson, as_version=4).cells
        keys = [key for key in ANSWERS if key.startswith(f"{int(lesson.stem[:2])}.")]
        asked = [c.source for c in cells if "solution" not in c.metadata.get("tags", [])]
        solved = [c.source for c in cells if "solution" in c.metadata.get("tags", [])]
        for sources, pattern in (
            (asked, r'^st\.check\("([\d.]+)"'),
            (solved, r'assert st\.check\("([\d.]+)"'),
        ):
            assert re.findall(pattern, "\n".join(sources), re.M) == keys, lesson.stem


def test_students_copies_have_every_question_and_no_answer(tmp_path):
    for copy, lesson in zip(write_copies(tmp_path / "student"), LESSONS, strict=True):
        cells = nbformat.read(copy, as_version=4).cells
        text = "\n".join(cell.source for cell in cells)
        asked = "\n".join(cell.source for cell in nbformat.read(lesson, as_version=4).cells)
        assert "# @title Solution" in asked and "# @title Solution" not in text
        assert not any("solution" in cell.metadata.get("tags", []) for cell in cells)
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
        questions = re.findall(r"^\*\*\d\. ", text, re.M)
        assert len(questions) == len(re.findall(r"^\*\*\d\. ", asked, re.M)) >= 4
    undefined = [sys.executable, "-m", "ruff", "check", "--select", "F821", tmp_path / "student"]
    subprocess.run(undefined, check=True)  # no cell needs a name that only a solution makes


def test_a_students_work_is_not_written_over(tmp_path):
    work = tmp_path / "00_start_here.ipynb"
    work.write_text("mine")
    with pytest.raises(SystemExit, match="somebody's work"):
        write_copies(tmp_path)
    assert work.read_text() == "mine"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "classroom"
    write_classroom(folder)
    return folder


def test_a_classroom_holds_neither_solutions_nor_the_key(classroom):
    texts = [
        path.read_text("utf-8")
        for path in classroom.rglob("*")
        if path.suffix in (".py", ".ipynb", ".md")
    ]
    assert not any("# @title Solution" in text for text in texts)
    assert (classroom / "styletools" / "lessons" / "answers.py").read_text() == NO_KEY
    assert not any((classroom / name).exists() for name in TEACHERS if name.startswith("docs"))
    hints = [hint for _, hint, _ in ANSWERS.values()]
    assert not any(hint in text for hint in hints for text in texts)


def test_a_classroom_offers_only_targets_that_work_there(classroom):
    makefile = (classroom / "Makefile").read_text("utf-8")
    assert re.findall(r"^(\w+):", makefile, re.M) == ["demo", "lab", "playground"]
    files = re.findall(r"(?:notebooks|tools)/[\w/.]+", makefile)
    assert len(files) >= 2 and all((classroom / file).exists() for file in files)
    for target in ("demo", "lab", "playground"):
        made = subprocess.run(["make", "-n", target], cwd=classroom, capture_output=True)
        assert made.returncode == 0, made.stderr


def test_a_classroom_works_without_the_project(classroom):
    script = (
        "import styletools as st; from styletools import version; print(version.__file__); "
        "st.check('0.1', ...); st.check('0.1', 1); print(st.load_image('astronaut', 32).shape)"
    )
    run = [sys.executable, "-c", script]
    lines = subprocess.run(run, cwd=classroom, capture_output=True, text=True, check=True).stdout
    where, untried, noted, shape = lines.splitlines()
    assert where.startswith(str(classroom))
    assert "three dots" in untried
    assert "Your teacher has the key" in noted
    assert shape == "(32, 32, 3)"
