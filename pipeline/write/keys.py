"""A set of names of any length in eight bytes each, for checks over more of them than memory holds otherwise."""

from __future__ import annotations

import hashlib
from array import array

import numpy as np


class Keys:
    """Names made of several parts, by 64 bits of a hash: of a million names, one in ten million million is mistaken for
    one that is there."""

    def __init__(self) -> None:
        self._added = array("Q")
        self._sorted = np.zeros(0, dtype=np.uint64)

    def add(self, *name: str) -> None:
        """Put a name into the set."""
        self._added.append(_key(name))

    def __contains__(self, name: tuple[str, ...]) -> bool:
        if self._added:
            added = np.frombuffer(self._added.tobytes(), dtype=np.uint64)
            self._sorted = np.sort(np.concatenate((self._sorted, added)))
            self._added = array("Q")
        key = np.uint64(_key(name))
        place = int(np.searchsorted(self._sorted, key))
        return place < len(self._sorted) and bool(self._sorted[place] == key)


def _key(name: tuple[str, ...]) -> int:
    data = "\0".join(name).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
