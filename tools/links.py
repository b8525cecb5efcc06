"""The project's address and version, and what follows from them: badges, first cells, links.

`[tool.hatch.metadata.hooks.custom]` in pyproject.toml is the one place where the address stands;
`make publish` writes it there. While there is none, it is "", and so is a badge.
"""

import posixpath
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ADDRESS = PYPROJECT["tool"]["hatch"]["metadata"]["hooks"]["custom"]["address"]
VERSION = PYPROJECT["project"]["version"]
GITHUB, SVG = "https://github.com/", "https://colab.research.google.com/assets/colab-badge.svg"
PICTURES = (".jpg", ".png", ".svg", ".webp")

UPLOAD = """\
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
        !{sys.executable} -m pip install -qq --no-deps "{wheel}"
    from styletools.lessons import device

    print("styletools is ready:", device())"""

RELEASE = """\
# On Colab: install the package of this lesson's version. Anywhere else: nothing to do.
import subprocess
import sys
from importlib.util import find_spec

if "google.colab" in sys.modules:
    home = "ADDRESS"
    wheel = f"{home}/releases/download/vVERSION/styletools-VERSION-py3-none-any.whl"
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps"]
    for source in (wheel, f"git+{home}"):  # the release; if it is missing, the repository
        if find_spec("styletools") is None:
            subprocess.run([*pip, source], capture_output=True)
    if find_spec("styletools"):
        from styletools.lessons import device

        print("styletools is ready:", device())
    else:
        print(f"No styletools yet. With a network, run: !pip install --no-deps git+{home}")"""


def bootstrap(address=ADDRESS):
    """The first cell of a lesson: it prepares Colab."""
    return RELEASE.replace("ADDRESS", address).replace("VERSION", VERSION) if address else UPLOAD


def on_colab(path, address=ADDRESS):
    """Where Colab opens a notebook of the branch `colab`, which `make colab` prepares."""
    home = address.replace(GITHUB, "https://colab.research.google.com/github/")
    return f"{home}/blob/colab/{path}"


def badge(path, address=ADDRESS):
    """Markdown of a notebook's Colab badge."""
    return f"[![Open in Colab]({SVG})]({on_colab(path, address)})" if address else ""


def pages(address=ADDRESS):
    """The address of the web site, GitHub Pages."""
    owner, name = address.removeprefix(GITHUB).split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def absolute(text, folder, address=ADDRESS):
    """Markdown of a page in `folder`; its links lead to this version at the address, if any."""
    raw = address.replace(GITHUB, "https://raw.githubusercontent.com/")

    def lead(found):
        if not address or re.match(r"\w+:|#", found[1]):
            return found[0]
        path = posixpath.normpath(posixpath.join(folder, found[1]))
        home = raw if path.endswith(PICTURES) else f"{address}/blob"
        return f"]({home}/v{VERSION}/{path})"

    return re.sub(r"\]\(([^)\s]+)\)", lead, text)
