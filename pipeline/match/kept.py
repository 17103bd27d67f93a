"""What is made of each document of a pack, kept beside its content for the documents that a later run finds unchanged, whatever
pack they are in then.

A table of one kind has the documents of one pack, in their order: `content` names them as the pack does, `first` says where the
rows of each begin. Only packs that a run keeps have such tables. Packs with the same content have them in common.

Where a pack has mostly documents of an earlier one, its table is put together of stretches of the earlier table, as they lie
there: what that costs goes by how many stretches there are, not by documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.cache import CachedDocuments, stretches
from pipeline.corpus.packs import Pack, place_of
from pipeline.corpus.table import Array, Blobs, Table
from pipeline.tokens import offsets_of

SUFFIX = ".kept"
"""Of all that is kept so"""


class Rows(Struct, frozen=True):
    """Rows of some documents, one document after another."""

    first: Array
    """int64 [documents + 1]: where those of each begin"""
    columns: Table


class Form(Struct, frozen=True):
    """How rows lie in a file."""

    pack: Callable[[Rows], Table]
    unpack: Callable[[Array, Table], Table]
    """gives the columns of rows, from where those of each document begin, and what `pack` or `join` gave"""
    cut: Callable[[Table, int, int], Table]
    """gives the rows of neighbouring documents, from one to another (exclusive), of what `pack` or `join` gave; copied, so that
    the others need not stay in memory"""
    join: Callable[[Sequence[Table]], Table]
    """gives what lies in a file for all that was cut, of which there is at least one"""


AS_THEY_ARE = Form(lambda rows: rows.columns, lambda first, columns: columns, table.stretch, table.concatenate)


def name(place: Path, kind: str) -> str:
    """Return what the table of a kind that is kept beside the content of a pack is called, without its suffix."""
    return f"{place.stem}-{kind}"


def rows_of(
    pack: Pack,
    kind: str,
    earlier: Callable[[], CachedDocuments],
    make: Callable[[Array], Rows],
    form: Form = AS_THEY_ARE,
) -> Rows:
    """Return the rows of a pack's documents: those that are kept, and for the others what `make` gives for their numbers,
    int64. They are kept from now on.

    kind: of rows; whatever they depend on beside the document is part of it
    earlier: gives where the packs of earlier runs have which document, by content
    """
    path = _path(pack.place, kind)
    keys = list(table.blobs(pack.documents, "content"))
    own = _read(path)
    if own is not None and own.keys == keys:
        return Rows(own.first, form.unpack(own.first, own.columns))
    taken: dict[int, _Stretch] = {}
    for kept, places in _found(keys, own, kind, earlier):
        taken |= _cut(kept, places, form)
    is_missing = np.ones(len(keys), dtype=bool)
    for number, stretch in taken.items():
        is_missing[number : number + len(stretch.sizes)] = False
    missing = np.flatnonzero(is_missing)
    made = make(missing)
    columns = form.pack(made)
    if not taken:
        _write(path, pack, made.first, columns)
        return made
    places = [(number, place) for place, number in enumerate(missing.tolist())]
    taken |= _cut(_Kept([], made.first, columns), places, form)
    in_order = [taken[number] for number in sorted(taken)]
    first = offsets_of(np.concatenate([stretch.sizes for stretch in in_order]))
    columns = form.join([stretch.columns for stretch in in_order])
    _write(path, pack, first, columns)
    return Rows(first, form.unpack(first, columns))


class _Kept(Struct, frozen=True):
    """Rows as they lie in a file."""

    keys: list[bytes]
    first: Array
    columns: Table


def _path(place: Path, kind: str) -> Path:
    """Return where the rows of a kind of a pack's documents are kept."""
    return place.with_name(name(place, kind) + SUFFIX)


def _read(path: Path) -> _Kept | None:
    """Return the rows in a file; None where it is missing or damaged."""
    stored = table.read_left(path)
    if stored is None:
        return None
    keys = stored.pop("content")
    assert isinstance(keys, Blobs)
    first = np.array(stored.pop("first"))
    # What is short is not compressed, but mapped: copied, since many files may be read for one pack.
    columns = {
        name: np.array(one) if one.nbytes < table.MIN_COMPRESSED else one for name, one in table.arrays(stored).items()
    }
    return _Kept(list(keys), first, {**columns})


def _read_beside(pack: Path, kind: str) -> _Kept | None:
    """Return the rows of a kind of an earlier pack's documents; None where they are missing, or it is damaged."""
    try:
        place = place_of(pack)
    except (OSError, ValueError):
        return None
    return _read(_path(place, kind))


def _write(path: Path, pack: Pack, first: Array, columns: Table) -> None:
    """Keep the rows of a pack's documents."""
    table.write(path, {"content": pack.documents["content"], "first": first, **columns}, compressed=True)


def _found(
    keys: Sequence[bytes], own: _Kept | None, kind: str, earlier: Callable[[], CachedDocuments]
) -> Iterator[tuple[_Kept, list[tuple[int, int]]]]:
    """Yield tables of earlier packs, each with the numbers of those of our documents that it has, and their places there.

    own: what an earlier run has left for a pack of the same name
    """
    done: set[bytes] = set()
    for kept in (own, *(_read_beside(pack, kind) for pack in earlier().places(keys))):
        if kept is None:
            continue
        places = {key: place for place, key in enumerate(kept.keys) if key not in done}
        done.update(places)
        yield kept, [(number, places[key]) for number, key in enumerate(keys) if key in places]


class _Stretch(Struct, frozen=True):
    """The rows of documents that are neighbours in a file, and in our pack."""

    sizes: Array
    """int64: rows of each document"""
    columns: Table
    """As `Form.cut` gives them"""


def _cut(kept: _Kept, places: Sequence[tuple[int, int]], form: Form) -> dict[int, _Stretch]:
    """Return the rows of documents, each given by its number in our pack and its place in a file, by the number of the first
    document of each stretch."""
    sizes = np.diff(kept.first)
    found: dict[int, _Stretch] = {}
    for number, place, count in stretches(places):
        columns = form.cut(kept.columns, int(kept.first[place]), int(kept.first[place + count]))
        found[number] = _Stretch(sizes[place : place + count], columns)
    return found
