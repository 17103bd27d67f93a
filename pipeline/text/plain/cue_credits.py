"""Who made subtitles, as their first and last cues say it: `Subtitles by ...`, `Untertitel: ...`, the address of a site."""

from __future__ import annotations

import re
from functools import cache

from pipeline import toml_file
from pipeline.expression import expression

EDGE = 3
"""Cues at either end that may be a credit"""
_MAX_CHARS = 160
_ADDRESS = expression(
    r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|tv|io|co)(?!\w)(?:/\S*)?", re.IGNORECASE
)
_OF_SUBTITLES = expression(
    r"[\w.-]*(?:subtitle|subs\b|subs\.|captions?\.|legendas|napisy|subtitul|altyazi)", re.IGNORECASE
)
"""The name of a site that has subtitles"""


@cache
def _credits() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What was done, with what stands before the name; and without."""
    data = toml_file.data("subtitles.toml")
    work, link, alone = (
        "|".join(map(re.escape, sorted({name for names in data[key].values() for name in names}, reverse=True)))
        for key in ("work", "link", "alone")
    )
    works = rf"(?:{work})(?:(?:\s?[,/&+]\s?|\s(?:and|und|et|y|e|en|i|и|och|og)\s)(?:{work}))*"
    linked = re.compile(rf"{works}(?:\s?[:：]|\s(?:{link})(?=\s)|由)\s?(?P<name>.+)", re.IGNORECASE)
    return linked, re.compile(rf"(?:{alone})\s(?P<name>.+)", re.IGNORECASE)


def is_credit(said: str) -> bool:
    """Whether what a cue says, in one line, is who made the subtitles."""
    said = said.strip(" -–—~*#=♪[](){}<>|.")
    if not said or len(said) > _MAX_CHARS:
        return False
    address = _ADDRESS.search(said)
    if address and (address[0] == said or _OF_SUBTITLES.search(address[0])):
        return True
    if said.endswith(("?", "!", "？")):
        return False
    linked, alone = _credits()
    if found := linked.fullmatch(said):
        return address is not None or any(_begins_name(char) for char in found["name"])
    found = alone.fullmatch(said)
    return found is not None and _begins_name(found["name"][0])


def _begins_name(char: str) -> bool:
    return char.isupper() or char.isdigit() or (char.isalpha() and char.lower() == char.upper())
