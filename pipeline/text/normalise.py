"""The small repairs inside a kept block: white space, joined lines, invisible characters, entities, Unicode composition."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator

from pipeline import native
from pipeline.expression import expression
from pipeline.ledger import OffsetMap, apply
from pipeline.model import Edit
from pipeline.tokens import Array

_BREAKS = r"\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029"
_UNPARTED = r"\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
"""Inside a character class: Thai, Lao, Tibetan, Myanmar and Khmer."""
_REPAIR = expression(
    rf"(?P<hyphen>(?<=[^\W\d_])[-\u00ad\u2010][ \t]*(?:\r\n|[{_BREAKS}])[ \t]*(?=[^\W\d_]))"
    rf"|(?P<unwrap>[ \t]*(?:\r\n|[{_BREAKS}])[ \t]*)"
    r"|(?P<space>[ \t\u00a0\u2000-\u200a\u202f\u3000](?:[\u00ad\u200b\u2060\ufeff]*[ \t\u00a0\u2000-\u200a\u202f\u3000])+|\t)"
    r"|(?P<control>[\x00-\x08\x0e-\x1b\x1f\x7f\u00ad\u2060\ufeff]+)"
    # A zero-width space parts words in scripts that have no other space between them; elsewhere it means nothing.
    rf"|(?P<invisible>(?<![{_UNPARTED}])\u200b+(?![{_UNPARTED}]))"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
)
_NEEDS_REPAIR = expression(
    r"[\x00-\x1f\x7f\x85\u2028\u2029\ufeff\u00ad\u200b\u2060]|[ \u00a0\u2000-\u200a\u202f\u3000]{2}|&[#A-Za-z]"
)
_COMPOSABLE = expression(r"[^\x00-\u02ff\u2010-\u2027]")
"""All but what no composition can be of, whatever stands beside it: Latin letters, and the quotes and dashes of text"""
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
_WORD = expression(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_AND = frozenset({"und", "oder", "och", "eller"})
"""Stands between two words of which the first leaves out what they have in common; no word ends so where it may be parted"""
_AFTER_HYPHEN = frozenset(
    {"être", "même", "mêmes", "elle", "elles", "ils", "nous", "vous", "moi", "toi", "lui", "là", "ci"}
)
"""What French writes behind a hyphen (`peut-être`, `disait-elle`), and no word ends with where it may be parted"""
_UNSPACED = expression(r"[\u0e00-\u0eff\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Scripts that write no space between words, and their punctuation."""

RULES = frozenset({"control-character", "entity", "line-end", "unicode-nfc", "unwrap", "white-space"})
"""All rules of repairs."""

Knows = Callable[[str], bool]
"""Whether a word, in lower case, stands in the document."""


def words(text: str) -> frozenset[str]:
    """The words of a text in lower case, those with hyphens in one piece."""
    return frozenset(_WORD.findall(text.lower()))


@native.compiled
def may_need(text: str, starts: Array, ends: Array) -> bytearray:
    """For each of some stretches of a text 1 if it may need a repair, which few do, else 0: cheaper to ask than which it needs.

    `starts`, `ends`: int64, places in the text
    """
    stretches = (text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    return bytearray(
        not one.isprintable()
        or "  " in one
        or "&" in one
        or (not one.isascii() and _COMPOSABLE.search(one) is not None)
        for one in stretches
    )


def edits(text: str, offset: int, knows: Knows | None = None, *, entities: bool = False) -> list[Edit]:
    """The repairs of the kept slice `text`, which stands at `offset` of the source; in order, not overlapping.

    `entities`: read HTML's character references; not for text that a parser of HTML gave.
    """
    found: list[Edit] = []
    # Most slices are seen to need nothing without a pattern: what `isprintable` excludes is all that one looks for but these.
    may_need = not text.isprintable() or "  " in text or "&" in text
    if may_need and _NEEDS_REPAIR.search(text):
        for match in _REPAIR.finditer(text):
            if match.lastgroup == "entity" and not entities:
                continue
            replacement, rule = _repaired(match, text, knows)
            if match.group() != replacement:
                found.append(Edit(offset + match.start(), offset + match.end(), replacement, rule))
    if not unicodedata.is_normalized("NFC", text):
        found = sorted(found + _compositions(text, offset, found), key=lambda edit: edit.start)
    return _composed(text, offset, found)


def verbatim(text: str, offset: int) -> list[Edit]:
    """The repairs of a slice in which white space counts: line ends, and Unicode composition."""
    found = [
        Edit(offset + match.start(), offset + match.end(), "\n", "line-end") for match in re.finditer(r"\r\n?", text)
    ]
    if not unicodedata.is_normalized("NFC", text):
        found = sorted(found + _compositions(text, offset, found), key=lambda edit: edit.start)
    return _composed(text, offset, found)


def _composed(text: str, offset: int, found: list[Edit]) -> list[Edit]:
    """`found`, if what it leaves is composed; else with one edit for each cluster that the repairs have brought together, as
    where an invisible character stood before an accent."""
    if not found:  # the text is composed, or there would be an edit that composes it
        return found
    if text.isascii() and all(edit.replacement.isascii() for edit in found):
        return found
    local = [edit.replace(start=edit.start - offset, end=edit.end - offset) for edit in found]
    clean = apply(text, local)
    if unicodedata.is_normalized("NFC", clean):
        return found
    to_source = OffsetMap(local)
    spans = [
        (to_source.start(start), to_source.end(end))
        for start, end in _clusters(clean)
        if not unicodedata.is_normalized("NFC", clean[start:end])
    ]
    merged: list[Edit] = []
    waiting = deque(local)
    for start, end in spans:
        if merged and start < merged[-1].end:  # both stand in the replacement of one edit
            continue
        while waiting and waiting[0].end <= start:
            merged.append(waiting.popleft())
        inner: list[Edit] = []
        while waiting and waiting[0].start < end:
            inner.append(waiting.popleft())
        here = apply(text[start:end], [one.replace(start=one.start - start, end=one.end - start) for one in inner])
        merged.append(Edit(start, end, unicodedata.normalize("NFC", here), "unicode-nfc"))
    merged += waiting
    return [edit.replace(start=edit.start + offset, end=edit.end + offset) for edit in merged]


def _repaired(match: re.Match[str], text: str, knows: Knows | None) -> tuple[str, str]:
    """What a match becomes, and the rule that says so."""
    match match.lastgroup:
        case "hyphen":
            return _joined(match, text, knows), "unwrap"
        case "unwrap":
            before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
            is_unspaced = _UNSPACED.match(before) and _UNSPACED.match(after)
            return "" if is_unspaced else " ", "unwrap"
        case "control" | "invisible":
            return "", "control-character"
        case "entity":
            character = html.unescape(match.group())
            is_shown = character.isprintable() or character == "\u00a0"
            return (unicodedata.normalize("NFC", character) if is_shown else match.group()), "entity"
        case _:
            return " ", "white-space"


def _joined(match: re.Match[str], text: str, knows: Knows | None) -> str:
    """What stands for the hyphen at the end of a line: nothing if it parts a word, itself if it joins two.

    The document decides where it has the word in one piece or with its hyphen. Else a small letter behind the break
    says that the word goes on.
    """
    before = _WORD_BEFORE.search(text, max(0, match.start() - 40), match.start())
    after = _WORD_AFTER.match(text, match.end())
    if before is None or after is None:
        return match.group()[0]
    first, second = before.group().lower(), after.group().lower()
    if match.group()[0] == "\u00ad":
        return ""
    if knows is not None:
        if knows(first + second):
            return ""
        if knows(f"{first}-{second}"):
            return "-"
    if second in _AND:
        return f"{match.group()[0]} "  # "Sand- und Kalkstaub": what is left out stands behind the next word
    if second in _AFTER_HYPHEN:
        return match.group()[0]
    return "" if after.group()[0].islower() and before.group()[-1].islower() else "-"


def _compositions(text: str, offset: int, taken: list[Edit]) -> list[Edit]:
    """One edit for each character cluster that is not in Normalization Form C (Unicode Standard Annex 15)."""
    blocked = {i for edit in taken for i in range(edit.start - offset, edit.end - offset)}
    found: list[Edit] = []
    for start, end in _clusters(text):
        cluster = text[start:end]
        if not unicodedata.is_normalized("NFC", cluster) and not blocked.intersection(range(start, end)):
            found.append(Edit(offset + start, offset + end, unicodedata.normalize("NFC", cluster), "unicode-nfc"))
    return found


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The stretches that NFC composes each by itself: a character and what joins it."""
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or not _joins(text[i]):
            yield start, i
            start = i


def _joins(char: str) -> bool:
    """Whether NFC may compose or reorder `char` with what stands before it."""
    return (
        unicodedata.combining(char) != 0
        or unicodedata.category(char) in ("Mn", "Mc")
        or "\u1160" <= char <= "\u11ff"
        or not unicodedata.is_normalized("NFC", "\u00e9" + char)
    )
