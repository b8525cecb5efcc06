"""The decks of `make slides`: whole, without a solution, and asking no other host for anything."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

import slides
from links import ROOT

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LATER = "## Exercises"  # no picture from here on is on a slide


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("slides")
    assert slides.write_decks(target) == len(LESSONS)
    return target


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    """The lesson's cells, and its deck."""
    cells = nbformat.read(request.param, as_version=4).cells
    html = (request.getfixturevalue("folder") / f"{request.param.stem}.html").read_text("utf-8")
    return cells, BeautifulSoup(re.sub('base64,[^"]+', "", html), "html.parser")


def shown(deck, kind):
    """The slides of a kind, as (text, pictures' alternatives), without what the speaker reads."""
    for notes in deck.select("aside.notes"):
        notes.decompose()
    found = deck.select(f'section[data-kind="{kind}"]')
    return [(slide.get_text(), [image["alt"] for image in slide.select("img")]) for slide in found]


def alternatives(cells):
    """The words for each picture up to the exercises, in text and outputs."""
    for cell in cells:
        if cell.cell_type == "markdown":
            before, later, _ = cell.source.partition(LATER)
            yield from re.findall(r"^!\[(.*?)\]", before, re.M)
            if later:
                return
        else:
            for data in (output.get("data", {}) for output in cell.outputs):
                film = re.match('<img alt="(.*?)"', data.get("text/html", ""))
                if film or {"image/jpeg", "image/png"} & {*data}:
                    yield film[1] if film else cell.metadata["mystnb"]["image"]["alt"]


def test_a_deck_begins_with_title_and_picture_and_shows_every_figure(lesson):
    cells, deck = lesson
    [(title, opening)] = shown(deck, "title")
    assert title.strip() == cells[0].source.splitlines()[0].removeprefix("# ")
    figures = shown(deck, "figure")
    assert all(len(images) == 1 for _, images in figures) and len(opening) == 1
    assert opening + [alt for _, [alt] in figures] == list(alternatives(cells))


def test_guesses_stand_on_slides_with_their_answers(lesson):
    cells, deck = lesson
    guesses = "\n".join(text for text, _ in shown(deck, "guess"))
    text = "\n".join(cell.source for cell in cells).partition(LATER)[0]
    assert guesses.count("Guess first") >= len(re.findall(r"\*\*Guess first[.:]\*\*", text)) > 0
    offered = [line for cell in cells for line in re.findall(r"^st\.guess\(.*", cell.source, re.M)]
    assert len(deck.select('section[data-kind="guess"] ol')) == len(offered)
    assert "**" not in guesses


def test_formulas_are_drawn_and_sections_have_a_slide(lesson):
    cells, deck = lesson
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    sections = shown(deck, "section")
    for heading in re.findall("^## (.*)$", text, re.M):
        words = heading.replace("`", "")
        there = any(slide.strip().startswith(words) for slide, _ in sections)
        assert there == (words not in slides.LEFT_OUT), heading
    formulas = text.partition(LATER)[0].count("$$") // 2
    assert len(deck.select('section math[display="block"]')) == formulas
    assert not re.search(r"\$|\\[a-z]", "".join(slide for slide, _ in sections))


def test_code_and_solutions_are_left_out(lesson):
    text = str(lesson[1])
    for word in ("@title", "st.check(", "find_spec(", "sys.modules", "Further reading"):
        assert word not in text
    sections = lesson[1].select('section[data-kind="section"]')
    asked = [s for s in sections if s.get_text().strip().startswith("Questions")]
    assert [len(slide.select("ol > li")) for slide in asked] == [5, 5]


def test_speakers_have_the_rest_in_their_notes(lesson):
    cells, deck = lesson
    notes = " ".join(aside.get_text() for aside in deck.select("aside.notes"))
    assert "After this lesson you can" in notes
    text = "\n".join(cell.source for cell in cells).partition(LATER)[0]
    folds = re.findall("<summary>(.*?)</summary>", text)
    assert all(fold in notes for fold in folds)


def test_nothing_is_asked_of_another_host(folder):
    for page in folder.glob("*.html"):
        deck = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        asked = [
            tag.get(key) for tag in deck.select("[src], link[href]") for key in ("src", "href")
        ]
        for address in filter(None, asked):
            assert address.startswith("data:image/") or (folder / address).is_file(), address[:80]
        assert not re.search(r"(import|url\()[^;]{0,9}https?:", page.read_text("utf-8"))
    sheets = [*folder.rglob("*.css")]
    assert len(sheets) >= 3
    for sheet in sheets:
        addresses = re.findall(r"""url\(['"]?([^'")?#]+)""", sheet.read_text("utf-8"))
        assert all(a.startswith("data:") or (sheet.parent / a).is_file() for a in addresses), sheet
    assert (folder / "reveal" / "LICENSE").is_file()
