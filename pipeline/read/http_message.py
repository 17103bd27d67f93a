"""What a crawler kept of an HTTP response: status, type and body, freed of its transfer and content codings."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

from msgspec import Struct

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import compression
from pipeline.wording import installing

_HEAD_END = expression(rb"\r?\n\r?\n")
_STATUS = expression(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_CHUNK = expression(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_CHARSET = expression(r";\s*charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)

Loss = InputError | None
"""What was lost in decoding."""


class Message(Struct, frozen=True):
    """A response as it was sent."""

    status: int | None
    """None where there is no status line."""
    headers: Mapping[str, str]
    body: bytes


def parse(data: bytes) -> Message:
    """The message in the block of a record."""
    status = _STATUS.match(data)
    if status is None:
        return Message(None, {}, data)
    end = _HEAD_END.search(data)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    return Message(int(status[1]), headers(head.partition(b"\n")[2]), body)


def headers(data: bytes) -> dict[str, str]:
    """Header lines as names in lower case and values; of several of one name, the first."""
    found: dict[str, str] = {}
    last = ""
    for line in data.decode("utf-8", "replace").split("\n"):
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and last:
            found[last] = f"{found[last]} {line.strip()}".strip()
        elif colon:
            last = name.strip().lower()
            found.setdefault(last, value.strip())
    return found


def content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type header."""
    if not value:
        return None, None
    charset = _CHARSET.search(value)
    return value.partition(";")[0].strip().lower() or None, charset[1] if charset else None


def payload(message: Message, limit: int) -> tuple[bytes, Loss]:
    """The body as the page it is. Crawlers often decode what they keep and leave the headers as they were.

    Raises:
        InputError: the library for its coding is missing.
    """
    body, loss = message.body, None
    if "chunked" in message.headers.get("transfer-encoding", "").lower():
        body, loss = _unchunked(body)
    codings = message.headers.get("content-encoding", "").lower().split(",")
    for coding in reversed(codings):
        body, more = _decoded(body, coding.strip(), limit)
        loss = loss or more
    return body, loss


def is_coded(message: Message) -> bool:
    """Whether the body is, or was, in another form than the page."""
    return not {"transfer-encoding", "content-encoding"}.isdisjoint(message.headers)


def _unchunked(body: bytes) -> tuple[bytes, Loss]:
    pieces: list[bytes] = []
    position = 0
    while chunk := _CHUNK.match(body, position):
        start, size = chunk.end(), int(chunk[1], 16)
        if size == 0:
            return b"".join(pieces), None
        pieces.append(body[start : start + size])
        position = min(start + size, len(body))
        position += 2 * body.startswith(b"\r\n", position) or body.startswith(b"\n", position)
    if not pieces:
        return body, None
    if position >= len(body):
        return b"".join(pieces), InputError("truncated", "the last chunk of the response is missing")
    return b"".join(pieces) + body[position:], InputError("damaged", "the response is not in chunks as it says")


def _decoded(body: bytes, coding: str, limit: int) -> tuple[bytes, Loss]:
    kind = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstandard"}.get(coding)
    if kind is not None:
        return compression.decompress(body, kind, limit) if compression.kind(body) == kind else (body, None)
    if coding == "deflate":
        return _inflated(body, limit)
    if coding == "br":
        return _unbrotlied(body, limit)
    return body, None


def _inflated(body: bytes, limit: int) -> tuple[bytes, Loss]:
    for wbits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # with the header that the standard asks for, or without
        inflate = zlib.decompressobj(wbits)
        try:
            data = inflate.decompress(body, limit)
        except zlib.error:
            continue
        return data, None if inflate.eof or not body else InputError(
            "truncated", "the deflated response ends too early"
        )
    return body, None


def _unbrotlied(body: bytes, limit: int) -> tuple[bytes, Loss]:
    try:
        import brotli
    except ImportError:
        raise InputError("missing-library", f"a Brotli response needs a library: {installing('warc')}") from None
    decompressor = brotli.Decompressor()
    try:
        data = decompressor.process(body, output_buffer_limit=limit)
    except brotli.error:
        return body, None
    return data, None if decompressor.is_finished() or not body else InputError(
        "truncated", "the Brotli response ends too early"
    )
