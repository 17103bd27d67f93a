"""What differs between two texts that are nearly the same, and whether it may matter.

A negation, a number, a name or a date that only one of them has makes a near-duplicate a revision. Names are words with a
capital letter; in scripts whose letters have no two cases every word that differs may be one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from pipeline.match.core.noise import MOST_CELLS, is_noise
from pipeline.match.core.packed import contains, distinct
from pipeline.tokens import Array, Tokens, offsets_of, token_hashes, tokenize

_SENTENCE = 5
"""Words that stand by themselves, rather than belonging to what is before or after them."""
_LOWER, _UPPER, _UNICASE = range(3)
_LEAST_STEM = 4
"""Letters of the shortest word that a prefix is looked for at."""

_SYMBOL = re.compile(
    r"(?<![\w.,)\]])[-−–+±~<>≤≥](?=\.?\d)"
    r"|[$€£¥₹](?=\s?\d)"
    r"|(?:(?<=\d)|(?<=\d\s))[%‰$€£¥₹°]"
)
"""Signs, currencies and units that stand at a number, of which the words of a text say nothing."""
_NUMBER = re.compile(r"\d")
_SIGN = re.compile(r"[-−–+±~<>≤≥$€£¥₹%‰°＄％￠-￦－＋～＜＞]")
"""What is looked for first: a text is scanned for single characters much faster than for what stands around them."""
_FULL_WIDTH = re.compile("[！-～￠-￦]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict(
    zip(range(0xFFE0, 0xFFE7), "¢£¬¯¦¥₩", strict=True)
)
"""Full-width forms, as Chinese and Japanese print has them, and the plain ones."""
_ALIKE = str.maketrans("−–", "--")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that matter, in all languages. uint64 hashes, sorted."""

    telling: Array
    """negations, numbers, months and days of the week"""
    negation: Array
    """of these the negations"""
    function: Array
    """words that are no names, even with a capital letter"""
    prefixes: tuple[str, ...]
    """what turns a word into its opposite"""


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that differ: those from `first_a` to `last_a` (exclusive) of one text stand where the other has these."""

    first_a: int
    last_a: int
    first_b: int
    last_b: int


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between the texts of pairs. bool [pairs] each."""

    telling: Array
    """a negation, a number, a name or a date is in one text and not in the other"""
    at_the_ends: Array
    """one text stands whole in the other, which has more before or after it"""


_EXCHANGED_SHARE = 0.34
"""Of the words that noise has changed, so many may look like others."""

_FEW_CHANGES = 2
"""Words changed up to which one that matters is not taken for spoilt by noise."""


class Contents:
    """The words of texts, with what may matter of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._tokens = tokenize(texts)
        self._offsets = self._tokens.offsets.tolist()
        case = _cases(texts, self._tokens)
        self._telling = _telling_words(self._tokens, case)
        self._negating = contains(lexicon().negation, self._tokens.hash) | (case == _UNICASE)
        self._symbols = symbol_fingerprints(texts)

    def differences(self, first: Array, second: Array) -> Differences:
        """Return what differs between text `first[i]` and text `second[i]`, for every pair `i`."""
        telling = self._symbols[first] != self._symbols[second]
        at_the_ends = np.zeros(len(first), dtype=bool)
        for pair, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            segments = self.segments(a, b)
            if segments is None:
                telling[pair] |= self._telling_words_differ(a, b)
                continue
            telling[pair] |= any(self._is_telling(a, b, segment) for segment in segments)
            at_the_ends[pair] = self._are_at_the_ends(a, b, segments)
        return Differences(telling, at_the_ends)

    def is_noise(self, a: int, b: int) -> bool:
        """Return whether two texts differ by noise alone: single letters here and there, that make no other words."""
        if not is_noise(self._letters(a), self._letters(b)):
            return False
        changed = exchanged = 0
        matters = False
        for segment in self.segments(a, b) or ():
            one = self.words(a, segment.first_a, segment.last_a)
            two = self.words(b, segment.first_b, segment.last_b)
            changed += max(len(one), len(two))
            matters |= bool(contains(lexicon().telling, _hashes_of([*one, *two])).any())
            if len(one) == len(two):
                exchanged += sum(map(_is_exchanged, one, two))
        if matters and changed <= _FEW_CHANGES:
            return False
        return exchanged <= _EXCHANGED_SHARE * changed

    def _letters(self, text: int) -> str:
        """Return the letters and digits of a text, folded, and nothing between the words."""
        edges = self._tokens.folded_offsets
        first = int(edges[self._offsets[text]])
        last = int(edges[self._offsets[text + 1]])
        return self._tokens.folded[first:last].tobytes().decode("utf-32-le", "surrogatepass")

    def segments(self, a: int, b: int) -> list[Segment] | None:
        """Return where two texts differ, in order; None where they are too long to be aligned (`MOST_CELLS`)."""
        from rapidfuzz.distance import Levenshtein

        one = self._hashes(a)
        two = self._hashes(b)
        if len(one) * len(two) > MOST_CELLS:
            return None
        aligned = Levenshtein.opcodes(one.tolist(), two.tolist())
        return [
            Segment(part.src_start, part.src_end, part.dest_start, part.dest_end)
            for part in aligned
            if part.tag != "equal"
        ]

    def words(self, text: int, first: int, last: int) -> list[str]:
        """Return the folded words from `first` to `last` (exclusive) of a text."""
        return self._tokens.words(text)[first:last]

    def span(self, text: int, first: int, last: int) -> str:
        """Return the text from word `first` to word `last` (exclusive), as it is written."""
        if first == last:
            return ""
        begin = self._offsets[text]
        start = int(self._tokens.start[begin + first])
        end = int(self._tokens.end[begin + last - 1])
        return self._texts[text][start:end]

    def _hashes(self, text: int) -> Array:
        return self._tokens.hash[self._offsets[text] : self._offsets[text + 1]]

    def _flags(self, text: int) -> Array:
        return self._telling[self._offsets[text] : self._offsets[text + 1]]

    def _is_telling(self, a: int, b: int, segment: Segment) -> bool:
        in_a = self._flags(a)[segment.first_a : segment.last_a]
        in_b = self._flags(b)[segment.first_b : segment.last_b]
        if in_a.any() or in_b.any():
            return True
        one = self.words(a, segment.first_a, segment.last_a)
        two = self.words(b, segment.first_b, segment.last_b)
        return any(map(_are_opposites, one, two))

    def _telling_words_differ(self, a: int, b: int) -> bool:
        one = np.sort(self._hashes(a)[self._flags(a)])
        two = np.sort(self._hashes(b)[self._flags(b)])
        return not np.array_equal(one, two)

    def _are_at_the_ends(self, a: int, b: int, segments: Sequence[Segment]) -> bool:
        """Return whether all that differs is more words of one text, before or after all of the other."""
        size_a = self._offsets[a + 1] - self._offsets[a]
        size_b = self._offsets[b + 1] - self._offsets[b]
        only_in_a = all(part.first_b == part.last_b and part.first_b in (0, size_b) for part in segments)
        only_in_b = all(part.first_a == part.last_a and part.first_a in (0, size_a) for part in segments)
        if not (only_in_a or only_in_b):
            return False
        return not any(self._is_short_negation(a, b, part) for part in segments)

    def _is_short_negation(self, a: int, b: int, segment: Segment) -> bool:
        """Return whether a few words more turn what follows or goes before into something else."""
        begin_a = self._offsets[a]
        begin_b = self._offsets[b]
        in_a = self._negating[begin_a + segment.first_a : begin_a + segment.last_a]
        in_b = self._negating[begin_b + segment.first_b : begin_b + segment.last_b]
        return len(in_a) + len(in_b) < _SENTENCE and bool(in_a.any() or in_b.any())


def symbol_fingerprints(texts: Sequence[str]) -> Array:
    """Return a number for the signs, currencies and units at the numbers of each text, uint64 [texts]; 0 without any."""
    found = np.zeros(len(texts), dtype=np.uint64)
    for number, text in enumerate(texts):
        if not (_NUMBER.search(text) and _SIGN.search(text)):
            continue
        plain = text.translate(_NARROW) if _FULL_WIDTH.search(text) else text
        signs = [sign for sign in _SIGN.finditer(plain) if _SYMBOL.match(plain, sign.start())]
        symbols = [sign[0].translate(_ALIKE) for sign in signs]
        if symbols:
            _, hashes = token_hashes([_spelled(symbols)])
            found[number] = np.bitwise_xor.reduce(hashes * np.arange(1, 2 * len(hashes), 2, dtype=np.uint64))
    return found


@cache
def lexicon() -> Lexicon:
    """Return the words that matter, from data/."""
    words = _read("difference.toml")
    dates = _read("dates.toml")
    languages = _read("languages.toml")
    negation = _hashes_of(words["negation"].values())
    telling: list[str] = [*words["negation"].values(), *words["number"].values()]
    telling += dates["around"]["weekdays"]
    for months in dates["months"].values():
        telling += months
    hashes = _hashes_of(telling)
    function = _hashes_of(languages["words"].values())
    prefixes = tuple(words["prefix"]["any"].split())
    return Lexicon(hashes, negation, function[~contains(hashes, function)], prefixes)


def _read(name: str) -> dict[str, Any]:
    data = resources.files("pipeline.data").joinpath(name)
    return tomllib.loads(data.read_text(encoding="utf-8"))


def _hashes_of(words: Iterable[str]) -> Array:
    """Return the hashes of all words in these texts, sorted."""
    return distinct(token_hashes(list(words))[1])


def _telling_words(tokens: Tokens, case: Array) -> Array:
    """Return which words are a negation, a number, part of a date or, as far as can be seen, of a name: bool."""
    known = lexicon()
    telling = contains(known.telling, tokens.hash)
    telling |= _has_digit(tokens)
    telling |= (case != _LOWER) & ~contains(known.function, tokens.hash)
    return telling


def _cases(texts: Sequence[str], tokens: Tokens) -> Array:
    """Return how each word begins, int8: with a small letter, a capital one, or one that has no other case."""
    code = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    before = offsets_of(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    begin = np.repeat(before[:-1], np.diff(tokens.offsets))
    letters, which = np.unique(code[begin + tokens.start], return_inverse=True)
    case = np.array([_case(chr(letter)) for letter in letters.tolist()], dtype=np.int8)[which]
    case[_has_digit(tokens)] = _UPPER
    return case


def _case(letter: str) -> int:
    if letter.islower():
        return _LOWER
    return _UPPER if letter.isupper() else _UNICASE


def _has_digit(tokens: Tokens) -> Array:
    digit = (tokens.folded >= ord("0")) & (tokens.folded <= ord("9"))
    before = offsets_of(digit.astype(np.int64))
    found: Array = before[tokens.folded_offsets[1:]] > before[tokens.folded_offsets[:-1]]
    return found


def _is_exchanged(one: str, two: str) -> bool:
    """Return whether a word stands for another, rather than being it with some letters wrong."""
    from rapidfuzz.distance import Levenshtein

    known = lexicon()
    hashes = _hashes_of([one, two])
    if (contains(known.telling, hashes) | contains(known.function, hashes)).all():
        return True
    return 2 * Levenshtein.distance(one, two) > max(len(one), len(two)) + 1


def _are_opposites(one: str, two: str) -> bool:
    """Return whether one word is the other with a prefix that negates it."""
    short, long = sorted((one, two), key=len)
    if len(short) < _LEAST_STEM or not long.endswith(short):
        return False
    return long[: -len(short)] in lexicon().prefixes


def _spelled(symbols: Sequence[str]) -> str:
    """Return symbols as words."""
    return " ".join(f"{ord(symbol):x}" for symbol in symbols)
