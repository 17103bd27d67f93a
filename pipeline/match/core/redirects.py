"""Some of very many numbers, and which other number stands for each."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.match.core.packed import HALF, LOWER, contains, distinct, look_up, pack
from pipeline.tokens import Array


class Redirects(Struct, frozen=True):
    """Numbers that another stands for; every number that is not among them stands for itself.

    So it takes as much memory as there are copies, however many texts there are.
    """

    number: Array
    """uint32, sorted, each once"""
    target: Array
    """uint32: the number that stands for it"""

    @classmethod
    def of(cls, number: Array, target: Array) -> Redirects:
        """Return redirects of numbers, each given once and in any order."""
        return cls.of_packed(pack(number, target))

    @classmethod
    def of_packed(cls, pairs: Array) -> Redirects:
        """Return redirects of `pack(number, target)`, in any order; sorts them where they are."""
        pairs.sort()
        return cls((pairs >> HALF).astype(np.uint32), (pairs & LOWER).astype(np.uint32))

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, numbers: Array) -> Array:
        """Return the numbers that stand for these, int64, of the same shape."""
        # Of one type with those searched: these would be converted else.
        place, is_redirected = look_up(self.number, numbers.astype(np.uint32))
        targets = numbers.astype(np.int64)
        targets[is_redirected] = self.target[place[is_redirected]]
        return targets

    def has(self, numbers: Array) -> Array:
        """Return for which numbers another stands, bool."""
        return contains(self.number, numbers.astype(np.uint32))

    def then(self, other: Redirects) -> Redirects:
        """Return where numbers come to by these redirects and then by the other ones."""
        numbers = distinct(np.concatenate((self.number, other.number)))
        return Redirects(numbers, other[self[numbers]].astype(np.uint32))


NO_REDIRECTS = Redirects(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint32))
