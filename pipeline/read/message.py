"""One e-mail message: all of its text, what its header tells, and the parts that are no text, by name."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import DECODED, RawDocument
from pipeline.read import encodings, markup
from pipeline.read.interface import HTML, TEXT, Item, Skipped, failure, media_type, member
from pipeline.wording import said

if TYPE_CHECKING:
    from email.message import Message

MAX_MESSAGE = 1 << 27
_MAX_FIELD = 1 << 13
"""More of a field of the header is not looked at: decoding one takes the square of its length."""
_MAX_DEPTH = 20
_STUB = 2
"""A plain text with less than half of the letters of the HTML beside it is not that text."""
_NOT_READ = frozenset(
    (
        *("text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/csv", "text/x-amp-html"),
        "text/rfc822-headers",
    )
)
"""Parts that are text to a computer."""
_SAMPLE = 1 << 20
"""So much of an alternative shows how much it says."""
_ADDRESS = expression(r"\b(?:https?://|www\.)\S+")
_DEFECTS = {
    "MissingHeaderBodySeparatorDefect": "its header has a line that is none",
    "FirstHeaderLineIsContinuationDefect": "its header begins in the middle",
    "NoBoundaryInMultipartDefect": "nothing says where its parts begin",
    "StartBoundaryNotFoundDefect": "its parts are missing",
    "CloseBoundaryNotFoundDefect": "its last part has no end",
    "InvalidBase64CharactersDefect": "a part in base 64 has other letters",
    "InvalidBase64PaddingDefect": "a part in base 64 is cut",
    "InvalidBase64LengthDefect": "a part in base 64 is cut",
}
DAMAGED = (LookupError, ValueError, AttributeError, TypeError, RecursionError, AssertionError)
"""What Python's parser raises where a message is not as it expects."""


class _Body(Struct, frozen=True):
    """A part of a message that is text."""

    text: str
    is_html: bool
    raw: bytes
    charset: str | None
    media_type: str


class _Found(Struct):
    """The parts of a message, sorted."""

    bodies: list[_Body]
    attached: list[Message]
    """Messages inside the message."""
    skipped: list[Skipped]
    names: list[str]
    """Of the parts that are passed over."""


def items(name: str, data: bytes, depth: int = 0) -> Iterator[Item]:
    """The document that a message is, one for each message attached to it, and the parts that are passed over.

    Raises:
        InputError: `too-large`, `damaged` or `no-text`.
    """
    import email

    if len(data) > MAX_MESSAGE:
        raise InputError("too-large", f"a message of more than {MAX_MESSAGE >> 20} MiB")
    try:
        message = email.message_from_bytes(data)
    except DAMAGED as error:
        raise InputError("damaged", f"not a message that can be read: {error}") from None
    yield from _items(name, message, depth)


def _items(name: str, message: Message, depth: int) -> Iterator[Item]:
    found = _Found([], [], [], [])
    try:
        _collect(message, found, 0)
        known = header(message)
    except DAMAGED as error:
        raise InputError("damaged", f"not a message that can be read: {said(error)}") from None
    if not any(body.text.strip() for body in found.bodies) and not found.attached:
        parts = (
            ", ".join([*(part.reason.removeprefix("part ") for part in found.skipped[:10]), *found.names[:10]])
            or "none"
        )
        raise InputError("no-text", f"no part of the message is text; its parts are: {parts}")
    if found.bodies:
        document = _document(name, found.bodies, known)
        yield replace(document, extra={"attachments": found.names}) if found.names else document
    yield from found.skipped
    if defects := _defects(message):
        yield failure(name, InputError("damaged", f"the message does not hold together: {', '.join(defects)}"))
    for number, inner in enumerate(found.attached):
        inside = member(name, number)
        try:
            if depth >= _MAX_DEPTH:
                raise InputError("nested", f"messages inside messages more than {_MAX_DEPTH} deep")
            yield from _items(inside, inner, depth + 1)
        except InputError as error:
            yield failure(inside, InputError(error.reason, f"attached message {number + 1}: {error}"))


def _defects(message: Message) -> list[str]:
    """What Python's parser found wrong with a message, where text may be missing or in the wrong place for it."""
    found = (type(defect).__name__ for part in message.walk() for defect in part.defects)
    return list(dict.fromkeys(_DEFECTS[name] for name in found if name in _DEFECTS))


def _collect(part: Message, found: _Found, depth: int) -> None:
    """Sort the parts below `part` into `found`. Of alternatives, the best is taken."""
    if depth > _MAX_DEPTH * 5:
        raise ValueError("parts inside parts too deep")
    label = part.get_content_type()
    if label == "multipart/alternative" and part.is_multipart():
        _choose(part, found, depth)
    elif label == "message/rfc822" or (label == "message/global" and part.is_multipart()):
        found.attached += _children(part)
    elif part.is_multipart() and part.get_content_maintype() == "multipart":
        for inner in _children(part):
            _collect(inner, found, depth + 1)
    elif part.get_content_maintype() == "text" and label not in _NOT_READ and not _is_attachment(part):
        found.bodies.append(_body(part))
    else:
        found.skipped.append(Skipped(f"part {label}"))
        found.names += [name] if (name := _readable(part.get_filename() or "")) else []


def _choose(part: Message, found: _Found, depth: int) -> None:
    """Of the alternatives, the plain text; the HTML where that says more than twice as much."""
    options: list[_Found] = []
    for inner in _children(part):
        option = _Found([], [], [], [])
        _collect(inner, option, depth + 1)
        options.append(option)
    texts = [option for option in options if option.bodies]
    plain = next((one for one in texts if not any(body.is_html for body in one.bodies)), None)
    rich = next((one for one in texts if any(body.is_html for body in one.bodies)), None)
    best = plain or rich
    if plain is not None and rich is not None and _letters(plain) * _STUB < _letters(rich):
        best = rich
    for option in options:
        if option is best or not option.bodies:
            found.bodies += option.bodies
            found.attached += option.attached
            found.skipped += option.skipped
            found.names += option.names
        else:
            found.skipped += [Skipped(f"alternative {body.media_type}") for body in option.bodies]
            found.skipped += option.skipped


def _letters(option: _Found) -> int:
    """How many letters and digits a reader would see."""
    count = 0
    for body in option.bodies:
        text = markup.visible(body.text[:_SAMPLE], " ") if body.is_html else body.text[:_SAMPLE]
        count += sum(map(str.isalnum, _ADDRESS.sub(" ", text)))
    return count


def _children(part: Message) -> Sequence[Message]:
    inner = part.get_payload()
    from email.message import Message

    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or (
        part.get_filename() is not None and part.get_content_disposition() != "inline"
    )


def _body(part: Message) -> _Body:
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    label = part.get_content_type()
    charset = part.get_content_charset()
    return _Body(encodings.text_of(raw, charset), label in (HTML, "application/xhtml+xml"), raw, charset, label)


def _document(name: str, bodies: Sequence[_Body], known: dict[str, str]) -> RawDocument:
    """All text of a message: as it stands there where that is one part, else joined."""
    if len(bodies) == 1:
        (body,) = bodies
        kind = media_type(body.media_type)
        fields = known | ({"media_type": kind} if kind else {}) | ({"charset": body.charset} if body.charset else {})
        return RawDocument(name, body.raw, fields)
    if any(body.is_html for body in bodies):
        text = "\n".join(body.text if body.is_html else _paragraphs(body.text) for body in bodies)
        return RawDocument(name, text.encode(), known | {"media_type": HTML, "charset": DECODED})
    text = "\n\n".join(body.text.strip("\r\n") for body in bodies if body.text.strip())
    return RawDocument(name, text.encode(), known | {"media_type": TEXT, "charset": DECODED})


def _paragraphs(text: str) -> str:
    """A plain text as paragraphs of HTML."""
    blocks = (block.strip() for block in re.split(r"\r?\n[ \t]*\r?\n", text))
    return "\n".join(f"<p>{html.escape(block, quote=False)}</p>" for block in blocks if block)


def header(message: Message) -> dict[str, str]:
    """What the header of a message tells of it: title, author, date, id."""
    from email.utils import parseaddr, parsedate_to_datetime

    try:
        name, address = parseaddr(field(message, "From"))
    except (RecursionError, ValueError, IndexError):
        name = address = ""
    try:
        date = parsedate_to_datetime(field(message, "Date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        date = ""
    known = {
        "title": field(message, "Subject"),
        "author": name or address,
        "date": date,
        "id": field(message, "Message-ID"),
    }
    return {key: value for key, value in known.items() if value}


_WORD = expression(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = expression(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def field(message: Message, name: str) -> str:
    """A field of the header as one line: encoded words decoded, and bytes that are no ASCII, which are most often UTF-8."""
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")[:_MAX_FIELD]
    return " ".join(_readable(value).split())


def _readable(value: str) -> str:
    if not value.isascii():
        raw = value.encode("utf-8", "surrogateescape")
        value = encodings.text_of(raw, None)
    return _WORD.sub(_decoded_word, _BETWEEN_WORDS.sub(r"\1", value)) if "=?" in value else value


def _decoded_word(found: re.Match[str]) -> str:
    """A word such as `=?utf-8?q?Z=C3=BCrich?=`; as it stands there where it cannot be read."""
    import binascii
    import quopri

    charset, coding, text = found.groups()
    try:
        if coding in "bB":
            data = binascii.a2b_base64(text + "=" * (-len(text) % 4))
        else:
            data = quopri.decodestring(text.replace("_", " ").encode(), header=False)
    except (ValueError, UnicodeEncodeError):
        return found[0]
    return encodings.text_of(data, charset.partition("*")[0])
