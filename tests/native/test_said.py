"""What lines say, compiled and in Python."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.rules import folding
from pipeline.judge.said import said
from pipeline.judge.templates import text_key
from tests.native.counterpart import both
from tests.native.test_lines import texts

lines = st.lists(st.tuples(texts, st.booleans()), max_size=5)


@given(lines)
@example(
    [("— Adieu, dit-il, et il partit.", False), ("— Adieu, Paul.", False), ("", False), ("7", False), ("a 1,200", True)]
)
def test_what_lines_say(found: list[tuple[str, bool]]) -> None:
    compiled, plain = both(said, [text for text, _ in found], [verbatim for _, verbatim in found])
    assert compiled == plain


@pytest.mark.parametrize("letter", ["a", "é", "字", "😀", "\ud800"])
def test_keys_of_lines_of_any_length(letter: str) -> None:
    """BLAKE2b takes blocks of 128 bytes: shorter, whole and several."""
    for size in range(1, 300):
        text = "b" + letter * size
        compiled = said([text], [False])
        folded = folding.fold(text)
        digest = hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        assert compiled.keys == [int.from_bytes(digest, "big")] == [text_key(folded)]


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    table, beyond = folding.tables()
    with pytest.raises(TypeError, match="str"):
        native.kernels.said([b"a"], [False], table, beyond, bool)
    with pytest.raises(ValueError, match="length"):
        native.kernels.said(["a"], [], table, beyond, bool)
    with pytest.raises(TypeError, match="iterable"):
        native.kernels.said(None, np.zeros(1, bool), table, beyond, bool)
    with pytest.raises(TypeError):
        native.kernels.said(["a"], [False], table, beyond)
    with pytest.raises(ValueError, match="code point"):
        native.kernels.said(["a"], [False], table[:5], beyond, bool)

    def fails(text: str) -> bool:
        raise KeyError(text)

    with pytest.raises(KeyError):
        native.kernels.said(["— a"], [False], table, beyond, fails)


@given(st.lists(texts, max_size=5), st.integers(0, 5))
@example(["in 1,200 rooms", "in 7 rooms", "in ٣ rooms", "in rooms", "", "more"], 9)
def test_phrases_that_are_known(found: list[str], most: int) -> None:
    known = {folding.numberless(line): 0 for line in [*found[::2], "", "in 0 rooms"]}
    compiled = folding.known_phrases(found, known, most)
    assert compiled == native.counterparts["known_phrases"](found, known, most)


def test_bad_arguments_of_phrases_are_errors() -> None:
    assert native.kernels is not None
    with pytest.raises(TypeError, match="str"):
        native.kernels.known_phrases([b"a"], {}, 9)
    with pytest.raises(TypeError, match="dict"):
        native.kernels.known_phrases(["a"], ["a"], 9)
    with pytest.raises(TypeError, match="iterable"):
        native.kernels.known_phrases(None, {}, 9)
