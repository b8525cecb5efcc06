"""The project's own files agree with each other."""

import hashlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import styletools

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_conda_and_pip_install_the_same():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    extras = PROJECT["optional-dependencies"]
    pip = PROJECT["dependencies"] + sum(extras.values(), [])
    pip.remove("styletools[lab,cluster,site]")
    names = {line for line in conda if isinstance(line, str)} - {"pip"}
    names |= {*conda[-1]["pip"]} - {"-e ."}
    assert names == {*pip, f"python{PROJECT['requires-python']}"}


def test_version_is_the_same_in_code():
    assert styletools.__version__ == PROJECT["version"]


def test_every_data_file_has_its_row_and_checksum():
    text = (ROOT / "data" / "README.md").read_text()
    sums = dict(re.findall(r"^    ([0-9a-f]{64})  (\S+)$", text, re.M))
    listed = {name: digest for digest, name in sums.items()}
    files = [path for path in (ROOT / "data").rglob("*.*") if path.suffix in (".jpg", ".npz")]
    assert len(files) == len(listed) == 13
    for path in files:
        name = path.relative_to(ROOT / "data").as_posix()
        assert f"| {name} |" in text
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name]


@pytest.mark.parametrize("name", styletools.__all__)
def test_every_public_name_exists_and_is_explained(name):
    assert getattr(styletools, name).__doc__


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no_such_name"):
        styletools.no_such_name  # noqa: B018


def signatures(name):
    """The functions of a public name whose signatures people read: itself, or its methods."""
    found = getattr(styletools, name)
    if not inspect.isclass(found):
        return [found]
    members = [getattr(found, key) for key in dir(found) if not key.startswith("_")]
    methods = [m.fget if isinstance(m, property) else m for m in members]
    return [found.__init__, *filter(inspect.isroutine, methods)]


@pytest.mark.parametrize("name", sorted({*styletools.__all__} - {"StyletoolsError"}))
def test_every_public_name_has_types(name):
    for function in signatures(name):
        signature = inspect.signature(function)
        kinds = {k: p.annotation for k, p in signature.parameters.items() if k != "self"}
        assert (
            inspect.Signature.empty not in {**kinds, "return": signature.return_annotation}.values()
        ), function.__qualname__


WRONG = """
import styletools as st

photo = st.load_image("photo.jpg", max_side=64)
st.save_image(photo, 3)
st.transfer_style(photo, photo, steps="many")
st.transfer_style(photo, photo).picture
st.Painter.load("starry_night").paint(photo, 2)
st.no_such_name
"""


def test_a_type_checker_sees_the_public_names(tmp_path):
    (tmp_path / "wrong.py").write_text(WRONG)
    command = [sys.executable, "-m", "mypy", "--cache-dir", tmp_path / "cache", "wrong.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert [line.split(":")[1] for line in run.stdout.splitlines()[:-1]] == list("56789"), (
        run.stdout
    )


def on_github(name):
    return yaml.safe_load((ROOT / ".github" / name).read_text("utf-8"))


def test_workflows_run_what_the_makefile_has():
    jobs = [
        job
        for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
        for job in on_github(f"workflows/{path.name}")["jobs"].values()
    ]
    lines = "\n".join(step.get("run", "") for job in jobs for step in job["steps"])
    called = set(re.findall(r"^make ([\w-]+)", lines, re.M))
    assert called == {"test", "test-colab", "site", "release", "colab"}
    targets = re.findall(r"^([\w-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert called <= set(targets)


def test_every_python_that_is_promised_is_tested():
    matrix = on_github("workflows/test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    start = "Programming Language :: Python :: "
    assert [start + version for version in matrix] == [
        line for line in PROJECT["classifiers"] if line.startswith(f"{start}3.")
    ]


@pytest.mark.parametrize("name, words", [("bug", "check_machine()"), ("painting", "licence")])
def test_templates_ask_for_what_is_needed(name, words):
    fields = [f for f in on_github(f"ISSUE_TEMPLATE/{name}.yml")["body"] if "validations" in f]
    [asked] = [field for field in fields if words in str(field["attributes"])]
    assert asked["validations"]["required"] is True
