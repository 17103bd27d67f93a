"""The signature of an e-mail, the few short lines below two hyphens (RFC 3676, 4.3), and the headers of mails inside it."""

from __future__ import annotations

import re
from collections.abc import Container

import numpy as np

from pipeline.expression import expression
from pipeline.model import Verdict
from pipeline.text.blocks import Blocks, Flag, Kind

_HEAD, _SEPARATOR = int(Flag.HEAD), int(Kind.SEPARATOR)
SIGNATURE, ORIGINAL = "mail-signature", "mail-original"
MAX_BLOCKS, MAX_CHARS = 10, 160
"""A signature has no more blocks, and of each no more characters of a line"""
_MESSAGE_NUMBER = expression(r"<[^<>\s]+@[^<>\s]+>")
_DELIMITER = expression(r"-- ?$")
_CONTACT = expression(
    r"@|www\.|https?:|\+?\d[\d ()./-]{6,}|\s[|•·]\s|\b(?:ltd|inc|llc|gmbh|ag|s\.?a|s\.?r\.?l|b\.?v|plc)\b\.?", re.I
)
"""What a signature says beside a name"""
_REPLY = expression(
    r".{0,200}(?:wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał\(?a?\)?|пишет"
    r"|написал\(?а?\)?)\s?:$",
    re.I | re.S,
)
"""What stands above the mail that is answered"""


def settle(blocks: Blocks, number: str | None, lifted: Container[int], verdicts: list[Verdict | None]) -> None:
    """Remove what a mail has below its text, and the headers of those inside it. In place. `number`: of the message, where the
    text is one."""
    is_mail = _MESSAGE_NUMBER.fullmatch(number or "") is not None
    for i, verdict in signatures(blocks, is_mail=is_mail).items():
        verdicts[i] = verdicts[i] if i in lifted else verdict
    for i, verdict in headers(blocks).items():
        verdicts[i] = verdict


def headers(blocks: Blocks) -> dict[int, Verdict]:
    """The headers of mails that are answered or passed on."""
    is_header = (blocks.flags & _HEAD > 0) & (blocks.post < 0)
    return dict.fromkeys(np.flatnonzero(is_header).tolist(), Verdict(ORIGINAL))


def signatures(blocks: Blocks, *, is_mail: bool) -> dict[int, Verdict]:
    """The blocks of signatures, with the two hyphens above. One in a text that is no mail has to say how to reach somebody."""
    found: dict[int, Verdict] = {}
    separators = np.flatnonzero(blocks.kind == _SEPARATOR).tolist()
    if not separators:
        return found
    kinds = blocks.kind.tolist()
    quotes = blocks.quote.tolist()
    for i in separators:
        if not _DELIMITER.match(blocks.texts[i]):
            continue
        stop = i + 1
        while stop < len(blocks) and not (
            quotes[stop] or _REPLY.match(blocks.texts[stop]) or kinds[stop] == _SEPARATOR
        ):
            stop += 1
        below = blocks.texts[i + 1 : stop]
        is_short = 0 < len(below) <= MAX_BLOCKS and all(
            len(line) <= MAX_CHARS for said in below for line in said.splitlines()
        )
        if is_short and (is_mail or any(map(_CONTACT.search, below))):
            found |= dict.fromkeys(range(i, stop), Verdict(SIGNATURE))
    return found
