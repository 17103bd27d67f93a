"""Texts as one buffer: what Arrow, Parquet and memory-mapped files hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np

from pipeline.match.core.packed import batches
from pipeline.tokens import Array, lengths_of, offsets_of

_DECODED = 1 << 20
"""Bytes decoded at a time."""


class Utf8(Sequence[str]):
    """A sequence of texts over a buffer of UTF-8; a text is decoded only when it is asked for.

    Everything that takes texts takes this too.
    """

    def __init__(self, data: Array, offsets: Array) -> None:
        """`data`: uint8, any array or memory map; text `i` is `data[offsets[i]:offsets[i + 1]]` (int64)."""
        self.data = np.asarray(data)  # of a memory map, this is a plain view, ten times as fast to slice
        self.offsets = offsets

    @classmethod
    def of(cls, texts: Sequence[str]) -> Utf8:
        """Return texts as a buffer: these themselves if they are one, else a copy."""
        if isinstance(texts, Utf8):
            return texts
        try:
            parts = list(map(str.encode, texts))  # text by text: joined first, they would all be stored wide
        except UnicodeEncodeError:
            parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        joined = b"".join(parts)
        data = np.frombuffer(joined, dtype=np.uint8)
        return cls(data, offsets_of(lengths_of(parts)))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Utf8: ...
    def __getitem__(self, index: int | slice) -> str | Utf8:
        if isinstance(index, slice):
            first, last, step = index.indices(len(self))
            if step != 1:
                raise ValueError("only whole stretches of texts can be cut out")
            last = max(first, last)
            return Utf8(self.data, self.offsets[first : last + 1])
        place = range(len(self))[index]  # from the end, or an IndexError
        start = self.offsets[place]
        end = self.offsets[place + 1]
        raw = self.data[start:end].tobytes()
        return raw.decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        for low, high in batches(self.sizes(), _DECODED):
            offsets = self.offsets[low : high + 1]
            begin = int(offsets[0])
            end = int(offsets[-1])
            data = self.data[begin:end].tobytes()
            edges = (offsets - begin).tolist()
            spans = [slice(*span) for span in pairwise(edges)]
            if data.isascii():  # bytes and characters are the same places
                text = data.decode("ascii")
                yield from [text[span] for span in spans]
            else:
                yield from [data[span].decode("utf-8", "surrogatepass") for span in spans]

    def take(self, numbers: Array) -> Utf8:
        """The texts with these numbers, int64, copied."""
        starts = self.offsets[numbers]
        ends = self.offsets[numbers + 1]
        spans = map(slice, starts.tolist(), ends.tolist())
        # Slices of a view of the buffer are not copied before they are joined.
        data: Any = memoryview(self.data)  # type: ignore[arg-type]
        joined = b"".join([data[span] for span in spans])
        lengths = ends - starts
        return Utf8(np.frombuffer(joined, dtype=np.uint8), offsets_of(lengths))

    def sizes(self) -> Array:
        """int64 [texts]: bytes of each text."""
        return np.diff(self.offsets)


def sizes_of(texts: Sequence[str]) -> Array:
    """Return about how much work each text is, int64: its characters, or its bytes where these need no decoding."""
    if isinstance(texts, Utf8):
        return texts.sizes()
    return lengths_of(texts)
