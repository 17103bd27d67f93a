"""An input file, and how it is called."""

from __future__ import annotations

import re

from msgspec import Struct

from pipeline.expression import expression
from pipeline.wording import spelled


class Entry(Struct, frozen=True):
    """One input file; or something that lies among them and cannot be read, as reading it will say."""

    source: str
    """Its name in the output: the path below the input root, with `/`."""
    path: str
    """Where it is: a local path, a URL, or `-`."""
    size: int
    """In bytes as it lies there; 0 where that is unknown."""
    inside: str = ""
    """Of a link below an input folder: the real path of that folder, which it must not lead out of. Empty: no such bound."""


_LIKE_A_MEMBER = expression(
    r"#(?=\d{8,}(?:#\d{8,})*\Z)|(?<=\.zip)#|(?<=\.tar)#|(?<=\.tgz)#|(?<=\.wacz)#|(?<=\.gz)#|(?<=\.bz2)#|(?<=\.xz)#|(?<=\.zst)#",
    re.IGNORECASE,
)


def file_of(source: str) -> str:
    """The name of the file that a document comes from, given its own: of a member, that of the outermost container."""
    return _LIKE_A_MEMBER.split(source, maxsplit=1)[0] if "#" in source else source


_ESCAPED = expression(r"\\(?=x[0-9a-f]{2})")
"""What would be read as a byte that is not UTF-8."""
_LIKE_A_SIGN = expression(
    r"%(?=(?:25)*23\d{8,}(?:(?:#|%(?:25)*23)\d{8,})*\Z)|(?:(?<=\.zip)|(?<=\.tar)|(?<=\.tgz)|(?<=\.wacz)|(?<=\.gz)|(?<=\.bz2)|(?<=\.xz)|(?<=\.zst))%(?=(?:25)*23)",
    re.IGNORECASE,
)
"""What would be read as a `#` that was written `%23`."""


def portable(name: str) -> str:
    """A file name as text that no member of a container can have, and no other file. Bytes that are not UTF-8 are written
    `\\xff`, and a backslash that would be read so `\\x5c`."""
    if "\\" in name:
        name = _ESCAPED.sub(r"\\x5c", name)
    name = spelled(name)
    if "%" in name:
        name = _LIKE_A_SIGN.sub("%25", name)
    return _LIKE_A_MEMBER.sub("%23", name) if "#" in name else name
