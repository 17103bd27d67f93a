"""What is kept of the inputs between the stages of a run, and from one run to the next.

What a shard gave is kept under a digest of its inputs, names and bytes, in a folder for one version of the program, the
options and what a document may cost. A later run that finds the same takes it as it is; one that finds other inputs, or
lets documents cost more, takes over the documents that have not changed. Files are written once and never changed, that of
the documents last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline import jsonlines
from pipeline.bounds import LIMITED
from pipeline.corpus import packs, table
from pipeline.corpus.table import Array, Table
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.rule import Hit
from pipeline.judge.signals import NO_SIGNALS, Signals
from pipeline.judge.templates import LineColumns
from pipeline.model import Failure, Status
from pipeline.prepare import Prepared, load
from pipeline.read.interface import WITHOUT_DOCUMENT
from pipeline.text.blocks import INTEGERS


class Outcome(Struct, frozen=True):
    """What became of one input file, or of a part of it."""

    source: str
    sha256: str | None
    bytes: int
    documents: int
    failures: tuple[Failure, ...]
    skipped: Mapping[str, int]
    """Records that were never meant to be documents, counted by why they are none."""

    @property
    def status(self) -> Status:
        """`ok`, `partial` or `failed`."""
        if not self.failures:
            return "ok"
        return "partial" if self.documents else "failed"

    def named(self) -> Outcome:
        """Return the outcome of a whole file, which says so if there was nothing in it: none of its parts can know."""
        if self.documents or self.failures or self.skipped:
            return self
        return replace(self, skipped={WITHOUT_DOCUMENT: 1})

    def __add__(self, other: Outcome) -> Outcome:
        """What became of two parts of one file."""
        reasons = {**self.skipped, **other.skipped}
        return Outcome(
            self.source,
            other.sha256 or self.sha256,
            self.bytes + other.bytes,
            self.documents + other.documents,
            self.failures + other.failures,
            {reason: self.skipped.get(reason, 0) + other.skipped.get(reason, 0) for reason in reasons},
        )


class CachedShard(Struct, frozen=True):
    """What a shard gave: files whose names begin with the same path."""

    stem: Path
    outcomes: tuple[Outcome, ...] = ()
    listed: str | None = None
    """The name, without suffix, of the list that it is in, see `listed.py`; None where there is none"""

    def is_intact(self) -> bool:
        """Whether all files are there, and none is damaged. All of them are read."""
        own = self.files()
        return own[0].exists() and all(map(table.is_intact, own)) and packs.is_intact(self.texts)

    def files(self) -> tuple[Path, Path]:
        """The files of what was read, and of its lines, of which those of `texts` follow."""
        return documents_path(self.stem), lines_path(self.stem)

    @property
    def texts(self) -> Path:
        """Pack of what rules and model leave of each document, to know copies by; its texts follow from the other files."""
        return self.stem.with_suffix(".texts")

    def documents(self, *columns: str) -> Table:
        """What was read, or these columns of it. A row for each document read: `key`, `source`, `failures` (JSON): Blobs, and
        `row`, -1 for one that cannot be read as text. For each other one `prepared`: Blobs, and `first`: where its lines begin;
        one more at the end.
        """
        return table.read(documents_path(self.stem), columns or None)

    def lines(self) -> Table:
        """A row for each line of each document: the columns `INTEGERS` of its block, and of a line
        that was judged int64: `words`; bool: `prose`, `main`; int32: `score`; int8: `extractor`, `titles`, `place` (for
        templates); uint64: `key`, `masked` (the form that templates know, by exclusive or with the key: mostly 0), `site` (which
        stands for the document's); `hits`: Blobs, names of the patterns that hold."""
        return table.read(lines_path(self.stem))

    def stored_lines(self) -> table.Stored:
        """The same as they lie there, for what reads some columns, and then perhaps the others."""
        return table.Stored(lines_path(self.stem))

    def line_columns(self, stored: table.Stored | None = None) -> LineColumns:
        """The lines as templates know them; those that were not judged can be none. `stored`: what `stored_lines` gives."""
        found = self.stored_lines() if stored is None else stored
        count = table.rows(found)
        key, masked, site, place, words, start, end, score, main = (
            np.asarray(found[name]) if name in found else np.zeros(count, kind) for name, kind in _OF_TEMPLATES.items()
        )
        first = np.asarray(self.documents("first")["first"])
        return LineColumns(key ^ masked, key, site, place, end - start, words, score, main, first)


_OF_TEMPLATES = {
    "key": np.uint64,
    "masked": np.uint64,
    "site": np.uint64,
    "place": np.int8,
    "words": np.int64,
    "start": np.int64,
    "end": np.int64,
    "score": np.int32,
    "main": np.bool_,
}
JUDGED, CLEANED = "*.documents", "*.pack"
"""The tables that have a document's key, for `cached_documents`"""


def documents_path(stem: Path) -> Path:
    return stem.with_suffix(packs.DOCUMENTS)


def lines_path(stem: Path) -> Path:
    return stem.with_suffix(packs.LINES)


def documents(
    shard: CachedShard, book: RuleBook, wanted: Collection[int] | None = None, lines_of: table.Stored | None = None
) -> Iterator[tuple[int, Prepared, Signals]]:
    """Of the documents of a shard that could be read as text, or of those at the places `wanted` among them: the place, the
    document, and the evidence on it. `lines_of`: what `stored_lines` gives."""
    if wanted is not None and not wanted:
        return
    stored, lines = shard.documents(), dict(shard.stored_lines() if lines_of is None else lines_of)
    bounds = np.asarray(stored["first"]).tolist()
    for i, row in enumerate(np.asarray(stored["row"]).tolist()):
        if row < 0 or (wanted is not None and row not in wanted):
            continue
        own = table.stretch(lines, bounds[row], bounds[row + 1])
        source = blob(stored, "source", i).decode("utf-8", "surrogatepass")
        evidence = _evidence(own, book) if "hits" in own else NO_SIGNALS
        yield row, load(source, blob(stored, "prepared", row), _block_columns(own)), evidence


def _evidence(lines: Table, book: RuleBook) -> Signals:
    """What is known of the lines of a document that was judged."""
    names = table.blobs(lines, "hits")
    hits: list[tuple[Hit, ...]] = [()] * len(names)
    with_hits = np.flatnonzero(np.diff(names.offsets))  # few lines have any
    for line, named in zip(with_hits.tolist(), names.some(with_hits), strict=True):
        hits[line] = book.named(named)
    forms = np.asarray(lines["key"]) ^ np.asarray(lines["masked"])
    key, words, prose, score, main, extractor, titles = (
        np.asarray(lines[name]).tolist() for name in ("key", "words", "prose", "score", "main", "extractor", "titles")
    )
    return Signals(key, forms.tolist(), hits, words, prose, score, main, extractor, titles)


def _block_columns(rows: Table) -> dict[str, Array]:
    """The columns of a document's blocks; empty ones for a document without any."""
    return {name: np.asarray(rows.get(name, np.zeros(0, dtype))) for name, dtype in INTEGERS.items()}


def find_document(store: Path, source: str, book: RuleBook) -> tuple[Prepared, Signals] | None:
    """The document called `source`, with the evidence on it, in what a run has kept; None where it is not there."""
    wanted = source.encode("utf-8", "surrogatepass")
    for path in sorted(store.rglob("*.documents")):
        shard = CachedShard(path.with_suffix(""))
        if shard.is_intact() and wanted in shard.documents("source")["source"]:
            return next((found[1:] for found in documents(shard, book) if found[1].source == source), None)
    return None


class Row(Struct, frozen=True):
    """A document on its way into the shard's files."""

    source: str
    prepared: bytes
    text: str
    lines: Table


_KEY = np.dtype("S16")
"""Of a document"""


class CachedDocuments:
    """What earlier runs left in tables: where each document is, by its key. 32 bytes a document."""

    def __init__(self, paths: Sequence[Path], others: Sequence[Path] = (), by: str = "key") -> None:
        """`others`: tables of runs in which documents might cost more or less; one that its limits have stopped is none of
        theirs. `by`: the column that has what documents are found by."""
        found: list[tuple[Path, Array, Array]] = []
        for path in (*paths, *others):
            if (keys := _keys(path, by)) is not None:
                places = _unstopped(path) if path in others else np.arange(len(keys))
                found.append((path, keys[places], places))
        self._paths = [path for path, _, _ in found]
        sizes = [len(keys) for _, keys, _ in found]
        every = np.concatenate([np.zeros(0, _KEY), *(keys for _, keys, _ in found)])
        order = np.argsort(every, kind="stable")
        self._keys = every[order]
        self._owner = np.repeat(np.arange(len(sizes)), sizes)[order]
        self._place = np.concatenate([np.zeros(0, np.int64), *(places for _, _, places in found)])[order]

    def places(self, keys: Sequence[bytes]) -> dict[Path, list[tuple[int, int]]]:
        """By table: the places in `keys` of those documents that it holds, each with the document's place in the table."""
        places: dict[Path, list[tuple[int, int]]] = {}
        if not len(self._keys):
            return places
        wanted = np.frombuffer(b"".join(keys), dtype=_KEY)
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        found = np.flatnonzero(self._keys[at] == wanted)
        at = at[found]
        for i, owner, place in zip(found.tolist(), self._owner[at].tolist(), self._place[at].tolist(), strict=True):
            places.setdefault(self._paths[owner], []).append((i, place))
        return places


def stretches(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Of some documents, each with two places, those that are neighbours in both: (the places of the first, how many)."""
    begin = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or places[end] != (places[end - 1][0] + 1, places[end - 1][1] + 1):
            yield *places[begin], end - begin
            begin = end


def _keys(path: Path, name: str) -> Array | None:
    """`_KEY` [documents]: a column of a table, copied, so that no file stays open; None where the file is damaged."""
    stored = table.read_left(path, [name])
    if stored is None:
        return None
    return np.array(table.blobs(stored, name).data).view(_KEY)


def _unstopped(path: Path) -> Array:
    """int64: the places of the documents of a shard that cost no more than they were allowed to."""
    failures = table.blobs(table.read(path, ["failures"]), "failures")
    return np.array([i for i in range(len(failures)) if not _was_stopped(failures[i])], dtype=np.int64)


def _was_stopped(failures: bytes) -> bool:
    """Whether a document, with these failures as JSON, cost more than it was allowed to."""
    return failures != b"[]" and any(one.error in LIMITED for one in jsonlines.decode(failures, list[Failure]))


@lru_cache(maxsize=4)
def cached_documents(
    folder: Path, pattern: str, run: str, others: frozenset[str] = frozenset(), by: str = "key"
) -> CachedDocuments:
    """What was in tables of `folder` when the run began, or somewhat later: both are right. But for the `others`, by name."""
    if pattern != JUDGED:
        return CachedDocuments(sorted(path for path in folder.glob(pattern) if path.name not in others), by=by)
    # What was judged under other limits, which the name ends with, is the same, but for what they stopped
    siblings = folder.parent.glob(f"{folder.name.rpartition('-')[0]}-*/{pattern}")
    return CachedDocuments(sorted(folder.glob(pattern)), sorted(path for path in siblings if path.parent != folder))


def taken_over(shard: CachedShard, places: Sequence[int]) -> Iterator[tuple[list[Failure], Row | None]]:
    """Of documents at these places in `shard`, what preparing them led to, and the rows of those that were read as text."""
    stored, lines, texts = shard.documents(), shard.lines(), packs.Pack.open(shard.texts)
    rows, bounds = np.asarray(stored["row"]).tolist(), np.asarray(stored["first"]).tolist()
    for place in places:
        failures = jsonlines.decode(blob(stored, "failures", place), list[Failure])
        row = rows[place]
        if row < 0:
            yield failures, None
            continue
        source = blob(stored, "source", place).decode("utf-8", "surrogatepass")
        own = table.stretch(lines, bounds[row], bounds[row + 1])
        yield failures, Row(source, blob(stored, "prepared", row), texts.text(row), own)


def blob(rows: Table, name: str, number: int) -> bytes:
    """One value of a column of byte strings."""
    return table.blobs(rows, name)[number]
