"""One part of an index, opened: which of its documents match a new text, in milliseconds, without the corpus in memory.

Its files are described in indexing.py. They are columns, sorted, and mapped into memory: a look-up touches a few pages.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.corpus import table
from pipeline.corpus.table import Blobs
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.hits import NEARBY
from pipeline.match.core.located import FoundPassages
from pipeline.match.core.memory import DocumentsInMemory
from pipeline.match.core.packed import HALF, LOWER, distinct, groups, owners, pack, place_in_group, unpack
from pipeline.match.core.paragraphs import ParagraphSpans
from pipeline.match.core.passages import passages
from pipeline.match.core.seeds import SEVERAL, runs_of
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import Sketches, sketch
from pipeline.match.core.verify import Overlap, verify
from pipeline.tokens import Array, ranges, token_hashes

_MOST = 1000
"""Candidates verified for each line, and pairs given."""
_MOST_DOCUMENTS = 1 << 14
"""Documents looked at for one seed: the first ones, where a stock phrase has more."""


class VerifiedPairs(Struct, frozen=True):
    """Lines of a text and paragraphs of the corpus that were verified."""

    a: Array
    """int64 [pairs], line of the text"""
    b: Array
    """int64 [pairs], number of a paragraph"""
    overlap: Overlap

    def __len__(self) -> int:
        return len(self.a)

    def take(self, index: Array) -> VerifiedPairs:
        """Return some of them."""
        return VerifiedPairs(
            a=self.a[index],
            b=self.b[index],
            overlap=self.overlap.take(index),
        )


class Matches(Struct, frozen=True):
    """What a text shares with a corpus."""

    pairs: VerifiedPairs
    """sorted by line, the most similar first"""
    found: FoundPassages
    """passages; side 0 is the text, with rank -1; on side 1 ranks are numbers of documents in the corpus"""
    standing: Array
    """int64 [verbatim parts of the passages, 2]: the line and the paragraph each stands in, -1 for none"""


class IndexPart:
    """A part of an index, opened. Texts are looked up by the settings that it was built with."""

    def __init__(self, folder: Path, signing: Signing, rules: PassageRules) -> None:
        """
        Raises:
            OSError, ValueError: the part is not there, or not whole.
        """
        self.signing = signing
        self.rules = rules
        # A row a document: names, where its text ends in `texts`, where its rows end in edits.table.
        self._names, documents = _read(folder / "documents.table")
        self._ends = documents["end"]
        self._edit_ends = documents["edits"]
        # Of a document that the output has no longer, no match is given.
        self._is_alive = np.ones(len(self._ends), dtype=bool)
        # A row a paragraph
        self._paragraph_names, paragraphs = _read(folder / "paragraphs.table")
        self._document = paragraphs["document"]
        self._start = paragraphs["start"]
        self._end = paragraphs["end"]
        _, self._edits = _read(folder / "edits.table")
        # Packed pairs, sorted, which are looked up by their upper half
        self._bands = _packed(folder / "bands.table")
        (self._copies,) = _packed(folder / "copies.table")
        (self._seeds,) = _packed(folder / "seeds.table")
        self._texts = (folder / "texts").open("rb")
        size = os.fstat(self._texts.fileno()).st_size
        texts_end = self._ends[-1] if len(self._ends) else size
        if size != texts_end:
            raise ValueError(f"{folder / 'texts'}: not all of it is there")

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def documents(self) -> int:
        """How many of its documents matches are given in."""
        return int(self._is_alive.sum())

    @cached_property
    def digests(self) -> list[bytes]:
        """The digest of each document that was indexed."""
        return list(self._names["digest"])

    def leave_out(self, documents: Array) -> None:
        """Give no more matches in these documents, int64 numbers."""
        self._is_alive[documents] = False

    def text(self, document: int) -> str:
        """The text of a document."""
        own = _rows_of(self._ends, document)
        size = own.stop - own.start
        self._texts.seek(own.start)
        data = self._texts.read(size)
        return data.decode("utf-8", "surrogatepass")

    def texts_of(self, paragraphs: Array) -> list[str]:
        """The texts of paragraphs, int64 numbers."""
        texts: dict[int, str] = {}  # of documents, each read once
        found: list[str] = []
        for paragraph in paragraphs.tolist():
            document, start, end = self.paragraph_place(paragraph)
            if document not in texts:
                texts[document] = self.text(document)
            text = texts[document]
            found.append(text[start:end])
        return found

    def names_of(self, paragraphs: Array) -> list[str]:
        """The ids of paragraphs, int64 numbers."""
        ids = self._paragraph_names["id"]
        return [ids[number].decode() for number in paragraphs.tolist()]

    def document(self, number: int) -> tuple[str, str]:
        """(source, id) of a document."""
        source = self._names["source"][number]
        name = self._names["id"][number]
        return source.decode("utf-8", "surrogatepass"), name.decode()

    def in_source(self, document: int, start: int, end: int) -> tuple[int, int]:
        """Return where a span of a document's text stands in its source."""
        own = _rows_of(self._edit_ends, document)
        edits = {name: column[own].astype(np.int64) for name, column in self._edits.items()}
        starts = edits["start"]
        ends = edits["end"]
        sizes = edits["size"]
        # Where the replacements begin and end in the text: each edit has moved all that comes after it.
        grown = sizes - (ends - starts)
        text_ends = ends + np.cumsum(grown)
        text_starts = text_ends - sizes
        moved = np.append(0, ends - text_ends)  # after so many edits

        def place(position: int, edges: Array) -> int:
            """Return where a position stands in the source; inside a replacement, the edge of what was replaced."""
            done = int(np.searchsorted(text_ends, position, side="right"))  # edits that stand before it
            if done < len(edges) and position >= text_starts[done]:
                return int(edges[done])
            return position + int(moved[done])

        # The end is one on from where the last character stands: right behind that another edit may begin.
        source_start = place(start, starts)
        last = place(end - 1, ends - 1)
        return source_start, last + 1

    def paragraph_place(self, paragraph: int) -> tuple[int, int, int]:
        """Return (document, start, end) of a paragraph, in code points of the document's text."""
        document = int(self._document[paragraph])
        start = int(self._start[paragraph])
        end = int(self._end[paragraph])
        return document, start, end

    def matches(self, text: str, lines: Sequence[tuple[int, int]], threshold: float, containment: float) -> Matches:
        """What lines of `text`, given as spans in order, share with the corpus.

        A pair has a Jaccard similarity of at least `threshold`, or one of the two has at least the share
        `containment` of its shingles in the other. Of each line the `_MOST` candidates with the most bands in common
        are verified, and at most so many pairs given. Every verbatim run of `rules.run` words is in a passage; if
        very many documents share it, in passages with some of them.
        """
        texts = [text[start:end] for start, end in lines]
        documents = self._documents(text)
        found = self._passages(text, documents)
        standing = self._standing(found, documents, lines)
        similar = self._similar(texts)
        # A line and a paragraph that have a passage in common are candidates, too.
        in_both = (standing >= 0).all(axis=1)
        line, number = standing[in_both].T
        with_passage = pack(line, number)
        candidates = np.concatenate((similar, with_passage))
        line, number = unpack(distinct(candidates))
        count = len(texts)

        def fetch(numbers: Array) -> list[str]:
            """The lines have the first numbers, the paragraphs those behind them."""
            border = int(np.searchsorted(numbers, count))
            lines = [texts[i] for i in numbers[:border].tolist()]
            paragraphs = self.texts_of(numbers[border:] - count)
            return lines + paragraphs

        overlap = verify(line, number + count, fetch, self.signing.k)
        holds = overlap.jaccard >= threshold
        holds |= overlap.containment >= containment
        pairs = VerifiedPairs(line, number, overlap).take(holds)
        least_similar_first = pairs.overlap.jaccard
        order = _first_of_each(pairs.a, _MOST, -least_similar_first, pairs.b)
        return Matches(pairs.take(order), found, standing)

    def _passages(self, text: str, documents: Array) -> FoundPassages:
        """Return the passages that a text shares with some documents, int64 numbers."""
        others = map(self.text, documents.tolist())
        together = DocumentsInMemory([text, *others])
        # Those that are pairs of two documents of the corpus are none of the text.
        hits = together.hits(self.rules)
        hits = hits.take(hits.better == 0)
        found = passages(hits, together.lengths, together.load, self.rules)
        # The text itself had rank 0 there.
        number_of_rank = np.append(-1, documents)
        number = number_of_rank[found.passages.rank]
        numbered = replace(found.passages, rank=number)
        return replace(found, passages=numbered)

    def _standing(self, found: FoundPassages, documents: Array, lines: Sequence[tuple[int, int]]) -> Array:
        """Return `Matches.standing`.

        documents: int64, ascending: those that passages may be in
        lines: spans in the text, in order
        """
        parts = found.parts
        start_here, start_there = parts.start.T
        spans = np.array(lines, dtype=np.int64).reshape(-1, 2)
        starts, ends = spans.T
        # The text is one document, whatever its number.
        here = ParagraphSpans.of(np.zeros_like(starts), starts, ends)
        line = here.at(np.zeros_like(start_here), start_here)

        low = np.searchsorted(self._document, documents, side="left")
        high = np.searchsorted(self._document, documents, side="right")
        numbers = ranges(low, high - low)
        there = ParagraphSpans.of(
            self._document[numbers],
            self._start[numbers],
            self._end[numbers],
        )
        _, document = found.passages.rank[parts.passage].T
        place = there.at(document, start_there)
        number_at = np.append(numbers, -1)  # of no paragraph, at place -1, the last one
        return np.stack((line, number_at[place]), axis=1)

    def _similar(self, texts: Sequence[str]) -> Array:
        """Packed pairs, uint64, of a place in `texts` and the number of a paragraph that share bands, exact duplicates and
        all."""
        sketches = sketch(texts, self.signing)
        query, place = self._candidates(sketches)
        # Bands know one paragraph of each set of exact duplicates; here the others come back.
        keys = place.astype(np.uint64)
        row, number = _values_of(self._copies, keys, _MOST)
        document = self._document[number]
        is_alive = self._is_alive[document]
        query = query[row]
        return pack(query[is_alive], number[is_alive])

    def _candidates(self, sketches: Sketches) -> tuple[Array, Array]:
        """(query, place) of the paragraphs that share bands, those with the most of them, int64 each.

        A query is a text, by its place among the sketches; a place numbers the paragraphs that bands know.
        """
        queries = np.flatnonzero(sketches.fingerprint != 0)
        keys_of_queries = sketches.keys[:, queries].astype(np.uint64)  # [bands, queries]
        found: list[Array] = []
        # Band by band: pairs that come from several of them are the most alike.
        for packed, keys in zip(self._bands, keys_of_queries, strict=True):
            row, place = _values_of(packed, keys, _MOST)
            found.append(pack(queries[row], place))
        every = np.concatenate(found)
        pairs, fewest_bands_first = np.unique(every, return_counts=True)
        query, place = unpack(pairs)
        selected = _first_of_each(query, _MOST, -fewest_bands_first, place)
        return query[selected], place[selected]

    def _documents(self, text: str) -> Array:
        """Numbers of the documents that may share a passage: for each seed of the text a few, those that share most."""
        offsets, words = token_hashes([text])
        place, hashes = runs_of(offsets, words, self.rules.k)
        upper = hashes >> HALF
        # One row a seed and document that has it from here on, sorted by document, then by where the seed stands.
        row, document = _values_of(self._seeds, upper, _MOST_DOCUMENTS)
        place = place[row]
        is_alive = self._is_alive[document]
        place = place[is_alive]
        document = document[is_alive]
        order = np.lexsort((place, document))
        place = place[order]
        document = document[order]
        # Seeds alone are chance; two of them near each other are worth a look.
        words_on = np.diff(place)
        next_is_near = document[1:] == document[:-1]
        next_is_near &= words_on <= NEARBY  # whatever run of `run` words holds two seeds
        has_near = np.zeros(len(place), dtype=bool)
        has_near[1:] = next_is_near
        has_near[:-1] |= next_is_near
        place = place[has_near]
        document = document[has_near]
        # Of each seed those documents that share most of them with the text
        _, seeds = groups(document)  # it is sorted
        seeds_of_document = np.repeat(seeds, seeds)
        best = _first_of_each(place, SEVERAL, -seeds_of_document, document)
        return distinct(document[best])


def _read(path: Path) -> tuple[dict[str, Blobs], dict[str, Array]]:
    """The columns of a table, those of byte strings apart."""
    columns = table.read(path)
    numbers = table.arrays(columns)
    names = columns.keys() - numbers.keys()
    strings = {name: table.blobs(columns, name) for name in names}
    return strings, numbers


def _packed(path: Path) -> list[Array]:
    """The columns of a table that has numbers alone."""
    _, numbers = _read(path)
    return list(numbers.values())


def _rows_of(ends: Array, document: int) -> slice:
    """What of a column belongs to a document, given where what belongs to each one ends."""
    start = int(ends[document - 1]) if document else 0
    end = int(ends[document])
    return slice(start, end)


def _values_of(packed: Array, keys: Array, most: int) -> tuple[Array, Array]:
    """Look keys up in packed pairs of key and value, sorted: (row of the key in `keys`, value), int64, one key after another.

    keys: uint64, that fit into 32 bits
    most: of a key with more values the first of them
    """
    least = keys << HALF
    low = np.searchsorted(packed, least)
    high = np.searchsorted(packed, least | LOWER, side="right")
    size = np.minimum(high - low, most)
    found = packed[ranges(low, size)]
    _, values = unpack(found)
    return owners(size), values


def _first_of_each(group: Array, most: int, *order: Array) -> Array:
    """Indices, sorted by group, then by `order`: of each group the first `most`.

    group: int64 [rows]
    order: columns of the same length, the first of them counts most
    """
    index = np.lexsort((*order[::-1], group))
    _, size = groups(group[index])
    number = place_in_group(size)
    selected: Array = index[number < most]
    return selected
