"""Clean scraped text and HTML into normalised JSONL, with a ledger of everything removed.

from pipeline import Config, clean, read_documents

clean(["seeds"], "out", Config())
for document in read_documents("out"): ...

clean_html(page).text  # one document, without a folder
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.config import Config as Config
    from pipeline.document import clean_document as clean_document
    from pipeline.document import clean_html as clean_html
    from pipeline.document import clean_text as clean_text
    from pipeline.match.texts import near_duplicates as near_duplicates
    from pipeline.match.texts import passages as passages
    from pipeline.records import ClusterRecord as ClusterRecord
    from pipeline.records import DocumentRecord as DocumentRecord
    from pipeline.records import EditRecord as EditRecord
    from pipeline.records import PairRecord as PairRecord
    from pipeline.records import PassageRecord as PassageRecord
    from pipeline.run import Summary as Summary
    from pipeline.run import clean as clean
    from pipeline.write.arrow_schema import arrow_schema as arrow_schema
    from pipeline.write.arrow_table import read_table as read_table
    from pipeline.write.output import read_documents as read_documents
    from pipeline.write.output import read_ledgers as read_ledgers
    from pipeline.write.output import read_records as read_records

__version__ = "0.1.0"

_HOMES = {
    "ClusterRecord": "records",
    "Config": "config",
    "DocumentRecord": "records",
    "EditRecord": "records",
    "PairRecord": "records",
    "PassageRecord": "records",
    "Summary": "run",
    "arrow_schema": "write.arrow_schema",
    "clean": "run",
    "clean_document": "document",
    "clean_html": "document",
    "clean_text": "document",
    "near_duplicates": "match.texts",
    "passages": "match.texts",
    "read_documents": "write.output",
    "read_ledgers": "write.output",
    "read_records": "write.output",
    "read_table": "write.arrow_table",
}

__all__ = [*_HOMES]  # noqa: PLE0604


def __dir__() -> list[str]:
    return sorted((*_HOMES, "__version__"))


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first used: importing `pipeline` itself costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
