"""The web site of `make site`, in a real browser: whole, readable, and asking no other host."""

import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest

import browser

pytest.importorskip("sphinx")
pytestmark = pytest.mark.skipif(
    browser.CHROMIUM is None, reason="no Chromium here: apt-get install chromium"
)
ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WIDTHS = {"laptop": (1280, 900), "telephone": (390, 840)}


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """(folder, address) of the site, built and served."""
    folder = tmp_path_factory.mktemp("site")
    options = ["-q", "-W", "-b", "html", "-c", ROOT / "tools" / "site"]
    subprocess.run([sys.executable, "-m", "sphinx", *options, ROOT, folder], check=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def pages(site):
    """{(page, width): what the browser saw of it}; "asked" and "wrong" are lists of text."""
    folder, address = site
    seen = {}
    with browser.chromium() as chromium:
        for width, (across, down) in WIDTHS.items():
            page = chromium.new_page(viewport={"width": across, "height": down})
            asked, wrong = [], []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("requestfailed", lambda request, wrong=wrong: wrong.append(request.url))
            page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
            page.on("console", lambda said, wrong=wrong: _note(said, wrong))
            for path in sorted(folder.rglob("*.html")):
                name = path.relative_to(folder).as_posix()
                asked.clear(), wrong.clear()
                page.goto(f"{address}/{name}", wait_until="networkidle")
                seen[name, width] = page.evaluate(LOOK) | {"asked": [*asked], "wrong": [*wrong]}
    return seen


def _note(said, wrong):
    if said.type == "error":
        wrong.append(said.text)


LOOK = """async () => {
    const images = [...document.querySelectorAll("img")];
    images.forEach(image => image.loading = "eager");
    await Promise.all(images.map(image => image.decode().catch(() => null)));
    await document.fonts.ready;
    const article = document.querySelector("article");
    return {
        wide: document.scrollingElement.scrollWidth - window.innerWidth,
        broken: images.filter(image => !image.naturalWidth).map(image => image.src),
        outputs: [...document.querySelectorAll(".cell_output img")].map(image => image.alt),
        titles: document.querySelectorAll("h1").length,
        text: article ? article.innerText : "",
        formulas: [...document.querySelectorAll("math")].map(formula => formula.textContent),
        fonts: [...document.fonts].filter(font => font.status == "loaded").map(font => font.family),
        folded: document.querySelectorAll("details.hide:not([open])").length,
        links: [...document.querySelectorAll("a[href]")].map(link => link.href),
    };
}"""


def test_no_page_asks_another_host_and_nothing_is_missing(site, pages):
    assert len({name for name, _ in pages}) > len(LESSONS) + 5
    for place, seen in pages.items():
        assert [url for url in seen["asked"] if not url.startswith(site[1])] == [], place
        assert (seen["wrong"], seen["broken"]) == ([], []), place


def test_pages_fit_a_telephone_and_have_one_title(pages):
    for (name, width), seen in pages.items():
        assert seen["wide"] <= 0, (name, width)
        assert seen["titles"] == 1 or name == "search.html", name


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lessons_show_their_stored_figures_in_words_and_formulas_drawn(pages, lesson):
    notebook = nbformat.read(lesson, as_version=4)
    alternatives = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if {"image/jpeg", "image/png"} & {*output.get("data", {})}:
                alternatives.append(cell.metadata.get("mystnb", {}).get("image", {}).get("alt"))
            film = re.match('<img alt="(.*?)"', output.get("data", {}).get("text/html", ""))
            alternatives += [film[1]] if film else []
    seen = pages[f"notebooks/{lesson.stem}.html", "laptop"]
    assert seen["outputs"] == alternatives
    assert all(len(words) >= 60 for words in alternatives)
    text = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert len(seen["formulas"]) >= text.count("$$") // 2
    assert not re.search(r"\$\$|\\(sum|frac|text|mathsf)\b", seen["text"])
    tags = [{*cell.metadata.get("tags", [])} for cell in notebook.cells]
    assert seen["folded"] == sum(bool(each & {"solution", "bootstrap"}) for each in tags) > 1


def test_formulas_are_drawn_whole_in_the_font_that_comes_along(pages):
    for place, seen in pages.items():
        assert not [formula for formula in seen["formulas"] if re.search(r"[\\$]", formula)], place
        assert ("formulas" in seen["fonts"]) == bool(seen["formulas"]), place


def test_links_lead_to_pages(site, pages):
    folder, address = site
    for (name, _), seen in pages.items():
        for link in (link for link in seen["links"] if link.startswith(address)):
            path, _, anchor = link.removeprefix(f"{address}/").partition("#")
            assert (folder / path.partition("?")[0]).is_file(), (name, link)
            if anchor and path.endswith(".html"):
                assert f'id="{anchor}"' in (folder / path).read_text("utf-8"), (name, link)


def test_search_finds_the_lesson(site):
    with browser.chromium() as chromium:
        page = chromium.new_page()
        page.goto(f"{site[1]}/search.html?q=Gram+matrix")
        page.locator("#search-results li a", has_text="Van Gogh a Van Gogh").first.wait_for()
