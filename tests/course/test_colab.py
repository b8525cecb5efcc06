"""What differs on Colab, run with a stand-in for `google.colab` in an empty environment."""

import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
WHEEL = "styletools-9.9-py3-none-any.whl"
SCRIPT = """
import subprocess, sys, types
from pathlib import Path

def upload():
    print("asked for the wheel")
    Path("NAME").write_bytes(Path("WHEEL").read_bytes())
    return {"NAME": b"its bytes"}

google, colab = types.ModuleType("google"), types.ModuleType("google.colab")
colab.files = types.SimpleNamespace(upload=upload)
colab.drive = types.SimpleNamespace(mount=lambda place: print("mounted", place))
sys.modules |= {"google": google, "google.colab": colab}

def system(command):
    assert subprocess.run(command.format_map(globals()), shell=True).returncode == 0

def get_ipython():
    return types.SimpleNamespace(system=system)

for cell in CELLS:
    exec(cell)
"""


def python(source):
    return TransformerManager().transform_cell(source)


def cell(lesson, wanted):
    return next(c.source for c in nbformat.read(lesson, as_version=4).cells if wanted(c))


def bootstrap(lesson):
    return cell(lesson, lambda c: "bootstrap" in c.metadata.get("tags", []))


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """(a Python without styletools, a folder with a wheel that stands in for the course's)."""
    folder = tmp_path_factory.mktemp("colab")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    info = "styletools-9.9.dist-info"
    with zipfile.ZipFile(folder / "stored.whl", "w") as wheel:
        wheel.writestr("styletools/__init__.py", "")
        wheel.writestr("styletools/lessons.py", "def device(): return 'a stand-in'")
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: styletools\nVersion: 9.9\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return folder / "env" / "bin" / "python", folder


def run(colab, cells, name=WHEEL):
    interpreter, folder = colab
    script = SCRIPT.replace("NAME", name).replace("WHEEL", "stored.whl")
    script = script.replace("CELLS", repr(list(map(python, cells))))
    done = subprocess.run(
        [interpreter, "-c", script], cwd=folder, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", [WHEEL, WHEEL.replace(".whl", " (1).whl")])
def test_the_first_cell_asks_for_the_wheel_once_and_says_one_line(colab, name):
    ready = "styletools is ready: a stand-in"
    subprocess.run([colab[0], "-m", "pip", "uninstall", "-qq", "-y", "styletools"], check=True)
    first = bootstrap(LESSONS[0])
    lines = run(colab, [first, first], name)
    assert lines[1:] == ["asked for the wheel", ready, ready]
    assert "Choose styletools-….whl" in lines[0]
    assert run(colab, [first], name) == [ready]  # after a restart


def test_all_lessons_begin_with_the_same_cell():
    assert len({bootstrap(lesson) for lesson in LESSONS}) == 1


def test_a_painting_can_be_kept_in_drive(colab):
    save = cell(LESSONS[0], lambda c: "to_drive = False" in c.source)
    given = """
def save_image(image, path, overwrite):
    print("written to", path)
st, mine = types.SimpleNamespace(save_image=save_image), types.SimpleNamespace(image=None)
"""
    kept = save.replace("to_drive = False", "to_drive = True")
    lines = run(colab, [given, kept])
    path = "/content/drive/MyDrive/my_painting.png"
    assert lines == ["mounted /content/drive", f"written to {path}", f"saved as {path}"]
    assert run(colab, [given, save])[0] == "written to ./my_painting.png"
