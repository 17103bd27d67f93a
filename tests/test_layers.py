"""The layers of ARCHITECTURE.md, held against the imports: they go down only, siblings do not know each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "pipeline"

FLOORS: list[set[str]] = [
    {"model", "errors", "describe", "expression", "jsonlines", "memo", "native", "wording", "zstandard"},
    {"validate", "bounds", "streams", "patterns", "toml_file"},
    {"config", "ledger", "tokens", "views.markdown", "text.shape", "text.decode", "corpus.table", "corpus.progress"},
    {"records", "corpus.column"},
    {"answers"},
    {"text", "meta", "read", "match.core"},
    {"prepare", "corpus.engines"},
    {"judge", "write"},
    {"views", "corpus.packs"},
    {"document", "corpus.cache"},
    {"match", "corpus.listed", "corpus.shown"},
    {"corpus.shards", "corpus.kept_templates"},
    {"corpus.stages"},
    {"corpus.plan"},
    {"run", "learn", "explain", "export"},
    {"doctor", "again"},
    {"cli"},
]
"""Ground floor first. A room (a package, or a module named by itself) imports from lower floors and from itself only."""

DOORS = {
    "click": {"cli"},
    "trafilatura": {"text"},
    "lxml": {"text"},
    "charset_normalizer": {"text.decode"},
    "re2": {"judge"},
    "datasketch": {"match"},
    "rapidfuzz": {"match.core"},
    "orjson": {"read"},
    "pyarrow": {"read", "write"},
    "fsspec": {"read"},
    "mammoth": {"read"},
    "pypdfium2": {"read"},
    "striprtf": {"read"},
    "pyspark": {"corpus.engines"},
    "py4j": {"corpus.engines"},
    "ray": {"corpus.engines"},
    "dask": {"corpus.engines"},
    "distributed": {"corpus.engines"},
    "brotli": {"read"},
    "backports": {"zstandard"},
    "compression": {"zstandard"},
}
"""Libraries that only some rooms may know."""

ROOMS = {name: number for number, names in enumerate(FLOORS) for name in names}
FILES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The dotted names that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(dotted: str) -> str | None:
    """The room of a dotted name below `pipeline`: the longest of its beginnings that is one."""
    parts = dotted.split(".")
    beginnings = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((name for name in beginnings if name in ROOMS), None)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down_and_libraries_have_few_doors(path: Path) -> None:
    dotted = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    own = room(dotted)
    if own is None:
        assert path.name in ("__init__.py", "__main__.py"), f"{dotted} stands on no floor"
        return
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top in DOORS:
            assert own in DOORS[top], f"{name} may be imported in {sorted(DOORS[top])} only"
        if top != "pipeline" or rest == "__version__":
            continue
        target = room(rest)
        assert target is not None, f"{name} stands on no floor"
        assert target == own or ROOMS[target] < ROOMS[own], f"{own} may not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_are_small_enough_to_hold_in_the_head(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 500
