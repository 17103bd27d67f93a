"""The words of texts, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from pipeline import native, tokens
from tests.native.counterpart import assert_same_columns, both
from tests.test_tokens import SAMPLES

texts = st.lists(
    st.text(st.one_of(st.sampled_from(SAMPLES), st.characters(exclude_categories=())), max_size=80), max_size=6
)


@given(texts)
def test_words_are_the_same(found: list[str]) -> None:
    compiled, plain = both(tokens.tokenize, found)
    assert_same_columns(astuple(compiled), astuple(plain))
    assert_same_columns(*both(tokens.token_hashes, found))


@pytest.mark.parametrize("letter", ["a", "é", "字", "𝔸", "ﷺ"])
@pytest.mark.parametrize("count", [7, 8, 9, 63, 64, 65, 128, 511, 512, 513, 520, 521, 528, 3000])
def test_words_of_any_length_are_the_same(letter: str, count: int) -> None:
    compiled, plain = both(tokens.tokenize, [letter * count, f"so {letter * count}."])
    assert_same_columns(astuple(compiled), astuple(plain))


def test_a_long_text_is_the_same() -> None:
    """It is longer than what NumPy takes at a time."""
    text = "The ferry’s café leaves at 9:30, ﬁnally — naïve İstanbul. 漢字カが " * 3000
    compiled, plain = both(tokens.tokenize, [text, "", text])
    assert_same_columns(astuple(compiled), astuple(plain))


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    tables = tokens.tables()
    with pytest.raises(TypeError, match="str"):
        native.kernels.tokenize(["a", b"b"], *tables)
    with pytest.raises(TypeError, match="sequence"):
        native.kernels.tokenize(3, *tables)
    with pytest.raises(TypeError, match="4 bytes"):
        native.kernels.token_hashes(["a"], tables.entry.astype(np.int64), tables.many_offsets, tables.many)
    with pytest.raises(ValueError, match="code point"):
        native.kernels.token_hashes(["a"], tables.entry[:128], tables.many_offsets, tables.many)
    for rows in (tables.many_offsets[:2], tables.many_offsets * 1_000_000, -tables.many_offsets):
        with pytest.raises(ValueError, match="not there"):
            native.kernels.tokenize(["㍿"], tables.entry, rows, tables.many)
