"""Passages: the guarantee against a brute-force oracle, edits, corners."""

from __future__ import annotations

import random
from itertools import combinations
from math import floor, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.match.core import chain, seeds, windows
from pipeline.match.core.evidence import PassageRules, word_counts
from pipeline.match.core.families import earliest, origins
from pipeline.match.core.located import FoundPassages
from pipeline.match.core.memory import DocumentsInMemory
from pipeline.tokens import tokenize
from tests.match.core.oracle import shared_runs
from tests.match.core.texts import RULES, WORDS, prose
from tests.match.twin import families

Place = tuple[int, int, int]


def passages(texts: list[str], rules: PassageRules = RULES) -> FoundPassages:
    """Passages of documents in order of rank."""
    return DocumentsInMemory(texts).passages(rules)


def covered(found: FoundPassages, places: list[tuple[Place, Place]]) -> list[bool]:
    """Whether a passage of the two documents covers each pair of (document, start, end)."""
    rows = np.hstack((found.passages.rank, found.passages.start, found.passages.end)).tolist()
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


@pytest.mark.parametrize("marks", ["“”", "  "])
def test_an_edited_quotation_is_found_by_three_words_in_a_row(marks: str) -> None:
    """Outside quotation marks so few words are no reason to look."""
    rng = random.Random(8)
    filler = [prose(rng, 300) for _ in range(4)]
    whole = "plain clocks usually outlive grumbling merchants wherever sold"
    copy = "plain clocks mostly outlive grumbling merchants once sold"
    texts = [
        f"{filler[0]} He wrote {whole} and left. {filler[1]}",
        f"{filler[2]} They say {marks[0]}{copy}{marks[1]} here. {filler[3]}",
    ]
    spans = [
        (number, texts[number].index(words), texts[number].index(words) + len(words))
        for number, words in enumerate((whole, copy))
    ]
    assert covered(passages(texts), [(spans[0], spans[1])]) == [marks == "“”"]


documents = st.lists(st.text(st.sampled_from("abcd "), max_size=120), min_size=2, max_size=5)


@settings(deadline=None, max_examples=150)
@given(documents, st.sampled_from([(8, 3), (8, 4), (6, 3), (5, 4)]))
def test_every_verbatim_run_is_covered(texts: list[str], sizes: tuple[int, int]) -> None:
    run, k = sizes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "FEW", 10**9)
        found = passages(texts, PassageRules(run=run, k=k))
    assert all(covered(found, runs_of(texts, run)))
    check_shape(found, texts)


@settings(deadline=None, max_examples=100)
@given(documents, st.integers(1, 3))
def test_where_many_share_a_run_each_is_in_a_passage(texts: list[str], few: int) -> None:
    """Whatever 8 words two documents share is, in both, in a passage with some document."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "FEW", few)
        patch.setattr(seeds, "REPEATS", 10**9)
        rows = passages(texts, RULES).passages
    for one, two in runs_of(texts, 8):
        for document, start, end in (one, two):
            sides = (rows.rank == document) & (rows.start < end) & (rows.end > start)
            cover = set()
            for row, side in np.argwhere(sides):
                cover |= set(range(rows.start[row, side], rows.end[row, side]))
            assert {at for at in range(start, end) if texts[document][at] != " "} <= cover


@pytest.mark.parametrize(("one", "two"), [(400, 400), (400, 300), (400, 3), (2000, 1500)])
def test_a_run_repeated_in_both_documents_is_one_run(one: int, two: int) -> None:
    line = "The old harbour master counted seven grey gulls upon the roof before he rang the bell. "
    rows = passages([line * one, line * two]).passages
    assert rows.words[0] == 16 * two
    assert len(rows) <= 1 + seeds.REPEATS


def test_paragraphs_that_differ_in_a_number_only_are_followed_side_by_side() -> None:
    line = "Flight {} of the island line was delayed by an hour because of fog over the northern runway."
    one, two = ("\n".join(line.format(i + first) for i in range(3000)) for first in (0, 4))
    rows = passages([one, two]).passages
    assert rows.words.max() == 18 * 2996
    assert len(rows) <= 4


def check_shape(found: FoundPassages, texts: list[str]) -> None:
    rows, parts = found.passages, found.parts
    assert (rows.rank[:, 0] < rows.rank[:, 1]).all()
    assert (rows.start < rows.end).all()
    assert (rows.longest <= rows.words).all()
    assert ((rows.similarity > 0) & (rows.similarity <= 1)).all()
    for row, side in np.ndindex(rows.rank.shape):
        assert rows.end[row, side] <= len(texts[rows.rank[row, side]])
    assert np.bincount(parts.passage, parts.words, len(rows)).tolist() == rows.words.tolist()
    for passage, start, end in zip(parts.passage.tolist(), parts.start.tolist(), parts.end.tolist(), strict=True):
        own = [texts[rows.rank[passage, side]][start[side] : end[side]] for side in (0, 1)]
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


@pytest.mark.parametrize(("change", "least"), [(False, 1.0), (True, 0.97)])
def test_planted_quotes_are_found(change: bool, least: float) -> None:
    texts, quotes = planted(1, 300, change)
    found = passages(texts, RULES).passages
    rows = np.hstack((found.rank, found.start, found.end)).tolist()
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
    rows = found.passages
    assert rows.words.tolist() == [words]
    assert texts[0][rows.start[0, 0] : rows.end[0, 0]] == quote + "."
    assert texts[1][rows.start[0, 1] : rows.end[0, 1]] == copy + "!"
    check_shape(found, texts)


def test_a_passage_reaches_to_the_edge_of_a_clause_that_ends_otherwise() -> None:
    texts = [
        "Then she added: “Our orchard lost fewer than ninety trees in March.” It rained.",
        "“Our orchard lost fewer than ninety trees in early spring,” she said.",
    ]
    found = passages(texts, RULES).passages
    own = [texts[side][found.start[0, side] : found.end[0, side]] for side in (0, 1)]
    assert own == [
        "Our orchard lost fewer than ninety trees in March.",
        "Our orchard lost fewer than ninety trees in early spring",
    ]


def bodies(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return [prose(rng, 400) for _ in range(count)]


def around(quote: str, other: str, seed: int = 5) -> list[str]:
    """Two documents that have nothing in common but a quote."""
    a, b, c, d = bodies(seed, 4)
    return [f"{a} {quote} {b}", f"{c} {other} {d}"]


def test_a_few_words_in_a_row_need_more_evidence_than_an_edited_quote() -> None:
    run = "seven drowsy otters inspect the lighthouse"
    assert len(passages(around(run, run), replace(RULES, margin=1000)).passages) == 0
    edited = "seven drowsy otters slowly inspect the lighthouse"
    assert len(passages(around(run, edited), replace(RULES, margin=1000)).passages) == 1
    assert len(passages(around(run, edited), replace(RULES, edited_margin=1000)).passages) == 0


def test_quotation_marks_are_evidence() -> None:
    run = "seven drowsy otters inspect the lighthouse"
    rules = replace(RULES, margin=1000, quotation_bits=500)
    for marks, count in (("", 0), ("“{}”", 1), ("„{}“", 1), ("«{}»", 1), ('"{}"', 1)):
        quote = marks.format(run) if marks else run
        assert len(passages(around(quote, quote), rules).passages) == count


@pytest.mark.parametrize("sign", ["…", "...", "[...]", " … "])
def test_an_ellipsis_stands_for_words_left_out(sign: str) -> None:
    texts = around("nobody ever told us where the old boats go", f"nobody ever{sign} where the old boats go")
    rows = passages(texts, replace(RULES, edited_margin=0.0)).passages
    assert rows.words.tolist() == [7]


@pytest.mark.parametrize("sign", ["…", "..."])
def test_an_ellipsis_in_one_of_the_texts_is_evidence(sign: str) -> None:
    """In both it stands for nothing that the other has."""
    whole, left_out = "nobody ever told us where the old boats go", "nobody ever where the old boats go"
    elided = left_out.replace("ever", f"ever{sign}")
    rules = replace(RULES, margin=1000, edited_margin=1000, ellipsis_bits=2000)
    for one, other, count in ((whole, elided, 1), (elided, whole, 1), (whole, left_out, 0), (elided, elided, 0)):
        assert len(passages(around(one, other), rules).passages) == count, (one, other)


@pytest.mark.parametrize("run", [5, 8, 12])
def test_so_many_words_in_a_row_need_no_evidence(run: int) -> None:
    """Exactly so many; one less does."""
    words = "seven drowsy otters inspect some old lighthouse before each long winter comes".split()
    rules = replace(RULES, run=run, margin=1000, edited_margin=1000)
    for count in (run - 1, run):
        quote = " ".join(words[:count])
        found = passages(around(quote, quote), rules).passages
        assert found.words.tolist() == [count] * (count == run)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Prime Minister Anna Maria Lindqvist Berg", "Prime Minister Anna Maria Lindqvist Berg"),
        ("港口关闭", "港口关闭"),
        ("“港口关闭”", "“港口关闭”"),
        ("the very same five words", "the very same five words"),
    ],
)
def test_names_and_a_few_characters_are_no_passages(one: str, two: str) -> None:
    rules = replace(RULES, margin=-1000, edited_margin=-1000)
    assert len(passages(around(one, two), rules).passages) == 0


@pytest.mark.parametrize(
    ("shared", "count"),
    [
        ("drowsy otters inspect some old lighthouse", 1),  # six words
        ("Anna Maria Berg saw old otters", 1),  # three of them without a capital letter
        ("Anna Maria Lindqvist Berg saw otters", 0),
        ("港口昨天关闭了两座大桥", 0),  # a character counts half: five and a half
        ("港口昨天关闭了两座大桥呢", 1),
    ],
)
def test_the_least_that_makes_a_passage(shared: str, count: int) -> None:
    rules = replace(RULES, run=20, margin=-1000, edited_margin=-1000)
    assert len(passages(around(shared, shared), rules).passages) == count


@pytest.mark.parametrize(("count", "pairs"), [(8, 8 * 7 // 2), (9, 8)])
def test_so_many_that_share_a_run_are_paired_with_each_other_and_more_with_the_first(count: int, pairs: int) -> None:
    run = "seven drowsy otters inspect the old lighthouse before each winter comes"
    rows = passages([f"{body} {number}x {run}" for number, body in enumerate(bodies(11, count))], RULES).passages
    found = rows.rank[rows.longest >= 11]
    assert len(found) == pairs
    assert count == 8 or {*found[:, 0].tolist()} == {0}


@pytest.mark.parametrize(("count", "is_found"), [(8, True), (9, True), (24, True), (25, False)])
def test_of_a_quote_that_several_have_an_edited_one_is_found_with_the_first(count: int, is_found: bool) -> None:
    """No 8 words in a row of it are left: where more have it, each of its seeds may be a stock phrase."""
    quote = "seven drowsy otters inspect the old lighthouse before each winter comes down from the hills".split()
    edited = quote.copy()
    edited[5], edited[10] = "rusty", "arrives"
    quotes = [" ".join(quote)] * (count - 1) + [" ".join(edited)]
    texts = [
        f"{body} {number}x {own}" for number, (body, own) in enumerate(zip(bodies(11, count), quotes, strict=True))
    ]
    rows = passages(texts, RULES).passages
    last = rows.rank[:, 1] == count - 1
    is_quote = last & (rows.rank[:, 0] == 0) & (rows.words >= 11)
    assert is_quote.any() == is_found


@pytest.mark.parametrize(("fillers", "is_found"), [(5, True), (15, True), (22, False)])
def test_a_short_quote_is_found_though_each_of_its_seeds_stands_in_others(fillers: int, is_found: bool) -> None:
    """The others have its seeds between other words: they share no phrase, and what two documents share is no stock phrase yet."""
    quote = "seven drowsy otters inspect the old lighthouse before each winter".split()
    edited = [[*quote[:4], word, *quote[5:]] for word in ("rusty", "wooden")]
    of_seeds = [quote[at : at + 3] for at in (0, 1, 5, 6, 7)]
    rng = random.Random(3)
    texts = [" ".join(f"{prose(rng, 8)} {' '.join(seed)} {prose(rng, 8)}" for seed in of_seeds) for _ in range(fillers)]
    texts += [f"{prose(rng, 30)} {' '.join(own)} {prose(rng, 30)}" for own in (quote, *edited)]
    rows = passages(texts, RULES).passages
    whole = rows.rank[rows.words >= 9].tolist()
    pairs = [[fillers, fillers + 1], [fillers, fillers + 2], [fillers + 1, fillers + 2]]
    assert whole == (pairs if is_found else [])


def test_words_beside_runs_are_of_the_same_document() -> None:
    words = np.array([1, 2, 3, 4, 5, 6, 7, 8], dtype=np.uint64) << np.uint64(48)
    offsets = np.array([0, 3, 3, 8])
    beside = seeds.words_beside(offsets, words, np.array([0, 3, 4, 5]), 3)
    assert [divmod(int(one), 1 << 16) for one in beside] == [(0, 0), (0, 7), (4, 8), (5, 0)]


@pytest.mark.parametrize(("shift", "family"), [(0, [0, 0]), (6, [0, 0]), (7, [0, 1])])
def test_passages_that_overlap_by_a_third_are_one_quote(shift: int, family: list[int]) -> None:
    start = np.array([[0, 100], [shift, 200]])
    assert families(start, start + 9).tolist() == family


def test_frequent_runs_are_reported_as_a_star() -> None:
    rng = random.Random(9)
    notice = "Readers of this paper may reprint any article of ours free of charge on Sundays"
    texts = [f"{prose(rng, 60)} {notice}. {prose(rng, 60)}" for _ in range(200)]
    rows = passages(texts, RULES).passages
    own = rows.longest >= 15
    assert {*rows.rank[own & (rows.rank[:, 0] == 0), 1].tolist()} == set(range(1, 200))
    assert own.sum() < 5 * 200  # of 19,900 pairs; some share a word next to it too
    before = np.concatenate(([0], np.cumsum([len(tokenize([text]).hash) for text in texts])))
    family = families(before[rows.rank] + rows.first, before[rows.rank] + rows.last)
    assert len(set(family[own].tolist())) == 1
    assert origins(np.repeat(family, 2), rows.rank.ravel())[family[own][0]] == 200


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["one"], ["one two three"] * 2, ["", "a b c d e f g h"]])
def test_nothing_is_shared(texts: list[str]) -> None:
    assert len(passages(texts, replace(RULES, margin=1000, edited_margin=1000)).passages) == 0


def test_copies_of_a_document_are_one_passage_each() -> None:
    text = prose(random.Random(2), 500)
    rows = passages([text, text, text], RULES).passages
    assert rows.words.tolist() == [500] * 3
    assert rows.end.tolist() == [[len(text)] * 2] * 3
    assert rows.similarity.tolist() == [1, 1, 1]


def test_rules_that_break_the_guarantee_are_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        PassageRules(run=3, k=3)


@settings(deadline=None, max_examples=60)
@given(documents, st.sampled_from([1, 3, 8]))
def test_what_is_looked_at_makes_no_difference(texts: list[str], margin: int) -> None:
    """Windows grow until they hold all there is to see."""
    expected = passages(texts, RULES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MARGIN", margin)
        found = passages(texts, RULES)
    for name in ("rank", "first", "last", "start", "end", "words", "longest", "similarity", "bits"):
        assert np.array_equal(getattr(found.passages, name), getattr(expected.passages, name)), name
    assert np.array_equal(found.parts.start, expected.parts.start)


@settings(deadline=None, max_examples=60)
@given(documents)
def test_long_chains_are_scored_as_short_ones(texts: list[str]) -> None:
    expected = passages(texts, RULES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "_ROUNDS", 1)
        found = passages(texts, RULES)
    assert np.array_equal(found.passages.words, expected.passages.words)
    assert np.array_equal(found.passages.first, expected.passages.first)


def test_word_counts_add_up() -> None:
    one, two = tokenize(["a b c a"]).hash, tokenize(["c d"]).hash
    both = np.concatenate((one, two))
    assert np.array_equal(word_counts(one) + word_counts(two), word_counts(both))


def test_families_follow_the_quote_not_the_article_around_it() -> None:
    start = np.array([[0, 1000], [100, 5000], [1100, 5000], [300, 7000]])
    end = np.array([[900, 1900], [120, 5020], [1120, 5020], [320, 7020]])
    assert families(start, end).tolist() == [0, 1, 1, 2]


def test_earliest_and_origins() -> None:
    family = np.array([0, 0, 0, 0, 1, 1])
    documents = np.array([0, 1, 1, 2, 3, 4])
    assert earliest(family, documents, np.array([5, 3, 4, -1, -1])[documents]).tolist() == [1, -1]
    assert earliest(family, documents, np.array([3, 3, -1, -1, 9])[documents]).tolist() == [0, 4]
    assert origins(family, np.array([0, 0, 2, 3, 4])[documents]).tolist() == [2, 2]


def many_passages(count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many passages of a third as many places, most of them shared by several."""
    rng = np.random.default_rng(5)
    places = rng.integers(0, 100 * count, count // 3)
    start = rng.choice(places, (count, 2)) + rng.integers(0, 4, (count, 2))
    return start, start + rng.integers(1, 200, (count, 2))


def families_one_by_one(start: np.ndarray, end: np.ndarray) -> list[int]:
    """Families by a look at all sides in turn."""
    first = list(range(len(start)))

    def first_of(passage: int) -> int:
        while first[passage] != passage:
            passage = first[passage]
        return passage

    sides = [(int(a), int(b), side // 2) for side, (a, b) in enumerate(zip(start.ravel(), end.ravel(), strict=True))]
    for shift in (0.0, 0.5):
        by_size = sorted(sides, key=lambda side: (floor(log(side[1] - side[0]) / log(9) + shift), side))
        for at, (a, b, one) in enumerate(by_size):
            for c, d, two in by_size[at + 1 : at + 5]:
                if 3 * (min(b, d) - max(a, c)) >= max(b - a, d - c):
                    low, high = sorted((first_of(one), first_of(two)))
                    first[high] = low
    found = [first_of(passage) for passage in range(len(start))]
    numbers = {one: number for number, one in enumerate(dict.fromkeys(found))}
    return [numbers[one] for one in found]


@pytest.mark.parametrize("together", [1, 3, 5, 100, 1 << 20])
def test_families_are_the_same_however_sides_come(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    monkeypatch.setattr("pipeline.match.core.families._BLOCK", 128)
    start, end = many_passages(1_000)
    assert families(start, end, together).tolist() == families_one_by_one(start, end)
