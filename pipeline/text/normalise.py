"""The small repairs inside a kept line: white space, control characters, Unicode composition, joined wraps."""

from __future__ import annotations

import re
import unicodedata

from pipeline.model import Edit

_UNSPACED = r"\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
"""Inside a character class: Thai, Lao, Tibetan, Myanmar and Khmer."""
_REPAIR = re.compile(
    r"(?P<unwrap>[ \t]*(?:\r\n|[\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029])[ \t]*)"
    r"|(?P<space>[ \t\u00a0\u2000-\u200a\u202f\u3000](?:[\u00ad\u200b\u2060\ufeff]*[ \t\u00a0\u2000-\u200a\u202f\u3000])+|\t)"
    r"|(?P<control>[\x00-\x08\x0e-\x1b\x1f\x7f\u00ad\u2060\ufeff]+)"
    # A zero-width space parts words in scripts that have no other space between them; elsewhere it means nothing.
    rf"|(?P<invisible>(?<![{_UNSPACED}])\u200b+(?![{_UNSPACED}]))"
)
_NEEDS_REPAIR = re.compile(
    r"[\x00-\x1f\x7f\x85\u00ad\u200b\u2028\u2029\u2060\ufeff]|[ \u00a0\u2000-\u200a\u202f\u3000]{2}"
)
_REPLACEMENTS = {"unwrap": (" ", "unwrap"), "space": (" ", "white-space"), "control": ("", "control-character")}
_REPLACEMENTS["invisible"] = _REPLACEMENTS["control"]


def edits(text: str, offset: int) -> list[Edit]:
    """The repairs of the kept slice `text`, which stands at `offset` of the source; in order, not overlapping."""
    found: list[Edit] = []
    if _NEEDS_REPAIR.search(text):
        for match in _REPAIR.finditer(text):
            replacement, rule = _REPLACEMENTS[match.lastgroup or "space"]
            if match.group() != replacement:
                found.append(Edit(offset + match.start(), offset + match.end(), replacement, rule))
    if not unicodedata.is_normalized("NFC", text):
        found = sorted(found + _compositions(text, offset, found), key=lambda edit: edit.start)
    return found


def _compositions(text: str, offset: int, taken: list[Edit]) -> list[Edit]:
    """One edit for each character cluster that is not in Normalization Form C (Unicode Standard Annex 15)."""
    blocked = {i for edit in taken for i in range(edit.start - offset, edit.end - offset)}
    found: list[Edit] = []
    start = 0
    for i in range(1, len(text) + 1):
        if i < len(text) and _joins(text[i]):
            continue
        cluster = text[start:i]
        if not unicodedata.is_normalized("NFC", cluster) and not blocked.intersection(range(start, i)):
            found.append(Edit(offset + start, offset + i, unicodedata.normalize("NFC", cluster), "unicode-nfc"))
        start = i
    return found


def _joins(char: str) -> bool:
    """Whether NFC may compose or reorder `char` with what stands before it."""
    return (
        unicodedata.combining(char) != 0
        or unicodedata.category(char) in ("Mn", "Mc")
        or "\u1160" <= char <= "\u11ff"
        or not unicodedata.is_normalized("NFC", "\u00e9" + char)
    )
