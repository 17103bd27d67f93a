"""Files that hold text which nothing here reads: each fails with the tool that makes of it what can be read."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.read.interface import Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS: tuple[tuple[int, bytes, tuple[str, ...], str], ...] = (
    (0, _OLE, (".xls", ".xlt"), "is an old Excel workbook: save it as CSV first, by `soffice --convert-to csv FILE`"),
    (0, _OLE, (".ppt", ".pps"), "is an old PowerPoint presentation: make a PDF of it first, by `soffice --convert-to pdf FILE`"),
    (0, _OLE, (".msg",), "is a message of Outlook: save it as .eml first, by `msgconvert FILE`"),
    (0, _OLE, (), "is an old Office file, most likely Word's: save it as .docx first, by `soffice --convert-to docx FILE`"),
    (60, b"BOOKMOBI", (), "is a Kindle book: make an EPUB of it first, by `ebook-convert FILE FILE.epub`"),
    (0, b"AT&TFORM", (), "is a DjVu file: take its text out first, by `djvutxt FILE FILE.txt`"),
    (0, b"ITSF", (), "is a CHM help file: unpack it first, by `7z x FILE`"),
    (0, b"7z\xbc\xaf\x27\x1c", (), "is a 7-Zip archive: unpack it first, by `7z x FILE`"),
    (0, b"Rar!\x1a\x07", (), "is a RAR archive: unpack it first, by `7z x FILE`"),
    (0, b"!BDN", (), "is a mailbox of Outlook: make an mbox of it first, by `readpst FILE`"),
    (0, b"SQLite format 3\0", (), "is an SQLite database: write a table as CSV first, by `sqlite3 -csv -header FILE`"),
    (0, b"FEA1", (), "is a file of Feather's first version: write it as Parquet first, with pyarrow"),
    (0, b"Obj\x01", (), "is an Avro file: write it as Parquet first, with DuckDB or Spark"),
    (0, b"ORC", (), "is an ORC file: write it as Parquet first, with pyarrow or Spark"),
    (0, b"%!PS-", (), "is PostScript: make a PDF of it first, by `ps2pdf FILE`"),
)  # fmt: skip
"""Where which bytes stand, the suffixes that go with them (none: any), and what to do."""


def _advice(head: bytes, suffix: str) -> str | None:
    for place, sign, suffixes, advice in _KINDS:
        if head.startswith(sign, place) and (not suffixes or suffix in suffixes):
            return advice
    return None


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file is one of these. Asked without a suffix, it leaves those open that a suffix tells apart."""
    return _advice(head, suffix) is not None and (bool(suffix) or not head.startswith(_OLE))


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """Nothing.

    Raises:
        InputError: always: what the file is, and what to do with it.
    """
    suffix = "." + opened.source.lower().rpartition(".")[2]
    raise InputError("unsupported", _advice(opened.head(), suffix) or "is of a format that is not read")
    yield


FORMAT = Format("unread", recognises, read, turn=7)
