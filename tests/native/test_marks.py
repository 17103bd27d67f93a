"""What stands between words, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import astuple

from pipeline import native
from pipeline.match.core.marks import WordMarks, marks
from pipeline.tokens import tokenize
from tests.native.counterpart import assert_same_columns, both
from tests.test_tokens import SAMPLES

alphabet = st.one_of(
    st.sampled_from("ab Ä\n"),
    st.sampled_from("“„”\"«»「」『』.;:!?…。；：！？3ßé½⅓漢字カ한ไㄱ'’"),
    st.sampled_from(SAMPLES),
    st.characters(exclude_categories=()),
)
lists_of_texts = st.lists(st.text(alphabet, max_size=40), max_size=5)


def marked(texts: list[str]) -> WordMarks:
    return marks(texts, tokenize(texts))


@given(lists_of_texts)
@example(['"a b" c "d', "“a „b” c", "»a« «b» » c", "「a『b』c」", "x»\n« y »z"])
@example(["", "…", "A... b. C.d 3.5 e:", "!", " x?!… Y"])
def test_marks_are_the_same(texts: list[str]) -> None:
    compiled, plain = both(marked, texts)
    assert_same_columns(astuple(compiled), astuple(plain))


@pytest.mark.parametrize("count", [1, 254, 255, 256, 257, 600])
def test_much_punctuation_is_counted_alike(count: int) -> None:
    texts = ["a" + "." * count + "b", "a" + "!" * count, "a" + "?" * count + " b"]
    compiled, plain = both(marked, texts)
    assert_same_columns(astuple(compiled), astuple(plain))


def test_every_character_between_words_is_the_same() -> None:
    for mold in ("a{}b", "a.{} {}b", '"a{}b" c', "“a {} b” c", "»a{}b« c", "{}"):
        texts = [mold.format(chr(code), chr(code)) for code in range(0x11000)]
        compiled, plain = both(marked, texts)
        assert_same_columns(astuple(compiled), astuple(plain))


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    made = tokenize(["a b", "c"])
    columns = [made.offsets, made.start, made.end, made.folded_offsets, made.folded]
    with pytest.raises(ValueError, match="between two offsets"):
        native.kernels.marks(["a b"], *columns)
    with pytest.raises(IndexError, match="outside of its text"):
        native.kernels.marks(["a b", ""], *columns)
    with pytest.raises(IndexError, match="outside of its text"):
        native.kernels.marks(["a b", "c"], columns[0], -made.start, *columns[2:])
    with pytest.raises(ValueError, match="a row a word"):
        native.kernels.marks(["a b", "c"], *columns[:2], made.end[:2], *columns[3:])
    with pytest.raises(ValueError, match="a row a word"):
        native.kernels.marks(["a b", "c"], np.array([0, 1, 2]), *columns[1:])
    with pytest.raises(TypeError, match="str"):
        native.kernels.marks([b"a b", "c"], *columns)
