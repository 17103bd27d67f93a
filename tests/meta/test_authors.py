"""Names, and all of them, of what pages and containers state as authors."""

from __future__ import annotations

import pytest

from pipeline import clean_html
from pipeline.meta.authors import names, without_role

SITE = "The Quay Gazette"


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("By Jane Roe and Sam Poe", ["Jane Roe", "Sam Poe"]),
        ("Jane Roe December 17, 2025", ["Jane Roe"]),
        ("Jane Roe • November 18", ["Jane Roe"]),
        ("17. November | Jana Röhm", ["Jana Röhm"]),
        ("Dec 17, 2025 Jane Q. Roe", ["Jane Q. Roe"]),
        ("3 May 2019 · By Jane Roe", ["Jane Roe"]),
        ("Posted on May 3, 2019 by Jane Roe", ["Jane Roe"]),
        ("by Jane Roe on Aug 9, 2012 10:15 AM EDT", ["Jane Roe"]),
        ("By Jane Roe Published on Thursday 12 January 2012", ["Jane Roe"]),
        ("Posted by Jane Roe in Nets, Sails And Ropes", ["Jane Roe"]),
        ("Recipe by Jane Roe", ["Jane Roe"]),
        ("Jane Roe, Product Manager", ["Jane Roe"]),
        ("Written by Jane Holm-Roe, MD*", ["Jane Holm-Roe"]),
        ("Jane van der Roe Senior Features Writer", ["Jane van der Roe"]),
        ("Jana Röhm, Redakteurin", ["Jana Röhm"]),
        ("作者：李晓明", ["李晓明"]),
        ("kestrel_9", ["kestrel_9"]),
        ("kestrel (kestrel", ["kestrel"]),
        ("via kestrel 1 year ago | nets | 12 comments", []),
        ("Published on January 17", []),
        ("Last updated: Feb 4, 2025", []),
        ("Reply with quote", []),
        ("View all posts by Jane Roe →", []),
        ("Location: Port Vessa, Vessa", []),
        ("by: Staff Writer", []),
        (SITE, []),
    ],
)
def test_names_in_what_is_shown(shown: str, found: list[str]) -> None:
    assert names("byline", [shown], SITE) == found


def test_a_single_word_is_a_name_where_no_other_is_shown() -> None:
    assert names("byline", ["Jane Roe", "Oldport"], "") == ["Jane Roe"]
    assert names("byline", ["kestrel_9", "nets"], "") == ["kestrel_9"]
    assert names("byline", ["Jane Roe", "Sam Poe", "Jane Roe"], "") == ["Jane Roe", "Sam Poe"]


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (["Roe, Jane Q."], ["Jane Q. Roe"]),
        (["Roe, Jane", "van der Poe, Sam"], ["Jane Roe", "Sam van der Poe"]),
        (["Roe, Jane; Poe, Sam T."], ["Jane Roe", "Sam T. Poe"]),
        (["Roe Lind, Jane"], ["Jane Roe Lind"]),
        (["Jane Roe"], ["Jane Roe"]),
        (["Jane Roe, MD"], ["Jane Roe, MD"]),
    ],
)
def test_catalogues_have_the_name_of_the_family_first(stated: list[str], found: list[str]) -> None:
    assert names("meta:citation_author", stated, "") == found


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("Jane Roe, Sam Poe", ["Jane Roe", "Sam Poe"]),
        ("Jane Roe, AP Sports Writer", ["Jane Roe"]),
        ("Jane Roe, CEPF®", ["Jane Roe"]),
        ("Sam Poe, Jr.", ["Sam Poe, Jr"]),
        ("Pier Team", ["Pier Team"]),
        ("kestrel", ["kestrel"]),
        ("https://paper.example/jane-roe", []),
    ],
)
def test_names_in_what_is_stated_for_machines(stated: str, found: list[str]) -> None:
    assert names("meta:author", [stated], SITE) == found


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("Jane Roe Transport correspondent", "Jane Roe"),
        ("Jane Roe Reporter", "Jane Roe"),
        ("Jana Röhm Chefredakteurin", "Jana Röhm"),
        ("Jane van der Roe Arts Editor", "Jane van der Roe"),
        ("Jane Q. Roe Political Editor", "Jane Q. Roe"),
        ("Jane Roe", "Jane Roe"),
        ("Pier Editor", "Pier Editor"),
    ],
)
def test_what_somebody_is_behind_the_name(stated: str, name: str) -> None:
    assert without_role(stated) == name


STORY = (
    "The harbour authority closed two bridges on Friday after a storm tore loose a barge, and ferries stayed in port."
)
MORE = (
    "Nobody was hurt, but the main road along the coast stayed shut for nine hours while divers looked at the pillars."
)


@pytest.mark.parametrize(
    ("head", "shown", "author"),
    [
        ("Jane Roe", "By Jane Roe and Sam Poe", "Jane Roe and Sam Poe"),
        ("Jane Roe", "By JANE ROE", "Jane Roe"),
        ("Jane Roe", "By Ann Lee and Sam Poe", "Jane Roe"),
        ("Jane Roe; Sam Poe", "By Jane Roe", "Jane Roe; Sam Poe"),
    ],
)
def test_nobody_is_lost_with_a_byline(head: str, shown: str, author: str) -> None:
    page = (
        f'<html><head><title>Storm closes two bridges</title><meta name="author" content="{head}"></head><body><article>'
        f'<h1>Storm closes two bridges</h1><div class="line">{shown}</div><p>{STORY}</p><p>{MORE}</p></article></body></html>'
    )
    assert clean_html(page).metadata.author == author
