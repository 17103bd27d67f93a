"""An index of finished documents: which of them match a new text, in milliseconds, without the corpus in memory.

A folder of sorted columns, mapped into memory when it is opened: a look-up touches a few pages of them.

    texts               the documents' texts, UTF-8, one after another
    documents.table     id, source; end of the text in `texts`
    paragraphs.table    id; document, start, end (code points of its text)
    bands.table         for every band: key << 32 | place, sorted, of one paragraph for each set of exact duplicates
    copies.table        place << 32 | paragraph, sorted: the exact duplicates
    seeds.table         upper half of a seed's hash << 32 | document, sorted

While it is built, 16 bytes a band and paragraph and 8 a seed (some six a word) are held in memory.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.corpus import table
from pipeline.match.core import compiled
from pipeline.match.core.cluster import collapse
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.hits import NEARBY
from pipeline.match.core.located import Found
from pipeline.match.core.memory import Documents
from pipeline.match.core.packed import distinct, pack, unpack
from pipeline.match.core.passages import passages
from pipeline.match.core.places import Places
from pipeline.match.core.seeds import FEW, runs_of
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import Sketches, concatenate, sketch
from pipeline.match.core.verify import Overlap, verify
from pipeline.tokens import Array, offsets_of, ranges, token_hashes

FORMAT = 1
"""Goes up when an older index can no longer be read."""

_BATCH = 1 << 22
"""Characters of documents indexed at a time."""

_MOST = 1000
"""Candidates verified for each line, and pairs given."""

_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_MOST_DOCUMENTS = 1 << 14
"""Documents looked at for one seed: the first ones, where a stock phrase has more."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document to be indexed."""

    id: str
    source: str
    text: str
    paragraphs: Sequence[tuple[str, int, int]]
    """(id, start, end), in order, spans in code points of `text`"""


def build(folder: Path, documents: Iterable[Indexed], signing: Signing, rules: PassageRules) -> None:
    """Index documents into `folder`, which appears when all is done; one that is there already is left alone.

    Raises:
        OSError: it cannot be written.
    """
    staged = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        _write(staged, documents, signing, rules)
        try:
            staged.replace(folder)
        except OSError:
            if not folder.exists():  # another process was faster
                raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Lines of a text and paragraphs of the corpus that were verified."""

    a: Array
    """int64 [pairs], line of the text"""
    b: Array
    """int64 [pairs], number of a paragraph"""
    overlap: Overlap

    def __len__(self) -> int:
        return len(self.a)

    def take(self, index: Array) -> Pairs:
        """Return some of them."""
        return Pairs(self.a[index], self.b[index], self.overlap.take(index))


@dataclass(frozen=True, slots=True)
class Matches:
    """What a text shares with a corpus."""

    pairs: Pairs
    """sorted by line, the most similar first"""
    found: Found
    """passages; side 0 is the text, with rank -1; on side 1 ranks are numbers of documents in the corpus"""
    pieces: Array
    """int64 [pieces of the passages, 2]: the line and the paragraph each stands in, -1 for none"""


class Index:
    """An index, opened. Texts are looked up by the settings that it was built with."""

    def __init__(self, folder: Path, signing: Signing, rules: PassageRules) -> None:
        """
        Raises:
            OSError, ValueError: the index is not there, or not whole.
        """
        self.signing, self.rules = signing, rules
        self._names, documents = _read(folder / "documents.table")
        self._paragraph_names, self._paragraphs = _read(folder / "paragraphs.table")
        self._ends = documents["end"]
        self._bands = list(_read(folder / "bands.table")[1].values())
        self._copies = _read(folder / "copies.table")[1]["packed"]
        self._seeds = _read(folder / "seeds.table")[1]["packed"]
        self._texts = (folder / "texts").open("rb")

    def text(self, document: int) -> str:
        """The text of a document."""
        start = int(self._ends[document - 1]) if document else 0
        self._texts.seek(start)
        return self._texts.read(int(self._ends[document]) - start).decode("utf-8", "surrogatepass")

    def texts_of(self, paragraphs: Array) -> list[str]:
        """The texts of paragraphs, int64 numbers."""
        documents, starts, ends = (self._paragraphs[name][paragraphs] for name in ("document", "start", "end"))
        texts = {number: self.text(number) for number in set(documents.tolist())}
        rows = zip(documents.tolist(), starts.tolist(), ends.tolist(), strict=True)
        return [texts[document][start:end] for document, start, end in rows]

    def names_of(self, paragraphs: Array) -> list[str]:
        """The ids of paragraphs, int64 numbers."""
        return [self._paragraph_names["id"][number].decode() for number in paragraphs.tolist()]

    def documents_of(self, paragraphs: Array) -> Array:
        """int64: the numbers of the documents that paragraphs are in."""
        return self._paragraphs["document"][paragraphs]

    def document(self, number: int) -> tuple[str, str]:
        """(source, id) of a document."""
        source, name = self._names["source"][number], self._names["id"][number]
        return source.decode("utf-8", "surrogatepass"), name.decode()

    def matches(self, text: str, lines: Sequence[tuple[int, int]], threshold: float, containment: float) -> Matches:
        """What lines of `text`, given as spans in order, share with the corpus.

        A pair has a Jaccard similarity of at least `threshold`, or one of the two has at least the share
        `containment` of its shingles in the other. Of each line the `_MOST` candidates with the most bands in common
        are verified, and at most so many pairs given. Every verbatim run of `rules.run` words is in a passage; if
        very many documents share it, in passages with some of them.
        """
        texts = [text[start:end] for start, end in lines]
        found, pieces = self._passages(text, lines)
        query, number = self._similar(texts)
        inside = pieces[(pieces >= 0).all(axis=1)]
        candidates = np.concatenate((pack(query, number), pack(inside[:, 0], inside[:, 1])))
        query, number = unpack(distinct(candidates))

        def fetch(numbers: Array) -> list[str]:
            border = int(np.searchsorted(numbers, len(texts)))
            return [texts[i] for i in numbers[:border].tolist()] + self.texts_of(numbers[border:] - len(texts))

        pairs = Pairs(query, number, verify(query, number + len(texts), fetch, self.signing.k))
        similarity, shared = pairs.overlap.jaccard, pairs.overlap.containment
        kept = np.flatnonzero((similarity >= threshold) | (shared >= containment))
        order = _first_of_each(query[kept], _MOST, -similarity[kept], number[kept])
        return Matches(pairs.take(kept[order]), found, pieces)

    def _passages(self, text: str, lines: Sequence[tuple[int, int]]) -> tuple[Found, Array]:
        """Return the passages of a text, and the line and the paragraph that each of their pieces stands in."""
        documents = self._documents(text)
        made = Documents([text, *map(self.text, documents.tolist())])
        hits = made.hits(self.rules)
        hits = hits.take(np.flatnonzero(hits.better == 0))
        found = passages(hits, made.lengths, made.load, self.rules)
        rank = np.append(-1, documents)[found.passages.rank]
        found = replace(found, passages=replace(found.passages, rank=rank))
        spans = np.array(lines, dtype=np.int64).reshape(-1, 2)
        own = Places(np.zeros(len(lines), dtype=np.int64), spans[:, 0], spans[:, 1])
        low = np.searchsorted(self._paragraphs["document"], documents, side="left")
        high = np.searchsorted(self._paragraphs["document"], documents, side="right")
        numbers = ranges(low, high - low)
        there = Places(*(self._paragraphs[name][numbers] for name in ("document", "start", "end")))
        start = found.pieces.start
        document = rank[found.pieces.passage, 1]
        place = there.at(document, start[:, 1])
        number = np.where(place >= 0, np.append(numbers, -1)[place], -1)
        line = own.at(np.zeros_like(document), start[:, 0])
        return found, np.stack((line, number), axis=1)

    def _similar(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """(place in `texts`, number of a paragraph) of those that share bands, exact duplicates and all."""
        query, place = self._candidates(sketch(texts, self.signing))
        low, size = _spans(self._copies, place.astype(np.uint64), _MOST)
        query, number = np.repeat(query, size), unpack(self._copies[ranges(low, size)])[1]
        return query, number

    def _candidates(self, sketches: Sketches) -> tuple[Array, Array]:
        """(query, place) of the paragraphs that share bands, those with the most of them."""
        queries = np.flatnonzero(sketches.fingerprint != 0)
        found = []
        for packed, keys in zip(self._bands, sketches.keys[:, queries].astype(np.uint64), strict=True):
            low, size = _spans(packed, keys, _MOST)
            found.append(pack(np.repeat(queries, size), unpack(packed[ranges(low, size)])[1]))
        pairs, bands = np.unique(np.concatenate(found), return_counts=True)
        query, place = unpack(pairs)
        kept = _first_of_each(query, _MOST, -bands, place)
        return query[kept], place[kept]

    def _documents(self, text: str) -> Array:
        """Numbers of the documents that may share a passage: for each seed of the text a few, those that share most."""
        rules = self.rules
        place, hashes = runs_of(*token_hashes([text]), rules.k)
        low, size = _spans(self._seeds, hashes >> _HALF, _MOST_DOCUMENTS)
        place, document = np.repeat(place, size), unpack(self._seeds[ranges(low, size)])[1]
        order = np.lexsort((place, document))
        place, document = place[order], document[order]
        near = (document[1:] == document[:-1]) & (
            np.diff(place) <= NEARBY
        )  # whatever run of `run` words holds two seeds
        several = np.zeros(len(place), dtype=bool)
        several[1:] = near
        several[:-1] |= near
        place, document = place[several], document[several]
        _, which, shared = np.unique(document, return_inverse=True, return_counts=True)
        return distinct(document[_first_of_each(place, FEW, -shared[which], document)])


def _read(path: Path) -> tuple[dict[str, table.Blobs], dict[str, Array]]:
    """The columns of a table, those of byte strings apart."""
    columns = table.read(path)
    blobs = {name: column for name, column in columns.items() if isinstance(column, table.Blobs)}
    return blobs, {name: column for name, column in columns.items() if not isinstance(column, table.Blobs)}


def _spans(packed: Array, keys: Array, most: int) -> tuple[Array, Array]:
    """(first, size), int64: where the values with each key in their upper half stand; of many, `most` are counted."""
    low = np.searchsorted(packed, keys << _HALF)
    high = np.searchsorted(packed, keys << _HALF | _LOWER, side="right")
    return low, np.minimum(high - low, most)


def _first_of_each(group: Array, most: int, *order: Array) -> Array:
    """Indices, sorted by group, then by `order`: of each group the first `most`."""
    index = np.lexsort((*order[::-1], group))
    group = group[index]
    kept: Array = index[np.arange(len(group)) - np.searchsorted(group, group) < most]
    return kept


def _write(folder: Path, documents: Iterable[Indexed], signing: Signing, rules: PassageRules) -> None:
    names: list[tuple[bytes, bytes]] = []
    ids: list[bytes] = []
    places: list[Array] = [np.empty((0, 3), np.int64)]
    sizes: list[int] = []
    sketches, seeds = [sketch([], signing)], [np.empty(0, np.uint64)]
    with (folder / "texts").open("wb") as handle:
        for batch in _batches(documents):
            for number, one in enumerate(batch, len(names)):
                sizes.append(handle.write(one.text.encode("utf-8", "surrogatepass")))
                ids += [name.encode() for name, _, _ in one.paragraphs]
                rows = [(number, start, end) for _, start, end in one.paragraphs]
                places.append(np.array(rows, np.int64).reshape(-1, 3))
            compiled.kernels(sum(sizes))  # loaded once there is much to sign, whatever the size of a batch
            sketches.append(sketch([one.text[low:high] for one in batch for _, low, high in one.paragraphs], signing))
            seeds.append(_seeds([one.text for one in batch], rules) + np.uint64(len(names)))
            names += [(one.id.encode(), one.source.encode("utf-8", "surrogatepass")) for one in batch]
    columns = [table.Blobs.of([row[side] for row in names]) for side in (0, 1)]
    end = offsets_of(np.array(sizes, dtype=np.int64))[1:]
    table.write(folder / "documents.table", {"id": columns[0], "source": columns[1], "end": end})
    document, start, end = np.concatenate(places).T
    table.write(
        folder / "paragraphs.table", {"id": table.Blobs.of(ids), "document": document, "start": start, "end": end}
    )
    made = concatenate(sketches, signing)
    representative, numbers = collapse(made.fingerprint)
    kept = np.flatnonzero(made.fingerprint)
    copies = np.sort(pack(np.searchsorted(numbers, representative[kept]), kept))
    table.write(folder / "copies.table", {"packed": copies})
    bands = {f"{i}": np.sort(pack(keys[numbers], np.arange(len(numbers)))) for i, keys in enumerate(made.keys)}
    table.write(folder / "bands.table", bands)
    table.write(folder / "seeds.table", {"packed": np.sort(np.concatenate(seeds))})


def _batches(documents: Iterable[Indexed]) -> Iterator[list[Indexed]]:
    batch: list[Indexed] = []
    size = 0
    for one in documents:
        batch.append(one)
        size += len(one.text)
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _seeds(texts: Sequence[str], rules: PassageRules) -> Array:
    """uint64: the seeds of documents, upper half of the hash << 32 | place in `texts`, each once."""
    offsets, words = token_hashes(texts)
    position, hashes = runs_of(offsets, words, rules.k)
    return distinct(pack(hashes >> _HALF, np.searchsorted(offsets, position, side="right") - 1))
