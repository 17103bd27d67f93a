"""Look-ups in an index give what comparing with everything gives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.match import index, indexing
from pipeline.match.index import IndexPart, Matches
from pipeline.match.indexing import Indexed
from tests.match.core.oracle import shingle_sets, similar_pairs
from tests.match.core.texts import EDITS, RULES, SIGNING, prose


def document(name: str, *paragraphs: str) -> Indexed:
    spans, start = [], 0
    for number, paragraph in enumerate(paragraphs):
        spans.append((f"{name}-{number}", start, start + len(paragraph)))
        start += len(paragraph) + 2
    return Indexed(name, f"{name}.txt", "\n\n".join(paragraphs), spans)


def built(folder: Path, documents: Sequence[Indexed]) -> IndexPart:
    indexing.build(folder / "index", documents, SIGNING, RULES)
    return IndexPart(folder / "index", SIGNING, RULES)


def looked_up(found: IndexPart, lines: Sequence[str], threshold: float = 0.7) -> tuple[Matches, str]:
    spans, start = [], 0
    for line in lines:
        spans.append((start, start + len(line)))
        start += len(line) + 1
    text = "\n".join(lines)
    return found.matches(text, spans, threshold, 0.8), text


def pairs_of(found: Matches) -> list[tuple[int, int]]:
    return list(zip(found.pairs.a.tolist(), found.pairs.b.tolist(), strict=True))


@pytest.mark.parametrize("batch", [1, 1 << 22])
def test_matches_are_those_of_an_exact_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(indexing, "_BATCH", batch)
    rng = random.Random(1)
    corpus = [prose(rng, 60) for _ in range(200)] + ["", "short one", "Short one!"]
    lines = [EDITS["5% of words"](rng, rng.choice(corpus[:200])) for _ in range(50)] + ["", "Short, one!", "unknown"]
    found, _ = looked_up(built(tmp_path, [document(f"{i}", text) for i, text in enumerate(corpus)]), lines, 0.6)
    exact = similar_pairs(shingle_sets(corpus + lines, 5), 0.6)
    near = found.pairs.take(np.flatnonzero(found.pairs.overlap.jaccard >= 0.6))
    own = set(zip(near.a.tolist(), near.b.tolist(), strict=True))
    assert own == {(b - len(corpus), a) for a, b in exact if a < len(corpus) <= b}
    assert {(51, 201), (51, 202)} <= own
    assert near.a.tolist() == sorted(near.a.tolist())


def test_the_most_similar_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_MOST", 201)
    rng = random.Random(2)
    text = prose(rng, 100)
    corpus = [EDITS["one word"](rng, text) for _ in range(200)] + [text]
    found, _ = looked_up(built(tmp_path, [document("a", *corpus)]), [text])
    assert found.pairs.b[0] == 200
    similarity = found.pairs.overlap.jaccard.tolist()
    assert similarity == sorted(similarity, reverse=True)
    assert len(similarity) == 201


def test_paragraphs_contained_in_others_either_way(tmp_path: Path) -> None:
    rng = random.Random(3)
    short, long = prose(rng, 30), prose(rng, 150)
    found = built(tmp_path, [document("a", prose(rng, 80), short), document("b", f"{prose(rng, 20)} {long}")])
    inside = " ".join(long.split()[40:70])
    matches, _ = looked_up(found, [f"{prose(rng, 70)} {short} {prose(rng, 70)}", inside, prose(rng, 40)])
    assert pairs_of(matches) == [(0, 1), (1, 2)]
    assert found.names_of(matches.pairs.b) == ["a-1", "b-0"]
    place, *_ = found.paragraph_place(int(matches.pairs.b[1]))
    assert found.document(place) == ("b.txt", "b")
    assert (matches.pairs.overlap.jaccard < 0.3).all()
    assert (matches.pairs.overlap.containment >= 0.8).all()


def test_passages_in_different_text(tmp_path: Path) -> None:
    rng = random.Random(4)
    corpus = [prose(rng, 300) for _ in range(100)]
    quote = " ".join(corpus[42].split()[100:120]).rstrip(".,")
    found = built(tmp_path, [document(f"{i}", text) for i, text in enumerate(corpus)])
    matches, text = looked_up(found, [prose(rng, 50), f"{prose(rng, 50)} “{quote}” {prose(rng, 50)}"])
    rows = [row for row in range(len(matches.found.passages)) if matches.found.passages.longest[row] >= 20]
    assert len(rows) == 1
    row = rows[0]
    assert matches.found.passages.rank[row].tolist() == [-1, 42]
    assert quote in text[matches.found.passages.start[row, 0] : matches.found.passages.end[row, 0]]
    assert quote in corpus[42][matches.found.passages.start[row, 1] : matches.found.passages.end[row, 1]]
    assert matches.standing[matches.found.parts.passage == row].tolist() == [[1, 42]]


def test_a_run_that_very_many_share_is_found_with_some_of_them(tmp_path: Path) -> None:
    rng = random.Random(5)
    notice = "free of charge on Sundays for readers of ours"
    found = built(tmp_path, [document(f"{i}", f"{prose(rng, 30)} {notice} {prose(rng, 30)}") for i in range(300)])
    matches, text = looked_up(found, [f"{prose(rng, 30)} {notice}"])
    at = text.index(notice)
    covering = (matches.found.passages.start[:, 0] <= at) & (matches.found.passages.end[:, 0] >= at + len(notice))
    assert 1 <= covering.sum() < 300


def test_every_verbatim_run_is_found(tmp_path: Path) -> None:
    rng = random.Random(6)
    corpus = [prose(rng, 200).split() for _ in range(50)]
    found = built(tmp_path, [document(f"{i}", " ".join(words)) for i, words in enumerate(corpus)])
    for source, words in enumerate(corpus):
        at = rng.randrange(190)
        run = " ".join(words[at : at + 8])
        matches, text = looked_up(found, [f"{prose(rng, 20)} {run} {prose(rng, 20)}"])
        place = text.index(run)
        assert any(
            other == source and start <= place and end >= place + len(run.rstrip(".,"))
            for (_, other), (start, _), (end, _) in zip(
                matches.found.passages.rank.tolist(),
                matches.found.passages.start.tolist(),
                matches.found.passages.end.tolist(),
                strict=True,
            )
        )


def test_nothing_in_an_empty_index_and_nothing_of_an_empty_text(tmp_path: Path) -> None:
    found = built(tmp_path, [])
    matches, _ = looked_up(found, ["some words that nobody has said before or since"])
    assert len(matches.pairs) == len(matches.found.passages) == 0
    found = built(tmp_path / "more", [document("a", "a b c d e f g h", "")])
    for lines in ([], ["…"]):
        matches, _ = looked_up(found, lines)
        assert len(matches.pairs) == len(matches.found.passages) == 0


def test_an_index_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield document("a", "some words")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexing.build(tmp_path / "index", broken(), SIGNING, RULES)
    assert list(tmp_path.iterdir()) == []


def test_of_two_that_build_one_index_the_first_wins(tmp_path: Path) -> None:
    found = built(tmp_path, [document("a", "one two three four five six")])
    indexing.build(tmp_path / "index", [document("b", "other words")], SIGNING, RULES)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert found.document(0) == ("a.txt", "a")
    assert IndexPart(tmp_path / "index", SIGNING, RULES).document(0) == ("a.txt", "a")
