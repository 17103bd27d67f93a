"""E-mail and EPUB."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

from tests.read.samples import read, saved


def message(number: int, *, html: bool = False) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Ägidius Writer <writer@site.example>"
    mail["Subject"] = f"Letter {number} from Zürich"
    mail["Date"] = "Mon, 06 May 2024 07:08:09 +0200"
    mail["Message-ID"] = f"<{number}@site.example>"
    mail.set_content(f"Letter {number}: schöne Grüße.\n")
    if html:
        mail.add_alternative("<p>Letter as a page</p>", subtype="html")
        mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    return mail.as_bytes()


def test_a_message_is_a_document(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "letter.eml", message(1, html=True)))
    assert got.texts == ["Letter 1: schöne Grüße.\n"]
    assert got.documents[0].source == "letter.eml"
    assert got.documents[0].fields == {
        "title": "Letter 1 from Zürich",
        "author": "Ägidius Writer",
        "date": "2024-05-06T07:08:09+02:00",
        "media_type": "text/plain",
        "charset": "utf-8",
    }
    assert got.skipped == {"part text/html": 1, "part image/png": 1}


def test_a_mailbox_has_a_document_for_each_message(tmp_path: Path) -> None:
    messages = [b"From writer Mon May  6 07:08:09 2024\n" + message(i) + b"\n" for i in range(3)]
    got = read(saved(tmp_path, "letters", b"".join(messages)))
    assert [text.split(":")[0] for text in got.texts] == ["Letter 0", "Letter 1", "Letter 2"]
    assert got.numbers == [0, 1, 2]


def test_a_text_that_begins_with_from_is_text(tmp_path: Path) -> None:
    text = "From Monday 10:15 on, trams run again.\nDate: see below.\n"
    assert read(saved(tmp_path, "page.txt", text)).texts == [text]


def test_a_message_without_text(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "picture.eml", b"From: a@b\nSubject: x\nContent-Type: image/png\n\nAAAA\n"))
    assert got.errors == ["no-text"]


CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>A Book</dc:title><dc:creator>A. Writer</dc:creator><dc:language>en</dc:language></metadata><manifest>
<item id="b" href="second%20one.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="first.xhtml" media-type="application/xhtml+xml"/>
<item id="c" href="lost.xhtml" media-type="application/xhtml+xml"/>
<item id="d" href="map.svg" media-type="image/svg+xml"/></manifest>
<spine><itemref idref="a"/><itemref idref="d"/><itemref idref="c"/><itemref idref="b"/></spine></package>"""


def book(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", files.get("container", CONTAINER))
        archive.writestr("book/package.opf", files.get("package", PACKAGE))
        archive.writestr("book/first.xhtml", "<html><body><p>One.</p></body></html>")
        archive.writestr("book/second one.xhtml", "<html><body><p>Two.</p></body></html>")
    return out.getvalue()


def test_a_book_has_a_document_for_each_chapter_in_reading_order(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "book.epub", book()))
    assert got.texts == ["<html><body><p>One.</p></body></html>", "<html><body><p>Two.</p></body></html>"]
    assert got.numbers == [0, 3]
    assert got.documents[0].fields == {
        "title": "A Book",
        "author": "A. Writer",
        "language": "en",
        "media_type": "text/html",
    }
    assert [(failure.source[-1], failure.error) for failure in got.failures] == [("2", "damaged")]
    assert got.skipped == {"image/svg+xml": 1}


def test_a_damaged_book(tmp_path: Path) -> None:
    whole = book()
    for cut in range(60, len(whole), 50):
        assert read(saved(tmp_path, "book.epub", whole[:cut])).errors == ["damaged"]
    for broken in (book(container="<x"), book(package="<x"), book(container="<x/>")):
        assert read(saved(tmp_path, "book.epub", broken)).errors == ["damaged"]
