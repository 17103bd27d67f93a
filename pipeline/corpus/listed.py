"""Which documents the files of a shard hold, kept for runs that find the files as they were: these need not be read again.

A list is named after all that reading depends on but the options, which the folder is named after: what the files are called,
their content, and which part of them it is. None is kept of files that could not be read to their end, since another time
they may be, nor of remote ones, which would have to be fetched to be compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct, field

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.cache import Outcome
from pipeline.corpus.table import Blobs
from pipeline.read import reading

SUFFIX = ".listed"


class Listed(Struct, frozen=True):
    """Documents of a shard that are judged and kept together."""

    name: str
    """Of the files that they are kept in, without suffix"""
    outcomes: list[tuple[Outcome, int]] = field(default_factory=list)
    """Of each file or part of one, how reading it went, and how many of the documents it gave"""


def find(folder: Path, parts: Sequence[reading.Part], run: str) -> tuple[str, list[Listed]] | None:
    """The name of the list of a shard, and what is in it; None where there is none.

    run: the same for all shards of one run, and for no other run
    """
    if not _is_any(folder, run):  # so nothing is read twice when all is new
        return None
    contents = [reading.content(part) for part in parts]
    name = _name(parts, contents)
    if name is None:
        return None
    stored = table.read_left(folder / (name + SUFFIX))
    if stored is None:
        return None
    return name, [jsonlines.decode(one, Listed) for one in table.blobs(stored, "listed")]


def keep(folder: Path, parts: Sequence[reading.Part], listed: Sequence[Listed]) -> str | None:
    """Keep the list of a shard; its name, or None where a later run has to read the files again."""
    outcomes = [outcome for one in listed for outcome, _ in one.outcomes]
    if any(outcome.failures for outcome in outcomes):
        return None
    whole = {outcome.source: outcome.sha256 for outcome in outcomes if outcome.sha256 is not None}
    contents = [part.file or whole.get(part.entry.source) for part in parts]
    name = _name(parts, contents)
    if name is not None:
        table.write(folder / (name + SUFFIX), {"listed": Blobs.of([jsonlines.encode(one) for one in listed])})
    return name


def _name(parts: Sequence[reading.Part], contents: Sequence[str | None]) -> str | None:
    """What the list of a shard is called; `contents`: SHA-256 of the file of each part. None where one is not known."""
    if None in contents or any(map(reading.is_remote, parts)):
        return None
    told = list(_told(parts, contents))
    return hashlib.blake2b(jsonlines.encode(told), digest_size=16).hexdigest()


def _told(parts: Sequence[reading.Part], contents: Sequence[str | None]) -> Iterator[object]:
    """All that the documents of a shard follow from."""
    for part, content in zip(parts, contents, strict=True):
        yield part.entry.source, content, part.span, part.facts


@lru_cache(maxsize=1)
def _is_any(folder: Path, run: str) -> bool:
    """Whether there was a list in the folder when the run began, or somewhat later: both are right."""
    return any(folder.glob("*" + SUFFIX))
