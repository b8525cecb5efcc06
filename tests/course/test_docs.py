"""The reference pages: links lead somewhere, sources are listed, symbols mean one thing."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml

import links
import looks
from styletools import sample_images

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
MODULES = sorted((ROOT / "styletools").rglob("*.py"))
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
REFERENCES = (ROOT / "docs" / "references.md").read_text("utf-8")


@cache
def text_of(path, *, code=False):
    """A page, or the text cells of a lesson; with `code` all its cells."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if code or cell.cell_type == "markdown")


def without_code(text):
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)


def anchors(text):
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ +(.+?)\s*$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    words = [re.sub(r"\[(.*?)\]\(.*?\)|[`*$]", r"\1", heading).lower() for heading in headings]
    names = [re.sub(r"[^\w\- ]", "", word).replace(" ", "-") for word in words]
    return [f"{n}-{names[:i].count(n)}" if n in names[:i] else n for i, n in enumerate(names)]


def broken(path, text):
    """The relative links in a page's text that lead nowhere."""
    for target in re.findall(r"\]\(([^)\s]+)", without_code(text)):
        file, _, anchor = unquote(target).partition("#")
        if re.match(r"\w+:", target):
            continue
        aim = path.parent / file if file else path
        in_page = anchor and aim.suffix == ".md"
        if not aim.exists() or (in_page and anchor not in anchors(text_of(aim))):
            yield target


@pytest.mark.parametrize("path", PAGES + LESSONS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    assert list(broken(path, text_of(path))) == []


def test_broken_links_are_found():
    text = "[a](no.md) [b](docs/glossary.md#no-term) [c](#nothing) [d](https://x.org/no) [e](docs)"
    good = "[f](docs/glossary.md#gram-matrix) [g](docs/glossary.md#l-bfgs) `[h](no.md)`"
    lost = ["no.md", "docs/glossary.md#no-term", "#nothing"]
    assert list(broken(ROOT / "README.md", f"{text} {good}")) == lost
    assert anchors("# What's *new*?\n## `f`, g\n### f g") == ["whats-new", "f-g", "f-g-1"]


def terms():
    return re.findall(r"^### (.+)\n\n(.+)$", GLOSSARY, re.M)


def test_glossary_is_in_order():
    names = [name for name, _ in terms()]
    assert names == re.findall(r"^### (.+)$", GLOSSARY, re.M)
    assert names == sorted({name.casefold(): name for name in names}.values(), key=str.casefold)
    assert len(names) >= 40


@pytest.mark.parametrize("name, text", terms(), ids=[name for name, _ in terms()])
def test_terms_occur_in_the_lesson_that_is_named(name, text):
    lessons = re.findall(r"\[[Ll]esson (\d)\]\(\.\./notebooks/0(\d)_", text)
    assert lessons
    word = re.sub(r"[^\w-]+$", "", name.casefold().split()[-1])
    for number, file in lessons:
        assert number == file
        assert word in text_of(LESSONS[int(number)], code=True).casefold()


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_terms_are_linked_once_where_a_lesson_first_uses_them(path):
    text = re.sub(r"^#.*$|!\[.*?\]|`.*?`|\*\*(?:Next|Builds on).*$", "", text_of(path), flags=re.M)
    links = list(re.finditer(r"\[([^\]]+)\]\(\.\./docs/glossary\.md#([\w-]+)\)", text))
    assert len(links) >= 5
    assert len({link[2] for link in links}) == len(links)
    for link in links:
        before = re.sub(r"\[[^\]]*\]\([^)]*\)", "", text[: link.start()])
        assert not re.search(rf"\b{re.escape(link[1])}\b", before, re.I), link[1]


def test_notation_names_what_exists():
    rows = re.findall(r"^\|.*\| ([^|]*) \|$", GLOSSARY.split("## Letters")[0], re.M)
    source = "\n".join(path.read_text("utf-8") for path in MODULES)
    for name in set(re.findall(r"\w+", " ".join(re.findall("`(.+?)`", " ".join(rows))))):
        assert re.search(rf"\b{name}\b", source), name


def test_the_newest_entry_of_the_changelog_is_this_version():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    entries = re.findall(r"^## \[(.+)\] - (\d{4}-\d\d-\d\d)$", text, re.M)
    assert len(entries) == len(re.findall("^## ", text, re.M))
    assert entries[0][0] == links.VERSION
    assert sorted(entries, key=lambda entry: entry[1], reverse=True) == entries
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= kinds


def test_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert all(citation[key] for key in ("message", "title", "abstract", "authors", "keywords"))
    assert any("1508.06576" in str(reference) for reference in citation["references"])


ARXIV = r"(?:arxiv\.org/(?:abs|pdf)/|arxiv[: ]\s*|\[)(\d{4}\.\d{4,5})\b"
DOI = r"\b(10\.\d{4,9}/(?:[^\s()<>\[\]]|\([^\s()]*\))+)"


def sources(text):
    """Every arXiv number and DOI in a text, and the names of authors that stand before a year."""
    numbers = set(re.findall(ARXIV, text, re.I))
    numbers |= {doi.rstrip(".,;:*'\"") for doi in re.findall(DOI, text)}
    pairs = re.findall(r"([A-Z]\w+) (?:&|and) ([A-Z]\w+),?(?: [^.()&]{0,60})?\(?\d{4}\b", text)
    return numbers | {name for pair in pairs for name in pair}


def docstrings(path):
    tree = ast.parse(path.read_text("utf-8"))
    kinds = ast.Module, ast.ClassDef, ast.FunctionDef
    return "\n".join(ast.get_docstring(n) or "" for n in ast.walk(tree) if isinstance(n, kinds))


@pytest.mark.parametrize("path", LESSONS + MODULES, ids=lambda path: path.name)
def test_sources_are_listed(path):
    text = text_of(path) if path in LESSONS else docstrings(path)
    listed = [rf"(?<!\w){re.escape(source)}(?!\w)" for source in sorted(sources(text))]
    assert [source for source in listed if not re.search(source, REFERENCES)] == []


def test_sources_are_found():
    text = "[one](https://arxiv.org/abs/1111.11111), arXiv 2222.22222, ([3333.33333](x)), "
    text += "(https://doi.org/10.1016/0167-2789(92)90242-F), doi 10.23915/distill.00007. "
    text += "Ho & Wu 1999"
    numbers = {"1111.11111", "2222.22222", "3333.33333", "Ho", "Wu"}
    assert sources(text) == numbers | {"10.1016/0167-2789(92)90242-F", "10.23915/distill.00007"}


# What a sentence names, how it does so, and the symbols that it may give. S is a formula, of
# which the first letter counts, W a letter in front of a loss.
S, W = r"\$([^$]+)\$", r"(?<![\w\\])(\\[a-z]+|[a-zA-Z])(?:\\[,;]|\s)*"
BE, PHOTO, ART = "(?:for|is|are|be)", "(?:photograph|photo|content)", "(?:painting|style)"
NOTATION = [
    ("channels", rf"{S} channels", "N"),
    ("channels", rf"{S} {BE} the number of channels", "N"),
    ("channels", rf"number of channels,? (?:is |be |called )?{S}", "N"),
    ("channels", rf"channels {S}", "N i j n m"),
    ("positions", rf"{S} (?:positions|places)", "M"),
    ("positions", rf"{S} {BE} the number of (?:positions|places)", "M"),
    ("positions", rf"number of positions,? (?:is |be |called )?{S}", "M"),
    ("features", rf"\bfeatures {S}", "F P"),
    ("features of the picture", rf"{S} {BE} the features of (?:the|our) picture", "F"),
    ("features of the content", rf"{S} (?:for those|{BE} the features) of the {PHOTO}", "P"),
    ("features of the content", rf"(?:features|those) of the {PHOTO},? {S}", "P"),
    ("Gram matrix", rf"Gram matri(?:x|ces),? {S}", r"G A \hat~G \hat~A"),
    ("Gram matrix of the picture", rf"Gram matrix,? {S} of (?:the|our) picture", r"G \hat~G"),
    ("Gram matrix of the style", rf"Gram matrix,? {S} of the {ART}", r"A \hat~A"),
    ("Gram matrix of the style", rf"{S},? (?:{BE} )?the (?:one|Gram matrix) of the {ART}", "A"),
    ("Gram matrix of the style", rf"{ART}'s Gram matrix,? {S}", r"A \hat~A"),
    ("share of a layer", rf"\bshares? {S}", "w p"),
    ("weight of the content", rf"{W}L_\\text\{{content\}}|content weight,? {S}", r"\alpha"),
    ("weight of the style", rf"{W}L_\\text\{{style\}}|style weight,? {S}", r"\beta"),
    ("weight of TV", rf"{W}(?:L_)?\\(?:text|mathrm)\{{TV\}}|TV weight,? {S}", r"\gamma"),
    ("mask", rf"\bmask,? {S}", "T"),
    ("frequency", rf"\bfrequency,? {S}|{S}(?: is|,)? in (?:cycles|waves) (?:per|a) pixel", "f"),
    ("Hessian", rf"{S}, the Hessian|\bHessian,? {S}", "H"),
    ("colour matrix", rf"\bmatrix {S} that turns|([A-Z])(?:\\,|\s)*\\Sigma[ ,\\]*[A-Z]\^", "K"),
]
NO_SYMBOL = r"\sum \frac \tfrac \max \nabla \partial \cdot \text \mathrm \quad \qquad".split()


def symbol(formula):
    """The first letter of a formula, with its hat: `\\hat G = M G` gives `\\hat~G`."""
    hat, letter = re.match(r"\s*(\\hat)? *\{?(\\?[A-Za-z]*)", formula).groups()
    return None if letter in ("", *NO_SYMBOL) else f"{hat}~{letter}" if hat else letter


def strange(text):
    """Pairs (what is named, a symbol that the glossary does not give it)."""
    text = re.sub(r"\s+", " ", re.sub(r"\*\*|`", "", text))
    for what, pattern, allowed in NOTATION:
        for match in re.finditer(pattern, text):
            found = symbol(next(group for group in match.groups() if group))
            if found and found not in allowed.split():
                yield what, found


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_thing_has_one_symbol(path):
    assert list(strange(text_of(path))) == []


@pytest.mark.parametrize(
    "what, text",
    [
        ("channels", "A layer has $C$ channels."),
        ("channels", "We write $C_l$ for the number of channels."),
        ("channels", "with the number of channels $K$"),
        ("positions", "There are $K$ positions, $N$ channels each."),
        ("positions", "$N$ is the number of positions"),
        ("features", "two sets of features $X$"),
        ("features of the picture", "$P$ are the features of the picture"),
        ("features of the content", "We write $F$ for those of the photograph."),
        ("features of the content", "the features of the content, $C$,"),
        ("Gram matrix", "The **Gram matrix** $S = F^\\top F$ is symmetric"),
        ("Gram matrix of the picture", "the Gram matrix $A$ of our picture"),
        ("Gram matrix of the style", "$S_l$ for the Gram matrix of the painting"),
        ("Gram matrix of the style", "far from $B$, the one of the painting"),
        ("Gram matrix of the style", "the painting's Gram matrix $G$"),
        ("share of a layer", "each with a share $v_l$"),
        ("weight of the content", "$$L = \\beta\\, L_\\text{content}$$"),
        ("weight of the style", "$$\\alpha\\, L_\\text{content} + \\gamma L_\\text{style}$$"),
        ("weight of the style", "the style weight $\\alpha$"),
        ("weight of TV", "$$L + \\lambda\\, L_\\text{TV}$$"),
        ("mask", "A mask $m$ with two values"),
        ("frequency", "with $\\nu$ in cycles a pixel"),
        ("Hessian", "$B$, the Hessian"),
        ("colour matrix", "a matrix $A$ that turns ($\\mu$, $\\Sigma$) into ($m$, $S$)"),
        ("colour matrix", "with $$A\\,\\Sigma\\,A^\\top = S$$"),
    ],
)
def test_another_symbol_is_found(what, text):
    assert what in {name for name, _ in strange(text)}


def test_the_right_symbols_are_not_found():
    text = """
        With $M$ positions and $N$ channels the features $F$ make a **Gram matrix** $G = F^T F / M$.
        $P$ for those of the photograph; undivided Gram matrices $\\hat G$ and $\\hat{A}$; it is far
        from $A$, the one of the painting; a share $w_l = 1$; channels $i$ and $j$; a mask $T$.
        $$\\alpha\\, L_\\text{content} + \\beta\\, L_\\text{style} + \\gamma\\, L_\\text{TV}$$
        $$\\nabla L_\\text{style}, \\qquad L_\\text{TV}, \\frac{\\partial L_\\text{content}}{2}$$
    """
    assert list(strange(text)) == []


def test_each_look_was_painted_by_the_lines_beside_it():
    first, found = looks.sections()
    assert len(found) == 7
    for name, code in found.items():
        assert looks.code_of(looks.PICTURES / name) == first + code, f"run `make looks`: {name}"


def test_every_student_gets_a_pair_of_their_own():
    page = (ROOT / "docs" / "teaching.md").read_text("utf-8")
    code = next(block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "[k]" in block)
    pairs = []
    for number in range(44):
        names = {"k": number}
        exec(code, names)
        pairs.append((names["my_content"], names["my_style"]))
    assert len(set(pairs)) == 44
    assert {name for pair in pairs for name in pair} == set(sample_images())
    assert all(content != style for content, style in pairs)
