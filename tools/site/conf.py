"""Sphinx's settings for `make site`: the README, the lessons as stored, and docs/, as a web site.

Formulas become MathML, which browsers draw by themselves, in a font that comes along; so no page
asks another host for anything. A link that leads nowhere and a TeX command that MathML has no
word for are warnings, which `make site` takes for errors.
"""

import json
import re
import shutil
import sys
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import links
from formulas import STIX, mathml
from links import ROOT

project = html_title = "styletools"
copyright = "the styletools authors, Apache-2.0"
extensions = ["myst_nb"]
root_doc = "README"
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md"]
include_patterns += ["notebooks/*.ipynb", "data/README.md", "benchmarks/*.md"]
html_extra_path = ["../../LICENSE"]
html_theme = "furo"
if links.ADDRESS:  # the buttons "view" and "edit", and where this page is the original
    html_baseurl = links.pages()
    html_theme_options = {"source_repository": links.ADDRESS, "source_branch": "main"}
html_favicon = "favicon.svg"
html_static_path = ["site.css", str(STIX)]
html_css_files = ["site.css"]
html_show_sphinx = html_copy_source = html_use_index = False
html_math_renderer = "mathml"

nb_execution_mode = "off"  # what is stored is what is shown
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

CONTENTS = """

```{toctree}
:hidden:
:caption: Lessons
:glob:
notebooks/*
```

```{toctree}
:hidden:
:caption: Beside them
docs/teaching
docs/glossary
docs/references
docs/looks
docs/troubleshooting
docs/releasing
CONTRIBUTING
CHANGELOG
data/README
"""
FOLDED = """<div class="cell container">
<details class="admonition hide above-input">
<summary>
<p class="collapsed admonition-title">Solution, in words</p>
<p class="expanded admonition-title">Solution, in words</p>
</summary>

{}

</details>
</div>"""


def add_to_page(app, name, source):
    """The table of contents, which GitHub would show as code; in the lessons, the folds.

    A badge becomes plain words, so that its picture is asked of nobody.
    """
    source[0] = source[0].replace(f"![Open in Colab]({links.SVG})", "Open in Colab")
    if name == "README":
        measured = sorted((ROOT / "benchmarks").glob("*.md"), reverse=True)
        results = "".join(f"benchmarks/{page.stem}\n" for page in measured)
        source[0] += f"{CONTENTS}{results}```\n"
    if name.startswith("notebooks/"):
        notebook = json.loads(source[0])
        for cell in notebook["cells"]:
            fold(cell)
        source[0] = json.dumps(notebook)


def fold(cell):
    """Fold a cell of a solution, or the one that prepares Colab."""
    tags = cell["metadata"].get("tags", [])
    title = "Solution" if "solution" in tags else "Colab" if "bootstrap" in tags else None
    if title and cell["cell_type"] == "code":
        tags.append("hide-cell")
        prompts = {"code_prompt_show": title, "code_prompt_hide": title}
        cell["metadata"].setdefault("mystnb", {}).update(prompts)
    elif title:
        cell["source"] = FOLDED.format("".join(cell["source"]))


def draw(self, node):
    """Write a formula's HTML in place of its node's."""
    block = isinstance(node, nodes.math_block)
    markup = mathml(node.astext(), "block" if block else "inline")
    if re.search(r"[\\$]|mathvariant=\"(?!normal)", re.sub(r'alttext="[^"]*"', "", markup)):
        logging.getLogger(__name__).warning("formula half drawn: %s", node.astext(), location=node)
    self.body.append(f'<div class="formula">{markup}</div>' if block else markup)
    raise nodes.SkipNode


def copy_front_page(app, failed):
    if not failed:
        shutil.copy(Path(app.outdir, "README.html"), Path(app.outdir, "index.html"))


def setup(app):
    app.connect("source-read", add_to_page)
    app.connect("build-finished", copy_front_page)
    app.add_html_math_renderer(
        "mathml", inline_renderers=(draw, None), block_renderers=(draw, None)
    )
