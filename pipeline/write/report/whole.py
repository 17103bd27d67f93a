"""Documents that the page has whole: made some together, as they are compressed, and as many put into it as have room."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from pipeline import jsonlines
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.report import sample
from pipeline.write.report.bodies import body
from pipeline.write.report.sample import Listed

TOGETHER = 16
"""Documents that are compressed together: alone they take a third more"""
LEVEL = 4
"""Of zlib. Level 5 takes half as long again, for three hundredths less."""
MIN_ID = 12
"""Digits of a document's id by which the page names it"""


class Part(NamedTuple):
    """Some documents that may be shown whole."""

    documents: Mapping[str, jsonlines.Written]
    """By id, the `Body` of each"""
    packed: str
    """All of them compressed; empty where that was not asked for"""


class Whole(NamedTuple):
    """Documents that the page has whole."""

    documents: Mapping[str, jsonlines.Written]
    """By id, the `Body` of each"""
    packed: Sequence[str]
    """All of them, some together, where they had no room otherwise; else empty"""


def as_json(value: Any) -> str:
    """Return JSON that can stand in an element of a page: nothing in it can end the element."""
    return _as_json(value).decode()


def _as_json(value: Any) -> bytes:
    """Return the same in UTF-8."""
    data = jsonlines.encode(value)
    return data.replace(b"&", b"\\u0026").replace(b"<", b"\\u003c").replace(b">", b"\\u003e")


def weight(value: Any) -> int:
    """Return the bytes that a value takes in the page."""
    return len(_as_json(value))


def groups(listed: Sequence[Listed], chars: int) -> list[list[Listed]]:
    """Return the documents that may be shown whole, of a run over so many characters, those together that make a part."""
    shown = list(sample.to_show(listed, chars))
    return [shown[low : low + TOGETHER] for low in range(0, len(shown), TOGETHER)]


def must_be_packed(shown: Iterable[Listed], chars: int) -> bool:
    """Return whether there is certainly no room for these documents as they are: their sources alone take more."""
    return sum(min(one.chars_in, sample.MAX_SOURCE) for one in shown) > sample.whole_bytes(chars)


def part(
    documents: Iterable[tuple[DocumentRecord, Sequence[EditRecord]]], rule_names: Sequence[str], *, is_packed: bool
) -> Part:
    """Return documents, given by their records and those of their edits, as the page has them."""
    made: dict[str, jsonlines.Written] = {}
    for record, ledger in documents:
        made[record.id[:MIN_ID]] = jsonlines.Written(jsonlines.encode(body(record, ledger, rule_names)))
    return Part(made, packed(made) if is_packed else "")


def packed(documents: Mapping[str, jsonlines.Written]) -> str:
    """Return documents as JSON, compressed, in letters: for `DecompressionStream` of a browser."""
    packer = zlib.compressobj(LEVEL, wbits=-zlib.MAX_WBITS)
    data = packer.compress(_as_json(documents)) + packer.flush()
    return b64encode(data).decode()


def within(parts: Iterator[Part], most: int) -> Whole:
    """Return the first documents that take no more than so many bytes. As long as all of them have room, as they are; else
    compressed, as many parts as have room then."""
    looked_at: list[Part] = []
    left = most
    for one in parts:
        looked_at.append(one)
        left -= sum(weight(document) + MIN_ID + 4 for document in one.documents.values())
        if one.packed or left < 0:
            break
    else:
        return Whole({name: document for one in looked_at for name, document in one.documents.items()}, [])
    shown: dict[str, jsonlines.Written] = {}
    texts: list[str] = []
    left = most
    for one in chain(looked_at, parts):
        text = one.packed or packed(one.documents)
        left -= len(text) + 3
        if left < 0:
            break
        texts.append(text)
        shown |= one.documents
    return Whole(shown, texts)
