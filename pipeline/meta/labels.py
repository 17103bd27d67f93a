"""Labels in the lines at an article's head, and what stands behind them: `来源：`, `Autor:`, `Fuente:`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from pipeline import toml_file
from pipeline.expression import expression

Role = Literal["", "author", "outlet", "other"]
"""What stands behind a label; empty for what stands behind none. `other` is no field: an editor, a category, a count."""


class Part(NamedTuple):
    """A stretch of a line: what stands behind one label, or before the first."""

    role: Role
    text: str


LIKE_ASCII = str.maketrans("ıİſ\u212a", "iisk")
"""Letters that a pattern takes for one in ASCII where case says nothing"""
SIGN = expression(r"\s*[:：＝]|(?<=[\u3040-\u30ff\u4e00-\u9fff])\s?[/／]")
"""What stands behind a label"""
_ANYWHERE = (":", "：", "＝")
"""Signs that stand behind anything"""
_IN_UNSPACED = ("/", "／")
"""and those that stand behind ideographs and kana alone."""


def has_sign(text: str) -> bool:
    """Whether a text has a sign of those that stand behind labels."""
    if any(sign in text for sign in _ANYWHERE):
        return True
    return any(sign in text for sign in _IN_UNSPACED) and SIGN.search(text) is not None


@cache
def table() -> Mapping[str, Mapping[str, list[str]]]:
    """`data/labels.toml`: the labels of each role, by language."""
    return toml_file.data("labels.toml")


def of(role: str) -> str:
    """The labels of a role as an alternative of a pattern, the longer first."""
    words = {label for labels in table()[role].values() for label in labels}
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=lambda word: (-len(word), word))
    )


@cache
def _labels() -> re.Pattern[str]:
    roles = "|".join(f"(?P<{role}>{of(role)})" for role in table())
    # Two ideographs and more are a label wherever they stand; a shorter one, and a word, begin at an edge.
    return re.compile(
        rf"(?:(?<![^\W_])|(?=[\u3040-\u30ff\u4e00-\u9fff]{{2}}))(?:{roles})(?:{SIGN.pattern})", re.IGNORECASE
    )


@cache
def _endings() -> frozenset[str]:
    """The last three characters of all labels in ASCII, in small letters; fewer of a last word that is no longer."""
    last_words = (label.split()[-1] for labels in table().values() for own in labels.values() for label in own)
    return frozenset(word[-3:].lower().translate(LIKE_ASCII) for word in last_words)


def _may_have_label(text: str) -> bool:
    """Whether one may stand in a text, cheaper to ask: in ASCII before a colon. Any other text may have one."""
    if not text.isascii():
        return True
    known = _endings()
    *befores, _ = text.lower().split(":")
    endings = (before.rstrip()[-3:] for before in befores)
    return any(ending in known or ending[1:] in known or ending[2:] in known for ending in endings)


def split(text: str, end: str) -> Iterator[Part]:
    """Yield the parts of a line in order. What stands behind a label ends where the next one begins, or at the sign `end`."""
    position = 0
    role: Role = ""
    last_sign = max(map(text.rfind, _ANYWHERE + _IN_UNSPACED))
    matches = _labels().finditer(text, 0, last_sign + 1) if _may_have_label(text) else ()
    for match in (*matches, None):
        stop = match.start() if match else len(text)
        if match and stop < position:
            continue
        value, mark, rest = text[position:stop].partition(end) if role else ("", "", text[position:stop])
        if role:
            yield Part(role, value)
        yield Part("", mark + rest)
        if match:
            role = match.lastgroup
            position = match.end()


_NAME = expression(r"[^\s.,;:!?。！？，；：|(（][^.!?;:。！？；：|]*$")
MAX_WORDS, MAX_CHARS, MAX_UNSPACED = 6, 40, 14
"""Of the name of a newspaper, and in scripts without spaces"""


def is_name(text: str) -> bool:
    """Whether a text may be the name of what publishes: a few words that are no sentence."""
    if not _NAME.match(text.replace("www.", "").replace(".com", "").replace(".net", "").replace(".org", "")):
        return False
    if text[0].islower() or text.isdigit():
        return False
    is_unspaced = any("\u3040" <= char <= "\u9fff" for char in text)
    return len(text) <= (MAX_UNSPACED if is_unspaced else MAX_CHARS) and len(text.split()) <= MAX_WORDS
