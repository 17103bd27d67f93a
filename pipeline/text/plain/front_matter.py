"""The front matter of a Markdown file: YAML between two lines `---`, or TOML between two `+++`, at its very head.

It says what a page's head says: title, author, day. Only what it says in plain words is read of it, without a library of YAML:
keys of the first level, their values on the same line, in a list, or in the keys below.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.expression import expression

MAX_LINES = 400
"""Lines of front matter; a longer stretch between two lines of hyphens is text."""
MAX_DOTS = 20
"""Tables inside each other that a key of TOML names"""
_HEAD = expression(r"\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n")
_KEY = expression(r"(?P<key>[A-Za-z_][\w.-]{0,40}(?: [\w.-]{1,20})?)[ \t]*:(?:[ \t]+(?P<value>.*))?$")
_ITEM = expression(r"[ \t]*-[ \t]+(?P<value>.*)$")
_NESTED = expression(r"[ \t]+(?:-[ \t]+)?(?P<key>[\w-]+):[ \t]+(?P<value>.*)$")
_BLOCK = expression(r"[|>][-+]?\d?$")
_COMMENT = expression(r"\s+#.*$")
_KNOWN = frozenset(
    (
        "title date author authors layout tags tag categories category draft slug permalink description summary excerpt lang"
        " language locale id url weight published publishdate lastmod updated keywords template type toc subtitle pubdate created"
        " modified sidebar_position sidebar_label aliases image cover featured byline canonical canonical_url license"
    ).split()
)
"""Keys of which front matter has at least one"""
_FIELDS = {
    "title": ("title",),
    "author": ("author", "authors", "byline", "by", "creator"),
    "date": ("date", "pubdate", "publishdate", "publish_date", "published", "published_at", "created", "created_at"),
    "language": ("language", "lang", "locale"),
    "url": ("canonical_url", "canonical", "url"),
    "outlet": ("publisher", "outlet", "publication", "site"),
    "section": ("section",),
}
"""What a document is told by, and the keys that say it, the surer first"""


class FrontMatter(NamedTuple):
    """Where front matter ends, and what it says of the document."""

    start: int
    end: int
    """Code points of the source"""
    fields: Mapping[str, str]


def find(source: str) -> FrontMatter | None:
    """The front matter at the head of a text; None where there is none: a line of hyphens may be ornament, too."""
    head = _HEAD.match(source)
    if head is None:
        return None
    fence = head["fence"]
    position = head.end()
    lines: list[str] = []
    while len(lines) <= MAX_LINES:
        stop = source.find("\n", position)
        line = (source[position:stop] if stop >= 0 else source[position:]).rstrip("\r")
        if line.rstrip() == fence or (fence == "---" and line.rstrip() == "..."):
            break
        if stop < 0:
            return None
        lines.append(line)
        position = stop + 1
    else:
        return None
    try:
        said = _toml(lines) if fence == "+++" else _yaml(lines)
    except RecursionError:  # lists inside each other, which say nothing of a document
        return None
    if said is None or not any(key.lower() in _KNOWN for key in said):
        return None
    end = position + len(line)
    return FrontMatter(head.start("fence"), end, dict(_fields(said)))


def _toml(lines: Sequence[str]) -> Mapping[str, Any] | None:
    if any(line.partition("=")[0].count(".") > MAX_DOTS for line in lines):
        return None  # a key of thousands of parts takes time and memory by their square
    try:
        return tomllib.loads("\n".join(lines))
    except ValueError:  # no TOML, or an integer of thousands of digits
        return None


def _yaml(lines: Sequence[str]) -> Mapping[str, Any] | None:
    """The keys of the first level with their values, as far as they can be read; None where a line belongs to no key."""
    said: dict[str, Any] = {}
    key = None
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match := _KEY.match(line):
            key = match["key"].strip()
            said[key] = _value(match["value"] or "")
        elif key is None or not (line[0] in " \t" or _ITEM.match(line)):
            return None
        else:
            said[key] = _with(said[key], line)
    return said


def _value(text: str) -> Any:
    """What stands behind a key: a text, or a list in brackets."""
    text = text.strip()
    if text[:1] in ("'", '"'):
        quoted = re.match(r"'((?:[^']|'')*)'|\"((?:[^\"\\]|\\.)*)\"", text)
        if quoted:
            single, double = quoted.groups()
            return single.replace("''", "'") if single is not None else re.sub(r"\\(.)", r"\1", double)
    text = _COMMENT.sub("", text)
    if text.startswith("[") and text.endswith("]"):
        return [_value(part) for part in text[1:-1].split(",") if part.strip()]
    return "" if _BLOCK.match(text) or text in ("null", "~") else text


def _with(value: Any, line: str) -> Any:
    """A value with what the next, indented line adds to it: an item, a key below, or more text."""
    if nested := _NESTED.match(line):
        if nested["key"].lower() not in ("name", "title"):
            return value
        line = f"- {nested['value']}"
    if item := _ITEM.match(line):
        return [*(value if isinstance(value, list) else []), _value(item["value"])]
    return f"{value} {line.strip()}".strip() if isinstance(value, str) else value


def _fields(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what front matter says of the fields of a document."""
    by_key = {key.lower(): value for key, value in said.items()}
    for field, keys in _FIELDS.items():
        for key in keys:
            text = _text(by_key.get(key))
            if text and not (field == "url" and not text.startswith(("http://", "https://"))):
                yield field, text
                break


def _text(value: Any) -> str:
    """A value as one line: names in a list parted by commas."""
    if isinstance(value, dict):
        value = value.get("name", "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return "" if value is None or isinstance(value, bool) else " ".join(str(value).split())
