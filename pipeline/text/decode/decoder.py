"""Bytes to text, so that the bytes can be had back.

What says how to read them, in order: a byte-order mark, the charset the server or the page declares, UTF-8, a detector.
A declaration that the bytes contradict loses. Bytes that mean nothing become U+FFFD and an edit that holds them; where
a codec would write other bytes than it read, an edit holds those it read. So `encode` is an exact inverse, and every
document is checked to be.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from itertools import islice
from typing import Literal

from msgspec import Struct

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import DECODED, Edit, Evidence
from pipeline.text.decode.detect import detect
from pipeline.text.decode.labels import codec_of, name_of
from pipeline.text.decode.sniff import control_kind, declared_in_markup, magic_kind, sniff_html, wide_encoding

__all__ = ["Decoded", "Origin", "decode", "encode", "sniff_html"]

Origin = Literal["byte-order-mark", "declared", "markup", "utf-8", "pattern", "detected", "fallback"]


class Decoded(Struct, frozen=True):
    """A document's text, and all it takes to get its bytes back."""

    text: str
    """The decoded source. A byte-order mark stays, as U+FEFF at offset 0."""
    encoding: str
    """Name in the Encoding Standard, in lower case; beyond it `utf-32le`, `utf-32be` and the DOS code pages."""
    origin: Origin
    """What told the encoding."""
    edits: tuple[Edit, ...]
    """`byte-order-mark`, `undecodable`, `raw-bytes`: in order, disjoint. The evidence of the last two
    has the `bytes` that stood in the file for the span."""


_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),  # before UTF-16LE, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_FALLBACK = "windows-1252"
"""Gives every byte a character, and is what browsers take where nothing is declared."""
_CONTRADICTION = 3
"""So many UTF-8 sequences, and nothing else beyond ASCII, do not come about in a text of another encoding."""
_MAX_DAMAGE = 0.02
"""A declared encoding is believed while no more than this share of the bytes beyond ASCII makes no sense in it."""
_MAX_UTF8_DAMAGE = 0.25
"""UTF-8 is believed further: text of another encoding hardly ever looks like it."""
_UTF8_SEQUENCE = expression(rb"[\xc2-\xf4][\x80-\xbf]+")
_ESCAPES = ((b"\x1b$B", "iso-2022-jp"), (b"\x1b$@", "iso-2022-jp"), (b"\x1b$)C", "iso-2022-kr"))
"""What switches to two-byte characters in encodings of seven bits, which are valid UTF-8 as well."""


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode a file. `declared` is the charset label that a server or container gives, if any; `DECODED` is none to doubt.

    An empty file is an empty document: nothing of it is lost.

    Raises:
        InputError: `binary`, with what the file looks like.
    """
    encoding: str
    origin: Origin
    encoding, origin = ("utf-8", "declared") if declared == DECODED else _encoding(data, declared)
    text, edits = _read(data, encoding)
    if any(edit.start == edit.end for edit in edits):  # a shift that shifts nothing: no character could carry its bytes
        encoding, origin = "utf-8", "fallback"
        text, edits = _read(data, encoding)
    if origin == "byte-order-mark":
        edits = (Edit(0, 1, "", "byte-order-mark"), *edits)
    return Decoded(text, encoding, origin, edits)


def encode(source: str, encoding: str, edits: Iterable[Edit]) -> bytes:
    """The bytes that `decode` read: its inverse. Edits of other rules than its own do not matter.

    An edit read back from the ledger says in its evidence, as `place`, which part of the source its bytes are for.
    """
    codec = codec_of(encoding)
    pieces: list[bytes] = []
    position = 0
    for edit in edits:
        if edit.rule in ("undecodable", "raw-bytes"):
            place = edit.evidence.place or edit
            raw = bytes.fromhex(edit.evidence.bytes or "")
            pieces += source[position : place.start].encode(codec, _ERRORS), raw
            position = place.end
    pieces.append(source[position:].encode(codec, _ERRORS))
    return b"".join(pieces)


def _encoding(data: bytes, declared: str | None) -> tuple[str, Origin]:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark) and (not name.startswith("utf-32") or not _damage(data, name)):
            return name, "byte-order-mark"
    if kind := magic_kind(data):
        raise InputError("binary", f"not text but {kind}")
    if wide := wide_encoding(data):
        return wide, "pattern"
    for escape, name in _ESCAPES:
        if escape in data and data.isascii() and not _damage(data, name):
            return name, "pattern"
    if kind := control_kind(data):
        raise InputError("binary", f"not text but {kind}")

    utf8_damage = _damage(data, "utf-8")
    if not utf8_damage and not data.isascii() and any(islice(_UTF8_SEQUENCE.finditer(data), _CONTRADICTION - 1, None)):
        return "utf-8", "utf-8"
    labels: tuple[tuple[str | None, Origin], ...] = (
        (declared and name_of(declared), "declared"),
        (declared_in_markup(data), "markup"),
    )
    for label, origin in labels:
        if label and not (label.startswith("utf-16") and not utf8_damage) and _damage(data, label) <= _MAX_DAMAGE:
            return label, origin
    if utf8_damage <= _MAX_UTF8_DAMAGE:
        return "utf-8", "utf-8"
    detected = detect(data)
    return (detected, "detected") if detected else (_FALLBACK, "fallback")


def _damage(data: bytes, name: str) -> float:
    """The share of the bytes beyond ASCII that mean nothing in the encoding."""
    if name == "utf-8" and _is_utf8(data):
        return 0
    marks = len(_MARK.findall(data.decode(codec_of(name), _ERRORS)))
    return marks and marks / max(len(data) - len(data.translate(None, _HIGH)), marks)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read(data: bytes, name: str) -> tuple[str, tuple[Edit, ...]]:
    """The text, and edits that hold every byte the text does not tell."""
    if name == "utf-8" and _is_utf8(data):
        return data.decode(), ()
    text, edits = _unmark(data.decode(codec_of(name), _ERRORS))
    if encode(text, name, edits) == data:
        return text, edits
    text, edits = _read_lines(data, name)
    if encode(text, name, edits) == data:
        return text, edits
    return text, (Edit(0, len(text), text, "raw-bytes", Evidence(bytes=data.hex())),)


def _read_lines(data: bytes, name: str) -> tuple[str, tuple[Edit, ...]]:
    """The same line by line. A line that the codec would write otherwise keeps its bytes.

    That is so where an encoding has two ways to write a character (Big5, Shift_JIS, needless escapes in ISO-2022-JP).
    """
    texts: list[str] = []
    edits: list[Edit] = []
    start = 0
    for line in data.split(b"\n"):
        text, found = _unmark(line.decode(codec_of(name), _ERRORS))
        if encode(text, name, found) != line:
            found = (Edit(0, len(text), text, "raw-bytes", Evidence(bytes=line.hex())),)
        edits += [edit.replace(start=start + edit.start, end=start + edit.end) for edit in found]
        texts.append(text)
        start += len(text) + 1
    return "\n".join(texts), tuple(edits)


# Bytes that mean nothing pass through the codec as lone surrogates, which no codec of ours gives otherwise: U+DC00 plus
# the byte for the first of a malformed sequence, U+DD00 plus the byte for the rest. One sequence is one U+FFFD, as the
# Encoding Standard has it.
_ERRORS = "pipeline.keep-bytes"
_MARK = expression("[\udc00-\udcff][\udd00-\uddff]*")
_MARKS = expression(f"(?:{_MARK.pattern})+")
_HIGH = bytes(range(0x80, 0x100))


def _keep_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    """Handler for undecodable bytes. In a code page, one of C1 stands for itself, which the standard's indexes have
    and Python's tables of Windows code pages have not."""
    if isinstance(error, UnicodeDecodeError):
        raw = error.object[error.start : error.end]
        if error.encoding == "charmap" and raw[0] <= 0x9F:
            return chr(raw[0]), error.start + 1
        return chr(0xDC00 + raw[0]) + "".join(chr(0xDD00 + byte) for byte in raw[1:]), error.end
    if isinstance(error, UnicodeEncodeError) and 0x80 <= ord(error.object[error.start]) <= 0x9F:
        return bytes([ord(error.object[error.start])]), error.start + 1
    raise error


codecs.register_error(_ERRORS, _keep_bytes)


def _unmark(marked: str) -> tuple[str, tuple[Edit, ...]]:
    """Replace the marks by U+FFFD. The clean text keeps one for each run, so that damage shows and joins no words."""
    pieces: list[str] = []
    edits: list[Edit] = []
    position = length = 0
    for run in _MARKS.finditer(marked):
        signs = "\ufffd" * len(_MARK.findall(run.group()))
        start = length + run.start() - position
        raw = bytes(ord(char) & 0xFF for char in run.group())
        edits.append(Edit(start, start + len(signs), "\ufffd", "undecodable", Evidence(bytes=raw.hex())))
        pieces += marked[position : run.start()], signs
        position, length = run.end(), start + len(signs)
    return "".join((*pieces, marked[position:])), tuple(edits)
