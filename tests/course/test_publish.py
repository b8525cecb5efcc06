"""`make publish` in a copy with a made-up address, and what follows from the address there."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import links
import publish

ROOT = Path(__file__).parents[2]
ADDRESS = "https://github.com/rembrandt/style-school"
COPIED = "README.md CITATION.cff pyproject.toml hatch_build.py notebooks tools docs".split()
WRITTEN = {"README.md", "CITATION.cff", "pyproject.toml"}
WRITTEN |= {f"notebooks/{path.name}" for path in ROOT.glob("notebooks/*.ipynb")}


def run(folder, *command):
    """What a Python command prints, run in `folder`."""
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*") if p.is_file()
    }


def markdown(path):
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def targets(text):
    return re.findall(r"\]\(([^)\s]+)\)", text)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A copy of the course without an address."""
    folder = tmp_path_factory.mktemp("course") / "copy"
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (folder / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, folder / name, **({"ignore": ignored} if copy is shutil.copytree else {}))
    run(folder, "-B", "tools/publish.py", "")
    return folder


@pytest.fixture(scope="module")
def published(plain, tmp_path_factory):
    """(a copy that lies at `ADDRESS`, what `make publish` said)."""
    folder = shutil.copytree(plain, tmp_path_factory.mktemp("published") / "copy")
    said = run(folder, "-B", "tools/publish.py", f"{ADDRESS}.git")
    run(folder, "-B", "tools/colab.py")
    return folder, said


def test_everything_here_is_in_step_with_the_address():
    assert [path.name for path in publish.out_of_step()] == [], "run `make publish`"


def test_the_address_stands_in_its_places_and_is_taken_back(plain, published, tmp_path):
    before, after = files(plain), files(published[0])
    named = {name for name, text in after.items() if b"rembrandt" in text}
    assert {name for name in named if not name.startswith("build/")} == WRITTEN
    folder = shutil.copytree(published[0], tmp_path / "copy", ignore=lambda *_: ["build"])
    run(folder, "-B", "tools/publish.py", "git@github.com:hals/school.git")
    moved = files(folder)
    assert b"rembrandt" not in b"".join(moved.values())
    assert {name for name, text in moved.items() if b"hals/school" in text} == WRITTEN
    run(folder, "-B", "tools/publish.py", "")
    assert files(folder) == before


def test_without_an_address_nothing_speaks_of_badges(plain):
    for path in [plain / "README.md", *plain.glob("notebooks/*.ipynb")]:
        text = markdown(path) if path.suffix == ".ipynb" else path.read_text("utf-8")
        assert not re.search(r"badge|public address|\bsoon\b \|", text, re.I), path.name


def test_what_is_left_to_do_is_said_in_five_lines(published):
    first, *left = published[1].splitlines()
    assert first.startswith(f"{ADDRESS} is written")
    assert [line[:2] for line in left] == [f"{number}." for number in range(1, 6)]
    assert all(word in published[1] for word in ("push", "pages", f"git tag v{links.VERSION}"))


def test_every_lesson_has_its_badge_in_itself_and_in_the_readme(published):
    readme = (published[0] / "README.md").read_text("utf-8")
    for path in published[0].glob("notebooks/*.ipynb"):
        opened = f"https://colab.research.google.com/github/rembrandt/style-school/blob/colab/notebooks/{path.name}"
        badge = f"[![Open in Colab]({links.SVG})]({opened})"
        assert markdown(path).count(badge) == 1
        assert re.search(rf"^\| \d \| .*{re.escape(badge)} \|", readme, re.M)


def test_cells_with_an_address_are_in_style(published):
    (published[0] / "styletools").mkdir()  # by which ruff tells its own from other packages
    run(published[0], "-m", "ruff", "check", "--quiet", "notebooks")
    run(published[0], "-m", "ruff", "format", "--quiet", "--check", "notebooks")
    for path in published[0].glob("notebooks/*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        [first] = [c.source for c in cells if "bootstrap" in c.metadata.get("tags", [])]
        assert f"v{links.VERSION}/" in first and len(first.splitlines()) <= 25


@pytest.mark.parametrize("folder", ["notebooks", "student"])
def test_what_colab_opens_needs_no_file_beside_it(published, folder):
    colab = f"https://colab.research.google.com/github/rembrandt/style-school/blob/colab/{folder}/"
    raw = f"https://raw.githubusercontent.com/rembrandt/style-school/v{links.VERSION}/"
    blob = f"{ADDRESS}/blob/v{links.VERSION}/"
    lessons = sorted((published[0] / "build/colab" / folder).glob("*.ipynb"))
    assert len(lessons) == 9
    for path in lessons:
        found = targets(markdown(path))
        assert f"{colab}{path.name}" in found  # its own badge
        assert any(target.startswith(raw) for target in found)  # its cover
        assert any(target.startswith(f"{blob}docs/glossary.md#") for target in found)
        for target in found:
            assert re.match("https?://", target), (path.name, target)
            if target.startswith((raw, blob)):
                assert (ROOT / target.removeprefix(raw).removeprefix(blob).split("#")[0]).is_file()
            if target.startswith(colab):
                assert path.with_name(target.removeprefix(colab)).is_file()
            assert "/colab/" not in target or target.startswith(colab)


def test_offline_the_links_stay_as_they_are(plain, published):
    for path in plain.glob("notebooks/*.ipynb"):
        here = set(targets(markdown(path)))
        assert here == {
            target
            for target in targets(markdown(published[0] / "notebooks" / path.name))
            if "colab.research.google.com" not in target
        }


def test_pypi_shows_pictures_and_addresses(plain, published):
    show = ["-B", "-m", "hatchling", "metadata"]
    found = json.loads(run(published[0], *show))
    assert set(found["urls"]) == {"Documentation", "Repository", "Changelog", "Issues"}
    assert found["urls"]["Documentation"] == "https://rembrandt.github.io/style-school/"
    aims = targets(found["readme"]["text"])
    hero = f"https://raw.githubusercontent.com/rembrandt/style-school/v{links.VERSION}/docs/pictures/hero.jpg"
    assert hero in aims
    assert [aim for aim in aims if not aim.startswith("https://")] == []
    without = json.loads(run(plain, *show))
    assert "urls" not in without
    assert without["readme"]["text"] == (plain / "README.md").read_text("utf-8")


def test_the_site_leads_to_the_address_and_asks_nobody_for_a_badge(published):
    run(published[0], "-B", "-c", SITE.format(badge=f"![Open in Colab]({links.SVG})", home=ADDRESS))


SITE = """
import runpy
site = runpy.run_path("tools/site/conf.py")
assert site["html_theme_options"]["source_repository"] == "{home}"
assert site["html_baseurl"] == "https://rembrandt.github.io/style-school/"
page = ["[{badge}](https://example.org)"]
site["add_to_page"](None, "page", page)
assert page == ["[Open in Colab](https://example.org)"]
"""


@pytest.mark.parametrize("ending", ["", "/", ".git"])
def test_an_address_is_known_in_each_form(ending, monkeypatch):
    for start in ("https://github.com/", "git@github.com:"):
        monkeypatch.setattr(sys, "argv", ["publish.py", f"{start}hals/my.school{ending}"])
        assert publish.wanted() == "https://github.com/hals/my.school"


@pytest.mark.parametrize("given", ["https://example.org/a/b", "https://github.com/owner", "school"])
def test_what_is_no_address_is_refused_with_the_line_to_run(given, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["publish.py", given])
    with pytest.raises(SystemExit, match=r"make publish ADDRESS=https://github\.com/OWNER/REPO"):
        publish.wanted()


def test_what_is_written_counts_more_than_the_remote(published, tmp_path):
    """Whoever cloned somebody else's course keeps the address that they gave it."""
    fork = tmp_path / "fork"
    shutil.copytree(published[0], fork)
    for command in (["init"], ["remote", "add", "origin", "https://github.com/upstream/course"]):
        subprocess.run(["git", *command], cwd=fork, check=True, capture_output=True)
    before = (fork / "pyproject.toml").read_bytes()
    assert ADDRESS in run(fork, "-B", "tools/publish.py")
    assert (fork / "pyproject.toml").read_bytes() == before
