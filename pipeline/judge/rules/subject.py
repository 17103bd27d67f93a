"""What a document is about, where that looks like cruft: a privacy policy, terms of use, a page on copyright.

On any other page a sentence on cookies is a notice; here it is the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

import re2

from pipeline import toml_file
from pipeline.judge.rules.folding import fold
from pipeline.judge.rules.patterns import OPTIONS
from pipeline.judge.rules.rule import Hit, Hits

SOFT = ("consent", "legal")
"""Categories of cruft that may be a document's subject"""
WORDS = 12
"""Of a block that is a paragraph"""
LEAST = 4
"""Paragraphs on the subject"""
SHARE = 0.5
"""Of the paragraphs, that many are on the subject."""
OWNERSHIP = ("©", "(c)")
"""What begins the line that says who owns the page, on pages about such things too."""


@cache
def _vocabulary() -> Any:
    """A pattern of what a paragraph on such a subject says somewhere."""
    words = toml_file.data("policies.toml")["words"]
    alternatives = "|".join(map(re.escape, words))
    return re2.compile(rf"(?:^|[^a-z])(?:{alternatives})".encode(), options=OPTIONS)


def is_policy(texts: Iterable[str], words: Iterable[int]) -> bool:
    """Whether most paragraphs of a document are on privacy, terms or copyright. `words` are those of each block."""
    paragraphs = [text for text, count in zip(texts, words, strict=True) if count >= WORDS]
    if len(paragraphs) < LEAST:
        return False
    paragraphs.sort(key=len)  # their order decides nothing, and the shorter half is soon looked at
    needed = max(LEAST, SHARE * len(paragraphs))
    found = 0
    left = len(paragraphs)
    for text in paragraphs:
        if found + left < needed:
            return False  # hardly any page is one: most need only half of their paragraphs looked at
        if _vocabulary().search(fold(text).encode("utf-8", "surrogatepass")):
            found += 1
        left -= 1
    return found >= needed


def softened(hits: Hits, texts: Sequence[str], words: Sequence[int]) -> Hits:
    """`hits`, where those that a policy cannot do without are but hints; the same where the document is none."""
    every = chain.from_iterable(hits)
    is_asked = any(hit.rule.category in SOFT for hit in every)
    if not is_asked or not is_policy(texts, words):
        return hits
    changed: list[tuple[Hit, ...]] = []
    for found, text in zip(hits, texts, strict=True):
        beginning = text.lstrip().lower()
        if not beginning.startswith(OWNERSHIP):
            found = tuple(map(_softened, found))
        changed.append(found)
    return changed


def _softened(hit: Hit) -> Hit:
    """The same as a hint, if it is of a category that a policy cannot do without."""
    if hit.rule.verdict == "hint" or hit.rule.category not in SOFT:
        return hit
    return hit.as_hint()
