"""Write build/colab/, what Colab opens: lessons and students' copies, as `make colab`.

Colab shows a notebook without the files beside it. So links and pictures, relative in the course,
lead to the project's address here, and a link to another lesson opens that one in Colab.
"""

import re
import shutil
import sys

import nbformat

import links
import student

TARGET = links.ROOT / "build" / "colab"


def opened(text, folder):
    """Markdown of a lesson in `folder` with links that work on Colab."""
    beside = rf"]({links.on_colab(folder)}/\g<1>)"
    return links.absolute(re.sub(r"\]\((\d\d_\w+\.ipynb)\)", beside, text), folder)


def rewrite(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = opened(cell.source, path.parent.name)
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def main():
    if not links.ADDRESS:
        sys.exit("There is no address yet, see make publish: Colab would not find the pictures")
    shutil.rmtree(TARGET, ignore_errors=True)
    shutil.copytree(links.ROOT / "notebooks", TARGET / "notebooks")
    student.write_copies(TARGET / "student")
    for path in sorted(TARGET.glob("*/*.ipynb")):
        rewrite(path)


if __name__ == "__main__":
    main()
