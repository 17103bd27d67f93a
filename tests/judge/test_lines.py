"""The line model on pages written for it: cruft goes, every kind of text stays, and what was kept is kept again."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.judge import model as lines
from pipeline.judge.rules import files as rule_files
from pipeline.judge.trees import Trees
from pipeline.model import Line
from pipeline.text import lines as segment
from pipeline.tokens import offsets_of
from tests.judge.pages import CRUFT_ABOVE, CRUFT_BELOW, TEXTS


def judged(texts: list[str], favor: lines.Favor = "balanced") -> tuple[tuple[Line, ...], lines.Judgement]:
    document = segment.lines("\n\n".join(texts))
    book = rule_files.builtin()
    return document, lines.judge(document, [book.line(line.text) for line in document], favor)


def kept(texts: list[str], favor: lines.Favor = "balanced") -> list[str]:
    document, judgement = judged(texts, favor)
    return [line.text for line, keep in zip(document, judgement.keep, strict=True) if keep]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_without_cruft_stays_whole(name: str) -> None:
    assert kept(TEXTS[name]) == TEXTS[name]


@pytest.mark.parametrize("language", CRUFT_ABOVE)
def test_cruft_goes_and_text_stays(language: str) -> None:
    text = TEXTS[language]
    found = kept([*CRUFT_ABOVE[language], *text, *CRUFT_BELOW[language]])
    missed = [line for line in text if line not in found]
    left = [line for line in found if line not in text]
    assert not missed
    assert len(left) <= (len(CRUFT_ABOVE[language]) + len(CRUFT_BELOW[language])) // 4


@pytest.mark.parametrize("language", CRUFT_ABOVE)
def test_what_is_kept_is_kept_again(language: str) -> None:
    once = kept([*CRUFT_ABOVE[language], *TEXTS[language], *CRUFT_BELOW[language]])
    assert kept(once) == once


def test_favor_is_one_dial() -> None:
    page = [*CRUFT_ABOVE["en"], *TEXTS["en"], *CRUFT_BELOW["en"]]
    precise, balanced, complete = (kept(page, favor) for favor in ("precision", "balanced", "recall"))
    assert set(precise) <= set(balanced) <= set(complete)


def test_a_document_is_judged_alone_as_in_a_batch() -> None:
    book = rule_files.builtin()
    documents = [segment.lines("\n".join(text)) for text in TEXTS.values()]
    hits = [[book.line(line.text) for line in document] for document in documents]
    batch = lines.Batch.of(documents)
    scores = lines.score(batch, [hit for document in hits for hit in document])
    for (start, stop), document, found in zip(pairwise(batch.offsets.tolist()), documents, hits, strict=True):
        np.testing.assert_array_equal(scores[start:stop], lines.judge(document, found).scores)


def test_no_lines_no_verdicts() -> None:
    judgement = lines.judge([], [])
    assert len(judgement.keep) == len(judgement.scores) == 0


def test_the_model_is_small_and_asks_for_known_features() -> None:
    assert lines.MODEL.stat().st_size < 500_000
    _, judgement = judged(["One line."])
    assert judgement.scores.dtype == np.int32


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_trees_agree_with_a_walk_down_each(seed: int) -> None:
    rng = np.random.default_rng(seed)
    depth, count, questions = 3, 4, 6
    trees = Trees(
        ("a", "b"),
        rng.integers(0, 2, questions).astype(np.int16),
        rng.integers(-5, 5, questions).astype(np.int32),
        rng.integers(0, questions, (depth, count)).astype(np.int16),
        rng.integers(-900, 900, (count, 2**depth)).astype(np.int16),
        start=7,
    )
    columns = {"a": rng.integers(-9, 9, 1500), "b": rng.integers(-9, 9, 1500)}
    found = trees.score(columns)
    for i in (0, 1, 1023, 1024, 1499):
        total = trees.start
        for tree in range(count):
            leaf = 0
            for level in range(depth):
                question = trees.questions[level, tree]
                answer = columns[trees.features[trees.feature[question]]][i] > trees.threshold[question]
                leaf += int(answer) << level
            total += trees.leaves[tree, leaf]
        assert found[i] == total
    again = Trees.read(trees.arrays("x"), "x")
    np.testing.assert_array_equal(again.score(columns), found)


@given(st.lists(st.lists(st.integers(-600, 600).filter(lambda s: s % 7), max_size=6), max_size=3))
@settings(max_examples=80, deadline=None)
def test_the_chosen_lines_are_the_best_choice(documents: list[list[int]]) -> None:
    scores = np.array([score for document in documents for score in document], dtype=np.int32)
    offsets = offsets_of(np.array([len(document) for document in documents], dtype=np.int64))
    keep = lines._chain(scores.astype(np.int64), offsets)

    def worth(choice: tuple[bool, ...], document: list[int]) -> int:
        switches = sum(a != b for a, b in pairwise(choice))
        return sum(score for score, chosen in zip(document, choice, strict=True) if chosen) - lines.SWITCH * switches

    for (start, stop), document in zip(pairwise(offsets.tolist()), documents, strict=True):
        best = max((worth(choice, document) for choice in product((False, True), repeat=len(document))), default=0)
        assert worth(tuple(keep[start:stop].tolist()), document) == best
