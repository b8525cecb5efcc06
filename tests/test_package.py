"""The package as others install it: a wheel, in a folder that has nothing else of the course."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel's path."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture
def installed(wheel, tmp_path):
    """A function that runs Python with the wheel's package; `installed.package` is its folder."""
    target, empty = tmp_path / "target", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", target, wheel], check=True, capture_output=True)

    def run(*arguments):
        settings = os.environ | {"PYTHONPATH": str(target)}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=empty, env=settings, capture_output=True, text=True)

    run.package = target / "styletools"
    return run


def test_the_wheel_is_small_and_whole(wheel):
    assert wheel.stat().st_size < 25e6
    names = zipfile.ZipFile(wheel).namelist()
    data = [path for path in (ROOT / "data").rglob("*.*") if path.suffix in (".jpg", ".npz")]
    assert len(data) == 13
    for path in data:
        assert f"styletools/data/{path.relative_to(ROOT / 'data').as_posix()}" in names
    assert "styletools/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "tools", "notebooks"))]


def test_an_installed_package_is_found_to_be_whole(installed):
    place = "import styletools; print(styletools.__file__)"
    assert installed("-c", place).stdout.startswith(str(installed.package))
    check = installed("-m", "styletools", "--check")
    assert (check.returncode, check.stderr) == (0, "")
    assert check.stdout.splitlines()[-1] == "All is fine."
    assert check.stdout.count("fine  ") == 4


def test_what_is_missing_or_damaged_is_named(installed):
    weights = installed.package / "data" / "weights"
    for path in weights.glob("painter_*.npz"):
        path.unlink()
    vgg = weights / "vgg19_imagenet_q8.npz"
    vgg.write_bytes(vgg.read_bytes()[:1_000_000])
    check = installed("-m", "styletools", "--check")
    assert check.returncode == 1
    _, sees, improves, paints, keeps, last = check.stdout.splitlines()
    assert sees.startswith("NOT   VGG19") and "damaged" in sees
    assert improves.startswith("NOT ") and paints.startswith("NOT ")
    assert keeps.startswith("fine  ")
    assert last == "Install styletools again."
