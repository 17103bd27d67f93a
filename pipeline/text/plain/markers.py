"""What a line of plain text begins with that says what it is: bullets, numbers, speakers, Markdown's marks."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.expression import expression

BULLETS = "-*+•·▪‣◦●○■□–—›»✓✔➤➜➔→"
_BULLET = expression(rf"(?P<mark>[{re.escape(BULLETS)}]\s+)(?=\S)")
NUMBER_CHARS = 7
"""A number or letter before an item is no longer, its brackets and stop included."""
_NUMBER = expression(r"(?P<mark>\(?(?P<number>\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)]\s+)(?=\S)")
_HEADING = expression(r"(?P<mark>#{1,6})\s+(?P<text>\S.*?)\s*#*$")
_UNDERLINE = expression(r"(?:={3,}|-{3,}|~{3,})$")
_QUOTE = expression(r"(?:>\s?)+")
_QUESTION = expression(r"(?P<name>[QA](?:\d{1,3})?)\s?[.:)]\s+(?=\S)")
_UPPER = (
    "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΆ-ΏΑ-ΫЀ-Я"
    "\u3040-\u30ff\u4e00-\u9fff\u0600-\u06ff\u0900-\u097f"
)
"""Capitals, and letters of scripts that have none, as in a set of `re`"""
_SPEAKER = expression(
    rf"(?P<name>[{_UPPER}][^\s:：]{{0,30}}(?:\s+(?:\(?[{_UPPER}\d][^\s:：]{{0,30}}|of|the|and|for|de|la|van|von|der|y|et|und)){{0,9}})"
    r"\s?[:：](?:\s+|(?=[\u3040-\u30ff\u4e00-\u9fff]))(?=\S)"
)
SPEAKER_CHARS = 120
"""The colon behind a name stands among so many characters."""
_CHAT = expression(
    r"[\[(]?(?:(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}),?[\sT])?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?[\])]?\s+"
    r"(?:(?:[-–<]\s?)?(?P<name>[^\s:>]{1,30}(?:\s[^\s:>]{1,30})?)[>:]\s+(?=\S)|(?:\*+|-!-|-->|<--|==)\s+\S)",
    re.I,
)
"""A line of a chat: the time, and who says something; or what somebody does"""
CLOCK_CHARS = 20
"""The first colon of a time of day stands among so many characters of a line, the day before it."""
_SEPARATOR = expression(r"[\W_]+$")
_CAPTION = expression(r"(?:fig(?:ure|\.)|table|abb(?:ildung|\.)|tab(?:elle|\.)|tableau|图|表)\s*\d+[.:]\s", re.I)


class Marker(NamedTuple):
    """A bullet or a number before an item."""

    size: int
    """Characters before the item's text."""
    number: int
    """-1 for a bullet, else what the number or letter counts"""
    style: str
    """What items of one list share: the bullet, or how numbers are written"""


def item(line: str) -> Marker | None:
    """The marker of a list item."""
    # Most lines begin with a letter, and have neither a bracket nor a stop near it: they are seen without a pattern.
    if line[0] in BULLETS and (match := _BULLET.match(line)):
        return Marker(match.end(), -1, match["mark"].strip())
    head = line[:NUMBER_CHARS]
    match = _NUMBER.match(line) if "." in head or ")" in head else None
    if match is None:
        return None
    number, mark = match["number"], match["mark"].strip()
    if number.isdigit():
        return Marker(match.end(), int(number), mark.replace(number, "1"))
    if len(number) > 1:
        return Marker(match.end(), roman(number), mark.replace(number, "i" if number.islower() else "I"))
    return Marker(
        match.end(), ord(number.lower()) - ord("a") + 1, mark.replace(number, "a" if number.islower() else "A")
    )


def roman(number: str) -> int:
    """The value of a small Roman number."""
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in number.lower()]
    return sum(-value if value < max(values[i:]) else value for i, value in enumerate(values))


def has_mark(line: str) -> bool:
    """Whether a line begins something of its own: an item, a Markdown heading, a quotation, a separator."""
    if line[0].isalpha():  # as most lines do: no bullet, no ornament, at most an item's letter
        head = line[:NUMBER_CHARS]
        return ("." in head or ")" in head) and item(line) is not None
    return bool(item(line) or heading(line) or quote_depth(line) or is_separator(line) or is_chat(line))


def is_chat(line: str) -> bool:
    """Whether a line begins with the time at which somebody says or does something."""
    return _chat(line) is not None


def may_be_chat(line: str) -> bool:
    """Whether a line begins as a time of day may, or the day before it."""
    return (line[0] in "[(" or line[0].isdigit()) and ":" in line[:CLOCK_CHARS]


def _chat(line: str) -> re.Match[str] | None:
    """A match of `_CHAT`, which few lines need be held against."""
    return _CHAT.match(line) if may_be_chat(line) else None


def heading(line: str) -> tuple[int, str] | None:
    """Level and text of a Markdown heading."""
    match = _HEADING.match(line) if line[0] == "#" else None
    return (len(match["mark"]), match["text"]) if match else None


def underline(line: str) -> int | None:
    """The level of the heading that a line of `===` or `---` makes of the one above; None for other lines."""
    return {"=": 1, "-": 2, "~": 3}[line[0]] if line[0] in "=-~" and _UNDERLINE.match(line) else None


def quote_depth(line: str) -> int:
    """How many `>` stand before it."""
    match = _QUOTE.match(line) if line[0] == ">" else None
    return match.group().count(">") if match else 0


def quote_size(line: str) -> int:
    """How many characters the marks of a quotation before a line have, with the white space behind them."""
    match = _QUOTE.match(line) if line[0] == ">" else None
    return match.end() if match else 0


def speaker(line: str) -> str | None:
    """Who speaks, where a line begins with a name and a colon, or with the `Q.` or `A.` of a hearing."""
    if line[0] in "QA" and (match := _QUESTION.match(line)):
        return match["name"]
    head = line[:SPEAKER_CHARS]
    if ":" not in head and "：" not in head:
        return None
    if match := _chat(line):
        return match["name"]  # None where somebody does something
    match = _SPEAKER.match(line)
    return match["name"] if match else None


def is_separator(line: str) -> bool:
    """Nothing in it is a letter or a digit."""
    return not line[0].isalnum() and bool(_SEPARATOR.match(line))


def is_caption(line: str) -> bool:
    """`Figure 2. ...`, `Table 1: ...`"""
    return line[0] in "FfTtAa图表" and bool(_CAPTION.match(line))
