"""What differs between two texts that are nearly the same, and whether it may matter.

A negation, a number, a name or a date that only one of them has makes a near-duplicate a revision. Names are words with a
capital letter; in scripts whose letters have no two cases every word that differs may be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.expression import expression
from pipeline.match.core.columns import Utf8, sizes_of
from pipeline.match.core.lexicon import are_known, are_telling, lexicon, meaning
from pipeline.match.core.noise import is_noise
from pipeline.match.core.packed import batches, owner_at, owners, place_in_group
from pipeline.match.core.segments import Aligned, Segments, align
from pipeline.match.core.shingle import Shingles, shingles_of_words
from pipeline.tokens import Array, Tokens, lengths_of, offsets_of, ranges, token_hashes, tokenize

_SENTENCE = 5
"""Words that stand by themselves, rather than belonging to what is before or after them."""
_LOWER, _UPPER, _UNICASE = range(3)
"""How a word begins."""
_CASED = 0x3000
"""Code points below which nearly all letters with two cases are."""
_LEAST_STEM = 4
"""Letters of the shortest word that a prefix is looked for at."""

_SYMBOL = expression(
    r"(?<![\w.,)\]])[-−–+±~<>≤≥](?=\.?\d)"
    r"|[$€£¥₹](?=\s?\d)"
    r"|(?:(?<=\d)|(?<=\d\s))[%‰$€£¥₹°½⅓⅔¼¾⅕-⅞]"
    r"|(?<=\d)[′″²³¹⁰⁴-⁹]"
    r"|\((?=[$€£¥]?\d[\d.,]*\))"
    r"|[≠≈✅☑✓✔❌☒✗✘]"
)
"""Signs, currencies, units and powers that stand at a number, a number in brackets as accounts have negative ones, marks for
true and false: of all these the words of a text say nothing."""
_SIGN = expression(r"[-−–+±~<>≤≥$€£¥₹%‰°½⅓⅔¼¾⅕-⅞′″²³¹⁰⁴-⁹(≠≈✅☑✓✔❌☒✗✘＄％￠-￦－＋～＜＞]")
"""What is looked for first: a text is scanned for single characters much faster than for what stands around them."""
_BETWEEN = expression(r"\d([.,:/]|\s?[<>=×÷+*^]\s?)(?=\d)")
"""What makes one number of two, or says how two are related, behind the first: 1,5 is not 1.5, and 3:2 is not 3/2."""
_FULL_WIDTH = expression("[！-～￠-￦]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict(
    zip(range(0xFFE0, 0xFFE7), "¢£¬¯¦¥₩", strict=True)
)
"""Full-width forms, as Chinese and Japanese print has them, and the plain ones."""
_ALIKE = str.maketrans("−–☑✓✔☒✗✘", "--✅✅✅❌❌❌")
_BYTES = np.arange(256)
_SYMBOL_BYTES = np.isin(_BYTES, list(b"-+~<>$%(.,:/=*^"))
_SYMBOL_BYTES |= _BYTES >= 0x80
"""Bytes of UTF-8 that may belong to one of these symbols, bool [256]"""
_OTHER_SCRIPTS = (_BYTES >= 0xD9) & (_BYTES != 0xE2)
"""and those that begin a letter or a digit from U+0640 on, other than general punctuation."""

_EXCHANGED_SHARE = 0.34
"""Of the words that noise has changed, so many may look like others."""

_SCANNED = 1 << 20
"""Bytes of the texts that are scanned for symbols at a time."""
_PIECE = 2 * _SCANNED
"""Bytes of one text that are."""
_FEW_CHANGES = 2
"""Words changed up to which one that matters is not taken for spoilt by noise."""


class Differences(Struct, frozen=True):
    """What differs between the texts of pairs. bool [pairs] each."""

    telling: Array
    """a negation, a number, a name or a date is in one text and not in the other"""
    at_the_ends: Array
    """one text stands whole in the other, which has more before or after it"""


class Contents:
    """The words of texts, with what may matter of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._tokens = tokenize(texts)
        case = _cases(texts, self._tokens)
        # A number tells as much as a name does.
        case[_have_digits(self._tokens)] = _UPPER
        meanings = meaning(self._tokens)
        is_name = (case != _LOWER) & ~meanings.function
        self._telling = meanings.telling | is_name
        # In scripts without two cases no negation is known: any word may be one.
        is_unicase = case == _UNICASE
        negating = meanings.negation | is_unicase
        # How many such words stand before each word: a difference of two says whether a stretch has one.
        self._telling_before = offsets_of(self._telling)
        self._negating_before = offsets_of(negating)
        self._symbols = symbol_fingerprints(texts)

    def shingles(self, k: int) -> Shingles:
        """Return the runs of `k` words of every text."""
        return shingles_of_words(self._tokens.offsets, self._tokens.hash, k)

    def differences(self, first: Array, second: Array) -> Differences:
        """Return what differs between text `first[i]` and text `second[i]`, for every pair `i`.

        first, second: int64 [pairs], numbers of texts
        """
        aligned = self._align(first, second)
        segments = aligned.segments
        telling = self._symbols[first] != self._symbols[second]
        is_telling = self._are_telling(segments)
        telling[segments.pair[is_telling]] = True
        # Texts too long to be aligned are held against each other by the words that matter, whatever their order.
        for pair in aligned.too_long.tolist():
            one = int(first[pair])
            two = int(second[pair])
            telling[pair] |= self._telling_words_differ(one, two)
        at_the_ends = self._are_at_the_ends(segments, first, second)
        at_the_ends[aligned.too_long] = False
        return Differences(telling, at_the_ends)

    def are_noise(self, first: Array, second: Array, near: Array) -> Array:
        """Return which pairs of texts differ by noise alone, bool: single letters here and there, that make no other
        words.

        near: bool, which are near-duplicates: if but a word or two differ in these, they may have been meant to
        """
        edges_of_texts = self._tokens.folded_offsets[self._tokens.offsets]
        letters = np.diff(edges_of_texts)
        has_letters = letters[first] > 0
        found = np.zeros(len(first), dtype=bool)
        for pair in np.flatnonzero(has_letters).tolist():
            one = self._letters(int(first[pair]))
            two = self._letters(int(second[pair]))
            found[pair] = is_noise(one, two)
        # Letters are compared fast; words are aligned only where these differ by noise.
        looked_at = np.flatnonzero(found)
        aligned = self._align(first[looked_at], second[looked_at])
        segments = aligned.segments
        numbers = np.arange(len(looked_at) + 1)
        bounds = np.searchsorted(segments.pair, numbers)
        for number, pair in enumerate(looked_at.tolist()):
            rows_of_pair = slice(bounds[number], bounds[number + 1])
            own = segments.take(rows_of_pair)
            found[pair] = self._is_noise(own, may_be_meant=bool(near[pair]))
        return found

    def changes(self, a: int, b: int) -> list[tuple[str, str]]:
        """Return what one text has where the other has something else, as they are written, in order; nothing where they
        are too long to be aligned."""
        aligned = self._align(np.array([a]), np.array([b]))
        found: list[tuple[str, str]] = []
        for first_a, last_a, first_b, last_b in aligned.segments.places():
            one = self._span(a, first_a, last_a)
            two = self._span(b, first_b, last_b)
            found.append((one, two))
        return found

    def _align(self, first: Array, second: Array) -> Aligned:
        """Align text `first[i]` with text `second[i]`, for every pair `i`."""
        tokens = self._tokens
        return align(tokens.offsets, tokens.hash, first, second)

    def _span(self, text: int, first: int, last: int) -> str:
        """Return a text from word `first` to word `last` (exclusive), counted in all texts, as it is written."""
        if first == last:
            return ""
        start = int(self._tokens.start[first])
        end = int(self._tokens.end[last - 1])
        return self._texts[text][start:end]

    def _folded(self, first: int, last: int) -> str:
        """Return the words from `first` to `last` (exclusive), folded, without anything between them."""
        edges = self._tokens.folded_offsets
        span = slice(edges[first], edges[last])
        codes = self._tokens.folded[span]
        return codes.tobytes().decode("utf-32-le", "surrogatepass")

    def _letters(self, text: int) -> str:
        """Return the letters and digits of a text."""
        first, end = self._tokens.offsets[text : text + 2].tolist()
        return self._folded(first, end)

    def _words(self, first: int, last: int) -> list[str]:
        """Return the folded words from `first` to `last` (exclusive)."""
        return [self._word(place) for place in range(first, last)]

    def _are_telling(self, segments: Segments) -> Array:
        """Return which segments have a word that is telling, or one for its opposite: bool."""
        telling = segments.any_more(self._telling_before)
        # The n-th word of one side is held against the n-th of the other.
        exchanged = np.minimum(segments.words_a, segments.words_b)
        exchanged[telling] = 0
        segment = owners(exchanged)
        one = ranges(segments.first_a, exchanged)
        two = ranges(segments.first_b, exchanged)
        end_alike = self._end_alike(one, two)
        for place in np.flatnonzero(end_alike).tolist():
            word = self._word(one[place])
            other = self._word(two[place])
            telling[segment[place]] |= _are_opposites(word, other)
        return telling

    def _word(self, place: int) -> str:
        """Return one folded word."""
        return self._folded(place, place + 1)

    def _end_alike(self, one: Array, two: Array) -> Array:
        """Return which pairs of words end with the same `_LEAST_STEM` letters, bool.

        one, two: int64 [pairs], places of words in all texts
        """
        edges = self._tokens.folded_offsets
        folded = self._tokens.folded
        end_one = edges[one + 1]
        end_two = edges[two + 1]
        letters_one = end_one - edges[one]
        letters_two = end_two - edges[two]
        fewer = np.minimum(letters_one, letters_two)
        alike = fewer >= _LEAST_STEM
        for back in range(1, _LEAST_STEM + 1):
            letter_one = folded[end_one - back]
            letter_two = folded[end_two - back]
            alike &= letter_one == letter_two
        return alike

    def _telling_words_differ(self, a: int, b: int) -> bool:
        """Return whether two texts have other words that matter, or more of one of them."""
        one = self._telling_words(a)
        two = self._telling_words(b)
        return not np.array_equal(one, two)

    def _telling_words(self, text: int) -> Array:
        """Return the hashes of the telling words of a text, sorted."""
        first, end = self._tokens.offsets[text : text + 2]
        hashes = self._tokens.hash[first:end]
        is_telling = self._telling[first:end]
        return np.sort(hashes[is_telling])

    def _are_at_the_ends(self, segments: Segments, first: Array, second: Array) -> Array:
        """Return for which pairs all that differs is more words of one text, before or after all of the other: bool.

        first, second: int64 [pairs], the texts
        """
        a = first[segments.pair]
        b = second[segments.pair]
        only_in_a = self._are_empty_ends(segments.first_b, segments.last_b, b)
        only_in_b = self._are_empty_ends(segments.first_a, segments.last_a, a)
        harmless = ~self._are_short_negations(segments)
        pairs = len(first)
        more_in_a = _all_of(segments.pair, only_in_a & harmless, pairs)
        more_in_b = _all_of(segments.pair, only_in_b & harmless, pairs)
        return more_in_a | more_in_b

    def _are_empty_ends(self, first: Array, last: Array, text: Array) -> Array:
        """Return which segments are empty in a text, and stand at one of its ends: bool.

        first, last: int64 [segments], the words of each in the text
        text: int64 [segments]
        """
        offsets = self._tokens.offsets
        is_at_end = first == offsets[text]
        is_at_end |= first == offsets[text + 1]
        is_empty: Array = first == last
        return is_empty & is_at_end

    def _are_short_negations(self, segments: Segments) -> Array:
        """Return which segments are a few words more that turn what follows or goes before into something else, bool."""
        negating = segments.any_more(self._negating_before)
        words = segments.words_a + segments.words_b
        is_short: Array = words < _SENTENCE
        return negating & is_short

    def _is_noise(self, segments: Segments, may_be_meant: bool) -> bool:
        """Return whether the words that differ are the same but for letters, in two texts that are so as a whole."""
        changed = exchanged = 0
        matters = may_be_meant
        for first_a, last_a, first_b, last_b in segments.places():
            one = self._words(first_a, last_a)
            two = self._words(first_b, last_b)
            changed += max(len(one), len(two))
            matters |= are_telling([*one, *two])
            if len(one) == len(two):
                exchanged += sum(map(_is_exchanged, one, two))
        if matters and changed <= _FEW_CHANGES:
            return False
        return exchanged <= _EXCHANGED_SHARE * changed


def symbol_fingerprints(texts: Sequence[str]) -> Array:
    """Return a number for the signs, currencies and units at the numbers of each text, uint64 [texts]; 0 without any."""
    if native.kernels is not None:
        batch = batches(sizes_of(texts), _SCANNED)
        parts = [native.kernels.symbol_fingerprints(texts[low:high]) for low, high in batch]
        return np.frombuffer(bytearray().join(parts), np.uint64)
    numbers: list[int] = []
    spelled: list[str] = []
    for number in _with_symbols(texts):
        symbols = _symbols(texts[number])
        if symbols:
            numbers.append(number)
            spelled.append(_spelled(symbols))
    found = np.zeros(len(texts), dtype=np.uint64)
    if numbers:
        offsets, hashes = token_hashes(spelled)
        symbols_of_text = np.diff(offsets)
        place = place_in_group(symbols_of_text).astype(np.uint64)
        hashes *= 2 * place + np.uint64(1)  # so that the order counts
        begins = offsets[:-1]
        found[numbers] = np.bitwise_xor.reduceat(hashes, begins)
    return found


def _symbols(text: str) -> list[str]:
    """Return the symbols at the numbers of a text, in order, those that are alike as one."""
    is_narrow = text.isascii() or not _FULL_WIDTH.search(text)
    plain = text if is_narrow else text.translate(_NARROW)
    signs = _SIGN.finditer(plain)
    symbols = [sign[0] for sign in signs if _SYMBOL.match(plain, sign.start())]
    symbols += map(str.strip, _BETWEEN.findall(plain))
    return [symbol.translate(_ALIKE) for symbol in symbols]


def _with_symbols(texts: Sequence[str]) -> list[int]:
    """Return which texts may have symbols at numbers, by their bytes in UTF-8: those where one that may be part of a symbol
    stands next to a digit or next but one, those with marks and relations, and those with letters of a script that has digits of
    its own."""
    column = Utf8.of(texts)
    numbers: list[int] = []
    for low, high in batches(column.sizes(), _SCANNED):
        edges = column.offsets[low : high + 1]
        begin = int(edges[0])
        end = int(edges[-1])
        found = [np.empty(0, dtype=np.int64)]
        # A long text is scanned in pieces that overlap by two bytes: so far apart a digit and its symbol may stand.
        for at in range(begin, end, _PIECE):
            piece_end = min(end, at + _PIECE + 2)
            piece = column.data[at:piece_end]
            found.append(_may_be_symbols(piece) + at)
        bounds = np.searchsorted(np.concatenate(found), edges)
        found_in_text = np.diff(bounds)
        with_symbols = np.flatnonzero(found_in_text) + low
        numbers += with_symbols.tolist()
    return numbers


def _may_be_symbols(data: Array) -> Array:
    """Return which bytes may belong to a symbol at a number, int64 places.

    data: uint8, UTF-8
    """
    value = data - np.uint8(ord("0"))  # wraps round
    is_digit = value < 10
    is_symbol = _SYMBOL_BYTES[data]
    found = _OTHER_SCRIPTS[data]
    for distance in (1, 2):
        behind_symbol = is_digit[distance:] & is_symbol[:-distance]
        behind_digit = is_symbol[distance:] & is_digit[:-distance]
        found[distance:] |= behind_symbol | behind_digit
    # Marks and relations, which need no digit beside them; general punctuation goes on with 0x80.
    first = data[:-1]
    second = data[1:]
    found[:-1] |= (first == 0xE2) & (second != 0x80)
    return np.flatnonzero(found)


def _all_of(owner: Array, holds: Array, count: int) -> Array:
    """Return for which owners something holds of all that is theirs, bool [count].

    owner: int64 [rows], whose each row is
    holds: bool [rows]
    """
    fails = np.zeros(count, dtype=bool)
    fails[owner[~holds]] = True
    return ~fails


def _cases(texts: Sequence[str], tokens: Tokens) -> Array:
    """Return how each word begins, int8: with a small letter, a capital one, or one that has no other case."""
    encoded = "".join(texts).encode("utf-32-le", "surrogatepass")
    code = np.frombuffer(encoded, dtype=np.uint32)
    edges_of_texts = offsets_of(lengths_of(texts))
    words_of_text = np.diff(tokens.offsets)
    begin = np.repeat(edges_of_texts[:-1], words_of_text)
    letter = code[begin + tokens.start]
    in_table = np.minimum(letter, _CASED)
    case = _case_table()[in_table]
    # Beyond the table each letter that occurs is asked once.
    further = np.flatnonzero(letter >= _CASED)
    letters, which = np.unique(letter[further], return_inverse=True)
    cases = [_case(chr(one)) for one in letters.tolist()]
    case_of_letter = np.array(cases, dtype=np.int8)
    case[further] = case_of_letter[which]
    return case


@cache
def _case_table() -> Array:
    """Return the case of the code points below `_CASED`, int8."""
    cases = [_case(chr(code)) for code in range(_CASED + 1)]
    return np.array(cases, dtype=np.int8)


def _case(letter: str) -> int:
    """Return `_LOWER`, `_UPPER` or `_UNICASE`."""
    if letter.islower():
        return _LOWER
    return _UPPER if letter.isupper() else _UNICASE


def _have_digits(tokens: Tokens) -> Array:
    """Return which words have a digit, bool."""
    is_digit = tokens.folded >= ord("0")
    is_digit &= tokens.folded <= ord("9")
    digit = np.flatnonzero(is_digit)
    word = owner_at(tokens.folded_offsets, digit)
    found = np.zeros(len(tokens.hash), dtype=bool)
    found[word] = True
    return found


def _is_exchanged(one: str, two: str) -> bool:
    """Return whether a word stands for another, rather than being it with some letters wrong."""
    from rapidfuzz.distance import Levenshtein

    if are_known([one, two]):
        return True
    longer = max(len(one), len(two))
    wrong = Levenshtein.distance(one, two)
    return 2 * wrong > longer + 1


def _are_opposites(one: str, two: str) -> bool:
    """Return whether one word is the other with a prefix that negates it."""
    short, long = sorted((one, two), key=len)
    if len(short) < _LEAST_STEM or not long.endswith(short):
        return False
    prefix = long.removesuffix(short)
    return prefix in lexicon().prefixes


def _spelled(symbols: Sequence[str]) -> str:
    """Return symbols as words."""
    codes = [f"{ord(symbol):x}" for symbol in symbols]
    return " ".join(codes)
