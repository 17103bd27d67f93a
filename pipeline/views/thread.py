"""The contributions of a thread: which blocks sign them, and which of them the clean text has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.expression import expression
from pipeline.meta import dates
from pipeline.meta.lines import meta_line
from pipeline.meta.page import iso_day
from pipeline.model import Block, Evidence, Post, Verdict
from pipeline.text import blocks as layout
from pipeline.views.markdown import letters

_BY = expression(
    r"\W*(?:re:.*)?(?:(?:posted|written|post|reply|message)?\s*(?:by|von|par|por|da|di|door|from)\b)?\W*", re.IGNORECASE
)
_DID = expression(
    r"\W*(?:asked|answered|commented|posted|written|replied|edited|gefragt|beantwortet|geschrieben|posée?|répondue?|preguntada?|respondida?)\b"
    r"(?:\s+(?:on|am|le|el))?",
    re.IGNORECASE,
)
_BY_AT_END = expression(r"\W(?:by|von|par|por|da|di|door)\W*$", re.IGNORECASE)
_POINTS = expression(r"[\W\d]*k?[\W\d]*")
"""Points and badges behind a name"""
LEAST = 2
"""Contributions in a thread"""
MAX_SIGNATURE = 150
"""Code points of a block that says who wrote a contribution and when"""

_HEAD, _FOOT = int(layout.Flag.HEAD), int(layout.Flag.FOOT)
AUTHOR, DATE, BUTTON = "post-author", "post-date", "forum-chrome"
"""What the ledger calls blocks that stand in a contribution's fields, and those that stand in every contribution."""


def signatures(blocks: layout.Blocks, kept: Iterable[int]) -> Mapping[int, Verdict]:
    """The blocks that say nothing but who wrote their contribution, or when. `kept`: those that are left of the page.

    Only contributions of which something else is left are looked at, and only where a thread is left.
    """
    if not blocks.posts:
        return {}
    found: dict[int, Verdict] = {}
    flags = blocks.flags.tolist()
    for number, post in enumerate(blocks.post.tolist()):
        if post < 0 or len(blocks.texts[number]) > MAX_SIGNATURE:
            continue
        author, shown, _ = blocks.posts[post]
        if flags[number] & _HEAD:
            found[number] = Verdict(AUTHOR, Evidence(author=author, date=shown))
            continue
        if flags[number] & _FOOT:
            found[number] = Verdict(BUTTON)
            continue
        said = letters(blocks.texts[number])
        if said == letters(author):
            found[number] = Verdict(AUTHOR, Evidence(author=author))
        elif shown and said == letters(shown):
            found[number] = Verdict(DATE, Evidence(date=shown))
        elif shown and said in (letters(author + shown), letters(shown + author)):
            found[number] = Verdict(AUTHOR, Evidence(author=author, date=shown))
        elif day := _signed(blocks.texts[number], author):
            found[number] = Verdict(AUTHOR, Evidence(author=author, date=shown or day))
    of = blocks.post.tolist()
    left = {of[number] for number in kept if number not in found and of[number] >= 0}
    if len(left) < LEAST:
        return {}
    return {number: verdict for number, verdict in found.items() if of[number] in left}


def _signed(text: str, author: str) -> str | None:
    """The date in a block that says by whom and when, in whatever words: `by ann » Fri Mar 05, 2021`, `asked May 3, 2021 by ann
    1,203`; None in others."""
    before, name, after = text.partition(author)
    if not name:
        return None
    if _BY.fullmatch(before) is not None:
        shown = after.strip(" »›>|·•,-–—")
    elif _POINTS.fullmatch(after) is not None:
        shown = _BY_AT_END.sub("", _DID.sub("", before)).strip(" »›>|·•,-–—")
    else:
        return None
    said = meta_line(shown)
    return shown if said is not None and said.date is not None and said.author is None else None


def dated(blocks: layout.Blocks, signed: Mapping[int, Verdict]) -> list[layout.Post]:
    """The contributions, with the dates that blocks which sign them say where nothing else does."""
    posts = list(blocks.posts)
    for number, verdict in signed.items():
        place = int(blocks.post[number])
        if verdict.evidence.date and not posts[place].shown and not posts[place].stated:
            posts[place] = posts[place]._replace(shown=verdict.evidence.date)
    return posts


def thread(blocks: Sequence[Block], posts: Sequence[layout.Post]) -> tuple[tuple[Block, ...], tuple[Post, ...]]:
    """(the blocks of the clean text, each with the place of its contribution among those that are left; these).

    `posts` are those of the page, which the blocks have the places of.
    """
    left = sorted({block.post for block in blocks if block.post is not None})
    if len(left) < LEAST:
        return tuple(block.replace(post=None) if block.post is not None else block for block in blocks), ()
    place = {number: new for new, number in enumerate(left)}
    numbered = (block if block.post is None else block.replace(post=place[block.post]) for block in blocks)
    return tuple(numbered), tuple(_post(posts[number]) for number in left)


def _post(post: layout.Post) -> Post:
    return Post(post.author, iso_day(post.stated) or _day(post.shown), post.shown or None)


def _day(shown: str) -> str | None:
    """The first day that a text names."""
    return next((found.iso for found in dates.find(shown)), None)
