"""Exports of news databases: one file, many articles."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipeline import clean, read_documents
from pipeline.model import DECODED
from tests.read.samples import Got, read, saved

BODY = [
    "The old harbour wall gave way on Thursday night\nafter a week of storms.",
    "No one was hurt, the council said.",
]
SECOND = ["Beekeepers lost a third of their colonies\nthis winter.", "Prices will rise before the summer."]
FIELDS = {
    "title": "Harbour wall gives way",
    "author": "Mary Quill",
    "outlet": "The Example Times",
    "section": "NEWS; Pg. 1",
    "language": "en",
}


def check(got: Got, *, first: dict[str, str] = FIELDS) -> None:
    """Two articles, each with its text and nothing else, and what is known of the first."""
    assert not got.failures
    assert ["\n\n".join(BODY), "\n\n".join(SECOND)] == got.texts
    assert got.numbers == [0, 1]
    assert {key: got.documents[0].fields.get(key) for key in first} == first
    assert got.documents[1].fields["title"] == "Beekeepers count their losses"


CLASSIC = """
Download Request: Selected Items: 1-2
Time Of Request: Friday, March 20, 2021

                               1 of 2 DOCUMENTS

                              The Example Times

                            March 4, 2021 Thursday
                                   Edition 1;
                                    Scotland

Harbour wall gives way

BYLINE: Mary Quill

SECTION: NEWS; Pg. 1

LENGTH: 210 words

HIGHLIGHT: A week of storms

{0}

GRAPHIC: The wall, as it was

LOAD-DATE: March 5, 2021

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper

                    Copyright 2021 The Example Times
                          All Rights Reserved


                               2 of 2 DOCUMENTS

                    Copyright 2021 The Example Times
                          All Rights Reserved
                              The Example Times

                             April 11, 2021 Sunday

SECTION: NEWS; Pg. 2

LENGTH: 99 words

HEADLINE: Beekeepers count their losses

BYLINE: John O Briain

BODY:

{1}

LOAD-DATE: April 12, 2021
"""

GERMAN = """
                              Dokument 1 von 2

                              The Example Times

                       4. März 2021 Donnerstag

Harbour wall gives way

AUTOR: Mary Quill

RUBRIK: NEWS; Pg. 1

LÄNGE: 210 Wörter

{0}

UPDATE: 5. März 2021

SPRACHE: ENGLISH; Englisch

PUBLICATION-TYPE: Zeitung

                    Copyright 2021 Example
                          Alle Rechte vorbehalten

                              Dokument 2 von 2

                              The Example Times

                       11. April 2021 Sonntag

Beekeepers count their losses

LÄNGE: 99 Wörter

{1}

UPDATE: 12. April 2021
"""

UNI = """User Name: reader
Date and Time: Friday, March 20, 2021
Job Number: 1
Documents (2)

1. Harbour wall gives way

Client/Matter: -None-

2. Beekeepers count their losses

Client/Matter: -None-

Harbour wall gives way

The Example Times

March 4, 2021 Thursday 8:00 AM GMT

Copyright 2021 The Example Times All Rights Reserved

Section: NEWS; Pg. 1

Length: 210 words

Byline: Mary Quill

Body

{0}

Classification

Language: ENGLISH

Publication-Type: Newspaper

Load-Date: March 5, 2021

End of Document

Beekeepers count their losses

The Example Times

April 11, 2021 Sunday

Copyright 2021 The Example Times All Rights Reserved

Length: 99 words

Body

{1}

Load-Date: April 12, 2021

End of Document
"""

FACTIVA = """NEWS; Pg. 1
Harbour wall gives way
By Mary Quill
210 words
4 March 2021
08:00
The Example Times
EXTIM
1
English
© 2021 The Example Times. All rights reserved.

{0}

Document EXTIM00020210304eh3400001

Beekeepers count their losses
99 words
11 April 2021
The Example Times
EXTIM
English
(c) 2021 The Example Times

{1}

Document EXTIM00020210411eh4b00002
"""

FACTIVA_INDEXED = """SE\tNEWS; Pg. 1
HD\tHarbour wall gives way
BY\tBy Mary Quill
WC\t210 words
PD\t4 March 2021
SN\tThe Example Times
SC\tEXTIM
LA\tEnglish
CY\tCopyright 2021
LP\t
{0}
TD\t
CO\texco : Example Company
NS\tnews : News
AN
Document EXTIM00020210304eh3400001

HD
Beekeepers count their losses
WC
99 words
PD
11 April 2021
SN
The Example Times
LP
{1}
AN
Document EXTIM00020210411eh4b00002
"""

PROQUEST = """____________________________________________________________

Report Information from ProQuest

20 March 2021
____________________________________________________________

Harbour wall gives way

Author: Quill, Mary

Publication info: The Example Times ; London (UK) [London (UK)]04 Mar 2021: 1.

ProQuest document link

Full text: {0}

Subject: Harbours; Storms

Title: Harbour wall gives way

Publication title: The Example Times; London (UK)

First page: 1

Publication date: Mar 4, 2021

Section: NEWS; Pg. 1

Language of publication: English

ProQuest document ID: 2498000001

Document URL: https://db.example/docview/2498000001

Copyright: Copyright Example 2021

Last updated: 2021-03-05

____________________________________________________________

Beekeepers count their losses

Full text: {1}

Title: Beekeepers count their losses

Publication title: The Example Times; London (UK)

Publication date: Apr 11, 2021

ProQuest document ID: 2498000002

____________________________________________________________
"""

PROQUEST_NUMBERED = PROQUEST.replace("\n\nHarbour wall", "\n\nDocument 1 of 2\n\nHarbour wall").replace(
    "\n\nBeekeepers", "\n\nDocument 2 of 2\n\nBeekeepers"
)
PROQUEST_LINES = """Document 1 of 2

Title: Harbour wall gives way
Author: Quill, Mary
Publication title: The Example Times; London (UK)
Publication date: Mar 4, 2021
Section: NEWS; Pg. 1
Language of publication: English
Full text: {0}
Last updated: 2021-03-05
ProQuest document ID: 2498000001
Document URL: https://db.example/docview/2498000001

Document 2 of 2

Title: Beekeepers count their losses
Publication info: The Example Times ; London (UK) [London (UK)]11 Apr 2021: 3.
Abstract: Bees are fewer.
Full text: {1}
ProQuest document ID: 2498000002

Contact us at: https://db.example/contact
Database copyright (c) 2021 ProQuest LLC. All rights reserved.
"""

EXPORTS = {
    "Nexis": CLASSIC,
    "Nexis, German": GERMAN,
    "Nexis Uni": UNI,
    "Factiva": FACTIVA,
    "Factiva, indexed": FACTIVA_INDEXED,
    "ProQuest": PROQUEST,
    "ProQuest, numbered": PROQUEST_NUMBERED,
    "ProQuest, labels that are lines": PROQUEST_LINES,
}


def export(name: str) -> str:
    return EXPORTS[name].format("\n\n".join(BODY), "\n\n".join(SECOND))


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_article_is_a_document(tmp_path: Path, name: str, end: str) -> None:
    check(read(saved(tmp_path, "export.txt", export(name).replace("\n", end))))


@pytest.mark.parametrize("name", EXPORTS)
def test_dates_and_numbers(tmp_path: Path, name: str) -> None:
    fields = read(saved(tmp_path, "export.txt", export(name))).documents[0].fields
    assert "2021" in fields["date"]
    is_proquest = name.startswith("ProQuest")
    if not is_proquest:
        assert fields["length"].startswith("210")
    if name.startswith("Factiva"):
        assert fields["id"] == "EXTIM00020210304eh3400001"
    if is_proquest:
        assert (fields["id"], fields["url"]) == ("2498000001", "https://db.example/docview/2498000001")
    if name.startswith("Nexis") or is_proquest:
        assert "5" in fields["load_date"]


def test_what_stands_above_the_first_article_is_told(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "export.txt", export("Nexis")))
    assert got.skipped == {"cover page of an export": 1}
    assert got.documents[0].extra["edition"] == "Edition 1; Scotland"
    assert got.documents[0].extra["graphic"] == "The wall, as it was"


@pytest.mark.parametrize("edition", ["Edition 1;\nNational Edition", "Late Edition - Final", "1st Edition"])
def test_an_edition_by_itself_is_no_title(tmp_path: Path, edition: str) -> None:
    text = export("Nexis").replace(
        "                                   Edition 1;\n                                    Scotland\n",
        f"\n{edition}\n",
    )
    got = read(saved(tmp_path, "export.txt", text))
    assert got.documents[0].fields["title"] == "Harbour wall gives way"
    assert got.documents[0].extra["edition"] == edition.replace("\n", " ")


def test_metadata_of_an_export_goes_into_the_output(tmp_path: Path) -> None:
    clean([saved(tmp_path, "export.txt", export("Nexis"))], tmp_path / "out", workers=1)
    first = next(iter(read_documents(tmp_path / "out")))
    told = {
        name: getattr(first.metadata, name) for name in ("outlet", "section", "length", "load_date", "date", "language")
    }
    assert told == {
        "outlet": "The Example Times",
        "section": "NEWS; Pg. 1",
        "length": "210 words",
        "load_date": "2021-03-05",
        "date": "2021-03-04",
        "language": "en",
    }
    assert first.extra["publication_type"] == "Newspaper"


@pytest.mark.parametrize("name", ["Nexis Uni", "Factiva"])
def test_exports_as_word_documents(tmp_path: Path, name: str) -> None:
    docx = pytest.importorskip("docx")
    pytest.importorskip("mammoth")
    document = docx.Document()
    for line in (
        export(name).replace("night\nafter", "night after").replace("colonies\nthis", "colonies this").split("\n")
    ):
        if line.strip() or name == "Factiva":
            document.add_paragraph(line.strip())
    out = io.BytesIO()
    document.save(out)
    got = read(saved(tmp_path, "export.docx", out.getvalue()))
    assert [text.split() for text in got.texts] == [" ".join(BODY).split(), " ".join(SECOND).split()]
    assert {key: got.documents[0].fields.get(key) for key in FIELDS} == FIELDS


def test_exports_as_rich_text(tmp_path: Path) -> None:
    pytest.importorskip("striprtf")
    lines = export("Nexis Uni").split("\n")
    rtf = r"{\rtf1\ansi " + "".join(line + "\\par\n" for line in lines) + "}"
    check(read(saved(tmp_path, "export.rtf", rtf)))
    cut = read(saved(tmp_path, "cut.rtf", rtf[: len(rtf) // 2]))
    assert cut.documents
    assert cut.errors[-1:] == ["truncated"]
    closed = read(saved(tmp_path, "closed.rtf", rtf[: len(rtf) // 2] + "}" + rtf[len(rtf) // 2 :]))
    assert closed.errors[-1:] == ["damaged"]


def test_factiva_as_a_page(tmp_path: Path) -> None:
    rows = "".join(
        f"<tr><td class='index'><b>{code}</b></td><td>{value}</td></tr>"
        for code, value in [
            *[("SE", "NEWS; Pg. 1"), ("HD", "Harbour wall gives way"), ("BY", "By Mary Quill"), ("WC", "210 words")],
            *[("PD", "4 March 2021"), ("SN", "The Example Times"), ("LA", "English")],
            ("LP", "".join(f"<p>{text}</p>" for text in BODY)),
        ]
    )
    page = (
        '<html><head><title>Factiva</title></head><body><div class="article enArticle"><table>'
        + rows
        + "</table><p>Document EXTIM00020210304eh3400001</p></div></body></html>"
    )
    (document,) = read(saved(tmp_path, "export.html", page)).documents
    assert document.data.decode().split() == " ".join(BODY).split()
    assert {key: document.fields.get(key) for key in FIELDS} == FIELDS


def test_europresse(tmp_path: Path) -> None:
    def article(title: str, text: list[str], number: str) -> str:
        paragraphs = "".join(f"<p>{one}</p>" for one in text)
        return (
            f'<article><header><div class="rdp__DocPublicationName"><span class="DocPublicationName">The Example Times, '
            f'no. 12</span></div><div class="DocHeader">NEWS, jeudi 4 mars 2021 • 210 mots</div>'
            f'<div class="titreArticle"><p class="titreArticleVisu">{title}</p></div><div class="docAuthors">Mary Quill</div>'
            f'</header><section><div class="docOccurContainer">{paragraphs}</div></section>'
            f'<footer><div class="publiC-lblNodoc">{number}</div></footer></article>'
        )

    page = (
        "<html><body>" + article("Harbour wall gives way", BODY, "news·20210304·EX·1") + article("Bees", SECOND, "n2")
    )
    got = read(saved(tmp_path, "export.html", page + "</body></html>"))
    assert [text.split() for text in got.texts] == [" ".join(BODY).split(), " ".join(SECOND).split()]
    assert got.documents[0].fields == {
        "title": "Harbour wall gives way",
        "author": "Mary Quill",
        "outlet": "The Example Times",
        "date": "NEWS, jeudi 4 mars 2021",
        "id": "news·20210304·EX·1",
        "media_type": "text/plain",
        "charset": DECODED,
    }


OLD = """
                               1 of 1 DOCUMENT

                  Copyright 2005 The Example Company
                               The Example Times

                            March 4, 2005 Friday
                              Late Edition - Final

SECTION: Section A; Column 1; Foreign Desk; Pg. 1

LENGTH: 1200 words

HEADLINE: Harbour wall gives way;
 Storm week ends badly

BYLINE: By MARY QUILL

DATELINE: LONDON, March 3

 BODY:
   The old harbour wall gave way.

   NOTE: this is text.

URL: http://www.paper.example

SUBJECT: HARBOURS (90%); STORMS (89%)

LOAD-DATE: March 4, 2005

GRAPHIC: Photo: The wall before.

Chart: Storms by year.
"""


def test_labels_in_another_order(tmp_path: Path) -> None:
    (document,) = read(saved(tmp_path, "export.txt", OLD)).documents
    assert document.data.decode() == "The old harbour wall gave way.\n\n   NOTE: this is text."
    told = {key: document.fields[key] for key in ("title", "author", "outlet", "date", "url")}
    assert told == {
        "title": "Harbour wall gives way; Storm week ends badly",
        "author": "MARY QUILL",
        "outlet": "The Example Times",
        "date": "March 4, 2005 Friday",
        "url": "http://www.paper.example",
    }


def test_what_factiva_writes_below_the_last_article_is_none(tmp_path: Path) -> None:
    below = "\nSearch Summary\nText\nharbour and wall and storm or ferry\n\n© 2021 Factiva, Inc. All rights reserved.\n"
    check(read(saved(tmp_path, "export.txt", export("Factiva") + below)))


def test_an_article_without_text_is_a_failure(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "export.txt", PROQUEST.replace("Full text: {1}\n\n", "").format("\n\n".join(BODY))))
    assert len(got.documents) == 1
    (failure,) = got.failures
    assert failure.error == "no-text"
    assert failure.message == "article 2, 'Beekeepers count their losses', has no text"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("Nexis", "2 of 2 DOCUMENTS", "2 xf 2 DOCUMENTS"),
        ("Nexis, German", "Dokument 2 von 2", "Dok"),
        ("Nexis Uni", "Load-Date: March 5, 2021\n\nEnd of Document", "Load-Date: March 5, 2021\n\nEnd of"),
        ("Factiva", "Document EXTIM00020210304eh3400001", "Document"),
        ("Factiva, indexed", "Document EXTIM00020210304eh3400001", "x"),
        ("ProQuest", "_" * 60 + "\n\nBeekeepers", "Beekeepers"),
    ],
)
def test_what_damage_hides_is_told(tmp_path: Path, name: str, old: str, new: str) -> None:
    text = export(name)
    assert old in text
    got = read(saved(tmp_path, "export.txt", text.replace(old, new)))
    assert got.errors == ["damaged"]


def test_a_paragraph_of_the_text_may_begin_like_a_label(tmp_path: Path) -> None:
    body = "It began at noon.\n\nLocation: the quay below the mill, where boats lie.\n\nNobody came.\n\nNobody left."
    got = read(saved(tmp_path, "export.txt", PROQUEST.format(body, "\n\n".join(SECOND))))
    assert (got.texts[0], got.failures) == (body, [])
    assert got.documents[0].extra["subject"] == "Harbours; Storms"


def test_what_proquest_does_not_label_is_in_the_line_on_the_publication(tmp_path: Path) -> None:
    second = read(saved(tmp_path, "export.txt", export("ProQuest, labels that are lines"))).documents[1]
    assert (second.fields["outlet"], second.fields["date"]) == ("The Example Times", "11 Apr 2021")


def test_headings_of_proquest_are_labels(tmp_path: Path) -> None:
    text = (
        export("ProQuest")
        .replace("Full text: ", "ABSTRACT\n\nA wall fell.\n\nIt was old.\n\nFULL TEXT\n\n")
        .replace("Subject:", "DETAILS\n\nSubject:")
    )
    got = read(saved(tmp_path, "export.txt", text))
    check(got)
    assert got.documents[0].extra["abstract"] == "A wall fell. It was old."


@pytest.mark.parametrize("name", ["Nexis Uni", "Factiva"])
def test_an_export_that_is_cut_says_so(tmp_path: Path, name: str) -> None:
    text = export(name)
    got = read(saved(tmp_path, "export.txt", text[: text.index("Prices will rise") + 20]))
    assert got.errors == ["damaged"]
    assert "may be cut" in got.failures[0].message


@pytest.mark.parametrize(
    "text",
    [
        "He read 1 of 3 documents and left.\n\nLENGTH: a word in capitals.\n",
        "End of Document\n",
        "Document 12\n\n210 words\n",
        "____________________________________\n\nTitle: of a form\n",
    ],
)
def test_text_that_only_mentions_such_words_is_text(tmp_path: Path, text: str) -> None:
    assert read(saved(tmp_path, "page.txt", text)).texts == [text]
