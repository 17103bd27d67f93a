"""The language of a text, from its script and its function words. Unsure is None."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from pipeline import toml_file
from pipeline.expression import expression
from pipeline.text.shape import known_runs, run_bits

SAMPLE_CHARS = 6000
_ASCII = expression(r"[\x00-\x7f]+")
MIN_SHARE = 0.12
"""Of all words, how many must be function words of the language; running text has a third."""
MIN_HITS = 3
"""So many words that no other language has must speak for it"""
CLEAR_HITS = 2
"""So many are enough where no other language has half as much"""

LEAST_WORDS = 30
"""So many words a text must have before it is believed rather than its page"""
KIN = ({"no", "nb", "nn"}, {"hr", "sr", "bs", "sh"}, {"id", "ms"}, {"cs", "sk"}, {"af", "nl"})
"""Languages that share most function words; between them the page is believed"""

POINTS = 12
"""What a word that only one language has says for it; a letter says half of that."""


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    data = toml_file.data("languages.toml")
    by_word: dict[str, tuple[str, ...]] = {}
    for language, words in data["words"].items():
        for word in dict.fromkeys(words.split()):
            by_word[word] = (*by_word.get(word, ()), language)
    letters, scripts = (
        {language: re.compile(f"[{span}]") for language, span in data[name].items()} for name in ("letters", "scripts")
    )
    return by_word, letters, scripts


@cache
def _bits() -> bytes:
    """`run_bits` of the words of all languages"""
    by_word, _, _ = _tables()
    return run_bits(by_word)


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the language most of `text` is written in, or None where that is unsure."""
    sample = text[:SAMPLE_CHARS]
    _, _, scripts = _tables()
    foreign = "" if sample.isascii() else _ASCII.sub("", sample)
    if foreign:
        counts = {language: len(pattern.findall(foreign)) for language, pattern in scripts.items()}
        if counts["ja"] and counts["ja"] * 10 >= counts["zh"]:
            counts["ja"] += counts["zh"]
        language = max(counts, key=counts.__getitem__)
        if counts[language] * 2 > MIN_HITS and counts[language] * 2 > sum(map(str.isalpha, sample)):
            return language
    ranked, count = _ranked(sample, foreign)
    if not ranked:
        return None
    most, second = ranked[0][1], ranked[1][1] if len(ranked) > 1 else 0
    hits = CLEAR_HITS if most >= 2 * second else MIN_HITS
    if most < POINTS * max(hits, int(MIN_SHARE * count)) or second * 5 > most * 4:
        return None
    return ranked[0][0]


def settled(declared: str | None, text: str) -> str | None:
    """The language of a text whose page declares one: that, unless it is known here and the text is surely in another."""
    found = detect(text)
    if declared is None or found is None or found == declared or any({found, declared} <= kin for kin in KIN):
        return declared or found
    sample = text[:SAMPLE_CHARS]
    by_word, _, scripts = _tables()
    if found in scripts:
        return found
    if declared not in scripts and not any(declared in languages for languages in by_word.values()):
        return declared
    ranked, count = _ranked(sample, "" if sample.isascii() else _ASCII.sub("", sample))
    votes = dict(ranked)
    return found if count >= LEAST_WORDS and votes[found] * 2 >= votes.get(declared, 0) * 3 else declared


def _ranked(sample: str, foreign: str) -> tuple[list[tuple[str, int]], int]:
    """What the words and letters of a text say for each language, most first, and how many words there are.

    `foreign`: what of it is not ASCII.
    """
    by_word, own_letters, _ = _tables()
    known, words = known_runs(sample.lower(), by_word, _bits())
    votes: dict[str, int] = defaultdict(int)
    for word, count in known.items():
        languages = by_word[word]
        # A word that several languages share says less of each.
        points = POINTS // len(languages) * count
        for language in languages:
            votes[language] += points
    if foreign:
        for language, pattern in own_letters.items():
            votes[language] += POINTS // 2 * len(pattern.findall(foreign))
    return sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])), words
