"""Which of several statements a field has in the end, and which of them leave the text for it."""

from __future__ import annotations

import pytest

from pipeline import clean_html

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
