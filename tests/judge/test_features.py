"""Features of lines: whole numbers, the same alone and in any batch, in any script."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.judge.agreement import agreement
from pipeline.judge.characters import CLASSES, character_classes
from pipeline.judge.features import Batch, line_features
from pipeline.judge.model import MARKS
from pipeline.judge.places import Places, sums
from pipeline.text.blocks import Blocks, Draft, Kind, columns
from pipeline.tokens import offsets_of

TEXTS = st.text(alphabet="aB9 .,。«“|漢かกع\U0001f600\ud800", min_size=1, max_size=12)
DOCUMENTS = st.lists(st.lists(TEXTS, max_size=6), max_size=4)


def as_blocks(texts: list[str]) -> Blocks:
    drafts, start = [], 0
    for number, text in enumerate(texts):
        drafts.append(Draft(start, start + len(text), number % 3 + 1, Kind(number % 2), run=number // 2))
        start += len(text) + 1
    return columns("\n".join(texts), drafts)


def columns_of(documents: list[list[str]]) -> dict[str, np.ndarray]:
    batch = Batch.of([as_blocks(texts) for texts in documents])
    marks = {name: np.array([len(text) % 2 for text in batch.texts], dtype=np.int8) for name in MARKS}
    columns = line_features(batch, marks)
    scores = columns["letters"] * 300 - 900
    return columns | agreement(scores, columns["letters"], batch.tokens, Places(batch.offsets))


@given(DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_a_document_has_the_same_features_alone_and_in_a_batch(documents: list[list[str]]) -> None:
    together = columns_of(documents)
    alone = [columns_of([texts]) for texts in documents]
    for name, column in together.items():
        assert np.issubdtype(column.dtype, np.integer), name
        expected = np.concatenate([np.zeros(0, dtype=np.int64), *(columns[name] for columns in alone)])
        np.testing.assert_array_equal(column, expected, err_msg=name)


@given(st.lists(st.lists(st.integers(0, 1), max_size=7), max_size=5), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_places_agree_with_loops(documents: list[list[int]], before: int, after: int) -> None:
    places = Places(offsets_of(np.array([len(flags) for flags in documents], dtype=np.int64)))
    flags = np.array([flag for document in documents for flag in document], dtype=bool)
    start = 0
    for document in documents:
        stop = start + len(document)
        marked = [start + i for i, flag in enumerate(document) if flag]
        for i in range(start, stop):
            low, high = max(start, i - before), min(stop, i + after + 1)
            assert places.window(sums(flags), before, after)[i] == flags[low:high].sum()
            assert places.before(sums(flags))[i] == flags[start:i].sum()
            assert places.after(sums(flags))[i] == flags[i + 1 : stop].sum()
            assert places.last(flags)[i] == max([j for j in marked if j < i], default=start - 1)
            assert places.next(flags)[i] == min([j for j in marked if j > i], default=stop)
            assert places.first_flagged(flags)[i] == min(marked, default=stop)
            assert places.highest(flags.astype(int))[i] == max(document)
        start = stop


def test_copies_are_counted_within_a_document() -> None:
    columns = columns_of([["menu", "a line", "menu", "menu"], ["menu"]])
    assert columns["copies"].tolist() == [3, 1, 3, 3, 1]
    assert columns["copies_before"].tolist() == [0, 0, 1, 2, 0]


@pytest.mark.parametrize(
    ("char", "name"),
    [("a", "LOWER"), ("Я", "UPPER"), ("ش", "LETTER"), ("漢", "IDEOGRAPH"), ("カ", "IDEOGRAPH"), ("5", "DIGIT"),
     ("٣", "DIGIT"), ("。", "STOP"), ("؟", "STOP"), ("।", "STOP"), ("…", "ELLIPSIS"), ("、", "COMMA"), ("：", "COLON"),
     ("»", "GUILLEMET"), ("「", "QUOTE"), ("|", "BAR"), ("–", "DASH"), ("€", "CURRENCY"), ("\u00a0", "SPACE")],
)  # fmt: skip
def test_characters_have_classes_in_every_script(char: str, name: str) -> None:
    assert CLASSES[character_classes()[ord(char)]] == name


@pytest.mark.parametrize(
    "text",
    ["The mayor opened the bridge on Monday.", "Sie kamen, sahen und gingen wieder!", "“We will stay,” he said.",
     "Он приехал домой поздно вечером.", "Ο δήμαρχος άνοιξε τη γέφυρα.", "市长星期一为大桥剪彩。", "彼は「行こう」と言った。",
     "افتتح العمدة الجسر يوم الاثنين.", "هل افتتح العمدة الجسر؟", "Il a dit : « Nous restons. »"],
)  # fmt: skip
def test_a_sentence_ends_with_a_stop_in_every_script(text: str) -> None:
    columns = columns_of([[text]])
    assert columns["ends_stop"].tolist() == [1]
    assert columns["sentences"][0] >= 1


def test_an_ideograph_weighs_as_much_as_three_letters() -> None:
    assert columns_of([["漢字"], ["letter"]])["letters"].tolist() == [6, 6]


def test_dots_at_the_end_are_no_stop() -> None:
    columns = columns_of([["To be continued..."], ["Read on…"]])
    assert columns["ends_dots"].tolist() == [1, 1]
    assert columns["ends_stop"].tolist() == [0, 0]


def test_nothing_gives_nothing() -> None:
    assert all(len(column) == 0 for column in columns_of([]).values())
    assert all(len(column) == 0 for column in columns_of([[], []]).values())
