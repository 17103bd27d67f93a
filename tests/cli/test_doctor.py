"""`pipeline doctor` says what works here, and what does not."""

from __future__ import annotations

from importlib import metadata

import pytest

from pipeline import doctor
from tests.conftest import pipeline


def test_a_whole_installation() -> None:
    done = pipeline("doctor")
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"ok     lxml: {metadata.version('lxml')}" in lines
    assert "ok     extra parquet: pyarrow" in lines
    assert lines[-1] == "ok     a run over two pages: is verified"


@pytest.mark.parametrize(
    ("requirement", "what", "state", "is_bad"),
    [
        ("nowhere-to-be-found>=1", "nowhere-to-be-found", "is not installed", True),
        (
            "nowhere>=1; extra == 'more'",
            "extra more",
            "not there (nowhere: is not installed); pip install 'pagerinse[more]'",
            False,
        ),
        ("numpy>=2; python_version < '3.99'", "numpy", metadata.version("numpy"), False),
    ],
)
def test_libraries(monkeypatch: pytest.MonkeyPatch, requirement: str, what: str, state: str, is_bad: bool) -> None:
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: [requirement, "old; python_version < '3.0'"])
    assert list(doctor._libraries()) == [doctor.Finding(what, state, is_bad)]


def test_a_library_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ImportError("wrong ELF class")

    monkeypatch.setattr(doctor.importlib, "import_module", broken)
    found = {finding.what: finding for finding in doctor._libraries()}
    assert found["lxml"] == doctor.Finding("lxml", "cannot be imported: ImportError: wrong ELF class", is_bad=True)
