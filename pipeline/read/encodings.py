"""Encodings of files that hold records: told by their beginning; and of a record that is in another one than its file."""

from __future__ import annotations

import codecs
import io
import re
from functools import lru_cache
from typing import BinaryIO, cast

from msgspec import Struct

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read.opened import Opened

_BUFFER = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", 3),
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),  # before UTF-16LE, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
    *((sign + b"\0", "utf-16-le", 0) for sign in (b"{", b"[")),
    *((b"\0" + sign, "utf-16-be", 0) for sign in (b"{", b"[")),
)
"""How a file in a Unicode encoding begins, and how much of that is a byte-order mark. JSON needs none."""
_MARKUP = expression(rb"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)


def encoding(head: bytes) -> tuple[str, int]:
    """The Unicode encoding that the beginning of a file tells, and the length of its byte-order mark."""
    for sign, name, length in _MARKS:
        if head.startswith(sign):
            return name, length
    if b"\0" in head:
        from pipeline.text.decode.labels import codec_of
        from pipeline.text.decode.sniff import wide_encoding

        if (found := wide_encoding(head)) is not None:
            return codec_of(found).replace("_", "-"), 0
    return "utf-8", 0


def as_utf8(head: bytes) -> bytes:
    """The beginning of a file as UTF-8, without a byte-order mark."""
    name, mark = encoding(head)
    return head[mark:] if name == "utf-8" else head[mark:].decode(name, "replace").encode()


def looks_like_text(head: bytes) -> bool:
    """Whether a file that begins like this may be lines of records: neither binary nor a web page. A few NULs are damage."""
    from pipeline.text.decode.sniff import control_kind, magic_kind

    text = as_utf8(head)
    return not _MARKUP.match(text) and magic_kind(head) is None and control_kind(text) is None


def utf8(opened: Opened) -> BinaryIO:
    """The content as UTF-8 without a byte-order mark. What is neither UTF-16 nor UTF-32 stays as it is."""
    name, mark = encoding(opened.head())
    opened.content.read(mark)
    if name == "utf-8":
        return opened.content
    return cast(BinaryIO, io.BufferedReader(_Recoded(opened.content, name), _BUFFER))


class _Recoded(io.RawIOBase):
    """A stream in another encoding, as UTF-8. What means nothing in it becomes U+FFFD."""

    def __init__(self, content: BinaryIO, encoding: str) -> None:
        self._content = content
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        """As for every stream one can read."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is something."""
        data = b"more"
        while data and not self._ready:
            data = self._content.read(_BUFFER)
            self._ready = self._decoder.decode(data, final=not data).encode()
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def file_encoding(head: bytes) -> str | None:
    """The encoding of a file that begins like this, by its name in `text.decode`; None where it is ASCII, or not known."""
    whole = head[: head.rfind(b"\n") + 1] or head
    if whole.isascii():
        return None
    return "utf-8" if _leans_to_utf8(whole) else _detected(whole)


_DAMAGE = expression("\ufffd(?:.{0,4}\ufffd)*", re.DOTALL)


def _leans_to_utf8(data: bytes) -> bool:
    """Whether there are more characters beyond ASCII that are UTF-8 than places that are not."""
    text = data.decode("utf-8", "replace")
    places = len(_DAMAGE.findall(text))
    return places == 0 or sum(char > "\x7f" and char != "\ufffd" for char in text) > places


def _is_elsewhere(data: bytes) -> bool:
    """Whether a record of a UTF-8 file is in another encoding: nothing beyond ASCII in it is UTF-8, in two places at least."""
    text = data.decode("utf-8", "replace")
    return len(_DAMAGE.findall(text)) > 1 and not any(char > "\x7f" and char != "\ufffd" for char in text)


@lru_cache(maxsize=8)
def _detected(data: bytes) -> str | None:
    from pipeline.text.decode.decoder import decode

    try:
        return decode(data).encoding
    except InputError:
        return None


class Decoded(Struct, frozen=True):
    """A record as text."""

    text: str
    encoding: str
    """What it was in."""
    problem: InputError | None
    """What of it could not be read."""


def decoded(data: bytes, of_file: str | None) -> Decoded:
    """A record as text. `of_file`: what `file_encoding` gave.

    CESU-8, which writes one character as two surrogates, is read as what it means. A record that is not UTF-8 is in the
    encoding of its file, or if it cannot be, in the one that it looks like. Bytes that mean nothing become U+FFFD.
    """
    try:
        return Decoded(data.decode(), "utf-8", None)
    except UnicodeDecodeError:
        pass
    try:
        text, problem = paired(data.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        pass
    else:
        return Decoded(text, "utf-8", problem)
    if _leans_to_utf8(data) or (of_file == "utf-8" and not _is_elsewhere(data)):
        lost = _DAMAGE.findall(data.decode("utf-8", "replace"))
        problem = InputError("undecodable", f"bytes that are not UTF-8 became U+FFFD, in {len(lost)} places")
        return Decoded(data.decode("utf-8", "replace"), "utf-8", problem)
    from pipeline.text.decode.decoder import decode

    try:
        found = decode(data, of_file)
    except InputError as error:
        return Decoded(data.decode("utf-8", "replace"), "utf-8", error)
    lost = [str(edit.evidence["bytes"]) for edit in found.edits if edit.rule == "undecodable"]
    if not lost:
        return Decoded(found.text, found.encoding, None)
    some = ", ".join(lost[:5]) + (", …" if len(lost) > 5 else "")
    problem = InputError("undecodable", f"bytes that are not {found.encoding} became U+FFFD: {some}")
    return Decoded(found.text, found.encoding, problem)


def paired(text: str) -> tuple[str, InputError | None]:
    """A text whose surrogates are joined to the characters that they stand for, and what is wrong with the rest: half a
    character becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        lost = whole.count("\ufffd") - text.count("\ufffd")
        problem = InputError("lone-surrogate", f"half characters (lone surrogates) became U+FFFD: {lost}")
        return whole, problem if lost else None
    return text, None


def text_of(data: bytes, declared: str | None) -> str:
    """Bytes as text whatever they are, where nothing is to be told of what means nothing: it becomes U+FFFD."""
    from pipeline.text.decode.decoder import decode

    try:
        return data.decode() if declared is None else decode(data, declared).text
    except UnicodeDecodeError:
        pass
    except InputError:
        return data.decode("utf-8", "replace")
    try:
        return decode(data).text
    except InputError:
        return data.decode("utf-8", "replace")
