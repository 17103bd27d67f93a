"""Near-duplicates of texts in memory, by the code that runs use: against exact oracles, and in every corner."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.match.core import candidates
from pipeline.match.core.bands import MOST_PERMUTATIONS, RECALL, choose_bands, expected_recall
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.sketch import concatenate, sketch
from pipeline.match.texts import NearDuplicates, near_duplicates, passages
from tests.match import twin
from tests.match.core.oracle import shingle_sets, similar_pairs
from tests.match.core.texts import EDITS, SIGNING, prose

PARAGRAPHS = SIGNING


def corpus(seed: int, count: int) -> list[str]:
    """Paragraphs and edited copies of them."""
    rng = random.Random(seed)
    texts = [prose(rng, rng.randrange(20, 120)) for _ in range(count)]
    edits = list(EDITS.values())
    return texts + [rng.choice(edits)(rng, rng.choice(texts)) for _ in range(2 * count)]


def pairs_of(found: NearDuplicates) -> dict[tuple[int, int], float]:
    pairs = zip(found.a.tolist(), found.b.tolist(), strict=True)
    return dict(zip(pairs, found.jaccard.tolist(), strict=True))


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.9])
def test_finds_what_the_exact_join_finds_and_nothing_else(threshold: float) -> None:
    texts = corpus(1, 500)
    found = near_duplicates(texts, threshold)
    unique = np.flatnonzero(found.representative == np.arange(len(texts))).tolist()
    sets = shingle_sets(texts, 5)
    exact = similar_pairs([sets[number] for number in unique], threshold)
    expected = {(unique[a], unique[b]): similarity for (a, b), similarity in exact.items()}
    own = pairs_of(found)
    assert len(expected) > 100
    assert own == {pair: pytest.approx(expected[pair]) for pair in own}
    assert len(own) >= 0.999 * len(expected)


def test_a_pair_exactly_at_the_threshold_counts() -> None:
    words = [f"w{number}" for number in range(44)]  # 40 shingles; the first 37 words have 33, 28 of them with 32
    texts = [" ".join(words[:36]), " ".join(words[4:40])]  # 28 of 36 shingles
    (jaccard,) = pairs_of(near_duplicates(texts, 28 / 36)).values()
    assert jaccard == 28 / 36
    assert pairs_of(near_duplicates(texts, 28 / 36 + 1e-9)) == {}


@pytest.mark.parametrize("seed", range(2))
def test_the_same_as_step_by_step(seed: int) -> None:
    texts = [*corpus(seed, 200), *["same words here"] * 5, "", "…"]
    found = near_duplicates(texts, 0.7)
    expected = twin.near_duplicates(texts, 0.7, PARAGRAPHS)
    assert np.array_equal(found.representative, expected.representative)
    assert np.array_equal(found.canonical, expected.canonical)
    assert pairs_of(found) == expected.pairs


def test_batches_make_no_difference() -> None:
    texts = corpus(5, 100)
    whole = sketch(texts, PARAGRAPHS)
    parts = [sketch(texts[low : low + 37], PARAGRAPHS) for low in range(0, len(texts), 37)]
    joined = concatenate(parts, PARAGRAPHS)
    assert np.array_equal(joined.fingerprint, whole.fingerprint)
    assert np.array_equal(joined.keys, whole.keys)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.sampled_from("ab c"), max_size=30), max_size=12))
def test_members_are_similar_to_their_canonical_text(texts: list[str]) -> None:
    found = near_duplicates(texts, 0.7, replace(SIGNING, k=2))
    sets = shingle_sets(texts, 2)
    for number, canonical in enumerate(found.canonical.tolist()):
        assert found.canonical[canonical] == canonical
        assert canonical <= number
        if canonical != number:
            assert len(sets[number] & sets[canonical]) >= 0.7 * len(sets[number] | sets[canonical]) > 0


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["—", "…"], ["one"], ["one", "two"]])
def test_nothing_is_alike(texts: list[str]) -> None:
    found = near_duplicates(texts, 0.7)
    assert found.canonical.tolist() == list(range(len(texts)))
    assert found.representative.tolist() == list(range(len(texts)))
    assert pairs_of(found) == {}
    assert len(passages(texts)) == 0


def test_short_texts_equal_only_their_like() -> None:
    found = near_duplicates(["one two", "One, two!", "one two three", "two one"], 0.1, PARAGRAPHS)
    assert found.canonical.tolist() == [0, 0, 2, 3]


def test_one_line_many_times() -> None:
    rng = random.Random(6)
    texts = [prose(rng, 30) for _ in range(100)] + ["The very same line, over and over again."] * 100_000
    found = near_duplicates(texts, 0.7)
    assert (found.canonical[100:] == 100).all()
    assert pairs_of(found) == {}


def test_many_variants_of_one_line_keep_one() -> None:
    """A giant bucket of different texts: a linear number of pairs, and no member is lost."""
    rng = random.Random(7)
    line = prose(rng, 60)
    texts = [f"{line} {number}" for number in range(20_000)]
    found = near_duplicates(texts, 0.7)
    assert (found.canonical == 0).all()
    assert len(found.a) < 100 * len(texts)


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


def test_what_a_notebook_shows() -> None:
    found = near_duplicates(["The tide came in at noon today.", "The tide came in at noon today.", "A boat."])
    assert repr(found) == "<NearDuplicates: 0 pairs among 3 texts, 1 of them copies of another>"
    quote = "nobody in the old town would ever pay for a wall"
    assert (
        repr(passages([f"He said that {quote}.", f"She wrote: {quote}, and left."]))
        == "<AllPassages: 1 passage, 1 quote>"
    )
    with pytest.raises(ValueError, match="one text"):
        passages(quote)
    for compare in (passages, near_duplicates):
        with pytest.raises(ValueError, match="the texts are a dict; give a list"):
            compare({"a.txt": quote})  # type: ignore[operator]
        with pytest.raises(ValueError, match="text 1 is no text, but NoneType"):
            compare([quote, None])  # type: ignore[operator]


@pytest.mark.parametrize(("run", "is_found"), [(None, True), (8, True), (9, False)])
def test_passages_are_by_default_those_of_a_run(run: int | None, is_found: bool) -> None:
    """Every verbatim run of eight words, also of words that say nothing; as runs of more are asked for, it is none."""
    common = "it is as it was and so is"
    # Each of its words stands in either text often enough to say nothing, beside others.
    texts = [f"{' '.join(f'{word} {other}' for word in common.split() * 6)} {common}." for other in ("xx", "yy")]
    rules = None if run is None else PassageRules(run=run)
    found = passages(texts, rules)
    assert (
        any(stop - start >= len(common) for start, stop in zip(found.start[:, 0], found.end[:, 0], strict=True))
        == is_found
    )
