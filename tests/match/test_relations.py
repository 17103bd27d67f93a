"""What paragraphs and documents are to each other, as a comparison tells it: sixty small cases, and what follows from them."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Config
from pipeline.corpus.engines.local import InProcess
from pipeline.match import compare, pairs
from pipeline.records import Document
from tests.documents import document, write_packs

CASES = tomllib.loads(Path(__file__).with_name("relation_cases.toml").read_text(encoding="utf-8"))
TEXTS = {name: text.strip() for name, text in CASES["texts"].items()}
FILLER = "Only this page speaks of the lighthouse keeper, who has kept the lamp for as long as anybody remembers."
WARDEN = (
    "The warden of the island saw 70 people near the old market on the hill in May, when the boats had left and the rain "
    "had come, and they closed the small kitchen for 79 years."
)
CUT = WARDEN[: WARDEN.index("kitchen") + 1]
"""Not even its last word is whole, and a number is gone."""


def changed(text: str, case: dict[str, Any], replace: str = "replace") -> str:
    """`text` with the changes of a case made."""
    for old, new in case.get(replace, ()):
        assert old in text, old
        text = text.replace(old, new)
    if "keep" in case:
        first, last = case["keep"]
        text = text[text.index(first) : text.index(last) + len(last)]
    if case.get("upper"):
        text = text.upper()
    return case.get("before", "") + text + case.get("after", "")


def relations(tmp_path: Path, one: str, two: str) -> list[dict[str, Any]]:
    """The pairs found between two documents that have one paragraph each in common."""
    documents = [
        document("a.txt", [one, FILLER], "2020-01-01"),
        document("b.txt", ["Nothing else is like this.", two], "2020-01-02"),
    ]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    return [pair for pair in shared.pairs if pair["relation"] != "contained"]


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_cases(tmp_path: Path, case: dict[str, Any]) -> None:
    text = TEXTS[case["text"]]
    original = case.get("against") or changed(text, {"replace": case.get("against_replace", ())})
    other = TEXTS[case["instead"]] if "instead" in case else changed(text, case)
    found = relations(tmp_path, original, other)
    assert [pair["relation"] for pair in found] == ([] if case["relation"] == "none" else [case["relation"]])


@pytest.mark.parametrize(("change", "relation"), [("harbour", "copy"), ("harbours", "revision")])
def test_texts_that_are_too_long_to_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, relation: str
) -> None:
    """They are copies if they are the same to the letter; else what differs may be anything."""
    monkeypatch.setattr(pairs, "LONG", 10)
    text = TEXTS["port"] + " So much for the harbour."
    (pair,) = relations(tmp_path, text, text.replace("the harbour.", f"the {change}."))
    assert pair["relation"] == relation


def test_there_are_sixty_cases_and_all_relations_among_them() -> None:
    assert len(CASES["case"]) >= 60
    assert {case["relation"] for case in CASES["case"]} == {"copy", "noisy", "revision", "quote", "none"}


def test_what_a_document_says_twice_is_a_repeat_whatever_differs(tmp_path: Path) -> None:
    text = TEXTS["orchard"]
    longer = f"{text} So much for the orchard."  # which would be a copy in another document
    for number, other in enumerate((text, text.replace("$9", "€9"), text.replace("$9", "$7"), longer)):
        assert number == 0 or other != text
        folder = tmp_path / str(number)
        folder.mkdir()
        page = document("a.txt", [text, FILLER, other], "2020-01-01")
        shared = compare.compare(write_packs(folder, [page], 1), InProcess(), Config(), folder)
        assert [pair["relation"] for pair in shared.pairs] == ["repeat"]
        assert [cluster["relation"] for cluster in shared.clusters] == ["repeat"]


def test_a_document_whole_inside_a_longer_one(tmp_path: Path) -> None:
    whole = [TEXTS["port"], TEXTS["orchard"]]
    rest = [TEXTS["museum"], TEXTS["pont"], TEXTS["puente"], TEXTS["most"]]
    documents = [document("a.txt", [FILLER, *rest[:2], *whole, *rest[2:]]), document("b.txt", whole)]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    (pair,) = (pair for pair in shared.pairs if pair["relation"] == "contained")
    spans = [documents[side].text[pair[name]["start"] : pair[name]["end"]] for side, name in enumerate(("a", "b"))]
    assert spans == ["\n\n".join(whole)] * 2
    assert [pair[name]["paragraph_id"] for name in ("a", "b")] == [None, None]
    assert pair["containment_ba"] == 1
    assert pair["containment_ab"] < 0.5
    assert shared.duplicate_of(0) == {}


def test_a_near_copy_is_not_contained_as_well(tmp_path: Path) -> None:
    """Though it stands whole in the other, which is longer: it has the relation of near-copies."""
    words = [f"word{number}" for number in range(140)]
    documents = [document("a.txt", [" ".join(words[:100])]), document("b.txt", [" ".join(words)])]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(threshold=1), tmp_path)
    assert [pair["relation"] for pair in shared.pairs if pair["a"]["paragraph_id"] is None] == []
    assert [(cluster["level"], cluster["size"]) for cluster in shared.clusters] == [("document", 2)]
    other = Config(threshold=1, document_threshold=0.9)  # by which they are no near-copies
    (tmp_path / "other").mkdir()
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), other, tmp_path / "other")
    assert [pair["relation"] for pair in shared.pairs if pair["a"]["paragraph_id"] is None] == ["contained"]


@pytest.mark.parametrize(
    ("documents", "canonical"),
    [
        ([("a", "2020-01-02", 3), ("b", "2020-01-01", 1)], "b"),  # the earliest, however long
        ([("a", "2020-01-01", 1), ("b", "2020-01-02", 3)], "a"),
        ([("a", None, 3), ("b", "2020-01-02", 1)], "b"),  # one with a date goes before one without
        ([("a", "2020-01-01", 1), ("b", "2020-01-01", 3)], "b"),  # of one day the longest
        ([("a", None, 1), ("b", None, 3), ("c", None, 2)], "b"),
        ([("b", None, 2), ("a", None, 2), ("c", None, 2)], "a"),  # of one length the first by name
        ([("b", "2020-01-01", 2), ("a", "2020-01-01", 2), ("c", "2020-01-02", 3)], "a"),
    ],
)
def test_the_copy_that_stands_for_all(
    tmp_path: Path, documents: list[tuple[str, str | None, int]], canonical: str
) -> None:
    """That of the earliest document by date, then the longest, then the first by name."""
    made: list[Document] = []
    for name, date, paragraphs in documents:
        own = [" ".join(f"{name}{number}of{place}" for number in range(12)) for place in range(paragraphs)]
        made.append(document(name, [TEXTS["port"], *own], date))
    shared = compare.compare(write_packs(tmp_path, made, 1), InProcess(), Config(document_threshold=1), tmp_path)
    (cluster,) = (one for one in shared.clusters if one["level"] == "paragraph")
    assert cluster["size"] == len(documents)
    assert {one.id: one.source for one in made}[cluster["canonical"]["document_id"]] == canonical


def test_documents_of_one_length_do_not_contain_each_other(tmp_path: Path) -> None:
    flight = "Flight {} from Oslo to Bergen was late by {} minutes on Monday because of fog, the airline said, and {} people stayed."
    documents = [document(f"{i}.txt", [flight.format(100 + i, 10 + i, 200 + i)]) for i in range(4)]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    assert [pair for pair in shared.pairs if pair["relation"] == "contained"] == []


@pytest.mark.parametrize(("same", "is_contained"), [(8, False), (14, True)])
def test_a_document_of_other_words_is_not_contained(tmp_path: Path, same: int, is_contained: bool) -> None:
    """One passage goes over all of it, with three words changed after so many."""
    words = [f"word{number}" for number in range(80)]
    other = [f"other{number}" if number % (same + 3) >= same else word for number, word in enumerate(words)]
    last = max(number for number in range(80) if number % (same + 3) == same - 1)
    documents = [
        document("a.txt", [FILLER, " ".join(words), TEXTS["museum"]]),
        document("b.txt", [" ".join(other[: last + 1])]),
    ]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    contained = [pair["containment_ba"] for pair in shared.pairs if pair["relation"] == "contained"]
    assert len(contained) == is_contained
    assert all(share >= 0.8 for share in contained)


def test_most_of_a_document_is_not_all_of_it(tmp_path: Path) -> None:
    documents = [
        document("a.txt", [FILLER, TEXTS["port"], TEXTS["museum"], TEXTS["pont"], TEXTS["puente"]]),
        document("b.txt", [TEXTS["port"], TEXTS["notice"] * 2]),
    ]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    assert [pair for pair in shared.pairs if pair["relation"] == "contained"] == []


def test_who_said_it_first_with_date_and_agency(tmp_path: Path) -> None:
    documents = [
        document("a.txt", [TEXTS["port"]], "2020-01-02"),
        document("b.txt", [FILLER, TEXTS["port"]], "2020-01-01"),
    ]
    documents[1] = documents[1].replace(metadata=documents[1].metadata.replace(agency="Northern Press"))
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    (passage,) = shared.passages
    assert passage["earliest"].to_dict() == {
        "document_id": documents[1].id,
        "source": "b.txt",
        "date": "2020-01-01",
        "agency": "Northern Press",
    }


def test_whose_words_a_quote_is(tmp_path: Path) -> None:
    quote = "we have never seen water rise as fast as it did that night"
    documents = [
        document("a.txt", [FILLER, f"“Well, {quote},” Martha Ellwood told the council on Monday."]),
        document("b.txt", [f"People remember that {quote}, and that nobody came."]),
    ]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    (passage,) = shared.passages
    assert [passage[side]["speaker"] for side in ("a", "b")] == ["Martha Ellwood", None]


def test_one_story_in_many_papers_is_one_origin(tmp_path: Path) -> None:
    story = [TEXTS["port"], TEXTS["orchard"]]
    documents = [document(f"{i}.txt", story, f"2020-01-0{i + 2}") for i in range(3)]
    documents.append(document("other.txt", [FILLER, TEXTS["museum"], TEXTS["port"], TEXTS["pont"]], "2020-01-01"))
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    places = {(passage["a"]["source"], passage["b"]["source"]): passage for passage in shared.passages}
    assert places["0.txt", "other.txt"]["origins"] == 2
    assert places["0.txt", "other.txt"]["earliest"]["source"] == "other.txt"


def scanned(text: str, share: float, seed: int) -> str:
    """What scanning does to a share of the letters: taken for another, lost, or doubled."""
    rng = random.Random(seed)
    chars = list(text)
    letters = [place for place, char in enumerate(chars) if char.isalpha()]
    for place in rng.sample(letters, round(share * len(text))):
        chars[place] = rng.choice(("x", "", chars[place] * 2))
    return "".join(chars)


@pytest.mark.parametrize("name", ["port", "orchard", "museum", "pont"])
def test_one_letter_in_twenty_is_noise(tmp_path: Path, name: str) -> None:
    """So few words are left whole that the two share no passage."""
    texts = [scanned(TEXTS[name], 0.05, seed) if seed else TEXTS[name] for seed in range(6)]
    documents = [document(f"{i}.txt", [text], f"2020-01-0{i + 1}") for i, text in enumerate(texts)]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    with_original = [
        pair for pair in shared.pairs if documents[0].id in (pair["a"]["document_id"], pair["b"]["document_id"])
    ]
    assert [pair["relation"] for pair in with_original if pair["a"]["paragraph_id"]] == ["noisy"] * 5


def test_noise_joins_the_cluster(tmp_path: Path) -> None:
    case = next(case for case in CASES["case"] if case["relation"] == "noisy")
    text = TEXTS[case["text"]]
    texts = (text, text, changed(text, case))
    documents = [document(f"{i}.txt", [one], f"2020-01-0{i + 1}") for i, one in enumerate(texts)]
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
    (cluster,) = (cluster for cluster in shared.clusters if cluster["level"] == "paragraph")
    assert (cluster["size"], cluster["relation"]) == (3, "noisy")
    kinds = [kind for _, _, kind in shared.memberships(0).values()]
    assert kinds == ["noisy", "copy", "noisy"]  # the canonical one has the cluster's


@pytest.mark.parametrize(
    "members", [("noisy", "copy"), ("revision", "copy"), ("revision", "noisy"), ("revision", "noisy", "copy")]
)
def test_a_cluster_is_what_the_member_is_that_differs_most(tmp_path: Path, members: tuple[str, ...]) -> None:
    cases = {relation: [case for case in CASES["case"] if case["relation"] == relation] for relation in members}
    text, others = next(
        (text, others)
        for text in TEXTS.values()
        if all(others := [next((changed(text, c) for c in cases[kind] if is_plain(c, text)), "") for kind in members])
    )
    for order in (others, others[::-1]):
        documents = [document(f"{i}.txt", [one], f"2020-01-0{i + 1}") for i, one in enumerate([text, *order])]
        shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), Config(), tmp_path)
        (cluster,) = (cluster for cluster in shared.clusters if cluster["level"] == "paragraph")
        assert (cluster["size"], cluster["relation"]) == (1 + len(members), members[0])


def is_plain(case: dict[str, Any], text: str) -> bool:
    """Whether a case changes this very text, and nothing but words in it."""
    return TEXTS[case["text"]] == text and not {"against", "against_replace", "instead"} & case.keys()


def test_a_pair_is_what_its_words_are_to_each_other_however_many_have_them(tmp_path: Path) -> None:
    """A cut text beside four copies of the whole one is a revision of it, told once, and a copy of none of them."""
    own = [f"This is a line that page {number} has for itself alone, and no other page." for number in range(6)]
    documents = [document(f"{number}.txt", [own[number], WARDEN], f"2020-01-0{number + 1}") for number in range(4)]
    documents.append(document("a.txt", [own[4], CUT], "2020-02-01"))
    shared = compare.compare(write_packs(tmp_path, documents, 2), InProcess(), Config(), tmp_path)
    found = [pair for pair in shared.pairs if pair["jaccard"] < 1 and pair["relation"] != "contained"]
    ids = {one.id: one.source for one in documents}
    assert [(ids[pair["a"]["document_id"]], ids[pair["b"]["document_id"]], pair["relation"]) for pair in found] == [
        ("0.txt", "a.txt", "revision")
    ]


@pytest.mark.parametrize("bands", [None, 1])
def test_a_near_duplicate_that_the_bands_have_missed_is_no_copy_unseen(tmp_path: Path, bands: int | None) -> None:
    """What is found since most of one is in the other was not looked at word by word."""
    documents = [document("a.txt", [WARDEN, FILLER], "2020-01-01"), document("b.txt", ["It is so.", CUT], "2020-01-02")]
    config = Config(num_perm=bands and 512, bands=bands)
    shared = compare.compare(write_packs(tmp_path, documents, 1), InProcess(), config, tmp_path)
    (pair,) = shared.pairs
    assert pair["jaccard"] > 0.7
    assert (pair["relation"], pair["containment_ba"] > 0.95) == ("revision", True)
    assert [one["size"] for one in shared.clusters if one["level"] == "paragraph"] == ([] if bands else [2])
