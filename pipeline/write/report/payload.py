"""What the page's script works on, as JSON inside the page; bounded, so that the page stays under five megabytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.write.report import sample
from pipeline.write.report.commands import why
from pipeline.write.report.facts import Facts
from pipeline.write.report.families import FAMILIES
from pipeline.write.report.figures import cut
from pipeline.write.report.index import Index
from pipeline.write.report.sharing import Quote
from pipeline.write.report.whole import MIN_ID, as_json, weight

ROW_BYTES = 1_150_000
CLUSTER_BYTES = 500_000
QUOTE_BYTES = 500_000


def within(items: Iterable[Any], most: int) -> list[Any]:
    """Return the first of these items that take no more than so many bytes together."""
    kept: list[Any] = []
    left = most
    for item in items:
        left -= weight(item) + 1
        if left < 0:
            break
        kept.append(item)
    return kept


def documents(facts: Facts) -> list[list[Any]]:
    """Return a row for each document that is listed: id, source, title, number of its group, date, characters in and out,
    expected F1 in percent, the id of what it is a copy of, and by turns the number of a rule and the characters that it
    took out."""
    numbers = {rule: number for number, rule in enumerate(facts.rule_names)}
    groups = {name: number for number, name in enumerate(group_names(facts))}

    def row(place: int) -> list[Any]:
        one = facts.listed[place]
        quality = None if one.quality is None else round(100 * one.quality)
        copied = one.duplicate_of[:MIN_ID] if one.duplicate_of else None
        removed = [value for rule, chars in one.removed for value in (numbers[rule], chars)]
        head = [one.id[:MIN_ID], one.source, one.title, groups[one.group], one.date, one.chars_in, one.chars_out]
        return [*head, quality, copied, removed]

    order = {one.id: number for number, one in enumerate(sample.by_need(facts.listed))}
    places = sorted(range(len(facts.listed)), key=lambda place: order[facts.listed[place].id])
    kept = within(map(row, places), ROW_BYTES)
    return sorted(kept, key=lambda row: (row[1], row[0]))


def group_names(facts: Facts) -> list[str]:
    """Return the groups of the documents that are listed, by name."""
    return sorted({one.group for one in facts.listed})


def quote(one: Quote, index: Index) -> dict[str, Any]:
    """Return a family of passages, the earliest of its places first where dates are known."""
    rows: list[list[Any]] = []
    for place in one.places.values():
        found = index.find(place.document_id)
        group = index.groups[found.group] if found else "an earlier run"
        date = _iso(found.date) if found else None
        rows.append(
            [place.document_id[:MIN_ID], place.source, group, date, place.speaker, cut(place.text), place.start]
        )
    rows.sort(key=lambda row: (row[3] or "9999", row[1], row[0]))
    first = one.earliest
    return {
        "id": one.id[:MIN_ID],
        "importance": one.importance[0],
        "origins": one.origins,
        "bits": one.bits,
        "words": one.words,
        "similarity": round(one.similarity, 4),
        "passages": one.passages,
        "earliest": [first.source, first.date, first.agency] if first else None,
        "places": rows,
    }


def _iso(date: int) -> str | None:
    if not date:
        return None
    parts = f"{date:08}"
    return "-".join(part for part in (parts[:4], parts[4:6], parts[6:]) if part != "00")


def payload(facts: Facts, lists: Mapping[str, Any]) -> str:
    """Return the JSON of the page: what has been listed, and what its numbers and keys stand for."""
    values = {
        "why": why("SOURCE"),
        "rules": [[rule, facts.family(rule), cut(facts.why(rule))] for rule in facts.rule_names],
        "families": [[one.key, one.name] for one in FAMILIES],
        "groups": group_names(facts),
        "total": facts.counts["documents"],
        **lists,
    }
    return as_json(values)
