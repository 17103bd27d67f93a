"""JSON that ends too early: what of it is whole."""

from __future__ import annotations

import re

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_CLOSING = {ord("{"): b"}", ord("["): b"]"}


def closed(data: bytes) -> bytes | None:
    """What stands up to the last object of a list that is whole, with all closed that is open there; None where there is no
    such object, or the data are no beginning of JSON.

    `{"articles": [{"text": "a"}, {"te` becomes `{"articles": [{"text": "a"}]}`.
    """
    opened = bytearray()
    end = 0
    around = b""
    for token in _TOKEN.finditer(data):
        sign = data[token.start()]
        if sign in _CLOSING:
            opened.append(sign)
        elif sign in b"}]":
            if not opened or _CLOSING[opened.pop()] != token.group():
                return None
            if sign == ord("}") and opened and opened[-1] == ord("["):
                end = token.end()
                around = bytes(opened)
        elif token.end() - token.start() == 1:
            break  # a string that is never closed
    if not opened or not end:
        return None
    return data[:end] + b"".join(_CLOSING[sign] for sign in reversed(around))
