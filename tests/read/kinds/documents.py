"""Books and office documents."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

from tests.read.kinds.kind import STORIES, kind

FIRST = STORIES[:1]
STORY = STORIES[0]


def book(version: int) -> bytes:
    from ebooklib import epub

    found = epub.EpubBook()
    found.set_title("A year of news")
    found.set_language("en")
    found.add_author(STORY.author)
    found.add_metadata("DC", "date", STORY.day)
    chapters = []
    for number, story in enumerate(STORIES):
        chapter = epub.EpubHtml(title=story.title, file_name=f"c{number}.xhtml", lang="en")
        chapter.content = "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)
        found.add_item(chapter)
        chapters.append(chapter)
    found.toc = chapters
    found.add_item(epub.EpubNav() if version == 3 else epub.EpubNcx())
    found.spine = ["nav", *chapters] if version == 3 else chapters
    out = io.BytesIO()
    epub.write_epub(out, found)
    return out.getvalue()


kind("EPUB 3", "book.epub", "EbookLib", "title", exact=False)(lambda path: path.write_bytes(book(3)))  # type: ignore[arg-type, return-value]
kind("EPUB 2", "book.epub", "EbookLib", "title", exact=False)(lambda path: path.write_bytes(book(2)))  # type: ignore[arg-type, return-value]


@kind("EPUB, zipped anew", "book.epub", "EbookLib", "title", exact=False)
def _rezipped(path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(book(3))) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            new.writestr(name, old.read(name))


@kind("Word document", "story.docx", "python-docx", "date title author", FIRST, exact=False)
def docx(path: Path) -> None:
    from docx import Document

    document = Document()
    document.core_properties.title = STORY.title
    document.core_properties.author = STORY.author
    document.core_properties.created = datetime.fromisoformat(f"{STORY.day}T08:00:00")
    document.add_heading(STORY.title, 0)
    for paragraph in STORY.paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))


@kind("OpenDocument text", "story.odt", "odfpy", "date title author", FIRST, exact=False)
def odt(path: Path) -> None:
    from odf import dc, meta, text
    from odf.opendocument import OpenDocumentText

    document = OpenDocumentText()
    document.meta.addElement(dc.Title(text=STORY.title))
    document.meta.addElement(meta.InitialCreator(text=STORY.author))
    document.meta.addElement(meta.CreationDate(text=f"{STORY.day}T08:00:00"))
    for paragraph in STORY.paragraphs:
        document.text.addElement(text.P(text=paragraph))
    document.save(str(path))


def rich(text: str) -> str:
    """Text as Word writes it in RTF."""
    signs = {"\\": "\\\\", "{": "\\{", "}": "\\}", "\n": "\\par\n"}
    return "".join(signs.get(sign, sign if sign.isascii() else f"\\u{ord(sign)}?") for sign in text)


@kind("Rich Text", "story.rtf", "hand", "date title author", FIRST)
def _rtf(path: Path) -> None:
    year, month, day = map(int, STORY.day.split("-"))
    info = f"{{\\info{{\\title {rich(STORY.title)}}}{{\\author {rich(STORY.author)}}}{{\\creatim\\yr{year}\\mo{month}\\dy{day}}}}}"
    path.write_text(f"{{\\rtf1\\ansi\\ansicpg1252{info}\\pard {rich(STORY.text)}\\par}}", encoding="ascii")


@kind("PDF", "story.pdf", "fpdf2", "date title author", FIRST, exact=False)
def pdf(path: Path) -> None:
    from fpdf import FPDF

    document = FPDF()
    document.set_title(STORY.title)
    document.set_author(STORY.author)
    document.set_creation_date(datetime.fromisoformat(f"{STORY.day}T08:00:00"))
    document.core_fonts_encoding = "cp1252"
    document.add_page()
    document.set_font("helvetica", size=11)
    for paragraph in STORY.paragraphs:
        document.multi_cell(0, 5, paragraph, new_x="LMARGIN", new_y="NEXT")
        document.ln(4)
    document.output(str(path))
