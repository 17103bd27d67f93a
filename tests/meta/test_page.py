"""Metadata that a page states about itself."""

from __future__ import annotations

import json

import pytest

from pipeline.meta.page import iso_day, page_metadata


def values(*pairs: tuple[str, str]) -> dict[str, str]:
    return {name: found.value for name, found in page_metadata(pairs)[0].items()}


def test_nothing_said_is_nothing_found() -> None:
    assert values() == {}
    assert values(("title", ""), ("meta:author", "  "), ("json-ld", "{ broken"), ("time", "soon")) == {}


def test_linked_data_of_the_article_and_not_of_others() -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "The Quay Gazette"},
            {
                "@type": "NewsArticle",
                "headline": "Harbour wall to be rebuilt",
                "datePublished": "2019-05-03T22:10:00+02:00",
                "author": [{"@type": "Person", "name": "Jane Roe"}, {"@type": "Person", "name": "Sam Poe"}],
                "publisher": {"@type": "Organization", "name": "The Quay Gazette"},
                "mentions": {"@type": "NewsArticle", "headline": "Other", "datePublished": "2001-01-01"},
            },
        ],
    }
    found = values(("html:lang", "en-GB"), ("title", "Harbour wall to be rebuilt"), ("json-ld", json.dumps(data)))
    assert found["title"] == "Harbour wall to be rebuilt"
    assert found["date"] == "2019-05-03"
    assert found["author"] == "Jane Roe; Sam Poe"
    assert found["language"] == "en"


@pytest.mark.parametrize(
    ("lang", "code"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        ("DE", "de"),
        ("iw", "he"),
        ("in-ID", "id"),
        ("jp", "ja"),
        ("x", None),
    ],
)
def test_a_language_is_called_as_it_is_today(lang: str, code: str | None) -> None:
    """Old codes, and those of countries that pages take for languages, are those of ISO 639-1."""
    assert values(("html:lang", lang)).get("language") == code


def test_the_site_name_is_no_part_of_the_title_and_no_author() -> None:
    found = values(
        ("title", "Ferries moved to the old pier - The Quay Gazette"),
        ("meta:og:site_name", "The Quay Gazette"),
        ("meta:author", "The Quay Gazette"),
    )
    assert found["title"] == "Ferries moved to the old pier"
    assert found["outlet"] == "The Quay Gazette"
    assert "author" not in found


def test_section_and_outlet_as_the_page_states_them() -> None:
    article = {"@type": "NewsArticle", "articleSection": ["Harbour", "News"], "publisher": {"name": "The Quay Gazette"}}
    found = values(("json-ld", json.dumps(article)), ("meta:article:section", "Town"))
    assert (found["section"], found["outlet"]) == ("Harbour", "The Quay Gazette")
    assert values(("meta:article:section", "Town"))["section"] == "Town"
    assert "outlet" not in values(("meta:application-name", "Quay Reader 4"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-05-03", "2019-05-03"),
        ("20190503T101500Z", "2019-05-03"),
        ("2019-05-03T23:59:59-08:00", "2019-05-03"),
        ("1556841600", "2019-05-03"),
        ("May 3, 2019 at 10:15", "2019-05-03"),
        ("3. Mai 2019", "2019-05-03"),
        ("1970-01-01T00:00:00Z", None),
        ("2019-02-31", None),
        ("from 3 May 2019 to 4 June 2020", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_one_day_as_it_is_written(text: str, day: str | None) -> None:
    assert iso_day(text) == day


@pytest.mark.parametrize(
    ("pairs", "url"),
    [
        (
            [("link:canonical", "https://paper.example/"), ("meta:og:url", "https://paper.example/a")],
            "https://paper.example/a",
        ),
        (
            [("link:canonical", "https://paper.example/a"), ("meta:og:url", "https://paper.example/b")],
            "https://paper.example/a",
        ),
        ([("link:canonical", "https://paper.example/")], "https://paper.example/"),
    ],
)
def test_a_canonical_link_to_the_home_page_says_nothing_where_another_says_more(
    pairs: list[tuple[str, str]], url: str
) -> None:
    assert page_metadata(pairs)[0]["url"].value == url


WINDOWS = [
    ("Lock fixed - The Bankside", "https://www.thebankside.example/2021/lock", "", "Lock fixed"),
    ("Lock fixed – Bankside", "https://bankside.example/2021/lock", "", "Lock fixed"),
    ("Bankside | Lock fixed", "https://bankside.example/2021/lock", "", "Lock fixed"),
    ("Lock fixed - Town - The Bankside", "https://bankside.example/town/lock", "", "Lock fixed"),
    ("Lock fixed | The Bankside", "", "© 2021 The Bankside", "Lock fixed"),
    ("旧水闸将修复_临河晚报", "", "", "旧水闸将修复"),
    ("旧水闸将修复-临河网", "", "", "旧水闸将修复"),
    ("Lock fixed – from Monday", "https://bankside.example/lock", "", "Lock fixed – from Monday"),
    ("Jazz - Blues - Soul", "https://bankside.example/music", "", "Jazz - Blues - Soul"),
    ("Locks - what Bankside owners know", "https://bankside.example/", "", "Locks - what Bankside owners know"),
]


@pytest.mark.parametrize(("window", "address", "shown", "title"), WINDOWS)
def test_the_name_of_the_site_is_cut_off_a_title_on_evidence(window: str, address: str, shown: str, title: str) -> None:
    found, _ = page_metadata([("title", window)], address, [shown, "The lock is fixed."])
    assert found["title"].value == title


def test_the_site_before_a_colon_is_cut_where_the_page_names_it() -> None:
    head = [("title", "The Bankside: Lock fixed at last"), ("meta:og:site_name", "The Bankside")]
    assert page_metadata(head)[0]["title"].value == "Lock fixed at last"
