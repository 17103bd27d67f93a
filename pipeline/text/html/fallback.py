"""The text of a page without its tree: tags cut out in one pass, in time and memory that grow with the page alone.

For pages that a parser cannot take within the limits of a document, or drops a part of. Nothing is known of a line of it
but its words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from pipeline.expression import expression

_TAG = expression(r"<(?:(?P<comment>!--)|/?(?P<name>[A-Za-z][A-Za-z0-9]*)[^>]*>|[!?/][^>]*>)")
_UNSEEN = {
    name: re.compile(rf"</{name}[^>]*>", re.IGNORECASE)
    for name in ("script", "style", "template", "textarea", "noembed", "noframes", "iframe")
}
"""Elements whose content is no text of the page, and where it ends."""
_COMMENT_END = expression("-->")
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark math q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr".split()
)
"""Elements that break no line"""
_CELLS = frozenset(("td", "th"))
_SPACE = expression(r"[^\S\n]+")
_BLOCK = 1 << 20
_BREAKS = expression(r" ?\n[ \n]*")


def visible_text(source: str) -> str:
    """The text of a page of HTML, one line for each stretch between block tags, in Normalization Form C."""
    done: list[str] = []
    carried = ""
    for block in _blocks(source):
        text = html.unescape(carried + block)
        text = unicodedata.normalize("NFC", _BREAKS.sub("\n", _SPACE.sub(" ", text)))
        kept = text.rstrip(" \n")
        done.append(kept)
        carried = text[len(kept) :]
    return "".join(done).strip()


def _blocks(source: str) -> Iterator[str]:
    """The same in blocks that end before white space, where no entity and no composed character is cut: what is worked on
    at once, piece by piece, takes many times its size."""
    pieces: list[str] = []
    size, most = 0, _BLOCK
    for piece in _pieces(source):
        for start in range(0, len(piece), _BLOCK):
            pieces.append(piece[start : start + _BLOCK])
            size += len(pieces[-1])
            if size >= most:
                joined = "".join(pieces)
                cut = max(joined.rfind(" "), joined.rfind("\n"), 0)
                yield joined[:cut]
                pieces, size = [joined[cut:]], len(joined) - cut
                most = max(_BLOCK, 2 * size)  # a word of megabytes is not looked through again with every piece
    yield "".join(pieces)


def _pieces(source: str) -> Iterator[str]:
    """The text between tags, and what a tag is worth between words."""
    end = source.rfind(">") + 1  # behind the last one no tag is closed, so that none need be looked for
    position = 0
    unclosed: set[str] = set()
    while position < end and (tag := _TAG.search(source, position, end)):
        yield source[position : tag.start()]
        name = (tag["name"] or "").lower()
        position = tag.end()
        if (tag["comment"] or (name in _UNSEEN and source[tag.start() + 1] != "/")) and name not in unclosed:
            closing = _UNSEEN.get(name, _COMMENT_END).search(source, position, end)
            if closing is None:  # what is never closed is text
                unclosed.add(name)
                yield "\n"
            else:
                position = closing.end()
        elif name in _CELLS:
            yield " "
        elif name not in _INLINE:
            yield "\n"
    yield source[position:]
