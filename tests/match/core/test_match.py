"""Near-duplicates end to end: against exact oracles, and in every corner."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.match.core import candidates, match
from pipeline.match.core.bands import MOST_PERMUTATIONS, RECALL, choose_bands, expected_recall
from pipeline.match.core.match import NearDuplicates, near_duplicates
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import concatenate, sketch
from tests.match.core.oracle import shingle_sets, similar_pairs
from tests.match.core.texts import EDITS, prose

PARAGRAPHS = Signing()


def corpus(seed: int, count: int) -> list[str]:
    """Paragraphs and edited copies of them."""
    rng = random.Random(seed)
    texts = [prose(rng, rng.randrange(20, 120)) for _ in range(count)]
    edits = list(EDITS.values())
    return texts + [rng.choice(edits)(rng, rng.choice(texts)) for _ in range(2 * count)]


def pairs_of(found: NearDuplicates) -> dict[tuple[int, int], float]:
    pairs = zip(found.pairs.a.tolist(), found.pairs.b.tolist(), strict=True)
    return dict(zip(pairs, found.pairs.overlap.jaccard.tolist(), strict=True))


def test_finds_what_the_oracle_finds_and_nothing_else() -> None:
    texts = corpus(1, 700)
    found = near_duplicates(texts, 0.7, PARAGRAPHS)
    unique = np.flatnonzero(found.representative == np.arange(len(texts))).tolist()
    sets = shingle_sets(texts, 5)
    exact = similar_pairs([sets[number] for number in unique], 0.7)
    expected = {(unique[a], unique[b]): similarity for (a, b), similarity in exact.items()}
    own = pairs_of(found)
    assert {pair: pytest.approx(similarity) for pair, similarity in own.items()} == {
        pair: expected[pair] for pair in own
    }
    assert len(own) >= 0.998 * len(expected)


def test_the_closest_calls_on_either_side_of_the_threshold() -> None:
    found = near_duplicates(corpus(1, 200), 0.7, PARAGRAPHS)
    accepted, hits = found.pairs.overlap.jaccard, found.near_hits.overlap.jaccard
    assert hits.tolist() == sorted(accepted.tolist())[:10]
    misses = found.near_misses.overlap.jaccard
    assert misses.tolist() == sorted(misses.tolist(), reverse=True)
    assert len(misses) == 10
    assert misses[0] < 0.7 <= hits[0]


def test_finds_distant_copies_with_bands_for_them() -> None:
    texts = corpus(2, 500)
    bands, rows = choose_bands(0.5)
    found = near_duplicates(texts, 0.5, Signing(bands=bands, rows=rows))
    unique = np.flatnonzero(found.representative == np.arange(len(texts))).tolist()
    sets = shingle_sets(texts, 5)
    expected = similar_pairs([sets[number] for number in unique], 0.5)
    assert len(pairs_of(found)) >= 0.98 * len(expected)
    assert all(similarity >= 0.5 for similarity in pairs_of(found).values())


def test_a_new_threshold_needs_no_new_signatures() -> None:
    texts = corpus(3, 100)
    sketches = sketch(texts, PARAGRAPHS)
    for threshold in (0.5, 0.7, 0.9, 1.0):
        again = match.match_sketches(
            sketches, lambda numbers: [texts[number] for number in numbers.tolist()], threshold, PARAGRAPHS
        )
        assert pairs_of(again) == pairs_of(near_duplicates(texts, threshold, PARAGRAPHS))


def test_the_order_of_input_makes_no_difference() -> None:
    texts = corpus(4, 200) + ["same words here"] * 5 + ["", "…"]
    expected = near_duplicates(texts, 0.7, PARAGRAPHS)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(texts))
        found = near_duplicates([texts[number] for number in order], 0.7, PARAGRAPHS, rank=order)
        assert np.array_equal(order[found.canonical], expected.canonical[order])
        assert np.array_equal(order[found.representative], expected.representative[order])
        assert np.array_equal(order[found.pairs.a], expected.pairs.a)
        assert np.array_equal(order[found.pairs.b], expected.pairs.b)
        assert found.rejected == expected.rejected


def test_batches_make_no_difference() -> None:
    texts = corpus(5, 100)
    whole = sketch(texts, PARAGRAPHS)
    parts = [sketch(texts[low : low + 37], PARAGRAPHS) for low in range(0, len(texts), 37)]
    joined = concatenate(parts, PARAGRAPHS)
    assert np.array_equal(joined.fingerprint, whole.fingerprint)
    assert np.array_equal(joined.keys, whole.keys)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.sampled_from("ab c"), max_size=30), max_size=12), st.randoms(use_true_random=False))
def test_members_are_similar_to_their_canonical_text(texts: list[str], rng: random.Random) -> None:
    rank = list(range(len(texts)))
    rng.shuffle(rank)
    found = near_duplicates(texts, 0.7, Signing(k=2), np.array(rank, dtype=np.int64))
    sets = shingle_sets(texts, 2)
    for number, canonical in enumerate(found.canonical.tolist()):
        assert found.canonical[canonical] == canonical
        assert rank[canonical] <= rank[number]
        if canonical != number:
            assert len(sets[number] & sets[canonical]) >= 0.7 * len(sets[number] | sets[canonical]) > 0


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["—", "…"], ["one"], ["one", "two"]])
def test_nothing_is_alike(texts: list[str]) -> None:
    found = near_duplicates(texts, 0.7, PARAGRAPHS)
    assert found.canonical.tolist() == list(range(len(texts)))
    assert found.representative.tolist() == list(range(len(texts)))
    assert len(found.pairs) == len(found.near_misses) == found.rejected == 0


def test_short_texts_equal_only_their_like() -> None:
    found = near_duplicates(["one two", "One, two!", "one two three", "two one"], 0.1, PARAGRAPHS)
    assert found.canonical.tolist() == [0, 0, 2, 3]


def test_one_line_many_times() -> None:
    rng = random.Random(6)
    texts = [prose(rng, 30) for _ in range(100)] + ["The very same line, over and over again."] * 100_000
    found = near_duplicates(texts, 0.7, PARAGRAPHS)
    assert (found.canonical[100:] == 100).all()
    assert len(found.pairs) == 0


def test_many_variants_of_one_line_keep_one() -> None:
    """A giant bucket of different texts: a linear number of pairs, and no member is lost."""
    rng = random.Random(7)
    line = prose(rng, 60)
    texts = [f"{line} {number}" for number in range(20_000)]
    found = near_duplicates(texts, 0.7, PARAGRAPHS)
    assert (found.canonical == 0).all()
    assert len(found.pairs) < 100 * len(texts)


def test_those_left_over_by_a_star_are_brought_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre of a giant bucket's star joins a cluster that the rest of the bucket does not belong to."""
    monkeypatch.setattr(candidates, "SPLITS", 0)
    words = prose(random.Random(8), 100).split()
    texts = [" ".join(words[:60]), " ".join(words[12:72])]
    texts += [" ".join([*words[24:84], f"no{number}"]) for number in range(400)]
    found = near_duplicates(texts, 0.6, PARAGRAPHS)
    assert found.canonical.tolist() == [0, 0] + [2] * 400


def test_recall_is_told_beforehand() -> None:
    assert expected_recall(0.7, 32, 4) == pytest.approx(0.99985, abs=1e-5)
    assert expected_recall(0.7, 14, 8) == pytest.approx(0.565, abs=1e-3)
    assert expected_recall(1.0, 1, 1) == 1
    for threshold in (0.05, 0.3, 0.5, 0.7, 0.9, 1.0):
        bands, rows = choose_bands(threshold)
        assert bands * rows <= MOST_PERMUTATIONS
        assert expected_recall(threshold, bands, rows) >= RECALL
    assert choose_bands(0.7) == (32, 4)
    assert choose_bands(0.02) == (MOST_PERMUTATIONS, 1)
