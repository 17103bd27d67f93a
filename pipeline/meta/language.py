"""The language of a text, from its script and its function words. Unsure is None."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib import resources

SAMPLE_CHARS = 6000
_ASCII = re.compile(r"[\x00-\x7f]+")
MIN_SHARE = 0.12
"""Of all words, how many must be function words of the language; running text has a third."""
MIN_HITS = 5

POINTS = 12
"""What a word that only one language has says for it; a letter says half of that."""

_WORD = re.compile(r"[^\W\d_]+")


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    data = tomllib.loads(resources.files("pipeline.data").joinpath("languages.toml").read_text(encoding="utf-8"))
    by_word: dict[str, tuple[str, ...]] = {}
    for language, words in data["words"].items():
        for word in dict.fromkeys(words.split()):
            by_word[word] = (*by_word.get(word, ()), language)
    letters, scripts = (
        {language: re.compile(f"[{span}]") for language, span in data[name].items()} for name in ("letters", "scripts")
    )
    return by_word, letters, scripts


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the language most of `text` is written in, or None where that is unsure."""
    sample = text[:SAMPLE_CHARS]
    by_word, own_letters, scripts = _tables()
    foreign = "" if sample.isascii() else _ASCII.sub("", sample)
    if foreign:
        counts = {language: len(pattern.findall(foreign)) for language, pattern in scripts.items()}
        if counts["ja"] and counts["ja"] * 10 >= counts["zh"]:
            counts["ja"] += counts["zh"]
        language = max(counts, key=counts.__getitem__)
        most = counts[language] * 2
        if most > MIN_HITS and most > sum(map(str.isalpha, sample)):
            return language
    words = _WORD.findall(sample.lower())
    votes: Counter[str] = Counter()
    for word, count in Counter(words).items():
        for language in (languages := by_word.get(word, ())):
            # A word that several languages share says less of each.
            votes[language] += POINTS // len(languages) * count
    if foreign:
        for language, pattern in own_letters.items():
            votes[language] += POINTS // 2 * len(pattern.findall(foreign))
    ranked = votes.most_common(2)
    if not ranked or ranked[0][1] < POINTS * max(MIN_HITS, int(MIN_SHARE * len(words))):
        return None
    if len(ranked) > 1 and ranked[1][1] * 5 > ranked[0][1] * 4:
        return None
    return ranked[0][0]
