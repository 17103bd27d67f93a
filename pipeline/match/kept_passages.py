"""Passages of all documents, kept for a run over the same ones: another threshold changes none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path

import numpy as np
from msgspec.structs import astuple

from pipeline.corpus import table
from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match.at_a_time import stretches
from pipeline.match.core.evidence import PassageRules
from pipeline.match.kept import SUFFIX
from pipeline.match.known import Sort
from pipeline.match.passage_rows import SharedPassages
from pipeline.match.workspace import Workspace

_OF = "of"
"""The column that says of which documents, in which order, they are"""


def sort(rules: PassageRules) -> Sort:
    """Return how passages by these rules are called."""
    limits = astuple(rules)
    return Sort("passages", limits)


def passages_of(space: Workspace, rules: PassageRules, find: Callable[[], SharedPassages]) -> SharedPassages:
    """Return the passages of all documents: what an earlier run has kept, or what `find` gives, which is kept then."""
    paths = space.packs.paths
    of = _documents(space)
    if of is None:
        return find()
    file = sort(rules).file(paths)
    path = paths[-1].with_name(file + SUFFIX)
    found = SharedPassages.of(space.folder)
    if _is_kept(path, of):
        for column in found.columns:
            _take(path, column)
        return found
    found = find()
    table.write(path, _Stretches(found, of), compressed=True)
    return found


def _documents(space: Workspace) -> Array | None:
    """Return what stands for all documents and their ranks, uint8 [16]; None where the next run would not find them so."""
    paths = space.packs.paths
    if not paths or not all(map(space.keeps, paths)):
        return None
    ranks = space.ranks.rank.tobytes()
    digest = hashlib.blake2b(ranks, digest_size=16)
    for pack in space.packs:
        digest.update(table.blobs(pack.documents, "content").data.tobytes())
    return np.frombuffer(digest.digest(), dtype=np.uint8)


def _is_kept(path: Path, of: Array) -> bool:
    """Return whether a file has the passages of these documents, undamaged."""
    stored = table.read_left(path, [_OF])
    return stored is not None and np.array_equal(table.array(stored, _OF), of) and table.is_intact(path)


def _take(path: Path, column: Column) -> None:
    """Write a column as `_Stretches` has it, some rows at a time."""
    fields = column.dtype.names or ("",)
    stored = table.Stored(path)
    with column.writing() as append:
        for number in count():
            names = [_name(column, number, field) for field in fields]
            if names[0] not in stored:
                return
            found = table.read(path, names)
            rows: Array = np.empty(len(found[names[0]]), dtype=column.dtype)
            for field, name in zip(fields, names, strict=True):
                of_field = rows[field] if field else rows
                of_field[:] = table.array(found, name)
            append(rows)


class _Stretches(Mapping[str, Array]):
    """Passages as columns of some rows each, which are read when they are asked for."""

    def __init__(self, found: SharedPassages, of: Array) -> None:
        self._of = of
        self._places: dict[str, tuple[Column, slice, str]] = {}
        for column in found.columns:
            for number, part in enumerate(stretches(len(column))):
                for field in column.dtype.names or ("",):
                    self._places[_name(column, number, field)] = column, part, field

    def __getitem__(self, name: str) -> Array:
        if name == _OF:
            return self._of
        column, part, field = self._places[name]
        rows = column.part(part.start, part.stop)
        return rows[field] if field else rows

    def __iter__(self) -> Iterator[str]:
        yield _OF
        yield from self._places

    def __len__(self) -> int:
        return 1 + len(self._places)


def _name(column: Column, number: int, field: str) -> str:
    """Return what a file calls some rows of a column of passages, or one field of them."""
    return f"{column.path.name} {number} {field}"
