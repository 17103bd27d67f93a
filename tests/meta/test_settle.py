"""Which of several statements a field has in the end, and which of them leave the text for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import Config, clean, clean_html, read_documents

STORY = (
    "The harbour authority closed two bridges on Friday after a storm tore loose a barge, and ferries stayed in port."
)
MORE = (
    "Nobody was hurt, but the main road along the coast stayed shut for nine hours while divers looked at the pillars."
)


def page(head: str, shown: str) -> str:
    return (
        f"<html><head><title>Storm closes two bridges</title>{head}</head><body><h1>Storm closes two bridges</h1>"
        f"<p>{shown}</p><p>{STORY}</p><p>{MORE}</p></body></html>"
    )


@pytest.mark.parametrize(
    ("shown", "date"),
    [
        ("3 May 2019", "2019-05-03"),
        ("4 May 2019", "2019-05-04"),  # the same moment in another time zone
        ("2 May 2019", "2019-05-02"),
        ("5 May 2019", "2019-05-03"),
        ("1 May 2019", "2019-05-03"),
        ("3 May 2018", "2019-05-03"),
    ],
)
def test_a_date_that_is_shown_counts_if_the_head_says_nearly_the_same(shown: str, date: str) -> None:
    head = '<meta property="article:published_time" content="2019-05-03T22:00:00Z">'
    document = clean_html(page(head, shown))
    assert document.metadata.date == date
    lifted = [edit.evidence.date for edit in document.edits if edit.rule == "dateline"]
    assert lifted == ([date] if date.endswith(f"-0{shown[0]}") and "2019" in shown else [])


@pytest.mark.parametrize(
    ("head", "author", "lifted"),
    [
        ("", "Jane Roe", ["Jane Roe"]),
        ('<meta name="author" content="Jane Roe">', "Jane Roe", ["Jane Roe"]),
        ('<meta name="author" content="JANE ROE; Sam Poe">', "JANE ROE; Sam Poe", ["Jane Roe"]),
        ('<meta name="author" content="Sam Poe">', "Sam Poe", []),
    ],
)
def test_a_byline_leaves_the_text_only_if_the_field_says_the_same(head: str, author: str, lifted: list[str]) -> None:
    document = clean_html(page(head, "By Jane Roe"))
    assert document.metadata.author == author
    assert [edit.evidence.author for edit in document.edits if edit.rule == "byline"] == lifted


STATED = {
    "title": "A storm, as the record says",
    "author": "Ruth Record",
    "date": "2019-01-01",
    "language": "fr",
    "outlet": "The Record",
    "section": "Records",
    "agency": "Record Wire",
    "url": "https://record.example/1",
}
HEAD = {
    "title": "A storm, as the head says",
    "author": "Harry Head",
    "date": "2019-02-02",
    "language": "lb",
    "outlet": "The Head",
    "section": "Heads",
    "url": "https://head.example/1",
}
SHOWN = {"title": "A storm, as the page shows", "author": "Petra Page", "date": "2019-03-03", "language": "en"}


def said_everywhere(head: bool) -> str:
    """A page that shows a title, a byline and a date, is in English, and says otherwise in its `head`."""
    article = {"@type": "NewsArticle", "publisher": {"name": HEAD["outlet"]}, "articleSection": HEAD["section"]}
    stated = (
        f'<title>{HEAD["title"]}</title><meta name="author" content="{HEAD["author"]}">'
        f'<meta property="article:published_time" content="{HEAD["date"]}"><link rel="canonical" href="{HEAD["url"]}">'
        f'<script type="application/ld+json">{json.dumps(article)}</script>'
    )
    body = f"<h1>{SHOWN['title']}</h1><p>By {SHOWN['author']}</p><p>3 March 2019</p><p>{STORY}</p><p>{MORE}</p>"
    return f"<html{' lang=lb' if head else ''}><head>{stated if head else ''}</head><body><main>{body}</main></body></html>"


def test_what_a_record_says_goes_before_its_page_and_the_head_of_a_page_before_what_it_shows(tmp_path: Path) -> None:
    """But for the title: a reader sees the one that is shown."""
    pages = [
        {**STATED, "html": said_everywhere(True)},
        {"html": said_everywhere(True)},
        {"html": said_everywhere(False)},
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps({"id": i, **one}) + "\n" for i, one in enumerate(pages)))
    clean(tmp_path / "rows.jsonl", tmp_path / "out", Config(matching=False))
    by_record, by_head, by_text = (row.metadata.to_dict() for row in read_documents(tmp_path / "out"))
    assert {name: by_record[name] for name in STATED} == STATED
    assert {name: by_head[name] for name in HEAD} == {**HEAD, "title": SHOWN["title"]}
    assert {name: by_text[name] for name in STATED} == {**dict.fromkeys(STATED), **SHOWN}
    assert [row.created for row in read_documents(tmp_path / "out")] == [STATED["date"], HEAD["date"], SHOWN["date"]]
