"""What a line looks like, in any script: how long it is, whether it is running text, whether it could be a heading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from pipeline import native
from pipeline.expression import expression

MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
"""Signs for vowels and the like that belong to the letter before, for a set in a pattern: Python counts them as no letters."""
_LETTERS = rf"(?:[^\W_]++[{MARKS}]*+)++"
_WORD = expression(rf"{_LETTERS}(?:['’.-]{_LETTERS})*+")
_WORD_KINDS = bytes(
    ord("a" if chr(code).isalnum() else "." if chr(code) in "'.-" else " ") for code in range(128)
).ljust(256)
"""For `bytes.translate`: `a` for what words are made of, a full stop for what may join two, a space for all else"""
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
"""For `str.translate`: letters of ASCII in lower case"""
_CHARS_OF_WORD = 16
"""So many characters a word are looked at first."""
_UNSPACED = expression(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Thai to Khmer, kana, Han: scripts that write no space between words."""
_RUN = expression(r"[^\W\d_]+")
_ASCII = expression(r"[\x00-\x7f]+")
_ASCII_LETTERS = bytes(code if code < 128 and chr(code).isalpha() else ord(" ") for code in range(256))
"""For `bytes.translate`: a space for all that is no letter"""
_CLOSING = "\"'”’»›)]）】」』*"
_STOPS = tuple(".!?…。！？．؟۔।;；")
_BRACKETS = (")", "]", "）")
_BRACKETED_END = expression(r"\s*[(\[（][^()\[\]（）]{1,30}[)\]）]$")

PROSE_WORDS = 12
LONG_PROSE_WORDS = 25
PROSE_CHARS, LONG_PROSE_CHARS = 2 * PROSE_WORDS - 1, 2 * LONG_PROSE_WORDS - 1
"""No shorter text is prose, and none without a sentence's stop: its words have a letter each, and what parts them."""
HEADING_WORDS = 25
HEADING_CHARS = 200


@native.compiled
def letter_runs(text: str) -> list[str]:
    """The runs of letters of a text, in order."""
    if not text.isascii() and _RUN.search(_ASCII.sub("", text)):
        return _RUN.findall(text)
    return text.encode("ascii", "replace").translate(_ASCII_LETTERS).decode().split()  # some times as fast


@native.compiled
def long_runs(text: str, least: int) -> frozenset[str]:
    """The runs of so many letters and more, without case."""
    runs = [run for run in letter_runs(text) if len(run) >= least]
    return frozenset(" ".join(runs).casefold().split(" ")) if runs else frozenset()  # at once: letters become letters


def run_bits(known: Iterable[str]) -> bytes:
    """A bit for each of 65,536 kinds of runs, set where one that is known is of the kind: most others are of none, which
    `known_runs` sees at once."""
    bits = bytearray(1 << 13)
    for run in known:
        value = 0
        for char in run:
            value = (31 * value + ord(char)) & 0xFFFFFFFF
        place = (0x9E3779B1 * value & 0xFFFFFFFF) >> 16
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


@native.compiled
def known_runs(text: str, known: dict[str, Any], bits: bytes) -> tuple[dict[str, int], int]:
    """Those runs of letters that are known, with how often each stands there; and how many runs there are. `bits`: `run_bits` of
    those that are known"""
    runs = letter_runs(text)
    return Counter(run for run in runs if run in known), len(runs)


@native.compiled
def words(text: str) -> int:
    """The number of words; two characters of an unspaced script count as one."""
    if text.isascii():
        return _ascii_words(text)
    unspaced = len(_UNSPACED.findall(text))
    if unspaced:
        return unspaced // 2 + len(_WORD.findall(_UNSPACED.sub(" ", text)))
    return len(_WORD.findall(text))


def _ascii_words(text: str) -> int:
    """The number of words of a text in ASCII: of the runs of letters and digits, those that no single mark joins to the one
    before. It takes half of the time that a pattern does."""
    kinds = b" " + text.encode().translate(_WORD_KINDS)
    return kinds.count(b" a") + kinds.count(b" .a") + kinds.count(b"..a")


@native.compiled
def has_words(text: str, count: int) -> bool:
    """Whether `text` has so many words; a long one is not counted to its end."""
    if len(text) < 2 * count - 1:  # a letter each, and what parts them
        return False
    if text.isascii():
        beginning = text[: _CHARS_OF_WORD * count]
        return _ascii_words(beginning) >= count or (len(beginning) < len(text) and _ascii_words(text) >= count)
    if not _UNSPACED.search(text):
        return next(islice(_WORD.finditer(text), count - 1, None), None) is not None
    return words(text) >= count


@native.compiled
def near_end(texts: list[str], words: tuple[str, ...], last: int) -> bytearray:
    """For each text 1 if it has one of some words in its last code points, else 0. The words are ASCII in lower case; letters of
    ASCII in the texts may be of either."""
    found = bytearray(len(texts))
    for i, text in enumerate(texts):
        end = text[-last:].translate(_LOWER)
        found[i] = any(word in end for word in words)
    return found


@native.compiled
def ends_sentence(text: str) -> bool:
    """Whether `text` ends with a sentence's stop, before or behind closing quotes, a bracket or a source in brackets."""
    return (
        text.endswith(_STOPS)
        or text.rstrip(_CLOSING).endswith(_STOPS)
        or (text.endswith(_BRACKETS) and _BRACKETED_END.sub("", text).rstrip(_CLOSING).endswith(_STOPS))
    )


def is_prose(text: str) -> bool:
    """Running text: a sentence of some length, or a long line without one's stop."""
    return has_words(text, LONG_PROSE_WORDS) or (ends_sentence(text) and has_words(text, PROSE_WORDS))


def is_heading(text: str) -> bool:
    """Could be a title or a heading: some words, no sentence's stop but `?`, `!` or an abbreviation's."""
    if len(text) > HEADING_CHARS:
        return False
    if text.rstrip(_CLOSING).endswith((".", "。", ";", "；", ":", ",", "…")) and not text.endswith(("U.S.", "Inc.")):
        return False
    return has_words(text, 1) and not has_words(text, HEADING_WORDS + 1)
