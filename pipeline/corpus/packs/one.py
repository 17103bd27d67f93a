"""One pack: what a shard gave.

The content of its documents may lie in files that are named after it, so that another pack with the same content has them, too.
When pages come, templates change, and so in most packs why something was struck of some documents, and hardly anything else.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.packs.divided import PLACE, Documents, place_of
from pipeline.corpus.packs.edit_lines import edit_lines
from pipeline.corpus.packs.judged_texts import Origins
from pipeline.corpus.table import Array, Blobs, Column, Table
from pipeline.judge.templates import Templates
from pipeline.ledger import Edits
from pipeline.match.core.columns import Utf8
from pipeline.model import Block, Failure, Metadata, Verdict
from pipeline.records import Cleaned, DocumentRecord, EditTold
from pipeline.text import shape
from pipeline.text.blocks import NAMES
from pipeline.tokens import offsets_of
from pipeline.write.report.summed import Summed, summed

MIN_WORDS = 5
"""Shorter paragraphs, whatever their kind, are not compared: that two texts both say "Thank you" means nothing."""
NO_DATE = 99999999
"""Sorts behind every date."""


_SAID = ("id", "source", "text", "record", "origin")
"""Columns of byte strings that are the content of documents; so are the numbers `date` and `chars`"""
_BLOBS = (*_SAID, "ledger", "summed")
_OWN = ("key", "content", "judged", "ledger", "summed")
"""Columns of documents that lie in the pack itself, also where their content does not"""
NO_KEY = bytes(16)
"""Of a document that no other run takes over"""
_COMPRESSED = ("record", "ledger", "origin")
"""Most of a pack, and read a document at a time"""
_PLACES = {
    "document": np.int32,
    "start": np.int32,
    "end": np.int32,
    "first": np.int32,
    "last": np.int32,
    "kind": np.int8,
    "compared": np.int8,
}
_EDITS = ("start", "end", "first", "last")
_KINDS = {name: number for number, name in enumerate(NAMES)}
_NOTHING = table.compress(b"")
CONTENT = ".content"
NOT_JUDGED = -1
"""The row of a document whose source is in the pack, since there is no shard to take it from"""


class Row(Struct, frozen=True):
    """A document on its way into a pack."""

    blobs: tuple[bytes, ...]
    """The columns `_BLOBS`, those that are compressed as `table.compress` gives them"""
    date: int
    chars: int
    names: tuple[bytes, ...] = ()
    """The ids of its paragraphs"""
    places: tuple[tuple[int, ...], ...] = ()
    """The columns `_PLACES` of its paragraphs but the first, which is the number of the document"""
    edits: Array | None = None
    """int32 [edits, 4]: the columns `_EDITS`"""
    key: bytes = NO_KEY
    """Of all that the document follows from"""
    judged: int = NOT_JUDGED
    """The document's row in the shard that the pack is named after"""

    @property
    def content(self) -> bytes:
        """What stands for the content of the document: 16 bytes."""
        said = [self.blobs[_BLOBS.index(name)] for name in _SAID]
        digest = hashlib.blake2b(digest_size=16)
        digest.update(np.array([len(one) for one in said], dtype="<i8").tobytes())
        for one in said:
            digest.update(one)
        if self.edits is not None:
            digest.update(self.edits.astype("<i4").tobytes())
        return digest.digest()


def row(cleaned: Cleaned, judged: int = NOT_JUDGED) -> Row:
    """A document as a pack holds it, with its source unless that is in row `judged` of the pack's shard. The text of one that
    is whole stays in its record, where nothing is compared with it."""
    record, edits = cleaned.record, cleaned.edits
    text = b"" if cleaned.whole else record.text.encode("utf-8", "surrogatepass")
    stored = record if cleaned.whole else record.replace(text="")
    origin = b"" if judged >= 0 else cleaned.origin.encode("utf-8", "surrogatepass")
    paragraphs = () if cleaned.whole else record.blocks
    date = record.metadata.date
    return Row(
        (
            record.id.encode(),
            record.source.encode(),
            text,
            table.compress(jsonlines.encode(stored)),
            table.compress(origin) if origin else _NOTHING,
            table.compress(jsonlines.lines(_told(edits))),
            jsonlines.encode(summed(edits, edits.removed(cleaned.origin))),
        ),
        int(date.replace("-", "").ljust(8, "0")) if date else NO_DATE,
        0 if cleaned.whole else len(record.text),
        tuple(record.paragraph_id(paragraph).encode() for paragraph in paragraphs),
        tuple(_places(record.text, paragraphs)),
        _edits(edits),
        judged=judged,
    )


def _told(edits: Edits) -> list[EditTold | Verdict]:
    """What edits are but for their places, as JSON has it: without a replacement they are their verdicts."""
    told: list[EditTold | Verdict] = list(edits.verdicts)
    for number, replacement in edits.replacements.items():
        verdict = edits.verdicts[number]
        told[number] = EditTold(replacement=replacement, rule=verdict.rule, evidence=verdict.evidence)
    return told


def text_row(source: str, text: str) -> Row:
    """A document of nothing but its source and its text."""
    blobs = b"", source.encode(), text.encode("utf-8", "surrogatepass"), _NOTHING, _NOTHING, _NOTHING, b"{}"
    return Row(blobs, NO_DATE, len(text))


def is_intact(path: Path) -> bool:
    """Whether there is a whole pack at `path`, undamaged. All of it is read."""
    return table.is_intact(path) and table.is_intact(_failures_path(path)) and _is_content(place_of(path))


def _is_content(place: Path) -> bool:
    """Whether the content of documents is at `place`, undamaged. All of it is read."""
    return all(map(table.is_intact, (place, _paragraphs_path(place), _edits_path(place))))


def _places(text: str, paragraphs: Sequence[Block]) -> Iterator[tuple[int, ...]]:
    is_ascii = text.isascii()
    end = last = 0
    for p in paragraphs:
        piece = text[p.start : p.end]
        first = p.start if is_ascii else last + _bytes(text[end : p.start])
        end, last = p.end, p.end if is_ascii else first + _bytes(piece)
        yield p.start, p.end, first, last, _KINDS[p.kind], is_long(piece)


def _edits(edits: Edits) -> Array:
    """int32 [edits, 4]: the columns `_EDITS`."""
    start, end = np.array(edits.starts, dtype=np.int64), np.array(edits.ends, dtype=np.int64)
    added = np.zeros(len(edits), dtype=np.int64)
    added[list(edits.replacements)] = list(map(len, edits.replacements.values()))
    last = end + np.cumsum(added - (end - start))
    return np.stack((start, end, last - added, last), axis=1).astype(np.int32)


def is_long(text: str) -> bool:
    """Return whether a paragraph is long enough to be compared."""
    return (text.isascii() and text.count(" ") >= 4 * MIN_WORDS) or shape.has_words(text, MIN_WORDS)


class Part(Struct, frozen=True):
    """Documents on their way into a pack, one after another, in columns."""

    documents: Table
    """Those of a pack, but for `first_edit`"""
    paragraphs: Table
    """Those of a pack, `document` counted from the first of these"""
    edits: Table
    """Those of a pack"""
    edits_of: Array
    """int64 [documents]: how many edits each has"""

    def __len__(self) -> int:
        return len(self.edits_of)


def part(rows: Sequence[Row], *, texts: bool = True) -> Part:
    """Documents in columns. `texts`: with their texts."""
    places = [(number, *place) for number, one in enumerate(rows) for place in one.places]
    columns = np.array(places, dtype=np.int64).reshape(-1, len(_PLACES))
    names = [name for one in rows for name in one.names]
    numbers = {name: column.astype(kind) for (name, kind), column in zip(_PLACES.items(), columns.T, strict=True)}
    none = np.empty((0, len(_EDITS)), dtype=np.int32)
    edits = [none if one.edits is None else one.edits for one in rows]
    joined = np.concatenate([none, *edits])
    own = [(i, name) for i, name in enumerate(_BLOBS) if texts or name != "text"]
    return Part(
        {
            **{name: Blobs.of([one.blobs[i] for one in rows]) for i, name in own},
            "key": Blobs.of([one.key for one in rows]),
            "content": Blobs.of([one.content for one in rows]),
            "judged": np.array([one.judged for one in rows], dtype=np.int64),
            "date": np.array([one.date for one in rows], dtype=np.int64),
            "chars": np.array([one.chars for one in rows], dtype=np.int64),
        },
        {"id": Blobs.of(names), **numbers},
        dict(zip(_EDITS, joined.T.copy(), strict=True)),
        np.array([len(own) for own in edits], dtype=np.int64),
    )


def write(path: Path, rows: Sequence[Row], failures: Sequence[Failure] = (), *, texts: bool = True) -> None:
    """Write the pack of these documents. `failures`: what went wrong with them, and with others that gave none. `texts`: with
    their texts, which else follow from what lies beside the pack, see `judged_texts`."""
    write_parts(path, [part(rows, texts=texts)], failures)


def write_parts(path: Path, parts: Sequence[Part], failures: Sequence[Failure] = ()) -> None:
    """Write the pack of the documents of all parts, of which there is at least one."""
    _write_paragraphs_and_edits(path, parts)
    _write_failures(path, failures)
    table.write(path, _documents_of(parts), compressed=True, plain=_COMPRESSED)


class Taken(Struct, frozen=True):
    """Neighbouring documents of a pack, on their way into another one. The pack itself is not open: there may be many."""

    path: Path
    """Of the pack"""
    first: int
    last: int
    """The one after the last"""
    own: Table
    """The columns `_OWN` of these documents, as the other pack has them"""


def write_divided(path: Path, pieces: Sequence[Part | Taken], failures: Sequence[Failure] = ()) -> None:
    """Write the pack of the documents of all pieces, in their order; their content under a name of its own, where it is not there
    already."""
    own = table.concatenate([_own(piece) for piece in pieces])
    if not own:
        write_parts(path, [part([])], failures)
        return
    digest = hashlib.blake2b(table.blobs(own, "content").data.tobytes(), digest_size=16)
    place = path.with_name(f"content-{digest.hexdigest()}{CONTENT}")
    if not _is_content(place):
        parts = _parts_of(pieces)
        _write_paragraphs_and_edits(place, parts)
        content = {name: column for name, column in _documents_of(parts).items() if name not in _OWN}
        table.write(place, content, compressed=True, plain=_COMPRESSED)
    _write_failures(path, failures)
    own[PLACE] = Blobs.of([os.fsencode(place.name)])
    table.write(path, own, compressed=True, plain=_COMPRESSED)


def _own(piece: Part | Taken) -> Table:
    """The columns `_OWN` of documents."""
    return piece.own if isinstance(piece, Taken) else {name: piece.documents[name] for name in _OWN}


def _parts_of(pieces: Sequence[Part | Taken]) -> list[Part]:
    """The documents of pieces with all columns. Of the packs that some are taken from one is open at a time."""
    parts = {number: piece for number, piece in enumerate(pieces) if isinstance(piece, Part)}
    taken: defaultdict[Path, dict[int, tuple[int, int]]] = defaultdict(dict)
    for number, piece in enumerate(pieces):
        if isinstance(piece, Taken):
            taken[piece.path][number] = (piece.first, piece.last)
    for path, stretches in taken.items():
        parts |= zip(stretches, Pack.open(path).parts(stretches.values()), strict=True)
    return [parts[number] for number in range(len(pieces))]


def _documents_of(parts: Sequence[Part]) -> Table:
    """All columns of the documents of all parts."""
    documents = table.concatenate([one.documents for one in parts])
    documents["first_edit"] = offsets_of(np.concatenate([one.edits_of for one in parts]))
    return documents


def _write_paragraphs_and_edits(path: Path, parts: Sequence[Part]) -> None:
    """Write the paragraphs and the edits of the documents of all parts."""
    first = offsets_of(np.array([len(one) for one in parts], dtype=np.int64)).tolist()
    paragraphs = [
        {**one.paragraphs, "document": (table.array(one.paragraphs, "document") + before).astype(_PLACES["document"])}
        for one, before in zip(parts, first, strict=False)
    ]
    table.write(_paragraphs_path(path), table.concatenate(paragraphs), compressed=True, steps=_PLACES)
    edits = table.concatenate([one.edits for one in parts])
    table.write(_edits_path(path), edits, compressed=True, steps=_EDITS)


def _write_failures(path: Path, failures: Sequence[Failure]) -> None:
    """Write what went wrong with documents of a pack."""
    table.write(_failures_path(path), {"failure": Blobs.of([jsonlines.encode(failure) for failure in failures])})


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _paragraphs_path(path: Path) -> Path:
    return path.with_suffix(".paragraphs")


def _edits_path(path: Path) -> Path:
    return path.with_suffix(".edits")


def _failures_path(path: Path) -> Path:
    return path.with_suffix(".failures")


class _Described(Struct, frozen=True):
    """What is read of a document's record where the rest is not needed."""

    metadata: Metadata


class Pack(Struct, frozen=True):
    """One pack, opened: a column is mapped into memory, or decompressed, when it is first asked for."""

    documents: Mapping[str, Column]
    """`id`, `source`, `text` (UTF-8, surrogatepass), `record` (JSON of the record without its text), `ledger` (what its
    edits are but for their places, JSON Lines) and `origin` (the source, where it is `NOT_JUDGED`), these compressed, `summed`
    (what the edits come to, JSON), `key` (16 bytes) and `content` (16 bytes, see `Row.content`): Blobs. `judged` (row in the
    shard that the pack is named after), `date`
    (year, month, day as one number, or `NO_DATE`), `chars`: int64; and `first_edit`: where its rows in `edits` begin; one more
    at the end."""
    paragraphs: Mapping[str, Column]
    """`id`: Blobs. `document` (number in this pack), `start`, `end` (code points of the document's text), `first`, `last`
    (the same in bytes of its UTF-8), `kind` (place in `NAMES`), `compared` (whether it is long enough): int32 or int8. In
    the order of the text."""
    path: Path
    place: Path
    """Where the content of its documents lies: what follows from that alone is kept under its name"""
    origins: Origins
    """Of its documents that have a row there"""

    @classmethod
    def open(cls, path: Path) -> Pack:
        """Open a pack.

        Raises:
            ValueError: it is no pack, or not a whole one.
        """
        documents = Documents(path)
        place = documents.place
        return cls(documents, table.Stored(_paragraphs_path(place)), path, place, Origins(path))

    def __len__(self) -> int:
        return table.rows(self.documents)

    def blob(self, name: str, number: int) -> bytes:
        """One value of a column of byte strings."""
        value = table.blobs(self.documents, name)[number]
        return table.decompress(value) if name in _COMPRESSED else value

    def blobs(self, name: str, numbers: Array) -> list[bytes]:
        """Some values of a column of byte strings that is not compressed."""
        return table.blobs(self.documents, name).some(numbers)

    def paragraph_ids(self, numbers: Array) -> list[bytes]:
        """The ids of some paragraphs."""
        return table.blobs(self.paragraphs, "id").some(numbers)

    def origin(self, number: int) -> str:
        """The source of a document."""
        judged = int(self.documents["judged"][number])
        if judged == NOT_JUDGED:
            return self.blob("origin", number).decode("utf-8", "surrogatepass")
        return self.origins[judged]

    def edits(self) -> Table:
        """`start`, `end` (in the source), `first`, `last` (of the replacement, in the clean text): int32. A row for each edit of
        each document."""
        return table.read(_edits_path(self.place))

    def taken(self, stretches: Iterable[tuple[int, int, int]]) -> Iterator[Taken]:
        """Documents on their way into another pack: (the row that the first one has in the shard which that is named after, its
        number here, how many follow each other)."""
        columns = {name: self.documents[name] for name in _OWN}
        for judged, first, count in stretches:
            own = table.stretch(columns, first, first + count)
            own["judged"] = np.arange(judged, judged + count, dtype=np.int64)
            yield Taken(self.path, first, first + count, own)

    def parts(self, stretches: Iterable[tuple[int, int]]) -> Iterator[Part]:
        """Copies of documents, from one number to another (exclusive), on their way into another pack."""
        columns, every_paragraph, every_edit = dict(self.documents), dict(self.paragraphs), self.edits()
        first_edit = table.array(columns, "first_edit")
        for name in ("first_edit", PLACE):
            columns.pop(name, None)
        owner = table.array(every_paragraph, "document")
        for first, last in stretches:
            documents = table.stretch(columns, first, last)
            paragraphs = table.stretch(every_paragraph, *np.searchsorted(owner, (first, last)).tolist())
            paragraphs["document"] = table.array(paragraphs, "document") - first
            edits = table.stretch(every_edit, *first_edit[[first, last]].tolist())
            yield Part(documents, paragraphs, edits, np.diff(first_edit[first : last + 1]))

    def failures(self) -> list[Failure]:
        """What went wrong with documents of this pack, or with documents that should be in it."""
        stored = table.blobs(table.read(_failures_path(self.path)), "failure")
        return [jsonlines.decode(failure, Failure) for failure in stored]

    def texts(self) -> Utf8:
        """The clean texts of all documents."""
        texts = table.blobs(self.documents, "text")
        return Utf8(texts.data, texts.offsets)

    def paragraph_texts(self, numbers: Array) -> list[bytes]:
        """The texts of paragraphs, UTF-8."""
        texts = self.texts()
        begin = texts.offsets[np.asarray(self.paragraphs["document"])[numbers]]
        first, last = ((begin + np.asarray(self.paragraphs[name])[numbers]).tolist() for name in ("first", "last"))
        return [texts.data[low:high].tobytes() for low, high in zip(first, last, strict=True)]

    def text(self, number: int) -> str:
        """The clean text of a document."""
        return self.blob("text", number).decode("utf-8", "surrogatepass")

    def record(self, number: int) -> DocumentRecord:
        """The record of a document, its text in place, as if it had nothing in common with others."""
        record = jsonlines.decode(self.blob("record", number), DocumentRecord)
        return record if record.text else record.replace(text=self.text(number))

    def metadata(self, number: int) -> Metadata:
        """What is known of a document."""
        return jsonlines.decode(self.blob("record", number), _Described).metadata

    def summed(self, number: int) -> dict[str, Summed]:
        """What the edits of a document come to, by rule."""
        return jsonlines.decode(self.blob("summed", number), dict[str, Summed])

    def ledger(self, number: int) -> bytes:
        """What the edits of a document are but for their places, as lines of JSON: `lines_of` makes their records of it."""
        return self.blob("ledger", number)

    def lines_of(self, number: int, places: Table, document: int, counts: Templates) -> bytes:
        """The records of a document's edits, as lines of JSON.

        places: what `edits` gives
        document: its number
        counts: the templates of the corpus
        """
        told = self.ledger(number)
        if not told:
            return b""
        own = slice(*np.asarray(self.documents["first_edit"])[number : number + 2].tolist())
        starts, ends = (table.array(places, name)[own] for name in ("start", "end"))
        return edit_lines(told, starts, ends, self.origin(number), document, counts.key, counts.groups, counts.of)
