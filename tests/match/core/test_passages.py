"""Passages: the guarantee against a brute-force oracle, edits, corners."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.match.core import seeds
from pipeline.match.core.families import earliest, families, origins
from pipeline.match.core.passages import PassageRules, Passages, passages, word_counts
from pipeline.match.core.seeds import winnow
from pipeline.tokens import tokenize
from tests.match.core.oracle import shared_runs
from tests.match.core.texts import WORDS, prose

RULES = PassageRules()

Place = tuple[int, int, int]


def covered(found: Passages, places: list[tuple[Place, Place]]) -> list[bool]:
    """Whether a passage of the two documents covers each pair of (document, start, end)."""
    rows = np.hstack((found.documents, found.start, found.end)).tolist()
    return [
        any(
            (a, b) == (one[0], two[0]) and a1 <= one[1] and one[2] <= a2 and b1 <= two[1] and two[2] <= b2
            for a, b, a1, b1, a2, b2 in rows
        )
        for one, two in places
    ]


def runs_of(texts: list[str], least: int) -> list[tuple[Place, Place]]:
    made = tokenize(texts)
    spans = [
        list(zip(made.start[low:high].tolist(), made.end[low:high].tolist(), strict=True))
        for low, high in zip(made.offsets[:-1], made.offsets[1:], strict=True)
    ]
    listed = [made.words(number) for number in range(len(texts))]
    return [
        ((a, spans[a][i][0], spans[a][i + n - 1][1]), (b, spans[b][j][0], spans[b][j + n - 1][1]))
        for a, b in combinations(range(len(texts)), 2)
        for i, j, n in shared_runs(listed[a], listed[b], least)
    ]


documents = st.lists(st.text(st.sampled_from("abcd "), max_size=120), min_size=2, max_size=5)


@settings(deadline=None, max_examples=150)
@given(documents, st.sampled_from([(8, 4, 2), (8, 4, 5), (6, 3, 1), (5, 4, 2)]))
def test_every_verbatim_run_is_covered(texts: list[str], sizes: tuple[int, int, int]) -> None:
    run, k, window = sizes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "FEW", 10**9)
        found = passages(texts, PassageRules(run=run, k=k, window=window))
    assert all(covered(found, runs_of(texts, run)))
    check_shape(found, texts)


@settings(deadline=None, max_examples=100)
@given(documents, st.integers(1, 3))
def test_where_many_share_a_run_each_is_in_a_passage_of_one_family(texts: list[str], few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "FEW", few)
        found = passages(texts, RULES)
    for one, two in runs_of(texts, 8):
        for document, start, end in (one, two):
            sides = (found.documents == document) & (found.start < end) & (found.end > start)
            cover = set()
            for row, side in np.argwhere(sides):
                cover |= set(range(found.start[row, side], found.end[row, side]))
            assert {at for at in range(start, end) if texts[document][at] != " "} <= cover


def check_shape(found: Passages, texts: list[str]) -> None:
    assert (found.documents[:, 0] != found.documents[:, 1]).all()
    assert (found.start < found.end).all()
    assert (found.longest <= found.words).all()
    assert ((found.similarity > 0) & (found.similarity <= 1)).all()
    for row, side in np.ndindex(found.documents.shape):
        assert found.end[row, side] <= len(texts[found.documents[row, side]])
    assert np.bincount(found.pieces.passage, found.pieces.words, len(found)).tolist() == found.words.tolist()
    for passage, start, end in zip(
        found.pieces.passage.tolist(), found.pieces.start.tolist(), found.pieces.end.tolist(), strict=True
    ):
        own = [texts[found.documents[passage, side]][start[side] : end[side]] for side in (0, 1)]
        assert tokenize(own).words(0) == tokenize(own).words(1)
        assert "\n" not in own[0].strip()


def planted(seed: int, count: int, change: bool) -> tuple[list[str], list[tuple[int, int, str, str]]]:
    """Documents of 300 words, and quotes of 8 to 30 words carried from one to another."""
    rng = random.Random(seed)
    parts = [prose(rng, 300).split() for _ in range(count)]
    quotes = []
    for number in range(count):
        words = rng.randrange(8, 31)
        at = rng.randrange(300 - words)
        quote = parts[number][at : at + words]
        copy = list(quote)
        if change:
            copy[rng.randrange(1, words - 1)] = rng.choice(WORDS)
        quotes.append((number, (number + count // 2) % count, " ".join(quote), " ".join(copy)))
    for _, other, _, copy in quotes:
        at = rng.randrange(len(parts[other]))
        parts[other][at:at] = ["He", "said,", f"“{copy}”"]
    return [" ".join(words) for words in parts], quotes


@pytest.mark.parametrize(("change", "least"), [(False, 1.0), (True, 0.85)])
def test_planted_quotes_are_found(change: bool, least: float) -> None:
    texts, quotes = planted(1, 300, change)
    found = passages(texts, RULES)
    rows = np.hstack((found.documents, found.start, found.end)).tolist()
    hits = 0
    for source, other, quote, copy in quotes:
        places = {source: texts[source].find(quote), other: texts[other].find(copy)}
        if min(places.values()) < 0:  # another quote was put in between
            hits += 1
            continue
        hits += any(
            {a, b} == {source, other}
            and all(
                start < places[document] + len(copy) and end > places[document]
                for document, start, end in ((a, a1, a2), (b, b1, b2))
            )
            for a, b, a1, b1, a2, b2 in rows
        )
    assert hits >= least * len(quotes)
    assert len(found) < 1.2 * len(quotes)


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        ("the harbour was closed at dawn because seven barges had drifted onto the bank", 14),
        ("the harbour was closed at noon because seven barges had drifted onto the bank", 13),
        ("the harbour was closed because seven barges had drifted onto the bank", 12),
        (
            "the harbour was closed at dawn, the pilot said, because seven barges had drifted onto the bank",
            14,
        ),
        ("the harbour was closed at dawn because seven old barges had slowly drifted onto the bank", 14),
    ],
)
def test_small_edits_are_bridged(copy: str, words: int) -> None:
    quote = "The harbour was closed at dawn because seven barges had drifted onto the bank"
    texts = [
        f"Bakers rose early. {quote}. Nobody minded.",
        f"All ferries waited; {copy}! Gulls cried above them.",
    ]
    found = passages(texts, RULES)
    assert len(found) == 1
    assert found.words.tolist() == [words]
    assert texts[0][found.start[0, 0] : found.end[0, 0]] == quote + "."
    assert texts[1][found.start[0, 1] : found.end[0, 1]] == copy + "!"
    check_shape(found, texts)


def test_a_passage_reaches_to_the_edge_of_a_clause_that_ends_otherwise() -> None:
    texts = [
        "Then she added: “Our orchard lost fewer than ninety trees in March.” It rained.",
        "“Our orchard lost fewer than ninety trees in early spring,” she said.",
    ]
    found = passages(texts, RULES)
    own = [texts[side][found.start[0, side] : found.end[0, side]] for side in (0, 1)]
    assert own == [
        "Our orchard lost fewer than ninety trees in March.",
        "Our orchard lost fewer than ninety trees in early spring",
    ]


def test_short_runs_need_quotation_marks_on_both_sides() -> None:
    rng = random.Random(5)
    bodies = [prose(rng, 400) for _ in range(4)]
    quote = "seven drowsy otters inspect the lighthouse"
    texts = [f"{bodies[0]} “{quote}” {bodies[1]}", f"{bodies[2]} “{quote}” {bodies[3]}"]
    assert len(passages(texts, RULES)) == 1
    bare = [text.replace("“", "").replace("”", "") for text in texts]
    assert len(passages(bare, PassageRules(margin=1000))) == 0


def test_frequent_runs_are_reported_as_a_star() -> None:
    rng = random.Random(9)
    notice = "Readers of this paper may reprint any article of ours free of charge on Sundays"
    texts = [f"{prose(rng, 60)} {notice}. {prose(rng, 60)}" for _ in range(200)]
    found = passages(texts, RULES)
    own = found.longest >= 15
    assert {*found.documents[own & (found.documents[:, 0] == 0), 1].tolist()} == set(range(1, 200))
    assert own.sum() < 5 * 200  # of 19,900 pairs; some share a word next to it too
    assert len(set(found.family[own].tolist())) == 1
    assert origins(found.family, found.documents, np.arange(200))[found.family[own][0]] == 200


def test_the_order_of_input_makes_no_difference() -> None:
    texts, _ = planted(3, 60, True)
    expected = passages(texts, RULES)
    order = np.random.default_rng(0).permutation(len(texts))
    found = passages([texts[number] for number in order], RULES, rank=order)
    assert np.array_equal(order[found.documents], expected.documents)
    for name in ("start", "end", "words", "longest", "similarity", "bits", "family"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["one"], ["one two three"] * 2, ["", "a b c d e f g h"]])
def test_nothing_is_shared(texts: list[str]) -> None:
    assert len(passages(texts, PassageRules(margin=1000, quoted_margin=1000))) == 0


def test_copies_of_a_document_are_one_passage_each() -> None:
    text = prose(random.Random(2), 500)
    found = passages([text, text, text], RULES)
    assert found.words.tolist() == [500] * 3
    assert found.end.tolist() == [[len(text)] * 2] * 3
    assert found.family.tolist() == [0, 0, 0]
    assert found.similarity.tolist() == [1, 1, 1]


def test_a_line_repeated_in_both_documents_is_not_quadratic() -> None:
    line = "every line of this page says the same thing as the one before it\n"
    found = passages([line * 300, line * 300, "other words"], RULES)
    assert len(found) <= 300


def test_rules_that_break_the_guarantee_are_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        PassageRules(run=5, k=4, window=3)


@settings(deadline=None)
@given(documents, st.integers(1, 4), st.integers(1, 4))
def test_winnowing_keeps_one_of_each_window(texts: list[str], k: int, window: int) -> None:
    made = tokenize(texts)
    position, hashes = winnow(made.offsets, made.hash, k, window)
    every, all_hashes = winnow(made.offsets, made.hash, k, 1)
    assert np.isin(position, every).all()
    assert np.array_equal(all_hashes[np.searchsorted(every, position)], hashes)
    for low, high in zip(made.offsets[:-1], made.offsets[1:], strict=True):
        for start in range(low, high - k - window + 2):
            assert ((position >= start) & (position < start + window)).any()


def test_word_counts_add_up() -> None:
    one, two = tokenize(["a b c a"]).hash, tokenize(["c d"]).hash
    both = np.concatenate((one, two))
    assert np.array_equal(word_counts(one) + word_counts(two), word_counts(both))


def test_families_follow_the_quote_not_the_article_around_it() -> None:
    start = np.array([[0, 1000], [100, 5000], [1100, 5000], [300, 7000]])
    end = np.array([[900, 1900], [120, 5020], [1120, 5020], [320, 7020]])
    assert families(start, end).tolist() == [0, 1, 1, 2]


def test_earliest_and_origins() -> None:
    family = np.array([0, 0, 1])
    documents = np.array([[0, 1], [1, 2], [3, 4]])
    assert earliest(family, documents, np.array([5, 3, 4, -1, -1])).tolist() == [1, -1]
    assert earliest(family, documents, np.array([3, 3, -1, -1, 9])).tolist() == [0, 4]
    assert origins(family, documents, np.array([0, 0, 2, 3, 4])).tolist() == [2, 2]
