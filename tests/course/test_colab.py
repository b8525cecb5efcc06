"""What differs on Colab, run with a stand-in for `google.colab` in an empty environment."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import zipfile
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

import links

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
READY = "styletools is ready: a stand-in"
WHEEL = f"styletools-{links.VERSION}-py3-none-any.whl"
SCRIPT = """
import subprocess, sys, types
from pathlib import Path

def upload():
    print("asked for the wheel")
    Path("NAME").write_bytes(Path("WHEEL").read_bytes())
    return {"NAME": b"its bytes"}

try:
    import google  # what other packages of Google's share
except ImportError:
    google = types.ModuleType("google")
colab = types.ModuleType("google.colab")
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
# A package of that name that needs nothing to be built, for what pip fetches with git+.
BACKEND = """
import shutil

def build_wheel(folder, settings=None, metadata=None):
    shutil.copy("stored.whl", f"{folder}/NAME")
    return "NAME"
"""


def python(source):
    return TransformerManager().transform_cell(source)


def cell(lesson, wanted):
    return next(c.source for c in nbformat.read(lesson, as_version=4).cells if wanted(c))


def first_cell(lesson):
    return cell(lesson, lambda c: "bootstrap" in c.metadata.get("tags", []))


def write_wheel(path):
    """A wheel that stands in for the course's."""
    info = f"styletools-{links.VERSION}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("styletools/__init__.py", "")
        wheel.writestr("styletools/lessons.py", "def device(): return 'a stand-in'")
        metadata = f"Metadata-Version: 2.1\nName: styletools\nVersion: {links.VERSION}\n"
        wheel.writestr(f"{info}/METADATA", f"{metadata}Requires-Dist: numpy==0.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """(a Python without styletools, a folder with a wheel that stands in for the course's)."""
    folder = tmp_path_factory.mktemp("colab")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    write_wheel(folder / "stored.whl")
    return folder / "env" / "bin" / "python", folder


@pytest.fixture
def colab(environment):
    """The same, and styletools is gone from it."""
    gone = [environment[0], "-m", "pip", "uninstall", "-qq", "-y", "styletools"]
    subprocess.run(gone, check=True)
    return environment


@pytest.fixture
def home(tmp_path):
    """(a folder, its address): a file server of this machine, in GitHub's place."""
    serve = functools.partial(Silent, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def release(folder, wheel):
    """Lay a wheel where the release of this version holds it."""
    (folder / f"releases/download/v{links.VERSION}").mkdir(parents=True)
    shutil.copy(wheel, folder / f"releases/download/v{links.VERSION}/{WHEEL}")


def repository(folder, wheel):
    """Make the folder a git repository that a file server can serve."""
    source = folder / "source"
    source.mkdir()
    shutil.copy(wheel, source / "stored.whl")
    (source / "backend.py").write_text(BACKEND.replace("NAME", WHEEL))
    system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (source / "pyproject.toml").write_text(system)
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=source, check=True)
    for name in ("HEAD", "config", "objects", "refs"):
        (folder / name).symlink_to(source / ".git" / name)
    subprocess.run(["git", "update-server-info"], cwd=source, check=True)
    (folder / "info").symlink_to(source / ".git" / "info")


def run(colab, cells, name=WHEEL):
    """The lines that the cells print, run one after the other in one Python."""
    interpreter, folder = colab
    script = SCRIPT.replace("NAME", name).replace("WHEEL", "stored.whl")
    script = script.replace("CELLS", repr(list(map(python, cells))))
    settings = os.environ | {"PIP_RETRIES": "0", "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [interpreter, "-c", script],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_release_is_installed_once_and_stays_after_a_restart(colab, home):
    folder, address = home
    release(folder, colab[1] / "stored.whl")
    first = links.bootstrap(address)
    assert run(colab, [first, first]) == [READY, READY]
    shutil.rmtree(folder / "releases")  # so that it cannot be installed once more
    assert run(colab, [first]) == [READY]  # after a restart


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_without_the_release_the_repository_is_installed(colab, home):
    folder, address = home
    repository(folder, colab[1] / "stored.whl")
    first = links.bootstrap(address)
    assert run(colab, [first, first]) == [READY, READY]


def test_without_a_network_the_line_to_run_is_said_and_works_later(colab, home):
    folder, address = home
    first = links.bootstrap(address)
    nobody = first.replace(address, "http://127.0.0.1:9")
    [said] = run(colab, [nobody])
    assert said.endswith("run: !pip install --no-deps git+http://127.0.0.1:9")
    release(folder, colab[1] / "stored.whl")
    assert run(colab, [nobody, first])[1:] == [READY]


@pytest.mark.timeout(300)
def test_the_course_s_own_wheel_leaves_numpy_and_tensorflow_alone(colab, home, tmp_path):
    built = tmp_path / "built"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built]
    subprocess.run(build, cwd=links.ROOT, check=True, capture_output=True)
    release(home[0], built / WHEEL)
    packages = Path(sysconfig.get_path("purelib"))
    there = tmp_path / "there"  # what Colab has: every package of this environment but one
    there.mkdir()
    for path in packages.iterdir():
        if "styletools" not in path.name and path.suffix != ".pth":
            (there / path.name).symlink_to(path)
    [site] = (colab[1] / "env" / "lib").glob("python*/site-packages")
    (site / "there.pth").write_text(str(there))
    before = sorted(path.name for path in site.iterdir())
    try:
        lines = run(colab, 2 * [links.bootstrap(home[1])])
    finally:
        (site / "there.pth").unlink()
    new = {path.name for path in site.iterdir()} - {*before}
    assert new == {"styletools", f"styletools-{links.VERSION}.dist-info"}
    assert len(lines) == 2 and lines[0] == lines[1]
    assert lines[0].startswith("styletools is ready: ")


@pytest.mark.parametrize("name", [WHEEL, WHEEL.replace(".whl", " (1).whl")])
def test_without_an_address_the_first_cell_asks_for_the_wheel_once(colab, name):
    first = links.bootstrap("")
    lines = run(colab, [first, first], name)
    assert lines[1:] == ["asked for the wheel", READY, READY]
    assert "Choose styletools-….whl" in lines[0]
    assert run(colab, [first], name) == [READY]  # after a restart


def test_all_lessons_begin_with_the_same_cell():
    assert {first_cell(lesson) for lesson in LESSONS} == {links.bootstrap()}


def test_a_painting_can_be_kept_in_drive(environment):
    save = cell(LESSONS[0], lambda c: "to_drive = False" in c.source)
    given = """
def save_image(image, path, overwrite):
    print("written to", path)
st, mine = types.SimpleNamespace(save_image=save_image), types.SimpleNamespace(image=None)
"""
    kept = save.replace("to_drive = False", "to_drive = True")
    lines = run(environment, [given, kept])
    path = "/content/drive/MyDrive/my_painting.png"
    assert lines == ["mounted /content/drive", f"written to {path}", f"saved as {path}"]
    assert run(environment, [given, save])[0] == "written to ./my_painting.png"
