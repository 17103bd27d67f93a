"""The documents that the report may show whole: workers make what it has of them, while the first process writes OUT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.cache import blob
from pipeline.corpus.engines.interface import Engine
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.report import whole
from pipeline.write.report.gather import Tally
from pipeline.write.report.sample import Place
from pipeline.write.report.whole import Part

_SURE = 2
"""One of so many parts has room for sure: compressed, they take less than is allowed for, see `sample.HELD`"""


class _Held(NamedTuple):
    """What `finish` gave of a document, compressed."""

    record: bytes
    edits: bytes


def parts(engine: Engine, finished: Sequence[Path], older: int, tally: Tally) -> Iterator[Part]:
    """Yield the documents that the report may show whole, in the order of `whole.groups`. Workers begin with them at once; the
    tables of `finished` are not needed any more when this returns.

    older: packs of other runs, which are numbered before those of these tables
    """
    chars = tally.counts["chars_in"]
    groups = whole.groups(tally.sample.rows(), chars)
    shown = list(chain.from_iterable(groups))
    held = _read(finished, older, [one.place for one in shown])
    waiting = [[held[one.place] for one in group] for group in groups]
    make = partial(_made, tally.rule_names(), whole.must_be_packed(shown, chars))
    results = engine.map(make, _portions(waiting, engine.workers))
    first = list(islice(results, 1))  # workers are at the following ones now
    return chain.from_iterable(chain(first, results))


def _portions(waiting: list[list[_Held]], workers: int) -> list[list[list[_Held]]]:
    """Return the parts as they are made: the first alone, since it is waited for; for each worker but one a share of those that
    have room for sure; the others, which may not be needed, one by one."""
    first, rest = waiting[:1], waiting[1:]
    sure = len(rest) // _SURE
    share = -(-sure // max(1, workers - 1))
    shares = [rest[low : min(low + share, sure)] for low in range(0, sure, max(1, share))]
    return [first, *shares, *([one] for one in rest[sure:])]


def _read(finished: Sequence[Path], older: int, places: Sequence[Place]) -> dict[Place, _Held]:
    """Return what was finished of documents. Each table is opened once."""
    held: dict[Place, _Held] = {}
    number, stored = -1, None
    for place in sorted(places):
        if stored is None or place.pack != number:
            number, stored = place.pack, table.read(finished[place.pack - older])
        record, edits = (table.compress(blob(stored, name, place.row)) for name in ("documents", "removed"))
        held[place] = _Held(record, edits)
    return held


def _made(rule_names: Sequence[str], is_packed: bool, portion: Sequence[Sequence[_Held]]) -> list[Part]:
    """Make some parts."""
    return [whole.part(map(_decoded, one), rule_names, is_packed=is_packed) for one in portion]


def _decoded(held: _Held) -> tuple[DocumentRecord, list[EditRecord]]:
    record, edits = map(table.decompress, held)
    return jsonlines.decode(record, DocumentRecord), jsonlines.decode_lines(edits, EditRecord)
