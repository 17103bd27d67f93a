"""Sketches: the little that is kept of every text to find its near-duplicates. The map step of matching."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pipeline.match.core.columns import sizes_of
from pipeline.match.core.long import LONG, runs_of
from pipeline.match.core.packed import batches
from pipeline.match.core.shingle import MULTIPLIER, Shingles, shingles, shingles_of_words, upper_half
from pipeline.match.core.sign import EMPTY, Signing, band_keys, bands_of, signatures
from pipeline.tokens import Array, mix64, offsets_of, ranges

_BATCH = 1 << 19
"""Characters sketched at a time."""
_CHARS_OF_A_WORD = 6
"""With the space behind it, about"""


class Sketches(Struct, frozen=True):
    """What is kept of every text: 4 bytes a band and 8 more."""

    fingerprint: Array
    """uint64 [texts], see `Shingles.fingerprint`"""
    keys: Array
    """uint32 [bands, texts], see `band_keys`"""

    def __len__(self) -> int:
        return len(self.fingerprint)


def sketch(texts: Sequence[str], signing: Signing) -> Sketches:
    """Sign texts."""
    sizes = sizes_of(texts)
    result = _room_for(len(texts), signing)
    for low, high in batches(sizes, _BATCH):
        part = texts[low:high]
        is_one = high - low == 1
        if is_one and sizes[low] > LONG:
            fingerprint, keys = _sketch_long(texts[low], signing)
        else:
            fingerprint, keys = _sketch(shingles(part, signing.k), signing)
        result.fingerprint[low:high] = fingerprint
        result.keys[:, low:high] = keys
    return result


def sketch_words(offsets: Array, words: Array, signing: Signing) -> Sketches:
    """Sign texts already tokenised: `offsets` int64 [texts + 1], `words` uint64 token hashes."""
    result = _room_for(len(offsets) - 1, signing)
    for low, high in batches(np.diff(offsets), _BATCH // _CHARS_OF_A_WORD):
        first = offsets[low]
        part = words[first : offsets[high]]
        made = shingles_of_words(offsets[low : high + 1] - first, part, signing.k)
        result.fingerprint[low:high], result.keys[:, low:high] = _sketch(made, signing)
    return result


def concatenate(parts: Sequence[Sketches], signing: Signing) -> Sketches:
    """The sketches of several batches as one."""
    count = sum(map(len, parts))
    result = _room_for(count, signing)
    low = 0
    for part in parts:
        high = low + len(part)
        own = slice(low, high)
        result.fingerprint[own] = part.fingerprint
        result.keys[:, own] = part.keys
        low = high
    return result


def _room_for(texts: int, signing: Signing) -> Sketches:
    """Return sketches of so many texts, to be filled in."""
    fingerprint = np.empty(texts, dtype=np.uint64)
    keys = np.empty((signing.bands, texts), dtype=np.uint32)
    return Sketches(fingerprint, keys)


def _sketch_long(text: str, signing: Signing) -> tuple[Array, Array]:
    """Fingerprint and keys of one text, made of those of its pieces."""
    # Arrays of one row: of one text.
    least = np.full((1, signing.permutations), EMPTY, dtype=np.uint32)
    fingerprint = np.zeros(1, dtype=np.uint64)
    done = 0
    for words, runs in runs_of(text, signing.k):
        # Words are hashed with their place in the whole text, so that the pieces add up to its fingerprint.
        place = np.arange(len(words), dtype=np.uint64)
        place += np.uint64(done + 1)
        place *= np.uint64(MULTIPLIER)
        hashes = mix64(words ^ place)
        fingerprint += hashes.sum(dtype=np.uint64)
        done += len(words)
        hash32 = upper_half(runs)
        offsets = np.array([0, len(runs)])
        of_piece = signatures(offsets, hash32, signing.permutations, signing.seed)
        np.minimum(least, of_piece, out=least)
    rows_of_bands = least.reshape(signing.bands, signing.rows, 1)
    return fingerprint, bands_of(rows_of_bands)


def _sketch(made: Shingles, signing: Signing) -> tuple[Array, Array]:
    """Fingerprints and keys of texts, given by their shingles; those with the same words are signed once."""
    _, signed, which = np.unique(made.fingerprint, return_index=True, return_inverse=True)
    starts = made.offsets[signed]
    ends = made.offsets[signed + 1]
    counts = ends - starts
    own = ranges(starts, counts)
    hash32 = made.hash32[own]
    keys_of_signed = band_keys(offsets_of(counts), hash32, signing)
    return made.fingerprint, keys_of_signed[:, which]
