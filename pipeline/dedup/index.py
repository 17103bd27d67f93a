"""Indexes: which texts of a corpus match a new one, in milliseconds, without the corpus in memory.

Both are plain sorted arrays of uint64 and can be memory-mapped: a look-up touches a few pages of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.dedup.candidates import distinct, pack, unpack
from pipeline.dedup.match import Pairs, collapse
from pipeline.dedup.passages import PassageRules, Passages, passages
from pipeline.dedup.seeds import FEW, winnow
from pipeline.dedup.shingle import shingles
from pipeline.dedup.sign import Signing
from pipeline.dedup.sketch import Sketches, sketch
from pipeline.dedup.verify import Fetch, overlap, sets_of
from pipeline.tokens import Array, ranges, token_hashes


@dataclass(frozen=True, slots=True)
class TextIndex:
    """Band keys of a corpus, of one text for each set of exact duplicates: 8 bytes a band and 8 more."""

    packed: Array
    """uint64 [bands, indexed], key << 32 | place in `numbers`, each band sorted"""
    numbers: Array
    """int64 [indexed], numbers of the texts in the corpus"""


def text_index(sketches: Sketches) -> TextIndex:
    """Index a corpus by its sketches."""
    _, numbers = collapse(sketches.fingerprint, None)
    packed = pack(sketches.keys[:, numbers], np.arange(len(numbers)))
    packed.sort(axis=1)
    return TextIndex(packed, numbers)


def near(
    index: TextIndex,
    texts: Sequence[str],
    fetch: Fetch,
    *,
    threshold: float,
    signing: Signing,
    most: int = 1000,
) -> Pairs:
    """Pairs of (place in `texts`, number in the corpus) with a Jaccard similarity of at least `threshold`.

    Sorted by text, the most similar first. `fetch` gives texts of the corpus by number. Of each text at
    most the `most` candidates with the most bands in common are verified.
    """
    query, place = _candidates(index, sketch(texts, signing), most)
    used, position = np.unique(place, return_inverse=True)
    own = sets_of(shingles(texts, signing.k))
    other = sets_of(shingles(fetch(index.numbers[used]), signing.k))
    pairs = Pairs(query, index.numbers[place], overlap(own, query, other, position))
    similarity = pairs.overlap.jaccard
    order = np.lexsort((pairs.b, -similarity, pairs.a))
    return pairs.take(order[similarity[order] >= threshold])


def _candidates(index: TextIndex, sketches: Sketches, most: int) -> tuple[Array, Array]:
    """(query, place) of the indexed texts that share bands, those with the most of them."""
    queries = np.flatnonzero(sketches.fingerprint != 0)
    found = []
    for packed, keys in zip(index.packed, sketches.keys[:, queries].astype(np.uint64), strict=True):
        low = np.searchsorted(packed, keys << np.uint64(32))
        high = np.searchsorted(packed, keys << np.uint64(32) | np.uint64(0xFFFFFFFF), side="right")
        place = unpack(packed[ranges(low, high - low)])[1]
        found.append(pack(np.repeat(queries, high - low), place))
    pairs, bands = np.unique(np.concatenate(found), return_counts=True)
    query, place = unpack(pairs)
    order = np.lexsort((place, -bands, query))
    query, place = query[order], place[order]
    first = np.searchsorted(query, query)
    kept = np.arange(len(query)) - first < most
    return query[kept], place[kept]


def passage_index(texts: Sequence[str], rules: PassageRules) -> Array:
    """uint64, sorted: the seeds of documents, upper half of the hash << 32 | number of the document."""
    offsets, words = token_hashes(texts)
    position, hashes = winnow(offsets, words, rules.k, rules.window)
    document = np.searchsorted(offsets, position, side="right") - 1
    return distinct(pack(hashes >> np.uint64(32), document))


def shared_passages(
    index: Array, text: str, fetch: Fetch, rules: PassageRules, most: int = 100
) -> tuple[Array, Passages]:
    """The passages of one text in indexed documents: (their numbers, passages).

    `fetch` gives documents by number. At most `most` documents are looked at, those that share the most
    seeds, seeds of more than `seeds.FEW` documents left aside. In the passages, document 0 is the text,
    document `i + 1` the one with the `i`-th number; those between indexed documents are left out.
    """
    seeds = distinct(passage_index([text], rules) >> np.uint64(32))
    low = np.searchsorted(index, seeds << np.uint64(32))
    size = np.searchsorted(index, seeds << np.uint64(32) | np.uint64(0xFFFFFFFF), side="right") - low
    size = np.where(size > FEW, 0, size)
    document = unpack(index[ranges(low, size)])[1]
    numbers, shared = np.unique(document, return_counts=True)
    numbers = np.sort(numbers[np.lexsort((numbers, -shared))][:most])
    found = passages([text, *fetch(numbers)], rules)
    return numbers, found.take(np.flatnonzero(found.documents[:, 0] == 0))
