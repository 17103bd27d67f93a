"""Passages of all documents, kept for a run over the same ones: another threshold changes none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.packs import NO_KEY
from pipeline.corpus.table import Array
from pipeline.match.core.evidence import PassageRules
from pipeline.match.kept import SUFFIX
from pipeline.match.known import Sort
from pipeline.match.passages import AllPassages
from pipeline.match.workspace import Workspace

_OF = "of"
"""The column that says of which documents, in which order, they are"""


def sort(rules: PassageRules) -> Sort:
    """Return how passages by these rules are called."""
    return Sort("passages", astuple(rules))


def passages_of(space: Workspace, rules: PassageRules, find: Callable[[], AllPassages]) -> AllPassages:
    """Return the passages of all documents: what an earlier run has kept, or what `find` gives, which is kept then."""
    paths = space.packs.paths
    of = _documents(space)
    if of is None:
        return find()
    path = paths[-1].with_name(sort(rules).file(paths) + SUFFIX)
    kept = _read(path, of)
    if kept is not None:
        return kept
    found = find()
    columns = {column.name: getattr(found, column.name) for column in fields(AllPassages)}
    table.write(path, {_OF: of, **columns}, compressed=True)
    return found


def _documents(space: Workspace) -> Array | None:
    """Return what stands for all documents and their ranks, uint8 [16]; None where the next run would not find them so."""
    if not space.packs.paths or not all(map(space.keeps, space.packs.paths)):
        return None
    digest = hashlib.blake2b(space.ranks.rank.tobytes(), digest_size=16)
    for pack in space.packs:
        keys = table.blobs(pack.documents, "key")
        if NO_KEY in keys:
            return None
        digest.update(keys.data.tobytes())
    return np.frombuffer(digest.digest(), dtype=np.uint8)


def _read(path: Path, of: Array) -> AllPassages | None:
    stored = table.read_left(path)
    if stored is None or not np.array_equal(np.asarray(stored[_OF]), of):
        return None
    # Copied, so that no file stays open
    return AllPassages(*(np.array(stored[column.name]) for column in fields(AllPassages)))
