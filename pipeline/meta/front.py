"""The fields that the blocks around the first paragraph say: title, byline, date line, agency, outlet.

Each is found with the block or the span that says it. A block is taken for a date line or a by-line only when nothing else
is left of it, so a sentence that mentions a date stays a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

from msgspec import Struct

from pipeline.expression import expression
from pipeline.meta import agencies
from pipeline.meta.lines import MetaLine, meta_line
from pipeline.model import Json

ABOVE = 12
"""Blocks above the first paragraph in which a date line or a by-line may stand."""
BELOW = 4
"""Blocks below it: a standfirst may come first."""
LABEL_WORDS, LABEL_CHARS = 3, 40
"""Of the name of a section"""


_HEADING_MARKS = expression(r"^#{1,6}[ \t]+|[ \t]+#+$")
"""Of Markdown"""


class Field(Struct, frozen=True):
    """A value, and the block or the span in it that says it."""

    block: int
    start: int
    """Code points in the source."""
    end: int
    name: str
    """`title`, `section`, `author`, `agency`, `outlet` or `date`; empty where a block says nothing that is to be kept."""
    value: Json
    rule: str
    """What the ledger calls it: `title`, `section`, `byline`, `dateline` or `agency`."""
    whole: bool = True
    """Whether the block is taken out of the text."""


def front_fields(
    texts: Sequence[str],
    starts: Sequence[int],
    body: Sequence[bool],
    taken: Sequence[bool],
    title: int | None,
    menus: Container[int] = (),
    beside: Container[int] = (),
    repaired: Callable[[str], str] = str,
) -> tuple[Field, ...]:
    """The fields of one document.

    `starts` are the offsets of the blocks in the source. `body`: which blocks are paragraphs of the main text. `taken`:
    which are cruft or captions, and name nothing here. `title`: the block that is the title. `menus`: blocks that lead to several
    places, so name no section. `beside`: those that are no text. `repaired` gives a block as it reads in the clean text.
    """
    found: list[Field] = []
    if title is not None and agencies.in_dateline(texts[title]):
        title = None  # a short first paragraph
    if title is not None:
        value = " ".join(_HEADING_MARKS.sub("", repaired(texts[title])).split())
        found.append(_whole(title, texts, starts, "title", value, "title"))
        may_be_section = title > 0 and not taken[title - 1] and title - 1 not in menus
        if may_be_section and is_label(texts[title - 1]) and not is_label(texts[title]):
            found.append(_whole(title - 1, texts, starts, "section", texts[title - 1], "section"))
    # A long date line may look like a sentence.
    first = next((i for i, is_body in enumerate(body) if is_body and meta_line(texts[i]) is None), None)
    if first is None:
        return tuple(found)
    metas = _meta_lines(texts, body, taken, beside, title, first)
    has_published = any(meta.date and not meta.updated for meta in metas.values())
    for i, meta in metas.items():
        rule = "dateline" if meta.date or meta.agency else "byline"
        values = {
            "date": meta.date if not (meta.updated and has_published) else None,
            "agency": meta.agency,
            "author": meta.author,
            "outlet": meta.outlet,
        }
        said = {name: value for name, value in values.items() if value is not None}
        for name, value in (said or {"": ""}).items():
            found.append(_whole(i, texts, starts, name, value, rule))
    if not any(field.name == "agency" for field in found) and (sign := agencies.in_dateline(texts[first])):
        start, end, name = sign
        found.append(Field(first, starts[first] + start, starts[first] + end, "agency", name, "agency", whole=False))
    return tuple(found)


def is_label(text: str) -> bool:
    """Whether a block may name the section of the title below it: a few words that end no sentence, without a number."""
    words = text.split()
    return (
        0 < len(words) <= LABEL_WORDS
        and len(text) <= LABEL_CHARS
        and text[0].isupper()
        and text[-1].isalpha()
        and not any(map(str.isdigit, text))
    )


def _meta_lines(
    texts: Sequence[str],
    body: Sequence[bool],
    taken: Sequence[bool],
    beside: Container[int],
    title: int | None,
    first: int,
) -> Mapping[int, MetaLine]:
    """The blocks near title and first paragraph that say nothing but who and when."""
    found: dict[int, MetaLine] = {}
    lowest = title - 3 if title is not None else first - 4
    stop = min(first + 1 + BELOW, len(texts))
    for i in range(max(0, lowest, min(first, title if title is not None else first) - ABOVE), stop):
        if taken[i] or i == title:
            continue
        meta = meta_line(texts[i])
        if meta is None:
            if i > first and i not in beside:
                break  # below a standfirst, only what stands above the text
            continue
        if i < first or not body[i] or meta.author is not None:
            found[i] = meta
    return {i: meta for i, meta in found.items() if not _is_mere_source(meta) or _is_of_head(i, found, title, first)}


def _is_mere_source(meta: MetaLine) -> bool:
    return not (meta.date or meta.author or meta.agency)


def _is_of_head(block: int, metas: Mapping[int, MetaLine], title: int | None, first: int) -> bool:
    """Whether a line that says but a source stands at the head of the article, by title, author or date: a table has one, too."""
    beside = (block - 1, block + 1)
    return block < first and (
        block - 1 == title or any(other in metas and not _is_mere_source(metas[other]) for other in beside)
    )


def _whole(block: int, texts: Sequence[str], starts: Sequence[int], name: str, value: Json, rule: str) -> Field:
    return Field(block, starts[block], starts[block] + len(texts[block]), name, value, rule)
