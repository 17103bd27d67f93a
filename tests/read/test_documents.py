"""Word, OpenDocument, RTF and PDF, written by the libraries that people write them with."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.model import DECODED
from tests.read.samples import read, saved

STORY = "The old harbour wall gave way on Thursday night after a week of storms that had closed the coast road."
SECOND = "Engineers had warned the council in January; the money for repairs was not released until last week."
THIRD = "No one was hurt, the harbour master said, and the slipway will open again before Easter."


def docx(*, core: bool = True) -> bytes:
    document = pytest.importorskip("docx").Document()
    if core:
        document.core_properties.title = "Harbour wall gives way"
        document.core_properties.author = "Mary Quill"
        document.core_properties.created = datetime(2021, 3, 4, 8)
    document.add_heading("Harbour wall gives way", 0)
    document.add_paragraph(STORY)
    document.add_heading("What the engineers say", 1)
    document.add_paragraph(SECOND)
    document.add_paragraph("First of a list", style="List Bullet")
    document.add_paragraph("Second of a list", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Year", "Storms"), ("2021", "17 < 20 & more")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph(THIRD)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_document_is_a_page_with_its_structure(tmp_path: Path) -> None:
    pytest.importorskip("mammoth")
    got = read(saved(tmp_path, "story.docx", docx()))
    (document,) = got.documents
    page = document.data.decode()
    assert f"<p>{STORY}</p>" in page
    assert "<h1>What the engineers say</h1>" in page
    assert "<ul><li>First of a list</li><li>Second of a list</li></ul>" in page
    assert "<td><p>17 &lt; 20 &amp; more</p></td>" in page
    assert document.fields == {
        "title": "Harbour wall gives way",
        "author": "Mary Quill",
        "date": "2021-03-04T08:00:00Z",
        "media_type": "text/html",
        "charset": DECODED,
    }
    assert read(saved(tmp_path, "renamed.bin", docx())).texts == got.texts


def test_what_a_template_says_nobody_has_said(tmp_path: Path) -> None:
    pytest.importorskip("mammoth")
    (document,) = read(saved(tmp_path, "story.docx", docx(core=False))).documents
    assert not {"author", "date", "title"} & document.fields.keys()


def odt() -> bytes:
    pytest.importorskip("odf")
    from odf import dc, meta, table, text
    from odf.opendocument import OpenDocumentText

    document = OpenDocumentText()
    document.meta.addElement(dc.Title(text="Harbour wall gives way"))
    document.meta.addElement(meta.InitialCreator(text="Mary Quill"))
    document.meta.addElement(meta.CreationDate(text="2021-03-04T08:00:00"))
    document.text.addElement(text.H(outlinelevel=1, text="Harbour wall gives way"))
    paragraph = text.P(text=STORY)
    note = text.Note(noteclass="footnote", id="n1")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="As told on the quay."))
    note.addElement(body)
    paragraph.addElement(note)
    document.text.addElement(paragraph)
    document.text.addElement(text.H(outlinelevel=2, text="What the engineers say"))
    items = text.List()
    for name in ("First of a list", "Second of a list"):
        item = text.ListItem()
        item.addElement(text.P(text=name))
        items.addElement(item)
    document.text.addElement(items)
    cells = table.Table(name="t")
    row = table.TableRow()
    for name in ("Year", "Storms"):
        cell = table.TableCell()
        cell.addElement(text.P(text=name))
        row.addElement(cell)
    cells.addElement(row)
    document.text.addElement(cells)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_an_opendocument_text_is_a_page_with_its_structure(tmp_path: Path) -> None:
    (document,) = read(saved(tmp_path, "story.odt", odt())).documents
    page = document.data.decode()
    assert f"<p>{STORY}</p>\n<aside><p>As told on the quay.</p>" in page
    assert "<h2>What the engineers say</h2>" in page
    assert "<li><p>First of a list</p>" in page
    assert "<td><p>Year</p>" in page
    assert (document.fields["title"], document.fields["author"], document.fields["date"]) == (
        "Harbour wall gives way",
        "Mary Quill",
        "2021-03-04T08:00:00",
    )


RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\info{\title Harbour wall}{\author Mary \'d3 Quill}{\creatim\yr2021\mo3\dy4\hr8}}"
    r"{\fonttbl{\f0 Arial;}}\f0 " + STORY + r"\par Caf\'e9 owners pay \u8364 ?2 more.\par " + THIRD + r"\par}"
)


def test_rich_text(tmp_path: Path) -> None:
    pytest.importorskip("striprtf")
    (document,) = read(saved(tmp_path, "story.rtf", RTF)).documents
    assert document.data.decode().split("\n")[:3] == [STORY, "Café owners pay €2 more.", THIRD]
    assert (document.fields["title"], document.fields["author"]) == ("Harbour wall", "Mary Ó Quill")
    assert document.fields["date"] == "2021-03-04"


def test_rich_text_that_is_cut_says_so(tmp_path: Path) -> None:
    pytest.importorskip("striprtf")
    got = read(saved(tmp_path, "story.rtf", RTF[: RTF.index(THIRD)]))
    assert STORY in got.texts[0]
    assert got.errors == ["truncated"]


@pytest.mark.parametrize(
    ("control", "given", "errors"),
    [
        (r"\u-99999999999 ?", "\ufffd", ["undecodable"]),
        (r"\u1114112 ?", "\ufffd", ["undecodable"]),
        (r"\u-70000 ?", "\ufffd", ["undecodable"]),
        (r"\u-10179 ?\u-8704 ?", "\U0001f600", []),
        (r"\u-10179 ?", "\ufffd", ["lone-surrogate"]),
        (r"\u-", "", []),
        (r"\uc \u8364 ?", "€", []),
        (r"\uc99999999 \u8364 ?", "€", []),
        (r"\\u1114112", r"\u1114112", []),
        (r"{\pict\bin}", "", []),
        (r"{\fonttbl{\f1\fcharset78 Osaka;}}\f1 \'8a\'79", "楽", []),
    ],
)
def test_a_control_of_rich_text_with_an_odd_number_loses_its_own_character(
    tmp_path: Path, control: str, given: str, errors: list[str]
) -> None:
    pytest.importorskip("striprtf")
    got = read(saved(tmp_path, "story.rtf", r"{\rtf1\ansi " + STORY + " " + control + r"\par " + THIRD + "}"))
    assert (got.texts[0].rstrip().split("\n"), got.errors) == ([f"{STORY} {given}", THIRD], errors)


def pdf(pages: int = 3, *, picture: bool = False) -> bytes:
    fpdf = pytest.importorskip("fpdf")

    class Paper(fpdf.FPDF):  # type: ignore[misc,name-defined]
        def header(self) -> None:
            self.set_font("helvetica", size=8)
            self.cell(0, 6, "The Example Times", align="C", new_x="LMARGIN", new_y="NEXT")

        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("helvetica", size=8)
            self.cell(0, 6, f"Page {self.page_no()} of {pages}", align="C")

    document = Paper()
    document.set_title("Harbour wall gives way")
    document.set_author("Mary Quill")
    document.set_creation_date(datetime(2021, 3, 4, 8))
    for number in range(pages):
        document.add_page()
        document.set_font("helvetica", style="B", size=18)
        document.cell(0, 12, f"Chapter {'ABC'[number % 3]}", new_x="LMARGIN", new_y="NEXT")
        document.set_font("helvetica", size=11)
        for text in (STORY, SECOND, THIRD):
            document.multi_cell(0, 5, f"{text} {text}", new_x="LMARGIN", new_y="NEXT")
            document.ln(5)
    if picture:
        from PIL import Image

        document.add_page()
        document.image(Image.new("RGB", (40, 40), "red"), w=100)
    return bytes(document.output())


def test_a_pdf_is_a_page_of_paragraphs_without_the_furniture_between(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    got = read(saved(tmp_path, "story.pdf", pdf()))
    page = got.texts[0]
    assert page.count(f"<p>{STORY} {STORY}</p>") == 3
    assert page.count(f"<p>{THIRD} {THIRD}</p>") == 3
    assert "<h1>Chapter A</h1>" in page
    body, _, footer = page.partition("<footer>")
    assert "Example Times" not in body
    assert "<p>The Example Times</p>" in footer
    assert "<p>Page 2 of 3</p>" in footer
    fields = got.documents[0].fields
    assert (fields["title"], fields["author"], fields["date"]) == ("Harbour wall gives way", "Mary Quill", "2021-03-04")


def test_pages_of_a_pdf_that_are_pictures_are_told(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    got = read(saved(tmp_path, "scan.pdf", pdf(2, picture=True)))
    assert len(got.documents) == 1
    assert got.errors == []  # the page has a head and a foot of text
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(out, "PDF")
    got = read(saved(tmp_path, "scanned.pdf", out.getvalue()))
    assert (got.documents, got.errors) == ([], ["no-text"])
    assert "ocrmypdf" in got.failures[0].message


@pytest.mark.parametrize(
    ("name", "library"), [("a.docx", "mammoth"), ("a.pdf", "pypdfium2"), ("a.rtf", "striprtf.striprtf")]
)
def test_without_the_library_the_failure_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, library: str
) -> None:
    data: Any = {"a.docx": docx, "a.pdf": pdf, "a.rtf": RTF.encode}[name]()
    monkeypatch.setitem(sys.modules, library, None)
    (failure,) = read(saved(tmp_path, name, data)).failures
    assert failure.error == "missing-library"
    assert "pip install 'pagerinse[documents]'" in failure.message


def workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "advice"),
    [
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "soffice --convert-to docx"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "soffice --convert-to csv"),
        ("mail.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "msgconvert"),
        ("book.mobi", bytes(60) + b"BOOKMOBI" + bytes(600), "ebook-convert"),
        ("news.db", b"SQLite format 3\0" + bytes(600), "sqlite3 -csv"),
        ("pages.7z", b"7z\xbc\xaf\x27\x1c" + bytes(600), "7z x"),
        ("table.xlsx", workbook(), "CSV"),
    ],
)
def test_what_is_not_read_says_which_tool_to_run_first(tmp_path: Path, name: str, data: bytes, advice: str) -> None:
    (failure,) = read(saved(tmp_path, name, data)).failures
    assert failure.error == "unsupported"
    assert advice in failure.message
