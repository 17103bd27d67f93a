"""Lines in the form that rules are matched on: however a page writes them, phrases and patterns are written once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np

from pipeline import native
from pipeline.expression import expression
from pipeline.tokens import Array

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
    **dict.fromkeys(map(ord, "ßẞ"), "ss"),
    **dict.fromkeys(map(ord, "œŒ"), "oe"),
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
_NUMBER = expression(r"\d+(?:[.,:']\d+|\ \d{3}(?!\d))*")
"""With whatever parts its thousands"""
_DIGIT = expression(r"\d")
_DIGITS = b"0123456789"
_LETTER = expression(r"[^\W\d_]")
_SPACES = expression(r"[^\S\n ]|  ")


@cache
def _foldable() -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    """(a character for which another one stands; what stands for it)."""
    by_range: list[str] = []
    for _, run in groupby(enumerate(sorted(_FOLD)), lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in run]
        by_range.append(f"\\U{codes[0]:08x}-\\U{codes[-1]:08x}")
    by_char = {chr(code): plain for code, plain in _FOLD.items()}
    return re.compile(f"[{''.join(by_range)}]"), lambda match: by_char[match.group()]


_BELOW = 1 << 16
"""Code points of which the first of `tables` says what stands for them"""
_BEYOND = "".join(char for char in _DECORATION if ord(char) >= _BELOW)
_IS_DECORATION = 1 << 31


@cache
def tables() -> tuple[Array, str]:
    """Return for the compiled `fold` what stands for each code point, uint32 [`_BELOW`]: `_IS_DECORATION` for what is stripped,
    24 bits further down how many code points, 0 to 3, and below that one, or several of ASCII, a byte each, the first highest;
    and what is stripped of all other code points."""
    table = np.arange(_BELOW, dtype=np.uint32)
    table |= np.uint32(1 << 24)
    for code, plain in _FOLD.items():
        value = ord(plain) if len(plain) == 1 else int.from_bytes(plain.encode("ascii"), "big")
        table[code] = len(plain) << 24 | value
    narrow = [ord(char) for char in _DECORATION if ord(char) < _BELOW]
    table[narrow] |= np.uint32(_IS_DECORATION)
    return table, _BEYOND


def _plain(text: str) -> str:
    """A text with what stands for its characters."""
    if text.isascii():
        return text.replace("`", "'")
    pattern, plain = _foldable()
    return pattern.sub(plain, text)  # some times as fast as to translate each character


def fold(text: str) -> str:
    """The form line rules are matched on.

    Lower case, no accents, plain quotes and dashes, full-width forms narrow, single spaces, no ornament at
    the edges. Folding twice changes nothing.
    """
    if native.kernels is not None:
        folded: str = native.kernels.fold(text, *tables())
        return folded
    words = _plain(text).lower().split()
    return " ".join(words).strip(_DECORATION)


@native.compiled
def numberless(folded: str) -> str:
    """A folded line with `0` for every number."""
    return _NUMBER.sub("0", folded) if _has_digit(folded) else folded


def _has_digit(text: str) -> bool:
    """Whether a text has a digit, of whatever script."""
    if not text.isascii():
        return _DIGIT.search(text) is not None
    return len(text.encode().translate(None, _DIGITS)) < len(text)  # twice as fast


def form(folded: str) -> str:
    """A folded line as phrases are looked up: with `0` for every number; empty for a line without a letter."""
    return numberless(folded) if has_letter(folded) else ""


@native.compiled
def has_letter(text: str) -> bool:
    """Whether a text has a letter, of whatever script."""
    return _LETTER.search(text) is not None


@native.compiled
def known_phrases(lines: Sequence[str], known: dict[str, Any], most: int) -> list[tuple[int, str]]:
    """Those of some folded lines that are known as they are looked up: the number of each, and how it is looked up. Lines of
    more than `most` characters and empty ones are not."""
    phrases = ((number, numberless(line)) for number, line in enumerate(lines) if 0 < len(line) <= most)
    return [(number, phrase) for number, phrase in phrases if phrase in known]


def phrase_keys(phrases: Sequence[str]) -> list[str]:
    """Each phrase as it is looked up: folded, with `0` for any number."""
    # All at once: at every start there are thousands of them.
    text = "\n".join(phrases)
    text = numberless(_plain(text).lower())
    lines = text.split("\n")
    if _SPACES.search(text):
        lines = [" ".join(line.split()) for line in lines]
    return [line.strip(_DECORATION) for line in lines]
