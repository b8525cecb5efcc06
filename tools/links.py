"""Write the project's address, from [project.urls], into badges and bootstrap cells.

`python tools/links.py` rewrites; with --check it only says what is out of step and exits 1.
While the address is "unpublished" there are no badges, and the bootstrap cell asks Colab's
users to upload the wheel that `make wheel` builds.
"""

import re
import sys
import tomllib
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
PUBLISHED = ADDRESS != "unpublished"
COLAB = ADDRESS.replace("https://github.com/", "https://colab.research.google.com/github/")
SVG = "https://colab.research.google.com/assets/colab-badge.svg"

WHEEL = """\
# On Colab: upload the wheel that `make wheel` builds. Anywhere else: nothing to do.
import sys
from importlib.util import find_spec
from pathlib import Path

if "google.colab" in sys.modules:
    if find_spec("styletools") is None:
        from google.colab import files

        print("Choose styletools-….whl, built with `make wheel`:")
        upload = Path(next(iter(files.upload())))  # "… (1).whl" the second time
        wheel = upload.rename(upload.name.split(" (")[0].removesuffix(".whl") + ".whl")
        !{sys.executable} -m pip install -qq "{wheel}"
    from styletools.lessons import device

    print("styletools is ready:", device())"""

CLONE = f"""\
# On Colab: install the course's helper package. Anywhere else: nothing to do.
import sys
from importlib.util import find_spec

if "google.colab" in sys.modules:
    if find_spec("styletools") is None:
        !{{sys.executable}} -m pip install -qq git+{ADDRESS}
    from styletools.lessons import device

    print("styletools is ready:", device())"""


def badge(notebook):
    """Markdown of a notebook's Colab badge, or what stands in its place."""
    if not PUBLISHED:
        return "*(The Colab badge appears here when the course has a public address.)*"
    return f"[![Open in Colab]({SVG})]({COLAB}/blob/main/notebooks/{notebook})"


def rewrite_notebook(path):
    """The notebook's text with today's badge and bootstrap cell."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "badge" in tags:
            cell.source = badge(path.name)
        if "bootstrap" in tags:
            cell.source = CLONE if PUBLISHED else WHEEL
    return nbformat.writes(notebook) + "\n"


def rewrite_readme(path):
    """The README's text with today's badges: what stands between `<!-- badge NAME -->` marks."""
    return re.sub(
        r"<!-- badge (\S+) -->.*?<!-- end -->",
        lambda found: (
            f"<!-- badge {found[1]} -->{badge(found[1]) if PUBLISHED else 'soon'}<!-- end -->"
        ),
        path.read_text(),
        flags=re.S,
    )


def main():
    new = {path: rewrite_notebook(path) for path in sorted(ROOT.glob("notebooks/*.ipynb"))}
    new[ROOT / "README.md"] = rewrite_readme(ROOT / "README.md")
    stale = [path for path, text in new.items() if path.read_text() != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is not in step with [project.urls]: run `make links`")
        if "--check" not in sys.argv:
            path.write_text(new[path])
    return bool(stale) and "--check" in sys.argv


if __name__ == "__main__":
    sys.exit(main())
