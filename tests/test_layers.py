"""The layers of ARCHITECTURE.md, held against the imports: they go down only, siblings do not know each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "pipeline"

FLOORS: list[set[str]] = [
    {"model", "errors", "say"},
    {"config", "ledger", "shape", "tokens", "store"},
    {"text", "boilerplate", "metadata", "dedup", "sources", "engines"},
    {"sinks", "assemble", "preparing"},
    {"evidence", "output", "packs"},
    {"cleaning", "kept", "matching"},
    {"compare", "shards"},
    {"stages"},
    {"plan"},
    {"run", "learn", "audit", "explain", "query", "witnesses"},
    {"cli"},
]
"""Ground floor first. A module imports from lower floors only; packages on one floor are siblings."""

DOORS = {
    "click": {"cli"},
    "trafilatura": {"text"},
    "lxml": {"text"},
    "charset_normalizer": {"text"},
    "re2": {"boilerplate"},
    "datasketch": {"dedup"},
    "numba": {"dedup"},
    "orjson": {
        "compare",
        "kept",
        "matching",
        "output",
        "packs",
        "preparing",
        "run",
        "shards",
        "sinks",
        "sources",
        "stages",
    },
    "pyarrow": {"sources", "sinks"},
    "fsspec": {"sources"},
    "pyspark": {"engines"},
    "py4j": {"engines"},
    "brotli": {"sources"},
    "backports": {"sources"},
    "compression": {"sources"},
}
"""Libraries that only one place may know."""

FILES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def part(path: Path) -> str:
    """The module or package directly below `pipeline` that `path` belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(number for number, names in enumerate(FLOORS) if name in names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down_and_libraries_have_one_door(path: Path) -> None:
    own = part(path)
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top in DOORS:
            assert own in DOORS[top], f"{name} may be imported in {DOORS[top]} only"
        target = rest.partition(".")[0]
        if own in ("__init__", "__main__") or top != "pipeline" or target in (own, "__version__"):
            continue
        assert floor(target) < floor(own), f"{own} may not import {target}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_are_small_enough_to_hold_in_the_head(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 500
