"""What lines have near their end: the kernel against what it is the counterpart of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.text import shape

KERNELS = pytest.mark.skipif(native.kernels is None, reason="nothing was compiled")
near_end_in_python = native.counterparts["near_end"]
TEXTS = st.lists(st.text(alphabet="PpHhOoTt(/ İK\u00e9\u4e00\U0001f600"))
WORDS = st.lists(st.text(alphabet="photk(/", min_size=1, max_size=5), max_size=64).map(tuple)


@KERNELS
@given(texts=TEXTS, words=WORDS, last=st.integers(min_value=1, max_value=12))
def test_it_gives_the_same(texts: list[str], words: tuple[str, ...], last: int) -> None:
    assert shape.near_end(texts, words, last) == near_end_in_python(texts, words, last)


def test_only_what_stands_whole_within_the_end_counts() -> None:
    texts = ["a Photo", "Photo of a boat", "a boat", "", "PHOTO", "hoto"]
    assert list(shape.near_end(texts, ("photo", "("), 5)) == [1, 0, 0, 0, 1, 0]
    assert list(shape.near_end(texts, ("photo", "f"), 9)) == [1, 1, 0, 0, 1, 0]


@KERNELS
@pytest.mark.parametrize(
    "arguments",
    [
        ([], ("a",)),
        (("a",), ("a",), 1),
        (["a"], ["a"], 1),
        ([b"a"], ("a",), 1),
        (["a"], ("",), 1),
        (["a"], ("\u00e9",), 1),
        (["a"], (1,), 1),
        (["a"], ("a",) * 65, 1),
        (["a"], ("a",), 0),
        (["a"], ("a",), "1"),
        (["a"], ("a",), 1 << 70),
    ],
)
def test_other_arguments_are_errors(arguments: tuple[object, ...]) -> None:
    assert native.kernels is not None
    with pytest.raises((TypeError, ValueError, OverflowError)):
        native.kernels.near_end(*arguments)
