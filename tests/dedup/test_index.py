"""Look-ups in indexes give what comparing everything gives."""

from __future__ import annotations

import random

import numpy as np

from pipeline.dedup.index import near, passage_index, shared_passages, text_index
from pipeline.dedup.match import near_duplicates
from pipeline.dedup.passages import PassageRules
from pipeline.dedup.sign import Signing
from pipeline.dedup.sketch import sketch
from tests.dedup.texts import EDITS, prose

SIGNING = Signing()


def fetched(texts: list[str]):  # type: ignore[no-untyped-def]
    return lambda numbers: [texts[number] for number in numbers.tolist()]


def test_matches_are_those_of_a_join() -> None:
    rng = random.Random(1)
    corpus = [prose(rng, 60) for _ in range(300)] + ["", "short one"]
    queries = [EDITS["5% of words"](rng, rng.choice(corpus[:300])) for _ in range(50)] + [
        "",
        "Short, one!",
        "unknown",
    ]
    found = near(text_index(sketch(corpus, SIGNING)), queries, fetched(corpus), threshold=0.6, signing=SIGNING)
    joined = near_duplicates(corpus + queries, 0.6, SIGNING)
    expected = {
        (b - len(corpus), a)
        for a, b in zip(joined.pairs.a.tolist(), joined.pairs.b.tolist(), strict=True)
        if a < len(corpus) <= b
    }
    expected.add((51, corpus.index("short one")))
    own = list(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert set(own) == expected
    assert [query for query, _ in own] == sorted(query for query, _ in own)


def test_the_most_similar_come_first_and_no_more_than_asked() -> None:
    rng = random.Random(2)
    text = prose(rng, 100)
    corpus = [EDITS["one word"](rng, text) for _ in range(200)] + [text]
    index = text_index(sketch(corpus, SIGNING))
    found = near(index, [text], fetched(corpus), threshold=0.7, signing=SIGNING, most=20)
    assert len(found) == 20
    assert found.b[0] == 200
    assert (np.diff(found.overlap.jaccard) <= 0).all()


def test_an_empty_corpus_has_no_matches() -> None:
    index = text_index(sketch([], SIGNING))
    assert len(near(index, ["some words"], fetched([]), threshold=0.7, signing=SIGNING)) == 0


def test_passages_of_a_text_in_indexed_documents() -> None:
    rng = random.Random(3)
    corpus = [prose(rng, 300) for _ in range(100)]
    quote = " ".join(corpus[42].split()[100:120])
    text = f"{prose(rng, 50)} “{quote}” {prose(rng, 50)}"
    rules = PassageRules()
    numbers, found = shared_passages(passage_index(corpus, rules), text, fetched(corpus), rules)
    whole = found.longest >= 20
    assert whole.sum() == 1
    row = int(np.flatnonzero(whole)[0])
    assert found.documents[row, 0] == 0
    assert numbers[found.documents[row, 1] - 1] == 42
    assert quote in text[found.start[row, 0] : found.end[row, 0]]
    assert quote in corpus[42][found.start[row, 1] : found.end[row, 1]]


def test_a_text_without_words_shares_nothing() -> None:
    rules = PassageRules()
    numbers, found = shared_passages(passage_index(["a b c d e f g h"], rules), "…", lambda numbers: [], rules)
    assert len(numbers) == len(found) == 0
