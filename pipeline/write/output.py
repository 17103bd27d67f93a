"""An output folder read back: its manifest, its records, one document with its ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, overload

from msgspec import Struct

from pipeline import jsonlines, ledger
from pipeline.errors import UsageError
from pipeline.model import Failure, Row
from pipeline.read.outputs import MANIFEST
from pipeline.records import (
    FILES,
    SCHEMA_VERSION,
    ClusterRecord,
    DocumentRecord,
    EditRecord,
    Manifest,
    OutputFile,
    PairRecord,
    PassageRecord,
)
from pipeline.write import formats

SHOWN = 5
"""Documents that are named where one is asked for that is not there"""


class Ledgered(Struct, frozen=True):
    """A document's record, its lines of the ledger, and its source, put together again from both."""

    record: DocumentRecord
    removed: list[EditRecord]
    text: str
    """The decoded source."""


class Output:
    """A finished output folder.

    Raises:
        UsageError: the folder holds no manifest, so no run has finished there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = _manifest(path)
        self.sha256 = hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest()
        """Of the manifest, which stands for all of the output."""

    def records(self, name: str) -> Iterator[Any]:
        """The records of `documents`, `removed`, `clusters`, `pairs`, `passages` or `failures`, in their order.

        Raises:
            UsageError: a file is missing or a line is not JSON; the message says which.
        """
        for output in self.manifest.outputs:
            if output.records is not None and formats.output_name(output.path) == name:
                yield from formats.read(self.path / output.path)

    def has(self, name: str) -> bool:
        """Whether the manifest lists records of this output."""
        return any(one.records is not None and formats.output_name(one.path) == name for one in self.manifest.outputs)

    def differing(self, names: Container[str] = FILES) -> Iterator[str]:
        """What is wrong with files of outputs that are among `names`, a sentence each: they are those that the manifest lists."""
        for output in self.manifest.outputs:
            if formats.output_name(output.path) in names and (problem := file_problem(self.path, output)):
                yield problem

    def ledgers(self) -> Iterator[tuple[DocumentRecord, list[EditRecord]]]:
        """Every document's record with its lines of the ledger."""
        removed = groupby(self.records("removed"), key=lambda edit: edit.document)
        group = next(removed, None)
        for record in self.records("documents"):
            edits: list[EditRecord] = []
            if group is not None and group[0] == record.number:
                edits = list(group[1])
                group = next(removed, None)
            yield record, edits

    def document(self, source: str) -> Ledgered:
        """The document called `source` (or whose id begins so), with its source text.

        Raises:
            UsageError: there is none.
        """
        for record, removed in self.ledgers():
            if record.is_called(source):
                return self._ledgered(record, removed)
        raise self.unknown(source)

    def unknown(self, source: str) -> UsageError:
        """That no document is called `source`, with some that are there: those of the file of this name, if it holds several."""
        first: list[str] = []
        inside: list[str] = []
        for record in self.records("documents"):
            shown = inside if record.source.startswith(f"{source}#") else first
            if len(shown) < SHOWN:
                shown.append(record.source)
        known = ", ".join(inside or first) or "none"
        return UsageError(f"{self.path}: has no document {source!r}; it has, for example: {known}")

    def _ledgered(self, record: DocumentRecord, removed: list[EditRecord]) -> Ledgered:
        """A document with its source.

        Raises:
            UsageError: its ledger does not belong to its text.
        """
        try:
            return Ledgered(record, removed, restored(record, removed))
        except ValueError as error:
            raise UsageError(
                f"{self.path}: the ledger of {record.source} does not belong to its text ({error}): see `pipeline verify`"
            ) from None


def finished(path: Path) -> Output:
    """An output folder whose files are those that its manifest lists, as far as their sizes tell.

    Raises:
        UsageError: it is not the output of a finished run, or one of its files was changed since.
    """
    output = Output(path)
    for listed in output.manifest.outputs:
        try:
            size = (path / listed.path).stat().st_size
        except OSError as error:
            raise UsageError(
                f"{path / listed.path}: cannot be read: {error.strerror}; clean its inputs again"
            ) from None
        if size != listed.bytes:
            raise UsageError(
                f"{path / listed.path}: is not the file that the manifest lists, which has {listed.bytes:,} bytes, not "
                f"{size:,}: see `pipeline verify`, or clean its inputs again"
            )
    return output


def file_problem(folder: Path, listed: OutputFile) -> str | None:
    """In what a file of an output folder is not the one that the manifest lists."""
    path = folder / listed.path
    try:
        if path.exists() and not path.is_file():
            return f"{listed.path}: is no file"
        with path.open("rb") as handle:
            sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        return f"{listed.path}: cannot be read: {error.strerror}"
    if sha256 != listed.sha256 or path.stat().st_size != listed.bytes:
        return f"{listed.path}: is not the file that the manifest lists (size or SHA-256 differs)"
    return None


def restored(record: DocumentRecord, removed: list[EditRecord]) -> str:
    """The decoded source of a document: its text with the edits undone.

    Raises:
        ValueError: the ledger does not belong to the text.
    """
    return ledger.undo(record.text, ((edit.start, edit.end, edit.text, edit.replacement) for edit in removed))


def _manifest(path: Path) -> Manifest:
    try:
        data = (path / MANIFEST).read_bytes()
        version = jsonlines.decode(data, dict).get("schema_version")
        if version != SCHEMA_VERSION:
            raise UsageError(
                f"{path}: was written with schema_version {version}, this program reads {SCHEMA_VERSION}: clean the inputs again"
            )
        return jsonlines.decode(data, Manifest)
    except FileNotFoundError:
        if not path.exists():
            raise UsageError(f"{path}: there is no such folder") from None
        raise UsageError(f"{path}: has no {MANIFEST}; it is not the output of a finished run") from None
    except (OSError, jsonlines.JsonError) as error:
        raise UsageError(f"{path / MANIFEST}: cannot be read: {error}") from None


def read_documents(out: str | Path) -> Iterator[DocumentRecord]:
    """The records of all `documents` files in the output folder `out`, in order of source.

    Fields are attributes, or had by name as from a dictionary; `to_dict()` makes one.

    Raises:
        UsageError: `out` is not the output of a finished run.
    """
    return Output(Path(out)).records("documents")


def read_ledgers(out: str | Path) -> Iterator[tuple[DocumentRecord, list[EditRecord]]]:
    """Every document of the output folder `out`, in order of source, with its edits from `removed`.

    Raises:
        UsageError: `out` is not the output of a finished run.
    """
    return Output(Path(out)).ledgers()


@overload
def read_records(out: str | Path, name: Literal["documents"]) -> Iterator[DocumentRecord]: ...
@overload
def read_records(out: str | Path, name: Literal["removed"]) -> Iterator[EditRecord]: ...
@overload
def read_records(out: str | Path, name: Literal["clusters"]) -> Iterator[ClusterRecord]: ...
@overload
def read_records(out: str | Path, name: Literal["pairs"]) -> Iterator[PairRecord]: ...
@overload
def read_records(out: str | Path, name: Literal["passages"]) -> Iterator[PassageRecord]: ...
@overload
def read_records(out: str | Path, name: Literal["failures"]) -> Iterator[Failure]: ...
@overload
def read_records(out: str | Path, name: str) -> Iterator[Row]: ...
def read_records(out: str | Path, name: str) -> Iterator[Any]:
    """The records of one output, such as `removed` or `passages`, as `read_documents` gives them.

    Raises:
        UsageError: `out` is not the output of a finished run, or there is no such output.
    """
    if name not in FILES:
        raise UsageError(f"no output is called {name!r}; there are {', '.join(FILES)}")
    return Output(Path(out)).records(name)
