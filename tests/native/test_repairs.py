"""Which stretches of a text may need a repair, compiled and in Python; and those that may not need none."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.text import normalise

_odd = st.sampled_from(
    [
        "&",
        " ",
        "  ",
        "\n",
        "\t",
        "\x7f",
        "\xa0",
        "\xad",
        "é",
        "e\u0301",
        "\u0301",
        "’",
        "\u2028",
        "—",
        "\u200b",
        "日",
        "\ud800",
        "😀",
    ]
)
_texts = st.lists(st.one_of(st.just("said the mayor of it " * 4), st.text(max_size=3), _odd), max_size=6).map("".join)


def _stretches(text: str, places: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Two columns of places of a text."""
    inside = sorted(place % (len(text) + 1) for place in places)
    return np.array(inside[:-1], np.int64), np.array(inside[1:], np.int64)


@given(_texts, st.lists(st.integers(0, 1000), max_size=6))
@example("a" * 64 + "& b", [0, 67])
@example("a" * 63 + "  b", [0, 66])
@example("a" * 64 + "  b", [0, 67])
@example(" a ", [0, 1, 2, 3])
@example("", [0, 0])
def test_stretches(text: str, places: list[int]) -> None:
    starts, ends = _stretches(text, places)
    kernels = native.kernels
    assert kernels is not None
    found = kernels.may_need(text, starts, ends)
    assert found == native.counterparts["may_need"](text, starts, ends)
    for start, end, may in zip(starts.tolist(), ends.tolist(), found, strict=True):
        own = text[start:end]
        assert may or normalise.edits(own, start, entities=True) == normalise.verbatim(own, start) == []


def test_every_character() -> None:
    """By itself, behind an `e`, and behind a space."""
    chars = list(map(chr, range(sys.maxunicode + 1)))
    for before in ("", "e", " "):
        width = 1 + len(before)
        text = "".join(before + char for char in chars)
        starts = np.arange(len(chars), dtype=np.int64) * width
        found = normalise.may_need(text, starts, starts + width)
        assert found == native.counterparts["may_need"](text, starts, starts + width)
        assert not any(
            normalise.edits(text[start : start + width], start, entities=True)
            for start, may in zip(starts.tolist(), found, strict=True)
            if not may
        )
    assert sum(found) < len(chars)


def test_bad_arguments_are_errors() -> None:
    kernels = native.kernels
    assert kernels is not None
    one, two = np.array([1]), np.array([2])
    for starts, ends in ((two, one), (np.array([-1]), one), (one, np.array([4])), (one, np.array([2, 3]))):
        with pytest.raises(ValueError, match=r"stretch|length"):
            kernels.may_need("abc", starts, ends)
    with pytest.raises(TypeError, match="8 bytes"):
        kernels.may_need("abc", one.astype(np.int32), two)
    with pytest.raises(TypeError, match="str"):
        kernels.may_need(b"abc", one, two)
    with pytest.raises(TypeError, match="two columns"):
        kernels.may_need("abc", one)
