"""What the rule of an edit says of the text that it removes or replaces, held against that text.

A tiling proves that nothing is lost. That an edit called white space is white space is another matter: without this check a
word could go under a harmless name.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

from pipeline.expression import expression
from pipeline.meta.settle import is_value
from pipeline.records import DocumentRecord, EditRecord
from pipeline.tokens import token_hashes

_UNSEEN = r"\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
"""Controls, and what takes no room: soft hyphen, joiners, marks of direction, byte-order mark. They stand beside white space"""
_SPACE = expression(rf"[\s{_UNSEEN}]+")
_HYPHENS = ("-", "\u00ad", "\u2010")
_CONTROL = expression(rf"[{_UNSEEN}]+")


def problem(edit: EditRecord, source: str) -> str | None:
    """What is untrue of an edit of `source`, as the end of a sentence; None where all is true or nothing is claimed."""
    check = _CHECKS.get(edit.rule)
    return check(edit, source) if check else None


def untrue_field(edit: EditRecord, record: DocumentRecord) -> str | None:
    """What a document does not say though a block was taken out of its text for it, as the end of a sentence."""
    if edit.replacement:
        return None
    if edit.rule == "title":
        return None if is_value("title", edit.text, record.metadata) else "is not the document's title"
    if edit.rule == "caption":
        is_known = any(one.src_start < edit.end and edit.start < one.src_end for one in record.captions)
        return None if is_known else "stands in none of the document's captions"
    if edit.rule == "post-author":
        is_known = any(one.author == edit.evidence.author for one in record.posts)
        return None if is_known else "names the author of none of the document's posts"
    if edit.rule == "post-date":
        is_known = any(one.shown == edit.evidence.date for one in record.posts)
        return None if is_known else "is the date of none of the document's posts"
    if edit.rule in ("byline", "dateline", "section"):
        for name in ("author", "agency", "date", "section", "outlet"):
            shown = edit.evidence[name]
            if shown is not None and not is_value(name, shown, record.metadata):
                return f"says {shown!r}, and the document's {name} is {record.metadata[name]!r}"
    return None


def _is_space(edit: EditRecord, _: str) -> str | None:
    if not _SPACE.fullmatch(edit.text):
        return "holds more than white space"
    return _adds_space_only(edit)


def _is_unwrapped(edit: EditRecord, source: str) -> str | None:
    """A line break, with the hyphen before it, which may stay."""
    hyphen, rest = edit.text[:1], edit.text[1:]
    is_broken_word = hyphen in _HYPHENS and rest.isspace() and edit.replacement in ("", hyphen)
    return None if is_broken_word else _is_space(edit, source)


def _is_line_end(edit: EditRecord, _: str) -> str | None:
    return None if edit.text in ("\r", "\r\n") and edit.replacement == "\n" else "is no end of a line"


def _is_entity(edit: EditRecord, _: str) -> str | None:
    meant = unicodedata.normalize("NFC", html.unescape(edit.text))
    return None if edit.replacement == meant else "is not the character that the reference means"


def _is_control(edit: EditRecord, _: str) -> str | None:
    if not _CONTROL.fullmatch(edit.text):
        return "holds more than control characters"
    return _adds_space_only(edit)


def _adds_space_only(edit: EditRecord) -> str | None:
    return "puts something in its place" if edit.replacement.strip() else None


def _is_composed(edit: EditRecord, _: str) -> str | None:
    """What stood between a letter and its accent, invisible or as a reference, is mended in the same edit."""
    composed = unicodedata.normalize("NFC", edit.text)
    is_same = edit.replacement == composed or _seen(edit.replacement) == _seen(html.unescape(edit.text))
    return None if is_same else "is not the same text in Normalization Form C"


def _seen(text: str) -> str:
    """A text in Normalization Form C, without what takes no room and with single spaces."""
    # Cleaning drops U+001F with other controls; for Python it is white space.
    bare = _SPACE.sub(lambda found: " " if any(map(str.isspace, found.group())) else "", text.replace("\x1f", ""))
    return unicodedata.normalize("NFC", bare)


def _is_itself(edit: EditRecord, _: str) -> str | None:
    return None if edit.text == edit.replacement else "changes the text, which it should only point at"


def _is_mark(edit: EditRecord, _: str) -> str | None:
    return None if edit.text == "\ufeff" and not edit.replacement else "is no byte-order mark"


def _says_nothing(edit: EditRecord, _: str) -> str | None:
    return "holds letters or digits" if any(map(str.isalnum, edit.text)) else None


def _is_repeated(edit: EditRecord, source: str) -> str | None:
    place = edit.evidence.place
    if place is None:
        return "does not say where the text stands first"
    first = token_hashes([source[place.start : place.end]])[1]
    own = token_hashes([edit.text])[1]
    is_said = own.tobytes() == first.tobytes()
    if not is_said and not _is_whole(edit, source):
        # Another part of the line has gone by a rule of its own, such as who took a picture.
        is_said = _stands_in(own.tobytes(), first.tobytes(), own.itemsize)
    return None if is_said else f"has other words than the text at {place.start}, which it is said to repeat"


def _is_whole(edit: EditRecord, source: str) -> bool:
    """Whether an edit takes out whole lines."""
    begins = edit.start == 0 or source[edit.start - 1] == "\n"
    ends = edit.text.endswith("\n") or source[edit.end : edit.end + 1] in ("", "\n")
    return begins and ends


def _stands_in(part: bytes, whole: bytes, size: int) -> bool:
    """Whether columns of numbers, of so many bytes each, stand in others one after the other."""
    at = whole.find(part)
    while at % size and at > 0:
        at = whole.find(part, at + 1)
    return at >= 0


_TAG = expression(r"<(?:v(?:\.[^<>\s]*)?[ \t]+(?P<voice>[^<>]+)|[^<>]*)>|\{\\[^{}]*\}", re.IGNORECASE)


def _is_front_matter(edit: EditRecord, _: str) -> str | None:
    lines = edit.text.split()
    is_fenced = bool(lines) and (lines[0], lines[-1]) in (("---", "---"), ("---", "..."), ("+++", "+++"))
    return None if is_fenced and not edit.replacement else "does not stand between two lines that begin and end it"


def _is_space_at_most(edit: EditRecord, _: str) -> str | None:
    return _adds_space_only(edit)


def _is_cue_markup(edit: EditRecord, _: str) -> str | None:
    """Tags, in the place of which the name of who speaks may stand."""
    if _TAG.sub("", edit.text).strip():
        return "holds more than tags"
    voices = {"", *(" ".join(tag["voice"].split()) + ": " for tag in _TAG.finditer(edit.text) if tag["voice"])}
    return None if edit.replacement in voices else "puts another in the place of who speaks"


def _is_quote_mark(edit: EditRecord, _: str) -> str | None:
    said = _SPACE.sub("", edit.text.replace(">", ""))
    return "holds more than marks of a quotation" if said else _adds_space_only(edit)


_CHECKS: dict[str, Callable[[EditRecord, str], str | None]] = {
    "white-space": _is_space,
    "unwrap": _is_unwrapped,
    "line-end": _is_line_end,
    "entity": _is_entity,
    "control-character": _is_control,
    "unicode-nfc": _is_composed,
    "undecodable": _is_itself,
    "raw-bytes": _is_itself,
    "byte-order-mark": _is_mark,
    "ornament": _says_nothing,
    "repeat-in-document": _is_repeated,
    "front-matter": _is_front_matter,
    "cue-markup": _is_cue_markup,
    "cue": _is_space_at_most,
    "markdown": _is_space_at_most,
    "quote-mark": _is_quote_mark,
    "cue-again": _is_space_at_most,
    "cue-credit": _is_space_at_most,
}
"""By rule. The other rules say why a text was removed, not what it is."""
