"""Clean scraped text and HTML into normalised JSONL, with a ledger of everything removed.

from pipeline import Config, clean, read_documents

clean(["seeds"], "out", Config())
for document in read_documents("out"): ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.config import Config as Config
    from pipeline.run import Summary as Summary
    from pipeline.run import clean as clean
    from pipeline.write.arrow_schema import arrow_schema as arrow_schema
    from pipeline.write.output import read_documents as read_documents
    from pipeline.write.output import read_records as read_records

__version__ = "0.1.0"

__all__ = ["Config", "Summary", "arrow_schema", "clean", "read_documents", "read_records"]

_HOMES = {
    "Config": "config",
    "Summary": "run",
    "arrow_schema": "write.arrow_schema",
    "clean": "run",
    "read_documents": "write.output",
    "read_records": "write.output",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first used: importing `pipeline` itself costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
