"""The contributions to a thread in plain text: where each begins, who signs it and when.

Software prints the same above every contribution: the name and the date in one line, under each other (Discourse, Reddit),
amid rank and counts (vBulletin, XenForo), or as the header of a mail (archives of mailing lists). One such line may be anything;
several of one form are a thread. What else it prints in every contribution is buttons and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.expression import expression
from pipeline.memo import of_short_texts
from pipeline.text import shape
from pipeline.text.blocks import Flag, Kind, Post
from pipeline.text.plain import hints, mails
from pipeline.text.plain.physical import flagged
from pipeline.text.signing import labels
from pipeline.tokens import Array

if TYPE_CHECKING:
    from pipeline.text.plain.rows import Rows

_PARAGRAPH, _QUOTE = int(Kind.PARAGRAPH), int(Kind.QUOTE)
_HEAD, _FOOT = int(Flag.HEAD), int(Flag.FOOT)
LEAST = {"line": 2, "lines": 3, "head": 2, "mail": 2}
"""Contributions of a thread, by the form of their heads"""
MAX_HEAD, MAX_LINES = hints.MAX_DATE, 10
"""Code points of a line of a head, and lines of one"""
NAME_WORDS, NAME_CHARS = 4, 40
TOLD_WORDS = 6
"""Words of a line that tells of the writer, at most"""
SAID_WORDS = 3
"""Words of a contribution, at least"""
PARAGRAPH = 80
"""Code points of what may be one"""
PRINTED = 0.6
"""The share of the contributions that have a line which is none of what they say"""
NEAR_TOP = {"line": 1000, "lines": 12, "head": 1000, "mail": 1}
"""Blocks above the first head, at most: teasers have a name and a date, too, but they stand below other things"""
_MONTH = (
    r"(?:jan|ene|gen|sty|feb|fév|fev|lut|mar|mär|maa|apr|avr|abr|kwi|may|mai|mag|mei|jun|jui|giu|cze|jul|lug|lip|aug|aoû|ago|sie|sep"
    r"|set|wrz|oct|okt|ott|out|paź|nov|lis|dec|dez|dic|déc|gru|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[^\W\d_]*\.?"
)
_CLOCK = (
    r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:uhr|utc|gmt|[ecp][sd]t)\b)?(?:\s?[+-]\d{2}:?\d{2})?"
)
_AGO = (
    r"(?:\d+\s?[^\W\d_]{1,8}\.?\s(?:ago|fa|назад|geleden|temu|sitten|sedan|siden)\b"
    r"|\d+\s?(?:个?(?:小时|月|分钟)|[天年周])前|\d{1,3}\s?(?:h|d|w|y|mo|yr|min)\b|(?:vor|hace|il y a|há|för)\s\d+\s[^\W\d_]+)"
)
# What begins with a figure, and what with a word: each is tried only where it can begin.
_WHEN = expression(
    rf"(?<![^\W_])(?:(?=\d)(?:{_AGO}"
    r"|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th)?\s(?:de\s)?{_MONTH},?(?:\s(?:de\s)?[’']?\d{{2,4}})?|{_CLOCK})"
    rf"|(?=[^\W\d_])(?:{_MONTH}\s(?:\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?(?!\d)|[’']?\d{{2,4}})|{_AGO}"
    r"|today|yesterday|heute|gestern|hier|ayer|ieri|вчера|сегодня))",
    re.I,
)
_ENDS = frozenset(
    "am pm a.m. p.m. am: pm: am) pm) am] pm] ago ago: fa назад geleden temu sitten sedan siden uhr uhr:".split()
)
_AGO_LEAD = expression(r"[Vv]or |[Hh]ace |[Ii]l y a |[Hh]á |[Ff]ör ")
_FILLER = expression(
    r"at|on|in|um|am|le|el|il|à|às|alle|a|las|os|posted|edited|op|author|the|w|dniu|в|de|uhr|says?|said", re.I
)
_BESIDE = expression(
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|пн|вт|ср|чт|пт|сб|вс)[^\W\d_]*\.?"
    rf"|{_FILLER.pattern}",
    re.I,
)
"""What else stands in a line that says when"""
_SIGNS = " \t»›>·•|—–,-@:()[]#"
_BLANK = str.maketrans(dict.fromkeys(_SIGNS, " "))
_SAYS = expression(r"\s(?:says|said|schreibt|a dit|dijo)\s?:?$", re.I)
_LEAD = expression(
    r"(?:\[[–+-]\]\s?)?(?:(?:unread )?(?:posted|post|reply|message|written|sent|beitrag|geschrieben|verfasst|publié|posté|écrit"
    r"|publicado|escrito|scritto|inviato|geplaatst|napisane|сообщение|добавлено)\s)?(?:(?:by|von|par|por|da|di|door|przez|от|автор)\s?:?\s|u/|@)?",
    re.I,
)
"""What stands before a name in such a line"""
_SIGN = expression(
    r"\s[»›|•·—–]+\s"
    r"|\s(?:wrote|writes|says|said|replied|schrieb|schreibt|a\sécrit|escribió|dijo|escreveu|ha\sscritto|schreef|skrev|napisał\(?a?\)?"
    r"|написал\(?а?\)?|пишет)[:,]?\s|(?:\[\w{1,3}\])?\s-?[\d.,]+k?\s(?:points?|punkte|puntos|очк\w+)\s",
    re.I,
)
_MARK = expression(rf"(?P<sign>{_SIGN.pattern})|,?\s", re.I)
"""What parts it from the date; without a sign or a word, only where something stands before the name"""
_REPLY = expression(r"(?:re|aw|sv|rv|antw|betreff|objet|asunto|ответ|回复)\s?:\s", re.I)
"""The title of a contribution that answers another"""
_NUMBER = expression(r"#\s?\d{1,5}$")
_SPEAKS = expression(
    r"(?P<name>[^\W\d][^:\[(]{0,38}?)\s*(?:[—–-]\s*)?(?:(?:today|yesterday|heute|gestern) (?:at|um) )?"
    r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?[\])]?",
    re.I,
)
"""A name and a time of day, as programs for chats print them above what is said"""
_COUNT = expression(r"[^\W\d_][^:]{1,30}:\s*[\d.,]+\s*k?$")
_TOLD = expression(rf"{_COUNT.pattern}|[\d.,]+k?\s+[^\W\d_]+$")
"""How much somebody has written: `Posts: 88`, `1,203 points`"""
_COMMUNITY = expression(r"r/\w+$")
_DIGIT = expression(r"\d")
_DIGITS = expression(r"\d+(?:[.,]\d+)*k?")
_AGO_ALONE = expression(_AGO, re.I)
_LEADING = expression(
    r"(?:(?:on|at|am|um|le|el|il|op|posted|edited|author|the|alle|dniu|w|в)(?![^\W_])[\s•·,:–—-]*)+", re.I
)
"""What stands before a date and is no part of it"""


class Head(NamedTuple):
    """What stands above a contribution."""

    first: int
    """Its first block"""
    stop: int
    """One past its last"""
    author: str
    shown: str
    """The date as it stands there"""
    form: str
    """Key of `LEAST`"""
    sure: bool
    """Whether nothing but the head of a contribution looks so: a list of releases or of events has a name and a day, too"""


def find(rows: Rows) -> list[Post]:
    """The contributions of a thread, in order; none of any other text. The blocks of each are given its number, in place, and
    those of their heads and feet are flagged."""
    texts = rows.texts
    may_say_when = _are_short(rows) & ((rows.hint & hints.DATE > 0) | rows.is_long)
    near = [i for i in flagged(may_say_when) if _may_end_so(texts[i])]
    if len(near) < min(LEAST.values()):
        return []
    # Above comments stands what they are on: the first head of a thread has no more than half of what is said above it.
    paragraph = np.where(rows.size > PARAGRAPH, rows.size, 0)
    last = _last_first(paragraph)
    gaps = rows.gap.tolist()
    far = last + MAX_LINES + 1  # what says when from there on is in no head that begins so high
    above = [i for i in near if i < far and _WHEN.search(texts[i])]
    if next(_heads(texts, gaps, above), None) is None:
        return []  # as of most texts
    below = [i for i in near if i >= far and _WHEN.search(texts[i])]
    heads = _of_one_form(list(_heads(texts, gaps, above + below)), texts)
    if not heads or heads[0].first > last:
        return []
    for number, head in enumerate(heads):
        rows.post[head.first :] = number
        is_opening = number == 0 and head.form == "line"
        _flag(rows, range(head.stop - 1 if is_opening else head.first, head.stop), _HEAD)
    _flag(rows, list(_printed(rows, len(heads))), _FOOT)
    return [Post(head.author, head.shown, "") for head in heads]


def _last_first(paragraph: Array) -> int:
    """The last block with no more than half of the paragraphs above it.

    `paragraph`: int64, code points of each block that is one, 0 of others
    """
    above = np.cumsum(paragraph) - paragraph
    return int(np.searchsorted(2 * above, int(paragraph.sum()), "right")) - 1


def _are_short(rows: Rows) -> Array:
    """bool: which blocks are short, and have a number."""
    are_short: Array = (rows.size <= MAX_HEAD) & (rows.digit < rows.end)
    return are_short


def _may_end_so(text: str) -> bool:
    """Whether a line may end in a date or a time: most lines with a figure in them do not, and need no pattern."""
    last = text.rsplit(None, 1)[-1]
    has_figure = last[-1].isdigit() or last[0].isdigit() or any(map(str.isdigit, last))
    return has_figure or last.casefold() in _ENDS or last.isupper() or _AGO_LEAD.search(text) is not None


def _flag(rows: Rows, blocks: Sequence[int], flag: int) -> None:
    """Say of blocks that software printed them. In place."""
    own = np.array(blocks, dtype=np.int64)
    rows.kind[own], rows.depth[own], rows.number[own] = _PARAGRAPH, 0, -1
    rows.flags[own] |= flag


def _printed(rows: Rows, posts: int) -> Iterator[int]:
    """The lines that stand in most contributions, but for numbers, and are no sentences: buttons, votes."""
    forms: dict[str, list[int]] = {}
    is_said = (rows.post >= 0) & (rows.flags & _HEAD == 0) & (rows.size <= MAX_HEAD) & (rows.kind != _QUOTE)
    for i in flagged(is_said):
        text = rows.texts[i]
        if _may_tell(text):
            forms.setdefault(_DIGITS.sub("0", text.casefold()), []).append(i)
    for places in forms.values():
        if len({int(rows.post[i]) for i in places}) >= max(2, PRINTED * posts):
            yield from places


def _of_one_form(heads: Sequence[Head], texts: Sequence[str]) -> list[Head]:
    """The heads of the form that most have, where they are enough and what stands below most of them is said."""
    for form in sorted(LEAST, key=lambda form: -sum(head.form == form for head in heads)):
        own = [head for head in heads if head.form == form]
        if len(own) < LEAST[form] or own[0].first > NEAR_TOP[form]:
            continue
        stops = [*(head.first for head in own[1:]), len(texts)]
        said = sum(
            any(shape.has_words(text, SAID_WORDS) for text in texts[head.stop : stop])
            for head, stop in zip(own, stops, strict=True)
        )
        authors = {head.author.casefold() for head in own}
        is_sure = 2 * sum(head.sure for head in own) >= len(own) or len(authors) < len(own)
        if said >= max(2, len(own) - 1) and is_sure and len(authors) > 1:
            return own
    return []


def _heads(texts: Sequence[str], gaps: Sequence[int], when: Sequence[int]) -> Iterator[Head]:
    """Everything that looks like the head of a contribution. `when`: the blocks that say when, among other things."""
    stop = 0
    for i in when:
        if i < stop:
            continue
        found = _line(texts, i)
        if found is None:
            first = i  # of the lines under each other that this one is among
            while first > max(stop, i - MAX_LINES) and gaps[first] == 1:
                first -= 1
            if first == 0 or gaps[first] > 1:
                found = _mail(texts, gaps, first) or (_lines(texts, gaps, first) if _says_when(texts[i]) else None)
        if found is not None:
            yield found
            stop = found.stop


def _line(texts: Sequence[str], i: int) -> Head | None:
    """A head in one line: a name, a sign or a word, and when."""
    text = texts[i].rstrip(":")
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    if not start and not _SIGN.search(text):
        return None
    for mark in _MARK.finditer(text, start):
        if not start and not mark["sign"]:
            continue
        name, shown = text[start : mark.start()], text[mark.end() :]
        if _is_name(name) and _says_when(shown):
            if _says_who_speaks(text):
                return None
            first = i - 1 if i and _REPLY.match(texts[i - 1]) else i
            # `By Ann Field, May 3` stands above stories, too.
            is_posted = " " in text[:start].strip()
            form = "line" if mark["sign"] or is_posted else "lines"
            return Head(first, i + 1, name, _date(shown), form, is_posted or _is_sure(mark["sign"] or ""))
    return None


def _is_sure(sign: str) -> bool:
    """Whether what parts a name from a date is a word or a sign that forums alone have there."""
    return "»" in sign or "›" in sign or any(map(str.isalnum, sign))


def _lines(texts: Sequence[str], gaps: Sequence[int], i: int) -> Head | None:
    """A head of lines under each other: a name and when; and amid them rank, counts, number."""
    stop = i
    name, shown = "", ""
    is_sure = is_told = has_others = False
    while stop < min(len(texts), i + MAX_LINES) and (stop == i or gaps[stop] == 1):
        text = texts[stop]
        if not name and _is_name(bare := _SAYS.sub("", text).removeprefix("u/").removeprefix("@")):
            name = bare
            is_sure |= bare != text
        elif not shown and _says_when(text):
            shown = _date(text)
            is_sure |= _AGO_ALONE.fullmatch(shown) is not None
        elif _NUMBER.match(text) or _COUNT.match(text) or text.casefold() in labels():
            is_told = True
        elif shown or not _may_tell(text) or not (name or _COMMUNITY.match(text)):
            break
        elif not _COMMUNITY.match(text):
            has_others = True  # a rank, or something that no forum prints
        stop += 1
    if not name or not shown or stop >= len(texts) or (has_others and not is_told):
        return None
    return Head(i, stop, name, shown, "head" if is_told else "lines", is_told or is_sure)


def _mail(texts: Sequence[str], gaps: Sequence[int], i: int) -> Head | None:
    """A head like the header of a mail: lines of a label and a value."""
    found = mails.header(texts, gaps, i)
    if found is None or not _WHEN.search(found.sent):
        return None
    return Head(i, found.stop, found.author, found.sent, "mail", sure=True)


def _date(text: str) -> str:
    """What of a line that says when is the date and the time."""
    bare = text.strip(_SIGNS)
    lead = _LEADING.match(bare)
    return bare[lead.end() :] if lead else bare


def _is_name(text: str) -> bool:
    """Whether a text may be somebody's name in a forum."""
    bare = text.strip()
    return (
        0 < len(bare) <= NAME_CHARS
        and len(bare.split()) <= NAME_WORDS
        and any(map(str.isalpha, bare))
        and bare[-1] not in ".!?…:,;"
        and not any(sign in bare for sign in "|/©»>:")
        and not _FILLER.fullmatch(bare.split()[0])
        and bare.casefold() not in labels()
        and not _TOLD.match(bare)
        and not _COMMUNITY.match(bare)
        and not _says_when(bare)
    )


def _may_tell(text: str) -> bool:
    """Whether a line below a name may tell what its bearer is: few words that are no sentence."""
    return len(text.split()) <= TOLD_WORDS and not shape.ends_sentence(text)


@of_short_texts(256)
def _says_when(text: str) -> bool:
    """Whether a text says when, and nothing else."""
    if len(text) > MAX_HEAD or not _DIGIT.search(text):
        return False
    rest, count = _WHEN.subn(" ", text)
    return count > 0 and all(_BESIDE.fullmatch(word) for word in rest.translate(_BLANK).split())


def chat(rows: Rows, least: int) -> list[int]:
    """The lines of a chat that say who speaks and at what time, below each of which stands what they say; none where they are
    fewer than `least`, nor of a time-table, where nothing stands between."""
    may_be = _are_short(rows) & ((rows.hint & hints.TIME > 0) | rows.is_long)
    may_be &= (rows.kind == _PARAGRAPH) & (rows.post < 0)
    candidates = flagged(may_be)
    if len(candidates) < least:
        return []
    found = [i for i in candidates if _says_who_speaks(rows.texts[i])]
    heads = set(found)
    said = sum(i + 1 < len(rows) and i + 1 not in heads and rows.gap[i + 1] == 1 for i in found)
    return found if len(found) >= least and 3 * said >= 2 * len(found) else []


def _says_who_speaks(text: str) -> bool:
    """Whether a line is a name and a time of day, and nothing else."""
    colon = text.find(":")  # that of the time, which most lines are told by
    if colon < 1 or not text[colon - 1].isdecimal() or not text[colon + 1 : colon + 3].isdecimal():
        return False
    match = _SPEAKS.fullmatch(text)
    return match is not None and _is_name(match["name"].rstrip(_SIGNS))
