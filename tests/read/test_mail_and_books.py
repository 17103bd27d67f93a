"""E-mail and EPUB."""

from __future__ import annotations

import io
import mailbox
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

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
        "id": "<1@site.example>",
        "media_type": "text/plain",
        "charset": "utf-8",
    }
    assert got.skipped == {"alternative text/html": 1, "part image/png": 1}
    assert got.documents[0].extra == {"attachments": ["a.png"]}


def test_all_parts_that_are_text_are_read(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Two parts"
    mail.set_content("The first part, from Zürich.\n")
    mail.add_attachment(
        "The second part, from Köln.\n".encode("latin-1"), maintype="text", subtype="plain", disposition="inline"
    )
    mail.get_payload()[1].set_param("charset", "iso-8859-1")  # type: ignore[union-attr,index]
    got = read(saved(tmp_path, "letter.eml", mail.as_bytes()))
    assert got.texts == ["The first part, from Zürich.\n\nThe second part, from Köln."]


def test_plain_text_below_a_page_is_part_of_the_page(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail.set_content("<p>A page.</p>", subtype="html")
    mail.make_mixed()
    mail.attach(part := EmailMessage())
    part.set_content("The list's footer, with < and &.")
    got = read(saved(tmp_path, "letter.eml", b"From: a@b\nDate: Mon, 06 May 2024 07:08:09 +0200\n" + mail.as_bytes()))
    assert got.documents[0].fields["media_type"] == "text/html"
    assert "<p>A page.</p>" in got.texts[0]
    assert "<p>The list's footer, with &lt; and &amp;.</p>" in got.texts[0]


STORY = "The old harbour wall gave way on Thursday night after a week of storms. " * 8


@pytest.mark.parametrize(
    ("plain", "page", "chosen"),
    [
        (
            "This message contains HTML: https://site.example/" + "x" * 400,
            f"<style>p {{}}</style><p>{STORY}</p>",
            "text/html",
        ),
        (STORY, f"<nav>Home News Sport</nav><p>{STORY}</p><footer>Unsubscribe</footer>", "text/plain"),
        (STORY, "<p>See the text.</p>", "text/plain"),
        ("", f"<p>{STORY}</p>", "text/html"),
    ],
)
def test_of_alternatives_a_stub_is_not_the_text(tmp_path: Path, plain: str, page: str, chosen: str) -> None:
    mail = EmailMessage()
    mail["Subject"] = "News"
    mail.set_content(plain)
    mail.add_alternative(page, subtype="html")
    got = read(saved(tmp_path, "letter.eml", mail.as_bytes()))
    assert [document.fields["media_type"] for document in got.documents] == [chosen]
    assert STORY[:40] in got.texts[0]


@pytest.mark.parametrize(("more", "chosen"), [("", "text/plain"), ("o", "text/html")])
def test_a_page_that_says_twice_as_much_does_not_say_more_than_that(tmp_path: Path, more: str, chosen: str) -> None:
    mail = EmailMessage()
    mail["Subject"] = "News"
    mail.set_content(STORY)
    mail.add_alternative(f"<p>{STORY} {STORY} {more}</p>", subtype="html")
    got = read(saved(tmp_path, "letter.eml", mail.as_bytes()))
    assert [document.fields["media_type"] for document in got.documents] == [chosen]


def test_headers_in_raw_utf8_latin1_and_encoded_words(tmp_path: Path) -> None:
    for raw, title in (
        ("Subject: Zürich – Köln".encode(), "Zürich – Köln"),
        ("Subject: Grüße aus Zürich".encode("latin-1"), "Grüße aus Zürich"),
        (b"Subject: =?utf-8?q?Z=C3=BCrich?= =?utf-8?b?IOKAkyBLw7Zsbg==?= and on", "Zürich – Köln and on"),
    ):
        got = read(saved(tmp_path, "letter.eml", b"From: a@b\n" + raw + b"\nMessage-ID: <1>\n\nText.\n"))
        assert got.documents[0].fields["title"] == title


@pytest.mark.parametrize(
    "header", [b"From: " + b"(" * 5000, b"Subject: " + b"=?utf-8?q?a?= " * 100_000, b"Date: " + b"(" * 9000]
)
def test_a_hostile_header_costs_nothing(tmp_path: Path, header: bytes) -> None:
    got = read(saved(tmp_path, "letter.eml", header + b"\nTo: a@b\nMessage-ID: <1>\n\nText.\n"))
    assert got.texts == ["Text.\n"]


def test_a_message_of_apple_mail(tmp_path: Path) -> None:
    mail = message(1)
    data = b"%d      \n" % len(mail) + mail + b'<?xml version="1.0"?>\n<plist><dict/></plist>\n'
    assert read(saved(tmp_path, "1.emlx", data)).texts == ["Letter 1: schöne Grüße.\n"]


def test_messages_inside_a_message_are_documents_of_their_own(tmp_path: Path) -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"] = "The letter"
    inner.set_content("What was written.")
    outer["Subject"] = "Fwd: The letter"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    got = read(saved(tmp_path, "letter.eml", outer.as_bytes()))
    assert [(one.source, one.fields["title"]) for one in got.documents] == [
        ("letter.eml", "Fwd: The letter"),
        ("letter.eml#0000000000", "The letter"),
    ]


def test_a_mailbox_has_a_document_for_each_message(tmp_path: Path) -> None:
    messages = [b"From writer Mon May  6 07:08:09 2024\n" + message(i) + b"\n" for i in range(3)]
    got = read(saved(tmp_path, "letters", b"".join(messages)))
    assert [text.split(":")[0] for text in got.texts] == ["Letter 0", "Letter 1", "Letter 2"]
    assert got.numbers == [0, 1, 2]


def test_a_mailbox_as_python_writes_it(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "letters.mbox")
    body = "From memory, the vote was taken in 1988.\n\nFrom Monday on: trams run again.\n"
    for number in range(3):
        mail = EmailMessage()
        mail["Subject"] = f"Letter {number}"
        mail.set_content(body, cte="7bit")
        box.add(mail)
    box.close()
    got = read(tmp_path / "letters.mbox")
    assert got.texts == [body] * 3
    assert not got.failures


def test_lines_that_begin_with_from_end_no_message(tmp_path: Path) -> None:
    body = b"One.\n\nFrom memory, two.\n\nFrom Jo Mon May  6 07:08:09 2024\nthis is no header\n\nFrom: three\n"
    messages = [b"From writer@site.example Mon May  6 07:08:09 +0200 2024\nSubject: x\n\n" + body + b"\n"] * 2
    got = read(saved(tmp_path, "letters.mbox", b"".join(messages)))
    assert [text.rstrip() for text in got.texts] == [body.decode().rstrip()] * 2


def test_a_line_that_a_mailbox_has_quoted_is_as_it_was_written(tmp_path: Path) -> None:
    body = b"One.\n\n>From memory, two.\n>>From a letter that was quoted before.\n> From afar, which nobody quoted.\n"
    got = read(saved(tmp_path, "letters.mbox", b"From writer Mon May  6 07:08:09 2024\nSubject: x\n\n" + body + b"\n"))
    (text,) = got.texts
    assert text.splitlines() == [
        "One.", "", "From memory, two.", ">From a letter that was quoted before.", "> From afar, which nobody quoted.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"From writer Mon", b"Fram writer Mon"),
        (b"Mon May  6 07:08:09 2024", b"Mox Mxy  6 07:08:09 2024"),
        (b"2024\nFrom:", b"2024\nFxxx"),
        (b"From writer Mon May  6 07", b"From wr"),
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_a_damaged_line_between_messages_joins_none(tmp_path: Path, old: bytes, new: bytes, number: int) -> None:
    messages = [b"From writer Mon May  6 07:08:09 2024\n" + message(i) + b"\n" for i in range(3)]
    messages[number] = messages[number].replace(old, new)
    got = read(saved(tmp_path, "letters.mbox", b"".join(messages)))
    assert [text.strip()[-22:] for text in got.texts] == [f"Letter {i}: schöne Grüße."[-22:] for i in range(3)]


def test_a_text_that_begins_with_from_is_text(tmp_path: Path) -> None:
    text = "From Monday 10:15 on, trams run again.\nDate: see below.\n"
    assert read(saved(tmp_path, "page.txt", text)).texts == [text]


def test_a_message_without_text(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "picture.eml", b"From: a@b\nSubject: x\nContent-Type: image/png\n\nAAAA\n"))
    assert got.errors == ["no-text"]
    assert got.failures[0].message == "no part of the message is text; its parts are: image/png"


MHTML = b"""From: <Saved by Blink>
Snapshot-Content-Location: https://news.example/2021/harbour-wall
Subject: =?utf-8?Q?Harbour=20wall=20=E2=80=93=20gone?=
Date: Mon, 6 May 2024 07:08:09 -0000
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----Boundary"


------Boundary
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://news.example/2021/harbour-wall

<html><body><p>The wall=20gave way in Z=C3=BCrich.</p></body></html>
------Boundary
Content-Type: text/html
Content-Location: cid:frame-2@mhtml.blink

<html><body>Advertisement</body></html>
------Boundary
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://news.example/a.png

iVBORw0KGgo=
------Boundary--
"""


@pytest.mark.parametrize("name", ["page.mhtml", "page"])
def test_a_page_saved_by_a_browser(tmp_path: Path, name: str) -> None:
    got = read(saved(tmp_path, name, MHTML))
    assert got.texts == ["<html><body><p>The wall gave way in Zürich.</p></body></html>"]
    assert got.documents[0].fields == {
        "media_type": "text/html",
        "url": "https://news.example/2021/harbour-wall",
        "title": "Harbour wall – gone",
    }
    assert got.skipped == {"frame of a page": 1, "part image/png": 1}


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
        archive.writestr("book/first.xhtml", files.get("first", "<html><body><p>One.</p></body></html>"))
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


def written_book(version: int) -> bytes:
    """A book as EbookLib writes it, with a table of contents of EPUB 3 or 2."""
    epub = pytest.importorskip("ebooklib.epub")
    book = epub.EpubBook()
    book.set_identifier("b1")
    book.set_title("A Book")
    book.set_language("en")
    book.add_author("A. Writer")
    book.add_author("B. Writer")
    chapters = []
    for number, title in enumerate(("The Wall", "The Bees")):
        chapter = epub.EpubHtml(title=title, file_name=f"text/c{number}.xhtml", lang="en")
        chapter.content = f"<html><body><p>Story {number}, from Zürich.</p></body></html>"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    if version == 2:
        book.add_item(epub.EpubNcx())
    else:
        book.add_item(epub.EpubNav())
    book.spine = ["nav", *chapters] if version == 3 else chapters
    out = io.BytesIO()
    epub.write_epub(out, book)
    return out.getvalue()


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("rezipped", [False, True])
def test_a_book_as_a_library_writes_it(tmp_path: Path, version: int, rezipped: bool) -> None:
    data = written_book(version)
    if rezipped:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in sorted(old.namelist()):
                new.writestr(name, old.read(name))
        data = out.getvalue()
    got = read(saved(tmp_path, "book.epub", data))
    assert [document.fields["title"] for document in got.documents] == ["The Wall", "The Bees"]
    assert [document.fields["author"] for document in got.documents] == ["A. Writer, B. Writer"] * 2
    assert [document.extra for document in got.documents] == [{"book": "A Book"}] * 2
    assert "Story 1, from Zürich." in got.texts[1]
    assert got.skipped == ({"table of contents": 1} if version == 3 else {})


def test_a_chapter_is_called_by_its_heading_where_no_table_of_contents_has_it(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "book.epub", book(first="<html><body><h2>The <i>first</i></h2></body></html>")))
    assert got.documents[0].fields["title"] == "The first"


@pytest.mark.parametrize("version", [2, 3])
def test_a_chapter_is_called_as_the_table_of_contents_calls_it_whatever_its_heading_says(
    tmp_path: Path, version: int
) -> None:
    point = "<navPoint><navLabel><text>I. The quay</text></navLabel><content src='first.xhtml#top'/></navPoint>"
    ncx = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{point}</navMap></ncx>'
    nav = '<html xmlns="http://www.w3.org/1999/xhtml"><nav><ol><li><a href="first.xhtml">I. The quay</a></li></ol></nav></html>'
    item = {
        2: '<item id="toc" href="toc" media-type="application/x-dtbncx+xml"/>',
        3: '<item id="toc" href="toc" media-type="application/xhtml+xml" properties="nav"/>',
    }
    package = PACKAGE.replace("<manifest>", f"<manifest>{item[version]}")
    data = io.BytesIO(book(package=package, first="<html><body><h1>Chapter one</h1><p>One.</p></body></html>"))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("book/toc", ncx if version == 2 else nav)
    got = read(saved(tmp_path, "book.epub", data.getvalue()))
    assert [document.fields["title"] for document in got.documents] == ["I. The quay", "A Book"]


def test_a_chapter_that_is_encrypted_says_so(tmp_path: Path) -> None:
    rights = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
        '<enc:EncryptedData><enc:CipherData><enc:CipherReference URI="book/first.xhtml"/></enc:CipherData></enc:EncryptedData>'
        "</encryption>"
    )
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("META-INF/encryption.xml", rights)
    got = read(saved(tmp_path, "book.epub", out.getvalue()))
    assert got.numbers == [3]
    assert [failure.error for failure in got.failures] == ["encrypted", "damaged"]
