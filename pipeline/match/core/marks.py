"""What the comparison must know of each word beside the word itself, worked out once: line breaks, clause edges, quotation marks.

With these columns passages are found, judged and cut to size without looking at any text again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.expression import expression
from pipeline.match.core.packed import distinct
from pipeline.tokens import Array, Tokens, lengths_of, offsets_of

EDGE = 1
"""The edge of a clause, or the beginning of the text, stands right before the word."""
QUOTED = 2
"""The word stands inside a pair of quotation marks"""
OPENS = 4
"""and is the first one there."""
CAPITAL = 8
"""The word begins with a capital letter."""
SINGLE = 16
"""The word is one character of a script that is written without spaces."""
ELLIPSIS = 32
"""An ellipsis stands between the word and the one before: words may have been left out."""
BREAK = 64
"""A line break, or the beginning of the text, stands between the word and the one before."""

_ADDED = "\n\n"
"""Added, so that what follows the last word can be looked at."""

MOST_CLOSING = 255
"""Characters of final punctuation after a word that are counted."""

_QUOTATION = expression(
    r'[“„"«»「『](?:(?<=[“„])[^“„”"\n]*|(?<=")[^"\n]*"?|(?<=«)[^«»\n]*|(?<=»)[^«»\n]*(?=«)|(?<=[「『])[^「」『』\n]*)'
)
"""What stands inside quotation marks: to the closing one, or to the end of the line where that is missing. All that may open
one stand first, so that a text is searched for them at once."""

_ALWAYS_EDGE = '。；：！？\n“”„«»"'
_EDGE_BEFORE_SPACE = ".;:!?…"
"""Edges of clauses unless a letter or a digit follows, as in 3.5 and 10:30."""
_FINAL = ".!?…。！？"

_CASED = 0x2000
"""Code points below which nearly all letters with two cases are."""
_UNSPACED = 0x0E00
"""The first code point of a script written without spaces."""


class WordMarks(Struct, frozen=True):
    """Columns beside the words of a batch of texts, one row a word."""

    flags: Array
    """uint8, the constants above, added up"""
    closing: Array
    """uint8, characters of final punctuation right after the word"""


def marks(texts: Sequence[str], tokens: Tokens) -> WordMarks:
    """Return the marks of the words of `texts`.

    tokens: as `tokenize` makes them of the same texts
    """
    if native.kernels is not None:
        columns = (tokens.offsets, tokens.start, tokens.end, tokens.folded_offsets, tokens.folded)
        flags, closing = native.kernels.marks(texts, *columns)
        return WordMarks(np.frombuffer(flags, np.uint8), np.frombuffer(closing, np.uint8))
    page = _BatchText(texts, tokens)
    flags = page.flags(EDGE | BREAK)
    spans = page.quotations()
    none_opened = np.zeros(len(spans), dtype=bool)
    page.mark_quoted(flags, spans, none_opened)
    return WordMarks(flags, page.closing())


class LongText:
    """A text that is looked at in pieces, one after another: their words are marked as if it were whole."""

    def __init__(self, text: str) -> None:
        self._quotations = _QUOTATION.finditer(text)
        self._next = next(self._quotations, None)
        # Quotations that go on behind the last piece: where they stand, and whether their first word did already.
        self._open: list[list[int]] = []
        self._opened: list[bool] = []
        # Characters of the pieces so far, and the flags that the next word has by what stood behind the last one.
        self._low = 0
        self._before = EDGE | BREAK

    def marks(self, piece: str, tokens: Tokens) -> WordMarks:
        """Return the marks of the words of the next piece."""
        page = _BatchText([piece], tokens)
        flags = page.flags(self._before)
        # Quotations that go on from earlier pieces, and those that begin in this one.
        begin_here = self._begin_within(len(piece))
        quotations = [*self._open, *begin_here]
        spans = np.array(quotations, dtype=np.int64).reshape(-1, 2)
        opened = np.zeros(len(spans), dtype=bool)
        opened[: len(self._opened)] = self._opened
        opened |= page.mark_quoted(flags, spans - self._low, opened)
        if len(flags):
            self._before = 0
        self._before |= page.follows()
        self._low += len(piece)
        goes_on = spans[:, 1] > self._low
        self._open = spans[goes_on].tolist()
        self._opened = opened[goes_on].tolist()
        return WordMarks(flags, page.closing())

    def _begin_within(self, length: int) -> Iterator[tuple[int, int]]:
        """Yield the quotations that begin in the next so many characters."""
        end = self._low + length
        while self._next is not None and self._next.start() < end:
            yield self._next.span()
            self._next = next(self._quotations, None)


class _BatchText:
    """All texts of a batch as one array of code points, each followed by a line break."""

    def __init__(self, texts: Sequence[str], tokens: Tokens) -> None:
        self._texts = texts
        self._tokens = tokens
        joined = "\n".join(texts) + _ADDED
        encoded = joined.encode("utf-32-le", "surrogatepass")
        self._code = np.frombuffer(encoded, dtype=np.uint32)
        sizes = lengths_of(texts)
        edges = offsets_of(sizes + 1)
        self._begin = edges[:-1]
        words = np.diff(tokens.offsets)
        shift = np.repeat(self._begin, words)
        self._start = tokens.start + shift
        self._end = tokens.end + shift

    def closing(self) -> Array:
        """Return how many characters of final punctuation follow each word, uint8.

        One that a letter or a digit follows is not final.
        """
        is_final = _is_one_of(self._code, _FINAL)
        count = np.zeros(len(self._end), dtype=np.uint8)
        still = np.flatnonzero(is_final[self._end])
        for length in range(1, MOST_CLOSING + 1):
            if not len(still):
                break
            count[still] = length
            following = self._end[still] + length
            still = still[is_final[following]]
        ended = np.flatnonzero(count)
        following = self._end[ended] + count[ended]
        inside_word = _is_word(self._code[following])
        count[ended[inside_word]] -= 1
        return count

    def flags(self, before: int) -> Array:
        """Return the flags of each word, uint8, but for those of quotations; `before`: flags that the first has anyway."""
        flags = np.zeros(len(self._start), dtype=np.uint8)
        flags[:1] |= before
        flags[self._follow(self._edges())] |= EDGE
        flags[self._follow(self._ellipses())] |= ELLIPSIS
        flags[self._follow(self._breaks())] |= BREAK
        capital = _is_upper(self._code[self._start])
        flags[capital] |= CAPITAL
        flags[self._is_single()] |= SINGLE
        return flags

    def follows(self) -> int:
        """Return the flags that a word has by what stands behind the last one."""
        first = int(self._end[-1]) if len(self._end) else 0
        end = len(self._code) - len(_ADDED)
        flags = 0
        if self._edges()[first:end].any():
            flags |= EDGE
        if self._ellipses()[first:end].any():
            flags |= ELLIPSIS
        if self._breaks()[first:end].any():
            flags |= BREAK
        return flags

    def _edges(self) -> Array:
        """Return which characters are the edge of a clause, bool."""
        edges = _is_one_of(self._code, _EDGE_BEFORE_SPACE)
        word_follows = _is_word(self._code[1:])
        edges[:-1] &= ~word_follows
        edges |= _is_one_of(self._code, _ALWAYS_EDGE)
        return edges

    def _ellipses(self) -> Array:
        """Return which characters are an ellipsis, or begin one of three full stops: bool."""
        stop = self._code == ord(".")
        two_stops = stop[:-1] & stop[1:]
        three_stops = two_stops[:-1] & two_stops[1:]
        ellipses = self._code == ord("…")
        ellipses[:-2] |= three_stops
        return ellipses

    def _breaks(self) -> Array:
        """Return which characters are a line break, bool."""
        return self._code == ord("\n")

    def _follow(self, characters: Array) -> Array:
        """Return the words, int64, that have one of these characters, bool, between them and the word before."""
        place = np.flatnonzero(characters)
        word = np.searchsorted(self._start, place)  # the first one behind each character
        end_before = np.append(0, self._end)  # where the word before each one ends
        is_between = place >= end_before[word]
        is_between &= word < len(self._start)
        return distinct(word[is_between])

    def _is_single(self) -> Array:
        """Return which words are one character of a script without spaces, bool."""
        edges = self._tokens.folded_offsets
        first = self._tokens.folded[edges[:-1]]
        lengths = np.diff(edges)
        single: Array = lengths <= 3  # a letter and the marks that belong to it
        single &= first >= _UNSPACED
        single &= ~_is_hangul(first)
        return single

    def quotations(self) -> Array:
        """Return where quotations begin and end, int64 [quotations, 2]."""
        spans: list[tuple[int, int]] = []
        begins = self._begin.tolist()
        for number, text in enumerate(self._texts):
            begin = begins[number]
            for quotation in _QUOTATION.finditer(text):
                first, last = quotation.span()
                spans.append((begin + first, begin + last))
        rows = np.array(spans, dtype=np.int64)
        return rows.reshape(-1, 2)

    def mark_quoted(self, flags: Array, spans: Array, opened: Array) -> Array:
        """Set the flags of quotations, int64 [quotations, 2]; return which of them have words here, bool.

        opened: bool, which have their first word before these
        """
        begin, end = spans.T
        first = np.searchsorted(self._start, begin)
        last = np.searchsorted(self._end, end, side="right")
        filled = first < last
        first = first[filled]
        last = last[filled]
        opens = ~opened[filled]
        words = len(flags)
        begin_here = np.bincount(first, minlength=words + 1)
        end_here = np.bincount(last, minlength=words + 1)
        # Quotations may stand inside others: a word is quoted while more were opened than closed.
        depth = np.cumsum(begin_here - end_here)
        is_inside = depth[:words] > 0
        flags[is_inside] |= QUOTED
        flags[first[opens]] |= OPENS
        return filled


def _is_one_of(code: Array, characters: str) -> Array:
    """Return which code points are one of these characters, bool."""
    return np.take(_table_of(characters), code, mode="clip")


@cache
def _table_of(characters: str) -> Array:
    """Return which code points are one of these characters, bool, up to the first one behind all of them."""
    code = [ord(character) for character in characters]
    table = np.zeros(max(code) + 2, dtype=bool)
    table[code] = True
    return table


@cache
def _upper_table() -> Array:
    """Return which code points below `_CASED` are capital letters, bool."""
    upper = [chr(code).isupper() for code in range(_CASED)]
    return np.array(upper, dtype=bool)


def _is_upper(code: Array) -> Array:
    """Return which code points are capital letters, bool."""
    in_table = np.minimum(code, _CASED - 1)
    return _upper_table()[in_table]


@cache
def _word_table() -> Array:
    """Return which code points below `_CASED` are letters, digits or the like, bool."""
    alphanumeric = [chr(code).isalnum() for code in range(_CASED)]
    return np.array(alphanumeric, dtype=bool)


def _is_word(code: Array) -> Array:
    """Return which code points are letters or digits; beyond `_CASED` all count that are no punctuation."""
    in_table = np.minimum(code, _CASED - 1)
    word = _word_table()[in_table]
    beyond = (code >= 0x3040) & (code < 0xE000)
    return word | beyond


def _is_hangul(code: Array) -> Array:
    """Return which code points are Korean, which is written with spaces: bool."""
    jamo = (code >= 0x1100) & (code < 0x1200)
    syllables = (code >= 0xAC00) & (code < 0xD7B0)
    return jamo | syllables
