"""What databases of news export."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import fill

from tests.read.kinds.documents import rich
from tests.read.kinds.kind import STORIES, Story, kind

GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


def day(story: Story) -> date:
    return date.fromisoformat(story.day)


def english(story: Story) -> str:
    return f"{day(story):%B} {day(story).day}, {day(story).year}"


def wrapped(story: Story) -> str:
    return "\n\n".join(fill(paragraph, 76) for paragraph in story.paragraphs)


def nexis(labels: dict[str, str], when: dict[str, list[str]] | None = None) -> str:
    """The old form, in one of the languages of its interface."""
    pieces: list[str] = []
    for number, story in enumerate(STORIES, 1):
        months = (when or {}).get("months")
        moment = f"{day(story).day}. {months[day(story).month - 1]} {day(story).year}" if months else english(story)
        pieces.append(
            f"\n{labels['above'].format(number, len(STORIES)):>60}\n\n\n{'The Island Paper':>50}\n\n{moment:>50}\n\n{story.title}\n\n"
            f"{labels['author']}: {story.author}\n\n{labels['section']}: NEWS; Pg. {number}\n\n{labels['length']}: 77 words\n\n"
            f"{wrapped(story)}\n\n{labels['load']}: {moment}\n\n{labels['language']}: ENGLISH\n\nPUBLICATION-TYPE: Newspaper\n\n"
            f"{'Copyright 2021 The Island Paper':>60}\n{'All Rights Reserved':>50}\n\n"
        )
    return "".join(pieces)


ENGLISH_LABELS = {
    "above": "{} of {} DOCUMENTS", "author": "BYLINE", "section": "SECTION", "length": "LENGTH", "load": "LOAD-DATE", "language": "LANGUAGE",
}  # fmt: skip
GERMAN_LABELS = {
    "above": "Dokument {} von {}", "author": "AUTOR", "section": "RUBRIK", "length": "LÄNGE", "load": "UPDATE", "language": "SPRACHE",
}  # fmt: skip
FRENCH_LABELS = {
    "above": "Document {} de {}", "author": "AUTEUR", "section": "RUBRIQUE", "length": "LONGUEUR", "load": "DATE-CHARGEMENT",
    "language": "LANGUE",
}  # fmt: skip


def uni() -> str:
    """The new form."""
    pieces = ["User Name: reader\nDate and Time: Friday, March 20, 2022\nJob Number: 1\nDocuments (3)\n\n"]
    pieces += [f"{number}. {story.title}\n\nClient/Matter: -None-\n\n" for number, story in enumerate(STORIES, 1)]
    for story in STORIES:
        pieces.append(
            f"{story.title}\n\nThe Island Paper\n\n{english(story)} 8:00 AM GMT\n\nCopyright 2021 The Island Paper All Rights Reserved\n\n"
            f"Section: NEWS\n\nLength: 77 words\n\nByline: {story.author}\n\nBody\n\n{story.text}\n\nClassification\n\n"
            f"Language: ENGLISH\n\nLoad-Date: {english(story)}\n\nEnd of Document\n\n"
        )
    return "".join(pieces)


def factiva(*, indexed: bool) -> str:
    pieces: list[str] = []
    for story in STORIES:
        moment = f"{day(story).day} {day(story):%B} {day(story).year}"
        number = f"ISLPAP00{story.day.replace('-', '')}eh340000{story.id[-1]}"
        if indexed:
            pieces.append(
                f"HD\n{story.title}\nBY\nBy {story.author}\nWC\n77 words\nPD\n{moment}\nSN\nThe Island Paper\nSC\nISLPAP\nLA\nEnglish\n"
                f"CY\nCopyright 2021\nLP\n{story.paragraphs[0]}\nTD\n{story.paragraphs[1]}\nCO\nxx : Company\nAN\nDocument {number}\n\n"
            )
        else:
            pieces.append(
                f"{story.title}\nBy {story.author}\n77 words\n{moment}\nThe Island Paper\nISLPAP\nEnglish\n© 2021 The Island Paper\n\n"
                f"{story.text}\n\nDocument {number}\n\n"
            )
    return "".join(pieces)


def proquest() -> str:
    rule = "_" * 60
    pieces: list[str] = []
    for story in STORIES:
        first, last = story.author.split(" ", 1)
        pieces.append(
            f"{rule}\n\n{story.title}\n\nAuthor: {last}, {first}\n\nPublication info: The Island Paper [London]{english(story)}.\n\n"
            f"Full text: {story.text}\n\nSubject: Islands\n\nTitle: {story.title}\n\nPublication title: The Island Paper; London (UK)\n\n"
            f"Publication date: {day(story):%b} {day(story).day}, {day(story).year}\n\nSection: News\n\n"
            f"Language of publication: English\n\nProQuest document ID: {story.id}\n\nDocument URL: {story.url}\n\n"
        )
    return "".join(pieces) + rule + "\n"


TOLD = "date title author"
TEXTS = {
    "Nexis": (nexis(ENGLISH_LABELS), TOLD),
    "Nexis, German": (nexis(GERMAN_LABELS, {"months": GERMAN}), TOLD),
    "Nexis, French": (nexis(FRENCH_LABELS, {"months": FRENCH}), TOLD),
    "Nexis Uni": (uni(), TOLD),
    "Factiva": (factiva(indexed=False), TOLD),
    "Factiva, indexed": (factiva(indexed=True), TOLD),
    "ProQuest": (proquest(), "url date title author id"),
}
for _name, (_text, _told) in TEXTS.items():
    kind(f"{_name}, text", "export.txt", "hand", _told)(
        lambda path, text=_text: path.write_text(text, encoding="utf-8")  # type: ignore[misc]
    )
    kind(f"{_name}, Rich Text", "export.rtf", "hand", _told)(
        lambda path, text=_text: path.write_text(f"{{\\rtf1\\ansi {rich(text)}}}", encoding="ascii")  # type: ignore[misc]
    )


@kind("Nexis Uni, Word", "export.docx", "python-docx", TOLD)
def _word(path: Path) -> None:
    from docx import Document

    document = Document()
    for line in filter(None, uni().split("\n")):
        document.add_paragraph(line)
    document.save(str(path))


@kind("Nexis Uni, PDF", "export.pdf", "fpdf2", TOLD)
def _pdf(path: Path) -> None:
    from fpdf import FPDF

    document = FPDF()
    document.core_fonts_encoding = "cp1252"
    document.add_page()
    document.set_font("helvetica", size=11)
    for line in filter(None, uni().split("\n")):
        document.multi_cell(0, 5, line, align="L", new_x="LMARGIN", new_y="NEXT")
        document.ln(4)
    document.output(str(path))


@kind("Factiva, HTML", "export.html", "hand", TOLD)
def _factiva(path: Path) -> None:
    pieces = []
    for story in STORIES:
        rows = {
            "HD": story.title, "BY": f"By {story.author}", "WC": "77 words", "PD": f"{day(story).day} {day(story):%B} {day(story).year}",
            "SN": "The Island Paper", "LA": "English", "LP": "".join(f"<p>{one}</p>" for one in story.paragraphs),
        }  # fmt: skip
        cells = "".join(f"<tr><td><b>{code}</b></td><td>{value}</td></tr>" for code, value in rows.items())
        number = f"ISLPAP00{story.day.replace('-', '')}eh340000{story.id[-1]}"
        pieces.append(f'<div class="article enArticle"><table>{cells}</table><p>Document {number}</p></div>')
    page = f'<html><head><meta charset="utf-8"><title>Factiva</title></head><body>{"".join(pieces)}</body></html>'
    path.write_text(page, encoding="utf-8")


@kind("Europresse, HTML", "export.html", "hand", "date title author id")
def _europresse(path: Path) -> None:
    pieces = [
        f'<article><header><div class="rdp__DocPublicationName"><span class="DocPublicationName">The Island Paper</span></div>'
        f'<div class="DocHeader">News, {day(story).day} {FRENCH[day(story).month - 1]} {day(story).year} • 77 mots</div>'
        f'<div class="titreArticle"><p class="titreArticleVisu">{story.title}</p></div><div class="docAuthors">{story.author}</div></header>'
        f'<section><div class="docOccurContainer">{"".join(f"<p>{one}</p>" for one in story.paragraphs)}</div></section>'
        f'<footer><span class="publiC-lblNodoc">{story.id}</span></footer></article>'
        for story in STORIES
    ]
    path.write_text(f"<html><body>{''.join(pieces)}</body></html>", encoding="utf-8")
