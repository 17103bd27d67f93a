"""JSON that ends too early: what of it is whole."""

from __future__ import annotations

import re

from msgspec import Struct

from pipeline.expression import expression

_TOKEN = expression(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_CLOSING = {ord("{"): b"}", ord("["): b"]"}


class Cut(Struct, frozen=True):
    """What is left of an object that ends too early."""

    whole: bytes
    """The object up to the last record that is whole, with all closed that is open there"""
    is_inside: bool
    """Whether the object ends inside a record, not behind one"""
    number: int
    """The number of that record in its list, from 1"""


def closed(data: bytes) -> Cut | None:
    """What stands up to the last record that is whole; None where there is none, or the data are no beginning of JSON.

    Records are the objects of a list that is in no other list: what a record has lists of are parts of it, and the record that
    is cut among them is not whole.

    `{"articles": [{"text": "a", "tags": [{"name": "b"}]}, {"te` becomes `{"articles": [{"text": "a", "tags": [{"name": "b"}]}]}`.
    """
    opened = bytearray()
    lists = 0  # how many of what is open
    count = 0  # of the records in the list that was the last to be opened
    end = number = 0
    around = b""
    for token in _TOKEN.finditer(data):
        sign = data[token.start()]
        if sign in _CLOSING:
            opened.append(sign)
            if sign == ord("["):
                lists += 1
                count = count if lists > 1 else 0
        elif sign in b"}]":
            if not opened or _CLOSING[opened.pop()] != token.group():
                return None
            if sign == ord("]"):
                lists -= 1
            elif lists == 1 and opened[-1] == ord("["):
                count += 1
                end, number, around = token.end(), count, bytes(opened)
        elif token.end() - token.start() == 1:
            break  # a string that is never closed
    if not opened or not end:
        return None
    whole = data[:end] + b"".join(_CLOSING[sign] for sign in reversed(around))
    is_inside = lists > 0 and opened[opened.index(b"[") + 1 :].startswith(b"{")
    return Cut(whole, is_inside, count + 1 if is_inside else number)
