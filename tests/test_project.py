"""The project's own files agree with each other."""

import hashlib
import re
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
