"""What the bytes say of themselves: binary or text, UTF-16 or UTF-32 without a mark, a charset declared in markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.expression import expression
from pipeline.text.decode.labels import codec_of, name_of

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF87a", "a GIF image"),
    (0, b"GIF89a", "a GIF image"),
    (0, b"II*\0", "a TIFF image"),
    (0, b"MM\0*", "a TIFF image"),
    (0, b"BM", "a BMP image"),
    (0, b"\0\0\1\0", "an icon"),
    (0, b"8BPS", "a Photoshop image"),
    (0, b"PK\3\4", "a zip archive, or a document in one such as DOCX, XLSX, ODT or EPUB"),
    (0, b"PK\5\6", "an empty zip archive"),
    (0, b"\x1f\x8b", "gzip data"),
    (0, b"BZh", "bzip2 data"),
    (0, b"\xfd7zXZ\0", "xz data"),
    (0, b"\x28\xb5\x2f\xfd", "zstandard data"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an OLE document such as DOC, XLS, PPT or MSG"),
    (0, b"\x7fELF", "an ELF executable"),
    (0, b"MZ", "a Windows executable"),
    (0, b"\xca\xfe\xba\xbe", "a Java class or Mach-O executable"),
    (0, b"\xcf\xfa\xed\xfe", "a Mach-O executable"),
    (0, b"\xce\xfa\xed\xfe", "a Mach-O executable"),
    (0, b"\0asm", "a WebAssembly module"),
    (0, b"OggS", "an Ogg recording"),
    (0, b"ID3", "an MP3 recording"),
    (0, b"fLaC", "a FLAC recording"),
    (0, b"\x1aE\xdf\xa3", "a Matroska video"),
    (0, b"FLV\1", "a Flash video"),
    (0, b"\0\0\1\xba", "an MPEG video"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (0, b"OTTO", "a font"),
    (0, b"\0\1\0\0", "a font"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"ARROW1\0", "an Arrow file"),
    (0, b"Obj\1", "an Avro file"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (257, b"ustar", "a tar archive"),
    (8, b"WEBP", "a WebP image"),
    (8, b"WAVE", "a WAVE recording"),
    (8, b"AVI ", "an AVI video"),
    (4, b"ftyp", "an MP4 video or HEIF image"),
)
"""Where which bytes tell what. Several are letters, so a control character near the start has to bear them out."""

_CONTROL = bytes({*range(0x20), 0x7F} - set(b"\b\t\n\v\f\r\x1b"))
"""Controls that text does not hold: all of C0 but those that move the cursor (man pages use BS) and escape."""
MAX_CONTROL_SHARE = 0.04
"""Random bytes have 10%; a binary file seldom less. Text has none, a damaged one a few."""
_MIN_CONTROLS = 4
_MARKUP = expression(rb"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_HEAD = 1024
_MARKUP_HEAD = 1 << 14
_WIDE_SAMPLE = 1 << 16


def magic_kind(data: bytes) -> str | None:
    """What kind of binary file begins like this, in words, or None."""
    head = data[:_HEAD]
    if data.startswith(b"%PDF-"):
        return "a PDF document"
    if any(byte in head for byte in _CONTROL):
        for offset, magic, kind in _MAGIC:
            if data.startswith(magic, offset):
                return kind
    return None


def control_kind(data: bytes) -> str | None:
    """That the data is binary, in words, if control characters say so. NULs in markup do not: browsers skip them
    (https://html.spec.whatwg.org/#parsing-main-inbody), and pages full of them exist."""
    controls = _CONTROL.replace(b"\0", b"") if _MARKUP.match(data) else _CONTROL
    found = len(data) - len(data.translate(None, controls))
    if found >= _MIN_CONTROLS and found > MAX_CONTROL_SHARE * len(data):
        return f"binary data: {found / len(data):.0%} of its bytes are control characters"
    return None


def wide_encoding(data: bytes) -> str | None:
    """UTF-32 or UTF-16 without a byte-order mark, told by where its NULs stand, or None.

    The NULs of ASCII characters, of spaces and line breaks at least, stand in one place of each unit; and what stands
    in the other is unlike.
    """
    sample = data[:_WIDE_SAMPLE]
    if sample.count(0) * 200 < len(sample) or len(sample) < 4 or _MARKUP.match(sample):
        return None
    rest = sample.translate(None, b"\0")
    if rest.isascii() and rest == rest.translate(None, _CONTROL) and sample.count(0) * 5 < len(sample):
        # Every other byte of ASCII in UTF-16 is NUL, half of an alphabet's are controls, and ideographs are not all ASCII
        return None
    for name in ("utf-32le", "utf-32be"):
        if _reads_as(sample, name, unit=4):
            return name
    even, odd = sample[::2], sample[1::2]
    shared = sum(min(even.count(byte), odd.count(byte)) for byte in range(256))
    if shared * 2 > len(odd) or min(even.count(0), odd.count(0)) * 20 > max(even.count(0), odd.count(0)):
        return None
    name = "utf-16le" if odd.count(0) > even.count(0) else "utf-16be"
    return name if _reads_as(sample, name, unit=2) else None


def _reads_as(sample: bytes, name: str, unit: int) -> bool:
    """Whether nearly all of `sample` decodes, to characters that text holds."""
    whole = sample[: len(sample) // unit * unit]
    text = whole.decode(codec_of(name), "replace")
    odd = sum(text.count(chr(control)) for control in _CONTROL) + text.count("\ufffd")
    return bool(text) and odd * 100 <= len(text)


_XML_DECLARATION = expression(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']\s*([^\"'>]+?)\s*[\"']", re.IGNORECASE)
_ATTRIBUTES = rb"(?:[^>=]++|=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+')?+)*+"
_TOKEN = expression(
    rb"<!--(?:-?>|.*?-->)|<meta(?P<meta>[\t\n\f\r /]"
    + _ATTRIBUTES
    + rb")>|</?[a-z]"
    + _ATTRIBUTES
    + rb">|<[!/?][^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = expression(
    rb"([^\t\n\f\r />=][^\t\n\f\r />=]*)"
    rb"(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\f\r \"'>][^\t\n\f\r >]*))?)?"
)
_CONTENT_CHARSET = expression(
    rb"charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\f\r ;\"'][^\t\n\f\r ;]*))", re.IGNORECASE
)


def declared_in_markup(data: bytes) -> str | None:
    """The encoding that a page's XML declaration or first `<meta>` names, or None.

    Follows the prescan of https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding, over more
    bytes than its 1024, because pages put scripts first. UTF-16 cannot be what an ASCII declaration says, and counts
    as UTF-8 there.
    """
    head = data[:_MARKUP_HEAD]
    if not head.lstrip(b"\t\n\f\r ").startswith(b"<"):
        return None
    labels = [match[1] for match in _XML_DECLARATION.finditer(head[: head.find(b">") + 1])]
    for label in (*labels, *_meta_labels(head)):
        text = label.decode("ascii", "replace")
        name = "windows-1252" if text.strip().lower() == "x-user-defined" else name_of(text)
        if name:
            return "utf-8" if name.startswith("utf-16") else name
    return None


def _meta_labels(head: bytes) -> Iterator[bytes]:
    for token in _TOKEN.finditer(head):
        if token["meta"] is None:
            continue
        attributes: dict[bytes, bytes] = {}
        for name, *values in _ATTRIBUTE.findall(token["meta"]):
            attributes.setdefault(name.lower(), b"".join(values))
        if b"charset" in attributes:
            yield attributes[b"charset"]
        elif attributes.get(b"http-equiv", b"").lower() == b"content-type":
            for values in _CONTENT_CHARSET.findall(attributes.get(b"content", b"")):
                yield b"".join(values)


_TAGS = (
    "a abbr address article aside b blockquote body br button center cite code dd div dl dt em embed figcaption figure"
    " font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input li link main menu meta"
    " nav noscript ol option p pre script section select small span strong style sub sup table tbody td textarea th"
    " thead title tr u ul video"
).split()
_TAG = expression(rf"<(/?)({'|'.join(sorted(_TAGS, key=len, reverse=True))})(?=[\s/>])([^<>]*)>", re.IGNORECASE)
_PROLOGUE = expression(r"(?:[\ufeff\s]+|<!--.*?-->|<\?xml[^>]*>)*", re.IGNORECASE | re.DOTALL)
_PAGE = expression(r"<!doctype\s+html\b|<html\b[^<>]*>\s*<[a-z!]", re.IGNORECASE)
_HTML_SAMPLE = 1 << 16
_FRAGMENT_CLOSINGS = 3
_FRAGMENT_SHARE = 0.1


def sniff_html(text: str) -> bool:
    """Whether `text` is HTML, by what it holds and not by its name.

    A page begins with a doctype or a tag of HTML and closes some of its tags; a fragment may begin with words, but is
    full of tags with attributes. Prose that mentions a tag, or shows a few in examples, is text.
    """
    prologue = _PROLOGUE.match(text)
    start = prologue.end() if prologue else 0
    sample = text[start : start + _HTML_SAMPLE]
    if _PAGE.match(sample):
        return True
    first = _TAG.search(sample)
    if first is None:
        return False
    tags = _TAG.findall(sample)
    opened = {name.lower() for slash, name, _ in tags if not slash}
    closings = sum(1 for slash, name, _ in tags if slash and name.lower() in opened)
    if first.start() == 0:
        return closings > 0 or len(tags) >= 2 * _FRAGMENT_CLOSINGS
    share = sum(len(name) + len(rest) + 2 for _, name, rest in tags) / len(sample)
    attributes = any("=" in rest for _, _, rest in tags)
    return closings >= _FRAGMENT_CLOSINGS and attributes and share >= _FRAGMENT_SHARE
