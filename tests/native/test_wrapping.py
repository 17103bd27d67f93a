"""Which lines go on with the paragraph above, compiled and in Python."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.text.plain import hints, wrapping
from pipeline.text.plain.physical import Columns
from pipeline.tokens import Array
from tests.native.counterpart import both

HINTS = [
    0,
    hints.LOWER,
    hints.DIGIT,
    hints.DIGIT | hints.SENTENCE,
    hints.STOPPED,
    hints.LOWER | hints.STOPPED,
    hints.ITEM,
    hints.QUOTE,
]
SAID = [
    wrapping.FREE,
    wrapping.FREE | wrapping.PARTED,
    wrapping.FREE | wrapping.CAPTION,
    wrapping.FREE | wrapping.CHAT,
    0,
]
Row = tuple[int, int, int, int, int]


def rows(sizes: st.SearchStrategy[int], said: st.SearchStrategy[int]) -> st.SearchStrategy[list[Row]]:
    """Lines: size, line breaks before, size of the first word, hints, and what is said."""
    words = st.integers(1, 12)
    return st.lists(
        st.tuples(sizes, st.sampled_from([1, 1, 1, 1, 2]), words, st.sampled_from(HINTS), said), max_size=40
    )


some_rows = st.one_of(
    rows(st.integers(1, 140), st.sampled_from(SAID)),
    *(
        rows(st.integers(low, high), st.sampled_from([*SAID[:1] * 9, *SAID]))
        for low, high in ((20, 30), (38, 44), (60, 72), (110, 125))
    ),
)


def table_of(found: list[Row]) -> Array:
    """int64 [columns, lines]"""
    columns = np.zeros((len(Columns._fields), len(found)), dtype=np.int64)
    start = 0
    for i, (size, gap, word, hint, _) in enumerate(found):
        columns[:, i] = Columns(start, start + size, gap, 0, min(word, size), 0, 0, hint)  # type: ignore[arg-type]
        start += size + gap
    return columns


def breaks(table: Array, said: bytes) -> tuple[list[tuple[int, int]], bytes]:
    """The stretches, and what is said of each line then."""
    changed = bytearray(said)
    return wrapping._line_breaks(table, changed), bytes(changed)


@given(some_rows)
def test_line_breaks(found: list[Row]) -> None:
    compiled, plain = both(breaks, table_of(found), bytes(said for *_, said in found))
    assert compiled == plain


@pytest.mark.parametrize("width", range(20, 126))
def test_paragraphs_that_are_broken_at_each_width(width: int) -> None:
    """With any share of lines that are shorter, of those that begin in lower case, and of long words."""
    random = Random(width)
    for _ in range(60):
        full, lower, long, last = (random.random() for _ in range(4))
        slack = random.choice([1, 3, 8, 20])
        found = [
            (
                max(1, width - random.randrange(slack) - (random.random() > full) * random.randrange(width)),
                1 + (random.random() < last / 5),
                random.randrange(1, 3) + 6 * (random.random() < long),
                random.choice(HINTS[:6]) | hints.LOWER * (random.random() < lower),
                wrapping.FREE,
            )
            for _ in range(random.choice([4, 12, 40]))
        ]
        compiled, plain = both(breaks, table_of(found), bytes(said for *_, said in found))
        assert compiled == plain


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    line_breaks = native.kernels.line_breaks
    table = table_of([(60, 1, 4, hints.LOWER, 1)] * 9)
    said = bytearray(b"\1" * 9)
    with pytest.raises(ValueError, match="column"):
        line_breaks(table, said[:8])
    with pytest.raises(TypeError):
        line_breaks(table, bytes(said))
    with pytest.raises(TypeError, match="bytes"):
        line_breaks(table.astype(np.int32), said)
    for column, value in ((0, -1), (1, 0), (1, 1 << 62), (4, -1), (4, 1 << 62)):
        wrong = table.copy()
        wrong[column, 5] = value
        with pytest.raises(ValueError, match="ends"):
            line_breaks(wrong, said)
