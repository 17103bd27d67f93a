"""What the report says of sharing: who had it first, what is important, which clusters and pairs are shown, within bounds."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.records import PairPlace, PairRecord, PassagePlace, PassageRecord
from pipeline.run import clean
from pipeline.write.report import matrix, payload, ring, sharing
from pipeline.write.report.index import Documents
from pipeline.write.report.matrix import Cell
from pipeline.write.report.sample import Place
from pipeline.write.report.sharing import Sharing
from pipeline.write.report.texts import Side, why_canonical
from tests.judge.test_templates import story
from tests.write.browser import Browser, needs_chromium

DATES = {"a": "2016-01-20", "b": "2016-01-22", "c": None}


def name_of(group: str) -> str:
    """An id for the only document of a group."""
    return hashlib.sha256(group.encode()).hexdigest()[:32]


def index(groups: dict[str, str | None]) -> Sharing:
    """Nothing shared yet, between groups of one document each, with their dates."""
    documents = Documents()
    for row, (group, date) in enumerate(groups.items()):
        documents.add(name_of(group), group, date, Place(0, row))
    return Sharing(documents.sorted(), 0.7)


def passage(
    one: str, two: str, *, family: str = "f", bits: float = 40.0, origins: int = 2, text: str = ""
) -> PassageRecord:
    """A passage that two groups share."""
    sides = [
        PassagePlace(
            document_id=name_of(group), source=f"{group}.txt", start=0, end=9, text=text or "told", speaker=None
        )
        for group in (one, two)
    ]
    return PassageRecord(
        a=sides[0],
        b=sides[1],
        words=9,
        similarity=1.0,
        bits=bits,
        longest_run=9,
        family=hashlib.sha256(family.encode()).hexdigest()[:32],
        origins=origins,
        earliest=None,
    )


def pair(one: str, two: str, jaccard: float) -> PairRecord:
    """Two paragraphs that are so similar."""
    sides = [
        PairPlace(document_id=name_of(group), paragraph_id=f"{name_of(group)}-0000", start=None, end=None)
        for group in (one, two)
    ]
    return PairRecord(
        a=sides[0], b=sides[1], jaccard=jaccard, containment_ab=jaccard, containment_ba=jaccard, relation="revision"
    )


def test_the_matrix_says_who_had_it_first_where_dates_say_so() -> None:
    found = index(DATES)
    found.add_passage(passage("b", "a"))
    found.add_passage(passage("a", "b"))
    found.add_passage(passage("b", "c"))
    names = matrix.names_by_weight(found)
    assert names == ["b", "a", "c"]
    assert matrix.cells(found, names) == [
        Cell("b", "c", 1, 1, 9),
        Cell("a", "b", 2, 0, 18),
        Cell("c", "b", 1, 1, 9),
    ]
    picture = matrix.matrix(names, matrix.cells(found, names))
    assert "a → b: 2 pieces, 18 words in passages<" in picture
    assert "of 1 of them the order is not known" in picture


def test_a_pair_is_counted_in_the_bar_of_the_histogram_that_its_similarity_begins() -> None:
    """Each bar has two hundredths, and a pair at the edge of two is in the upper one; of 1 in the last."""
    for hundredths in range(2, 100, 2):
        shared = index({"a": None, "b": None})
        shared.threshold = 0.02
        shared.add_pair(pair("a", "b", hundredths / 100))
        assert [at for at, count in enumerate(shared.near) if count] == [hundredths // 2]
    shared.add_pair(pair("a", "b", 1.0))
    assert shared.near[-1] == 2


def test_what_stands_in_one_document_twice_or_in_an_older_run_is_no_flow() -> None:
    found = index(DATES)
    found.add_passage(passage("a", "a"))
    found.add_passage(passage("a", "an older run"))
    assert matrix.names_by_weight(found) == []
    assert len(found.most_important()[0].places) == 2


def test_of_the_places_of_a_quote_the_earliest_stands_first_and_those_without_a_date_last() -> None:
    shared = index({"later": "2016-01-22", "unknown": None, "first": "2016-01-20", "year": "2017"})
    for one, two in (("unknown", "later"), ("later", "year"), ("first", "unknown")):
        shared.add_passage(passage(one, two))
    (quote,) = shared.most_important()
    places = payload.quote(quote, shared.index)["places"]
    assert [(place[2], place[3]) for place in places] == [
        ("first", "2016-01-20"),
        ("later", "2016-01-22"),
        ("year", "2017"),
        ("unknown", None),
    ]


def test_a_quote_in_ten_documents_goes_before_a_long_text_in_two_and_copies_come_last() -> None:
    found = index(DATES)
    found.add_passage(passage("a", "b", family="long", bits=3000))
    found.add_passage(passage("a", "b", family="copy", bits=9000, origins=1))
    found.add_passage(passage("a", "c", family="quote", bits=60, origins=10))
    assert [quote.origins for quote in found.most_important()] == [10, 2, 1]


def test_quotes_and_flows_are_bounded_and_the_best_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_FAMILIES", 5)
    monkeypatch.setattr(sharing, "MOST_FLOWS", 10)
    groups = {f"g{number:03}": f"2016-01-{1 + number % 28:02}" for number in range(60)}
    found = index(groups)
    names = list(groups)
    for _ in range(3):
        found.add_passage(passage(names[0], names[1], family="best", bits=500))
    for number, (one, two) in enumerate(pairwise(names)):
        found.add_passage(passage(one, two, family=str(number), bits=number))
    assert len(found.quotes) <= 20
    assert found.most_important()[0].passages == 3
    assert len(found.flows) <= 20
    assert found.dropped > 0
    assert matrix.names_by_weight(found)[:2] == names[:2]


def test_groups_that_share_are_side_by_side_on_the_ring() -> None:
    names = [f"n{number}" for number in range(12)]
    ties = {("n0", "n6"): 5, ("n6", "n9"): 4, ("n1", "n2"): 7, ("n3", "n4"): 1}
    found = ring.communities(names, ties)
    assert found["n0"] == found["n6"] == found["n9"] != found["n1"]
    assert found["n1"] == found["n2"]
    picture = ring.ring(names, [Cell(one, two, pieces, 0, 0) for (one, two), pieces in ties.items()])
    assert picture.count('class="node') == 12
    assert picture.count("<path") == 4


@pytest.mark.parametrize("count", [1, 2, 500])
def test_no_two_labels_of_a_ring_share_a_place(count: int) -> None:
    names = [f"site-{number}.example" for number in range(count)]
    filled = [Cell(one, two, 1 + number % 7, 0, 0) for number, (one, two) in enumerate(pairwise(names))]
    picture = ring.ring(names, filled)
    labelled = picture.count('class="node') - picture.count(" quiet")
    assert 1 <= labelled <= 2 * 3.15 * 262 / ring.LABEL_ROOM


def test_why_a_member_is_the_canonical_one() -> None:
    early, late = Side("1", "a", "2016-01-20", "text", "s"), Side("2", "b", "2016-01-22", "longer text", "s")
    undated = Side("3", "c", None, "the longest text", "s")
    assert why_canonical([early, late]) == "the earliest by date, 2016-01-20"
    assert why_canonical([early, undated]) == "the only one with a date, 2016-01-20"
    assert why_canonical([undated, undated._replace(text="text")]) == "the longest"
    assert why_canonical([undated, undated]) == "the first by date, length and name"


STORY = (
    "The harbour board said on Tuesday that the northern pier will stay closed until the winter storms have passed, "
    "because the oldest of its piles were found to be hollow when divers looked at them in the last week of September."
)
OTHER = STORY.replace("hollow", "rotten")


@pytest.fixture
def near(tmp_path: Path) -> Path:
    """Three pages of three folders that have a paragraph in common, one of them in other words."""
    for name, text in (("one", STORY), ("two", STORY), ("three", OTHER)):
        (tmp_path / "in" / name).mkdir(parents=True)
        own = "\n\n".join(story(len(name) + ord(name[1]), 4))
        (tmp_path / "in" / name / "page.txt").write_text(f"{own}\n\n{text}\n")
    return tmp_path / "in"


@needs_chromium
def test_members_of_a_cluster_are_compared_word_by_word(near: Path, tmp_path: Path) -> None:
    clean([near], tmp_path / "out", Config())
    report = tmp_path / "out" / "report.html"
    with Browser() as browser:
        browser.open(report)
        members = browser.value("data.clusters[0].members.map((one) => one[1])")
        assert sorted(members) == ["one/page.txt", "three/page.txt", "two/page.txt"]
        at = 1 + members.index("three/page.txt")
        other = 1 + members.index("one/page.txt")
        browser.click(f"#clusters li:nth-child({other}) .ab button:first-child")
        browser.click(f"#clusters li:nth-child({at}) .ab button:last-child")
        words = browser.value(
            "[...document.querySelectorAll('#clusters .diff del, #clusters .diff ins')].map((one) => one.textContent)"
        )
        assert words == ["hollow", "rotten"]
        assert browser.count(".histogram .threshold") == 1
        assert browser.misdeeds(report) == []


def test_a_run_held_against_another_has_a_report(near: Path, tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (near / "one").rename(tmp_path / "first" / "one")
    clean([tmp_path / "first"], tmp_path / "old", Config())
    clean([near], tmp_path / "out", Config(), against=tmp_path / "old")
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "copies of others" in text
    assert "stands in an earlier run" in text
    assert "of an earlier run" in text
