"""Write slides/: a deck for each lesson, for a teacher's projector (`make slides`).

A deck shows what a class looks at together: each section's heading and formulas, each guess with
its answers, each figure, the summary and the questions. The rest of the text goes into the
speaker's notes (key S), where each answer stands beside the figure that gives it. Code,
exercises, and solutions are left out.

A lesson as stored becomes a small notebook of slides, which nbconvert writes as HTML. reveal.js,
fonts and pictures come along, so no deck asks another host for anything.
"""

import ast
import base64
import mimetypes
import re
import shutil
import sys
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_markdown_cell, new_notebook

from formulas import STIX, mathml
from links import ROOT

REVEAL = Path(find_spec("sphinx_revealjs").origin).parent / "_static" / "revealjs"
PARTS = ("LICENSE", "dist/reveal.js", "dist/reveal.css", "dist/theme/white.css")
PARTS += ("dist/theme/fonts/source-sans-pro", "plugin/notes/notes.js")

NOT_TAUGHT = {"bootstrap", "badge", "solution"}  # tags of cells
LEFT_OUT, WHOLE = {"Exercises", "Further reading"}, {"Summary", "Questions"}  # sections
AT_ONCE = 5  # questions on a slide
LOOK = {"template_file": str(ROOT / "tools" / "deck" / "slides.html.j2"), "reveal_theme": "white"}
LOOK |= {"reveal_url_prefix": "reveal", "reveal_width": "1280", "reveal_height": "720"}


class Renderer(IPythonRenderer):
    """Markdown as HTML, with formulas as MathML and links as plain words."""

    def block_math(self, body):
        return mathml(body, "block")

    def inline_math(self, body):
        return mathml(body, "inline")

    def link(self, text, url, title=None):
        return text


def picture(address, alt):
    return f'<img src="{address}" alt="{escape(alt, quote=True)}">'


def parts_of_text(source, folder):
    """Pairs (kind, Markdown) from a text cell: title, section, guess, figure or text."""
    for block in re.split(r"\n{2,}", re.sub(r"^(#+ .*)$", r"\n\1\n", source, flags=re.M).strip()):
        if drawn := re.match(r"!\[(.*?)\]\((.*?)\)", block):
            file = folder / drawn[2]
            data = base64.b64encode(file.read_bytes()).decode()
            yield "figure", picture(f"data:{mimetypes.guess_type(file)[0]};base64,{data}", drawn[1])
        elif heading := re.match("(##?) ", block):
            yield "section" if heading[1] == "##" else "title", block
        elif "**Guess first.**" in block or "**Guess first:**" in block:
            question = re.sub(r"\*\*Guess first.\*\* *", "", block)
            yield "guess", f"## Guess first\n\n{question[0].upper()}{question[1:]}"
        else:
            yield "text", block


def parts_of_code(cell):
    """Pairs (kind, HTML) from a code cell: the answers to choose from, and figures."""
    if given := re.search(r"^st\.guess\((.*)\)", cell.source, re.M | re.S):
        answers = "".join(f"<li>{escape(a)}</li>" for a in ast.literal_eval(f"[{given[1]}]"))
        yield "answers", f"<ol>{answers}</ol>"
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
    for data in (output.get("data", {}) for output in cell.outputs):
        film = re.match('<img alt="(.*?)" src="(data:.*?)"', data.get("text/html", ""))
        if film:
            yield "figure", picture(film[2], film[1])
        for kind in {"image/jpeg", "image/png"} & {*data}:
            yield "figure", picture(f"data:{kind};base64,{''.join(data[kind].split())}", alt)


def opening(slides):
    """Whether there is a title, with no picture yet."""
    return len(slides) == 1 and "<img" not in slides[0][1]


def parts_of(lesson, folder):
    """Triples (the section's heading, kind, Markdown) of what is taught in a lesson."""
    section = ""
    for cell in lesson.cells:
        if NOT_TAUGHT & {*cell.metadata.get("tags", [])}:
            continue
        code = cell.cell_type == "code"
        for kind, part in parts_of_code(cell) if code else parts_of_text(cell.source, folder):
            section = part if kind == "section" else section
            if section.removeprefix("## ") not in LEFT_OUT:
                yield section, kind, part


def slides_of(lesson, folder):
    """A list of [kind, what is shown, what the speaker reads], Markdown both."""
    slides = []
    for section, kind, part in parts_of(lesson, folder):
        if kind == "text" and section.removeprefix("## ") not in WHOLE:
            slides[-1][2] += f"{part}\n\n"
            if formulas := re.findall(r"\$\$.*?\$\$", part, re.S):
                if slides[-1][0] != "section":  # not shown before what leads to it
                    slides.append(["section", section, ""])
                slides[-1][1] += "\n\n" + "\n\n".join(formulas)
            continue
        if kind == "answers" and (slides[-1][0] != "guess" or "<ol>" in slides[-1][1]):
            *said, question = slides[-1][2].strip().split("\n\n")  # asked in other words
            slides[-1][2] = "\n\n".join(said)
            slides.append(["guess", question, ""])
        if kind == "text" and section == "## Questions":
            lines = part.splitlines()
            first, more = "\n".join(lines[:AT_ONCE]), "\n".join(lines[AT_ONCE:])
            slides[-1][1] += f"\n\n{first}"
            slides.append(["section", f"{section}\n\n{more}", ""])
        elif kind in ("text", "answers") or (kind == "figure" and opening(slides)):
            slides[-1][1] += f"\n\n{part}"
        else:
            slides.append([kind, part, ""])
    return slides


@cache
def exporter():
    """nbconvert's exporter for slides, with our template and formulas."""
    made = SlidesExporter(**LOOK)
    markdown = MarkdownWithMath(Renderer(escape=False, exclude_anchor_links=True))
    made.register_filter("markdown2html", markdown.render)
    return made


def write_deck(path, folder):
    """The deck of the lesson at `path`, as HTML in `folder`."""
    deck = new_notebook()
    for kind, shown, said in slides_of(nbformat.read(path, as_version=4), path.parent):
        start = {"slide_type": "slide", "data": {"kind": kind}}
        deck.cells.append(new_markdown_cell(shown, metadata={"slideshow": start}))
        said = re.sub("<details><summary>(.*?)</summary>", r"**\1**", said)
        said = new_markdown_cell(said.replace("</details>", ""))
        said.metadata["slideshow"] = {"slide_type": "notes"}
        deck.cells.append(said)
    deck.metadata["title"] = deck.cells[0].source.splitlines()[0].removeprefix("# ")
    (folder / f"{path.stem}.html").write_text(exporter().from_notebook_node(deck)[0], "utf-8")


def write_decks(folder):
    """A deck for each lesson in `folder`, with reveal.js and the fonts beside them; how many."""
    for part in PARTS:
        target = folder / "reveal" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (REVEAL / part).is_dir():
            shutil.copytree(REVEAL / part, target, dirs_exist_ok=True)
        else:
            shutil.copy(REVEAL / part, target)
    shutil.copy(STIX, folder)
    lessons = sorted(ROOT.glob("notebooks/*.ipynb"))
    for lesson in lessons:
        write_deck(lesson, folder)
    return len(lessons)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "slides"
    print(f"{write_decks(target)} decks: {target}")
