"""A corpus that makes many small tasks, and what becomes of it on one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import clean
from tests.conftest import outputs
from tests.judge.test_templates import SLOGAN, story, write


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty pages of three sites with a slogan each, copies, and a quote."""
    pages = {f"{site}/{i:02}.txt": [*story(i + 100 * n), SLOGAN] for n, site in enumerate("abc") for i in range(20)}
    for i in range(6):
        pages[f"copies/{i}.txt"] = pages[f"a/{i:02}.txt"]
        pages[f"quotes/{i}.txt"] = [*story(500 + i, 4), pages["b/03.txt"][2], *story(600 + i, 4)]
    return write(tmp_path_factory.mktemp("corpus") / "in", pages)


@pytest.fixture(scope="session")
def expected(sites: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The outputs of the sites."""
    out = tmp_path_factory.mktemp("local") / "out"
    clean([sites], out, workers=1)
    return outputs(out)
