"""What is built to be installed: the wheel has the package and nothing else, the sdist all that its tests need."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from pipeline import native
from tests.conftest import ROOT

pytest.importorskip("setuptools", minversion="77")
BUILD = "from setuptools import build_meta as b; b.build_wheel('dist'); b.build_sdist('dist')"
IGNORED = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")
PARTS = ("pipeline", "tests", "seeds", "docs", "lock", "tools", "bench", ".github", ".ci")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the wheel and the sdist."""
    copy = tmp_path_factory.mktemp("build") / "source"
    copy.mkdir()
    for name in PARTS:
        shutil.copytree(ROOT / name, copy / name, ignore=IGNORED)
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".git":
            shutil.copy(path, copy)
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return copy / "dist"


def files(folder: Path) -> set[str]:
    """The names of all files below a folder of the repository, without what Python and a compiler leave there."""
    found = (path.relative_to(ROOT).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name for name in found if "__pycache__" not in name and not is_compiled(name)}


def is_compiled(name: str) -> bool:
    """Whether a file is the kernels, compiled for one Python on one machine."""
    return name.endswith((".so", ".pyd"))


def test_the_wheel_has_the_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    compiled = set(filter(is_compiled, names))
    assert names - compiled == files(ROOT / "pipeline")
    if native.kernels is not None:
        assert len(compiled) == 1
    meta = next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("METADATA"))
    text = zipfile.ZipFile(wheel).read(meta).decode()
    assert "Name: pagerinse\n" in text
    for extra in PROJECT["optional-dependencies"]:
        assert f"Provides-Extra: {extra}\n" in text


def test_the_sdist_has_all_that_its_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames() if archive.getmember(name).isfile()}
    for part in PARTS:
        assert files(ROOT / part) <= names, part
    assert {path.name for path in ROOT.glob("*.md")} | {"Makefile", "pyproject.toml", "LICENSE"} <= names
    assert not {name for name in names if name.startswith(("out/", ".venv", ".bench", "build/"))}


def test_every_library_that_is_installed_is_imported() -> None:
    """What no command uses is not installed. A distribution is looked for by the module that it brings."""
    modules = {
        "backports.zstd": "backports",
        "charset-normalizer": "charset_normalizer",
        "google-re2": "re2",
        "lxml_html_clean": "lxml",  # trafilatura's
        "s3fs": "fsspec",  # found by fsspec itself
    }
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    extras = [one for extra in PROJECT["optional-dependencies"].values() for one in extra]
    for requirement in (*PROJECT["dependencies"], *extras):
        name = re.split(r"[\[<>=;~! ]", requirement, maxsplit=1)[0]
        module = modules.get(name, name)
        assert re.search(rf"(?:import|from) {module}\b|import_module\(['\"]{module}", code), name


def test_what_the_messages_tell_to_install_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    told = set(re.findall(r"installing\(['\"](\w+)['\"]\)", code))
    assert told
    assert told <= PROJECT["optional-dependencies"].keys()
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
    assert set(re.findall(r"pagerinse\[(\w+)\]", pages)) <= PROJECT["optional-dependencies"].keys()
