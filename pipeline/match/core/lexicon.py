"""Words that may turn what is said into something else: negations, numbers, dates; and function words, by language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from msgspec import Struct

from pipeline import toml_file
from pipeline.match.core.packed import contains, look_up, owner_at
from pipeline.tokens import Array, Tokens, token_hashes

_ALL = (1 << 64) - 1
"""Every language."""
_UPPER = np.uint64(48)
"""Bits below the upper 16 of a hash."""
_NEAR_BEST = 2 / 3
"""A language of which a text has so many times the function words of its best one may be the text's as well."""


class Lexicon(Struct, frozen=True):
    """Words that matter, in all languages. A set of languages is a number with a bit for each of `languages`."""

    languages: tuple[str, ...]
    word: Array
    """uint64 hashes, sorted"""
    telling: Array
    """uint64, the languages in which each word is a negation, a number, a month or a day of the week"""
    negation: Array
    """uint64, those in which it is a negation"""
    function: Array
    """uint64, those in which it is no name, even with a capital letter"""
    prefixes: tuple[str, ...]
    """what turns a word into its opposite"""


class Meaning(Struct, frozen=True):
    """What is known of words. bool [words] each."""

    telling: Array
    """a negation, a number or part of a date in a language that the text may be in"""
    negation: Array
    """a negation in any language"""
    function: Array
    """a function word of any language"""


@cache
def lexicon() -> Lexicon:
    """Return the words that matter, from data/."""
    difference = toml_file.data("difference.toml")
    dates = toml_file.data("dates.toml")
    function = toml_file.data("languages.toml")["words"]
    languages = tuple(sorted(function))
    negations = _by_word(languages, difference["negation"])
    telling = _by_word(languages, difference["number"])
    for days in (dates["around"]["weekdays"], *dates["months"].values()):
        telling |= dict.fromkeys(_hashes(days), _ALL)
    for word, spoken in negations.items():
        telling[word] = telling.get(word, 0) | spoken
    functions = _by_word(languages, function)
    words = sorted(telling.keys() | functions.keys())
    return Lexicon(
        languages=languages,
        word=np.array(words, dtype=np.uint64),
        telling=_column(words, telling),
        negation=_column(words, negations),
        function=_column(words, functions),
        prefixes=tuple(difference["prefix"]["any"].split()),
    )


def meaning(tokens: Tokens) -> Meaning:
    """Return what is known of the words of texts.

    A word may be a number in one language and nothing of the kind in another, as Danish "to" and English "to" are: it is
    not telling where it is a function word of the language of its text.
    """
    every = lexicon()
    may_be_known = _may_be_known()[tokens.hash >> _UPPER]
    found = np.flatnonzero(may_be_known)
    place, is_known = look_up(every.word, tokens.hash[found])
    found = found[is_known]
    place = place[is_known]
    text = owner_at(tokens.offsets, found)
    # uint64 [words found], a bit for each language.
    function = every.function[place]
    telling = every.telling[place]
    negation = every.negation[place]
    spoken = _languages(text, function, len(tokens))[text]
    # The languages that a text may be in decide only between two senses of a word that one of them has.
    harmless = (function & spoken) > 0
    harmless &= (telling & spoken) == 0
    words = len(tokens.hash)
    return Meaning(
        telling=_spread((telling > 0) & ~harmless, found, words),
        negation=_spread(negation > 0, found, words),
        function=_spread(function > 0, found, words),
    )


@cache
def _may_be_known() -> Array:
    """Return whether a word of the lexicon has a hash with these upper 16 bits, bool: most words are sorted out by it."""
    found = np.zeros(1 << 16, dtype=bool)
    found[lexicon().word >> _UPPER] = True
    return found


def are_telling(words: Iterable[str]) -> bool:
    """Return whether any of these folded words is telling in any language."""
    every = lexicon()
    telling = every.word[every.telling > 0]
    are_telling = contains(telling, _hash_array(words))
    return bool(are_telling.any())


def are_known(words: Iterable[str]) -> bool:
    """Return whether all of these folded words are telling, or function words, of any language."""
    are_known = contains(lexicon().word, _hash_array(words))
    return bool(are_known.all())


def _languages(text: Array, function: Array, texts: int) -> Array:
    """Return the languages that each text may be in, uint64 [texts]: those with the most function words, or nearly so.

    text: int64, of each word that is known, in order
    function: uint64, the languages of which each is a function word
    """
    count = len(lexicon().languages)
    # How many function words of each language each text has.
    found = np.empty((count, texts), dtype=np.int64)
    for language in range(count):
        own = (function >> np.uint64(language)) & np.uint64(1)
        found[language] = np.bincount(text[own > 0], minlength=texts)
    best = found.max(axis=0)
    is_near = found >= _NEAR_BEST * best
    is_near &= found > 0
    bits = np.uint64(1) << np.arange(count, dtype=np.uint64)
    bits_of_text = is_near * bits[:, None]  # uint64 [languages, texts]
    languages: Array = bits_of_text.sum(axis=0, dtype=np.uint64)
    return languages


def _spread(values: Array, index: Array, size: int) -> Array:
    """Return a column, bool [size], with these values at these places."""
    column = np.zeros(size, dtype=bool)
    column[index] = values
    return column


def _by_word(languages: tuple[str, ...], lists: Mapping[str, str]) -> dict[int, int]:
    """Return the languages of each word, by its hash."""
    found: dict[int, int] = defaultdict(int)
    for language, words in lists.items():
        bit = 1 << languages.index(language)
        for word in _hashes([words]):
            found[word] |= bit
    return dict(found)


def _column(words: list[int], languages: Mapping[int, int]) -> Array:
    """Return the languages of words, given by hash, uint64 [words]."""
    return np.array([languages.get(word, 0) for word in words], dtype=np.uint64)


def _hashes(texts: Iterable[str]) -> list[int]:
    """Return the hashes of all words of texts."""
    hashes: list[int] = _hash_array(texts).tolist()
    return hashes


def _hash_array(texts: Iterable[str]) -> Array:
    """Return them as an array, uint64."""
    _, hashes = token_hashes(list(texts))
    return hashes
