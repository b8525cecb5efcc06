"""Write the project's address into all that follows from it: `make publish`.

`python tools/publish.py ADDRESS` writes, `python tools/publish.py ""` takes back; without an
argument it is the address that is written already, or else that of the git remote `origin`.
"""

import re
import subprocess
import sys

import nbformat
from nbformat.v4 import new_markdown_cell

import links
from links import ROOT

PATTERN = r"(?:https://github\.com/|git@github\.com:)([\w.-]+)/([\w.-]+?)(?:\.git)?/?"
REFUSED = "{!r} is no address on GitHub: make publish ADDRESS=https://github.com/OWNER/REPO"
LEFT = """\
{address} is written. What is left to do by hand:
1. Look at it with git diff, commit it, and git push {address} HEAD:main
2. {address}/settings/pages: choose GitHub Actions as the source, then run "site" under Actions.
3. make test, make release, git tag v{version}, git push {address} v{version}: Colab follows.
4. For PyPI, if you want it: docs/releasing.md, before the tag.
5. Open a badge of the README: the first cell must say that styletools is ready."""


def lesson(path, address):
    """The text of a notebook with its badge, if there is an address, and its first cell."""
    notebook = nbformat.read(path, as_version=4)
    cells = [c for c in notebook.cells if "badge" not in c.metadata.get("tags", [])]
    if address:
        text = links.badge(f"notebooks/{path.name}", address)
        cells.insert(1, new_markdown_cell(text, id="badge", metadata={"tags": ["badge"]}))
    for cell in cells:
        if "bootstrap" in cell.metadata.get("tags", []):
            cell.source = links.bootstrap(address)
    notebook.cells = cells
    return nbformat.writes(notebook) + "\n"


def readme(path, address):
    """The README with a badge beside each lesson of its table, or without."""

    def row(found):
        mark = links.badge(found[2], address)
        return f"{found[1]} {mark} |" if mark else f"{found[1]} |"

    start = r"^(\| \d \| \[[^]]+\]\((notebooks/\S+?)\))"
    return re.sub(rf"{start}[^|]*\|", row, path.read_text("utf-8"), flags=re.M)


def citation(path, address):
    """CITATION.cff with the repository, or without."""
    text = re.sub(r"^repository-code: .*\n", "", path.read_text("utf-8"), flags=re.M)
    entry = f"repository-code: {address}\n" if address else ""
    return re.sub(r"^license: .*\n", rf"\g<0>{entry}", text, flags=re.M)


def pyproject(path, address):
    """pyproject.toml with the address in its one place."""
    text = path.read_text("utf-8")
    return re.sub(r'^address = ".*"$', f'address = "{address}"', text, flags=re.M)


def out_of_step(address=links.ADDRESS):
    """{path: new text} of every file that does not say `address` as it should."""
    writers = {"notebooks/*.ipynb": lesson, "README.md": readme}
    writers |= {"CITATION.cff": citation, "pyproject.toml": pyproject}
    new = {p: write(p, address) for name, write in writers.items() for p in ROOT.glob(name)}
    return {path: text for path, text in new.items() if path.read_text("utf-8") != text}


def wanted():
    """The address that is asked for, "" to take it back; exits if it is none."""
    git = ["git", "-C", ROOT, "remote", "get-url", "origin"]
    if sys.argv[1:] == [""]:
        return ""
    remote = subprocess.run(git, capture_output=True, text=True).stdout.strip()
    given = sys.argv[1:] or [links.ADDRESS or remote]
    found = re.fullmatch(PATTERN, given[0])
    return f"{links.GITHUB}{found[1]}/{found[2]}" if found else sys.exit(REFUSED.format(given[0]))


def main():
    address = wanted()
    for path, text in out_of_step(address).items():
        path.write_text(text, "utf-8")
    print(LEFT.format(address=address, version=links.VERSION) if address else "Taken back.")


if __name__ == "__main__":
    main()
