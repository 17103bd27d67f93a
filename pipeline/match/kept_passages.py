"""Passages of all documents, kept for a run over the same ones: another threshold changes none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from msgspec.structs import astuple

from pipeline.corpus import table
from pipeline.corpus.table import Array
from pipeline.match.core import rows
from pipeline.match.core.evidence import PassageRules
from pipeline.match.kept import SUFFIX
from pipeline.match.known import Sort
from pipeline.match.passages import AllPassages
from pipeline.match.workspace import Workspace

_OF = "of"
"""The column that says of which documents, in which order, they are"""


def sort(rules: PassageRules) -> Sort:
    """Return how passages by these rules are called."""
    limits = astuple(rules)
    return Sort("passages", limits)


def passages_of(space: Workspace, rules: PassageRules, find: Callable[[], AllPassages]) -> AllPassages:
    """Return the passages of all documents: what an earlier run has kept, or what `find` gives, which is kept then."""
    paths = space.packs.paths
    of = _documents(space)
    if of is None:
        return find()
    file = sort(rules).file(paths)
    path = paths[-1].with_name(file + SUFFIX)
    kept = _read(path, of)
    if kept is not None:
        return kept
    found = find()
    columns = rows.columns(found)
    columns[_OF] = of
    table.write(path, columns, compressed=True)
    return found


def _documents(space: Workspace) -> Array | None:
    """Return what stands for all documents and their ranks, uint8 [16]; None where the next run would not find them so."""
    paths = space.packs.paths
    if not paths or not all(map(space.keeps, paths)):
        return None
    ranks = space.ranks.rank.tobytes()
    digest = hashlib.blake2b(ranks, digest_size=16)
    for pack in space.packs:
        digest.update(table.blobs(pack.documents, "content").data.tobytes())
    return np.frombuffer(digest.digest(), dtype=np.uint8)


def _read(path: Path, of: Array) -> AllPassages | None:
    """Return the passages in a file; None where it is missing or damaged, or has those of other documents."""
    stored = table.read_left(path)
    if stored is None:
        return None
    kept_of = table.array(stored, _OF)
    if not np.array_equal(kept_of, of):
        return None
    # Copied, so that no file stays open
    columns = {name: column.copy() for name, column in table.arrays(stored).items()}
    return rows.from_columns(AllPassages, columns)
