"""Files of a few megabytes or less that become gigabytes, and large ones that are honest. Each has a good neighbour, as far as
its format has more than one document."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.read.compression import zstandard

SENTENCE = b"The ferry leaves the small harbour at nine and comes back before the evening tide, the crew says. "
MIB = 1 << 20
RECORD = b'{"text": "' + SENTENCE * 5 + b'"}\n'
PAGE = b"<html><body><p>" + SENTENCE * 5 + b"</p></body></html>"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def repeated(piece: bytes, mib: int) -> Iterator[bytes]:
    """So many mebibytes of a piece repeated, a block at a time."""
    block = (piece * (MIB // len(piece) + 1))[:MIB]
    for _ in range(mib):
        yield block


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write pieces to a file."""
    with path.open("wb") as file:
        file.writelines(pieces)


def write_gzip(path: Path, pieces: Iterable[bytes]) -> None:
    """Write pieces to a gzip file of one member."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        file.writelines(packer.compress(piece) for piece in pieces)
        file.write(packer.flush())


def warc_head(length: int) -> bytes:
    """The header of a record of a web archive."""
    lines = (
        "WARC/1.0",
        "WARC-Type: response",
        "WARC-Target-URI: http://harbour.example/",
        "WARC-Date: 2024-01-01T00:00:00Z",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {length}",
    )
    return "\r\n".join((*lines, "", "")).encode()


GOOD = warc_head(len(HTTP + PAGE)) + HTTP + PAGE + b"\r\n\r\n"


def web_archive(path: Path) -> None:
    """2 MiB that become 2 GiB of zeros in one record."""
    head = warc_head(len(HTTP) + 2048 * MIB) + HTTP
    write_gzip(path, [GOOD, head, *repeated(b"\0", 2048), b"\r\n\r\n", GOOD])


def web_archive_of_text(path: Path) -> None:
    """A record of 2 GiB of text in a web archive."""
    head = warc_head(len(HTTP) + 2048 * MIB) + HTTP
    write_gzip(path, [GOOD, head, *repeated(SENTENCE, 2048), b"\r\n\r\n", GOOD])


def payload(path: Path) -> None:
    """A page of 1 MiB that its server has compressed, of 1 GiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join([*map(packer.compress, repeated(b"\0", 1024)), packer.flush()])
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    path.write_bytes(GOOD + warc_head(len(head + body)) + head + body + b"\r\n\r\n" + GOOD)


def book(path: Path) -> None:
    """An EPUB of .2 MiB with a chapter of 200 MiB."""
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="a" href="a.html" media-type="application/xhtml+xml"/>'
        '<item id="b" href="b.html" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="c.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("c.opf", opf)
        archive.writestr("a.html", PAGE)
        with archive.open("b.html", "w") as chapter:
            chapter.write(b"<html><body><p>")
            chapter.writelines(repeated(b" ", 200))


def zstandard_lines(path: Path) -> None:
    """A line of 4 GiB in a .jsonl.zst of .1 MiB."""
    packer = zstandard().ZstdCompressor()
    with path.open("wb") as file:
        for piece in (RECORD, b'{"text": "', *repeated(b"a", 4096), b'"}\n', RECORD):
            file.write(packer.compress(piece))
        file.write(packer.flush())


def xz_text(path: Path) -> None:
    """A text of 1 GiB of zeros in an .xz of .2 MiB."""
    with lzma.open(path, "wb", preset=1) as file:
        file.writelines(repeated(b"\0", 1024))


def nested_json(path: Path) -> None:
    """Five million brackets."""
    path.write_bytes(b"[" * 5_000_000 + b"]" * 5_000_000)


def nested_line(path: Path) -> None:
    """A line nested 200,000 deep between two good ones."""
    path.write_bytes(RECORD + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"\n" + RECORD)


def long_line(path: Path) -> None:
    """A text of one line of 1 GiB."""
    write(path, repeated(b"word ", 1024))


def long_record(path: Path) -> None:
    """A line of 1 GiB in a .jsonl, between two good ones."""
    write(path, [RECORD, b'{"text": "', *repeated(b"word ", 1024), b'"}\n', RECORD])


def feed(path: Path) -> None:
    """A feed with an item of 1 GiB behind a good one."""
    item = b"<item><description>" + SENTENCE * 5 + b"</description></item>"
    head = b'<rss version="2.0"><channel>' + item + b"<item><description>"
    write_gzip(path, [head, *repeated(b"word ", 1024), b"</description></item></channel></rss>"])


Bomb = tuple[str, Callable[[Path], None], int]
BOMBS: tuple[Bomb, ...] = (
    ("zeros.warc.gz", web_archive, 1),
    ("text.warc.gz", web_archive_of_text, 2),
    ("payload.warc", payload, 2),
    ("book.epub", book, 1),
    ("line.jsonl.zst", zstandard_lines, 1),
    ("zeros.txt.xz", xz_text, 0),
    ("nested.json", nested_json, 0),
    ("nested.jsonl", nested_line, 2),
    ("line.txt", long_line, 0),
    ("line.jsonl", long_record, 2),
    ("feed.rss.gz", feed, 1),
)
"""Name, what writes it, and how many documents there are to be at least: the neighbours that are kept"""
