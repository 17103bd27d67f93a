"""The line model on pages written for it: cruft goes, every kind of text stays, and what was kept is kept again."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import clean_text
from pipeline.config import Favor
from pipeline.judge import choose
from pipeline.judge import model as lines
from pipeline.judge.rules import files as rule_files
from pipeline.judge.trees import Trees
from pipeline.text import plain
from pipeline.tokens import offsets_of
from tests.judge.pages import CRUFT_ABOVE, CRUFT_BELOW, TEXTS


def judged(texts: list[str]) -> tuple[lines.Batch, lines.Judgement]:
    batch = lines.Batch.of([plain.lay_out("\n\n".join(texts))])
    book = rule_files.builtin()
    return batch, lines.judge(batch, [book.line(text) for text in batch.texts])


def kept(texts: list[str], favor: Favor = "auto") -> list[str]:
    batch, judgement = judged(texts)
    keep = judgement.keep(batch.form, batch.offsets, favor)
    if (title := judgement.titles[0]) is not None and title.certainty:
        keep[title.block] = True  # no model removes what may be the title
    return [text for text, flag in zip(batch.texts, keep, strict=True) if flag]


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
    documents = [plain.lay_out("\n".join(text)) for text in TEXTS.values()]
    batch = lines.Batch.of(documents)
    together = lines.judge(batch, [book.line(text) for text in batch.texts])
    keep = together.keep(batch.form, batch.offsets)
    for number, (start, stop) in enumerate(pairwise(batch.offsets.tolist())):
        own = lines.Batch.of([documents[number]])
        alone = lines.judge(own, [book.line(text) for text in own.texts])
        np.testing.assert_array_equal(together.scores[start:stop], alone.scores)
        np.testing.assert_array_equal(keep[start:stop], alone.keep(own.form, own.offsets))
        assert together.titles[number] == alone.titles[0]


@pytest.mark.parametrize("copies", [2, 4])
def test_what_is_pasted_again_says_where_it_stands_first_and_how_often(copies: int) -> None:
    lines = [
        "The ferry leaves the small harbour at nine and comes back before the evening tide, the crew says.",
        "The mayor opened the market in the morning, and nobody on the square spoke of the storm any more.",
        *["High water stands at noon on the pier of Oldport, and the boats that came in stay until the next."] * copies,
        "Nobody has asked the harbour master, who was asleep in his office with the lamp still burning.",
    ]
    source = "\n\n".join(lines)
    document = clean_text(source)
    assert document.text == "\n\n".join(dict.fromkeys(lines))
    edits = [edit.evidence for edit in document.edits if edit.rule == "repeat-in-document"]
    assert [edit.copies for edit in edits] == [copies] * (copies - 1)
    assert {edit.place and source[edit.place.start : edit.place.end] for edit in edits} == {lines[2]}


def test_no_lines_no_verdicts() -> None:
    batch = lines.Batch.of([plain.lay_out("")])
    judgement = lines.judge(batch, [])
    assert len(judgement.keep(batch.form, batch.offsets)) == len(judgement.scores) == 0


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
    keep = choose._chain(scores.astype(np.int64), offsets)

    def worth(choice: tuple[bool, ...], document: list[int]) -> int:
        switches = sum(a != b for a, b in pairwise(choice))
        return sum(score for score, chosen in zip(document, choice, strict=True) if chosen) - choose.SWITCH * switches

    for (start, stop), document in zip(pairwise(offsets.tolist()), documents, strict=True):
        best = max((worth(choice, document) for choice in product((False, True), repeat=len(document))), default=0)
        assert worth(tuple(keep[start:stop].tolist()), document) == best
