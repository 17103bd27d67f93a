"""Templates of all documents, kept for a run over the same ones: options of comparing change few of them, and most none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pipeline.bounds import LIMITED
from pipeline.config import Config
from pipeline.corpus.cache import CachedShard
from pipeline.match import compare

SUFFIX = ".templates"
_PASSING = LIMITED | {"unforeseen"}
"""Reasons why a document may have another text the next time, in a shard of the same name"""


def name(cached: Sequence[CachedShard], config: Config) -> str | None:
    """What the table of the templates of these shards is called, without suffix; None where the next run may find others in
    shards that are called the same."""
    if any(failure.error in _PASSING for one in cached for outcome in one.outcomes for failure in outcome.failures):
        return None
    # Shards are named after their documents, and what copies are kept in after the options by which they are found.
    names = compare.kept_names_of_texts([one.texts for one in cached], config)
    digest = hashlib.blake2b("\n".join(names).encode(), digest_size=16)
    return f"templates-{digest.hexdigest()}"
