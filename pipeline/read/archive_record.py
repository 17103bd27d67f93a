"""What a record of a web archive gives: a page, or why it is none, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import RawDocument
from pipeline.read import digests, http_message
from pipeline.read.interface import MAX_DOCUMENT, Item, Skipped, failure, media_type

MAX_RECORD = MAX_DOCUMENT
"""A larger record gives no document: it is a film or a bomb, or its length is wrong."""
_TEXT = expression(
    r"text/(?!css|javascript|ecmascript|x-javascript|xml|dns|calendar|csv|vcard|x-vcard|vtt|json|x-component)"
    r"|application/(?:xhtml\+xml|vnd\.wap\.xhtml\+xml)"
    r"|(?:unknown/unknown|no-type|unk|unknown)\Z"
)
"""Media types of documents. What the server did not name is judged by its content, later."""
_PLAIN_TYPE = expression(r"[a-z]+/[a-z0-9.+-]{1,60}\Z")


class Header(Struct, frozen=True):
    """What the header of a record tells."""

    length: int
    url: str | None = None
    id: str | None = None
    is_http: bool = False
    """Whether the block may be an HTTP message."""
    media_type: str | None = None
    charset: str | None = None
    skipped: str | None = None
    """Why the record is no document."""
    block_digest: str | None = None
    payload_digest: str | None = None
    truncated: str | None = None
    """Why the crawler kept only a part."""


class Record(Struct, frozen=True):
    """One record as it lies in the archive."""

    offset: int
    """In the decompressed archive, or in the member that holds it."""
    header: Header | None
    """None where it cannot be read."""
    block: bytes
    problem: InputError | None
    """What is wrong with it as a record, whatever it holds."""


def items(record: Record, name: str) -> Iterator[Item]:
    """What a record gives: a document or why it is none, and what is wrong with it."""
    problems = [record.problem] if record.problem else []
    if record.header is not None:
        found = _page(record.header, record.block, name, problems)
        if found is not None:
            yield found
        if isinstance(found, Skipped):
            problems = [problem for problem in problems if problem.reason != "too-large"]
    for problem in problems:
        yield failure(name, problem)


def _page(header: Header, block: bytes, name: str, problems: list[InputError]) -> RawDocument | Skipped | None:
    """The page that a record holds. What is wrong with it is added to `problems`."""
    if header.skipped:
        return Skipped(header.skipped)
    message = http_message.parse(block) if header.is_http else http_message.Message(None, {}, block)
    label, charset = http_message.content_type(message.headers.get("content-type"))
    label, charset = label or header.media_type, charset or header.charset
    if message.status is not None and not 200 <= message.status < 300:
        return Skipped(f"http-{message.status}")
    if label and not _TEXT.match(label):
        return Skipped(label if _PLAIN_TYPE.match(label) else "unknown-type")
    if any(problem.reason == "too-large" for problem in problems):
        return None
    if not problems and not _digests_agree(header, block, message):
        problems.append(InputError("digest", "the page has not the digest that the record tells"))
    try:
        body, loss = http_message.payload(message, MAX_RECORD)
    except InputError as problem:
        problems.append(problem)
        return None
    if header.truncated:
        loss = InputError("truncated", f"the crawler kept only a part of the page ({header.truncated})")
    if loss is not None and not problems:
        problems.append(loss)
    known = {"id": header.id, "url": header.url, "media_type": media_type(label), "charset": charset}
    return RawDocument(name, body, {key: value for key, value in known.items() if value}, headers=message.headers)


def _digests_agree(header: Header, block: bytes, message: http_message.Message) -> bool:
    """Whether the block is what was archived. Writers differ in what a payload is, so its digest counts only where
    there is no doubt; and that of a block never equals that of a payload, but in archives whose writer erred."""
    if header.block_digest and header.block_digest != header.payload_digest:
        return digests.agrees(header.block_digest, block)
    if header.payload_digest and not header.truncated and not http_message.is_coded(message):
        return digests.agrees(header.payload_digest, message.body)
    return True
