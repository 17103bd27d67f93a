"""Lines in the form that rules are matched on: however a page writes them, phrases and patterns are written once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_ACCENTED = (
    *range(0xC0, 0x250),
    *range(0x370, 0x460),
    *range(0x622, 0x627),
    *range(0x1E00, 0x2000),
    *range(0x212A, 0x212C),
)
"""Code points of letters that may have an accent."""
_MARKS = (*range(0x300, 0x370), 0x640, *range(0x64B, 0x656))
"""Accents by themselves, the Arabic filler and vowel signs."""


def _without_accents() -> dict[int, str]:
    """What stands for accented letters: the letter itself."""
    table: dict[int, str] = {}
    for code in _ACCENTED:
        letter = chr(code)
        base = unicodedata.normalize("NFD", letter)[0]
        if base != letter:
            table[code] = base
    return table


PLAIN = {
    **_without_accents(),
    **{ord(letter): plain for letter, plain in zip("ىیکة", "ييكه", strict=True)},
    **dict.fromkeys(_MARKS, ""),
    **dict.fromkeys(map(ord, "‘’‚‛ʼ`´′＇｀\u1fef\u1ffd"), "'"),
}
"""What is put in the place of characters of a pattern."""
_FOLD = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **PLAIN,
    **dict.fromkeys(map(ord, "“”„‟″«»＂"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-"),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f"), ""),
    ord("…"): "...",
}
"""What is put in the place of characters of a line."""
_DECORATION = (
    ' \t-*•·∙|¦/\\<>[](){}:.,;!^←→↑↓↗⇒➜➔➤➡⟶❯❮▶►▸▼▾▲▴◄◂›‹■□▪▫●○◦‣⁃◆◇★☆✓✔✕✖✗✘❌×+=_~#"'
    "☰⌂✉📷📸🔗👉👇☞☛📌📍📖📰📚🔎🔍🔴🔵⏩ℹ🆕🎥🎧🎬📹💡。、・「」【】《》〈〉〔〕※　"
)
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LETTER = re.compile(r"[^\W\d_]")
_SPACES = re.compile(r"[^\S\n ]|  ")


def fold(text: str) -> str:
    """The form line rules are matched on.

    Lower case, no accents, plain quotes and dashes, full-width forms narrow, single spaces, no ornament at
    the edges. Folding twice changes nothing.
    """
    plain = text.replace("`", "'") if text.isascii() else text.translate(_FOLD)
    words = plain.lower().split()
    return " ".join(words).strip(_DECORATION)


def form(folded: str) -> str:
    """A folded line as phrases are looked up: with `0` for every number; empty for a line without a letter."""
    if not _LETTER.search(folded):
        return ""
    return NUMBER.sub("0", folded)


def phrase_keys(phrases: Sequence[str]) -> list[str]:
    """Each phrase as it is looked up: folded, with `0` for any number."""
    # All at once: at every start there are thousands of them.
    text = "\n".join(phrases)
    plain = text if text.isascii() else text.translate(_FOLD)
    text = NUMBER.sub("0", plain.lower())
    lines = text.split("\n")
    if _SPACES.search(text):
        lines = [" ".join(line.split()) for line in lines]
    return [line.strip(_DECORATION) for line in lines]
