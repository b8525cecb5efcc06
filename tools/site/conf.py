"""Sphinx's settings for `make site`: the README, the lessons as stored, and docs/, as a web site.

Formulas become MathML, which browsers draw by themselves, so no page asks another host for
anything.
"""

import re
import shutil
from html import escape
from pathlib import Path

from latex2mathml.converter import convert

ROOT = Path(__file__).resolve().parents[2]

project = html_title = "styletools"
copyright = "the styletools authors, Apache-2.0"
extensions = ["myst_nb"]
root_doc = "README"
include_patterns = ["README.md", "CONTRIBUTING.md", "docs/*.md", "notebooks/*.ipynb"]
include_patterns += ["data/README.md", "benchmarks/RESULTS.md"]
html_extra_path = ["../../LICENSE"]
html_theme = "furo"
html_favicon = "favicon.svg"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_sphinx = html_copy_source = False
html_math_renderer = "mathml"

nb_execution_mode = "off"  # what is stored is what is shown
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
# Links to folders and to files that are no pages stay as they are; README.md has them for GitHub.
suppress_warnings = ["myst.xref_missing", "myst.header", "mystnb.unknown_mime_type"]

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
docs/troubleshooting
CONTRIBUTING
data/README
```
"""


def add_contents(app, name, source):
    """The table of contents, which GitHub would show as code, and what else the site adds."""
    if name == "README":
        source[0] += CONTENTS
    if name.startswith("notebooks/"):  # folded: solutions, and the cell that prepares Colab
        source[0] = re.sub(r'"(solution|bootstrap)"', r'"\1", "hide-cell"', source[0])


def math(self, node):
    """A formula's HTML in place of its node's."""
    import docutils.nodes as nodes

    block = isinstance(node, nodes.math_block)
    markup = convert(node.astext(), display="block" if block else "inline")
    alternative = f' alttext="{escape(node.astext(), quote=True)}"'
    markup = markup.replace("<math", f"<math{alternative}", 1)
    self.body.append(f'<div class="formula">{markup}</div>' if block else markup)
    raise nodes.SkipNode


def copy_front_page(app, failed):
    if not failed:
        shutil.copy(Path(app.outdir, "README.html"), Path(app.outdir, "index.html"))


def setup(app):
    app.connect("source-read", add_contents)
    app.connect("build-finished", copy_front_page)
    app.add_html_math_renderer(
        "mathml", inline_renderers=(math, None), block_renderers=(math, None)
    )
