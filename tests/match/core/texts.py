"""Generated text: invented words in a Zipf-like distribution, and the edits that copies undergo."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

from pipeline.config import Config
from pipeline.match import settings

SIGNING = settings.signing(Config(), "paragraph")
RULES = settings.passage_rules(Config())
"""As a run has them that is told nothing else"""

_ONSETS = "b br c d f g gr h l m n p pl r s st t tr v w".split()
_VOWELS = "a e i o u ai ea ou".split()
_CODAS = ["", "", *"n r s t l nd ck".split()]


def vocabulary(size: int = 8000) -> list[str]:
    """Invented words, short ones first."""
    made: dict[str, None] = {}
    rng = random.Random(0)
    while len(made) < size:
        syllables = 1 + (len(made) > 600) + (len(made) > 4000)
        word = "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(syllables))
        made[word] = None
    return list(made)


WORDS = vocabulary()
CUMULATED = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(WORDS))))
"""Weights of the words, each with those of all before it."""


def words(rng: random.Random, count: int) -> list[str]:
    return rng.choices(WORDS, cum_weights=CUMULATED, k=count)


def prose(rng: random.Random, count: int) -> str:
    """`count` words in sentences."""
    made = words(rng, count)
    for place in range(len(made)):
        if place == 0 or made[place - 1].endswith("."):
            made[place] = made[place].capitalize()
        if place + 1 == count or rng.random() < 0.07:
            made[place] += "."
        elif rng.random() < 0.07:
            made[place] += ","
    return " ".join(made)


def _change(share: float) -> Callable[[random.Random, str], str]:
    def change(rng: random.Random, text: str) -> str:
        parts = text.split()
        for place in rng.sample(range(len(parts)), max(1, round(share * len(parts)))):
            parts[place] = rng.choice(WORDS)
        return " ".join(parts)

    return change


def _noise(rng: random.Random, text: str) -> str:
    """What scanning does to a text."""
    return "".join(rng.choice("lI1oO0") if rng.random() < 0.005 else char for char in text)


def _insert(rng: random.Random, text: str) -> str:
    parts = text.split(". ")
    parts.insert(rng.randrange(len(parts) + 1), prose(rng, 8).rstrip("."))
    return ". ".join(parts)


def _drop(rng: random.Random, text: str) -> str:
    parts = text.split(". ")
    if len(parts) > 1:
        del parts[rng.randrange(len(parts))]
    return ". ".join(parts)


EDITS: dict[str, Callable[[random.Random, str], str]] = {
    "quoted": lambda rng, text: f"“{text}” {rng.choice(WORDS)} said",
    "cut to 80%": lambda rng, text: " ".join(text.split()[: max(1, round(0.8 * len(text.split())))]),
    "typography": lambda rng, text: text.upper().replace(".", " …").replace(",", " –"),
    "one word": _change(0),
    "5% of words": _change(0.05),
    "10% of words": _change(0.1),
    "sentence in": _insert,
    "sentence out": _drop,
    "scan": _noise,
}
