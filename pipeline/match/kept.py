"""What is made of each document of a pack, kept beside the pack for the documents that a later run finds unchanged, whatever
pack they are in then.

A table of one kind has the documents of one pack, in their order: `key` names them as the pack does, `first` says where the
rows of each begin. Only packs that a run keeps have such tables. What became of a document without a key may be another thing
the next time, as where it took too long: its rows are made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.cache import cached_documents
from pipeline.corpus.packs import NO_KEY, Pack
from pipeline.corpus.table import Array, Table
from pipeline.tokens import offsets_of

SUFFIX = ".kept"
"""Of all that is kept so"""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of some documents, one document after another."""

    first: Array
    """int64 [documents + 1]: where those of each begin"""
    columns: Table

    def of(self, number: int) -> Table:
        """Return a copy of the rows of a document."""
        begin = int(self.first[number])
        end = int(self.first[number + 1])
        return table.stretch(self.columns, begin, end)


@dataclass(frozen=True, slots=True)
class Form:
    """How rows lie in a file."""

    pack: Callable[[Rows], Table]
    unpack: Callable[[Array, Table], Table]
    """gives the columns of rows, from where those of each document begin, and what `pack` gave"""


AS_THEY_ARE = Form(lambda rows: rows.columns, lambda first, columns: columns)


def name(pack: Path, kind: str) -> str:
    """Return what the table of a kind that is kept beside a pack is called, without its suffix."""
    return f"{pack.stem}-{kind}"


def rows_of(pack: Pack, kind: str, run: str, make: Callable[[Array], Rows], form: Form = AS_THEY_ARE) -> Rows:
    """Return the rows of a pack's documents: those that are kept, and for the others what `make` gives for their numbers,
    int64. They are kept from now on.

    kind: of rows; whatever they depend on beside the document is part of it
    run: the same for all packs of one run, and for no other run
    """
    path = pack.path.with_name(name(pack.path, kind) + SUFFIX)
    keys = list(table.blobs(pack.documents, "key"))
    if NO_KEY not in keys:  # else something in the table may be of another text by now
        kept = _read(path, form)
        if kept is not None:
            return kept
    cached = cached_documents(path.parent, f"*-{kind}{SUFFIX}", run)
    taken: dict[int, Table] = {}
    for earlier, places in cached.places(keys).items():
        rows = _read(earlier, form)
        if rows is None:
            continue
        for number, place in places:
            if keys[number] != NO_KEY:
                taken[number] = rows.of(place)
    is_missing = np.ones(len(pack), dtype=bool)
    is_missing[list(taken)] = False
    missing = np.flatnonzero(is_missing)
    rows = _joined(len(pack), taken, missing, make(missing))
    columns: Table = {"key": pack.documents["key"], "first": rows.first}
    columns |= form.pack(rows)
    table.write(path, columns, compressed=True)
    return rows


def _read(path: Path, form: Form) -> Rows | None:
    """Return the rows in a file; None where it is missing or damaged."""
    stored = table.read_left(path)
    if stored is None:
        return None
    first = np.array(stored.pop("first"))
    del stored["key"]
    return Rows(first, form.unpack(first, stored))


def _joined(count: int, taken: dict[int, Table], missing: Array, made: Rows) -> Rows:
    """Return the rows of all documents: those that were taken over, and those made for the ones that were missing."""
    if not taken:
        return made
    parts = dict(taken)
    for place, number in enumerate(missing.tolist()):
        parts[number] = made.of(place)
    in_order = [parts[number] for number in range(count)]
    sizes = [table.rows(part) for part in in_order]
    first = offsets_of(np.array(sizes, dtype=np.int64))
    return Rows(first, table.concatenate(in_order))
