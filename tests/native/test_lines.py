"""What is said of a line, and how lines are cut, compiled and in Python."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.rules import folding
from pipeline.text import lines, shape
from pipeline.text.shape import run_bits
from tests.native.counterpart import both

SAMPLES = "aB é1 2.'’-_`\n\r\t\u2028\x1c\u0301\u0e01字()[]（）!?。»”:,;*•İΣσßẞœ…‐\u00ad\u200b½²٣🔗ＡǄ"
texts = st.text(st.one_of(st.sampled_from(SAMPLES), st.characters(exclude_categories=())), max_size=60)
ONE_TEXT = ["words", "letter_runs", "ends_sentence", "spans", "numberless", "has_letter"]


def test_every_kernel_has_its_counterpart() -> None:
    assert set(ONE_TEXT) | {"has_words"} <= native.counterparts.keys()
    assert shape.words is not native.counterparts["words"]
    assert lines.spans is not native.counterparts["spans"]


@pytest.mark.parametrize("name", ONE_TEXT)
@given(text=texts)
@example(text="He left. (" + "x" * 30 + ")")
@example(text="He left. (" + "x" * 31 + ")")
@example(text="He left.”)")
@example(text="a.b'c-d..e _f 1,234 567 8901 2:30")
def test_of_one_text(name: str, text: str) -> None:
    compiled = getattr(native.kernels, name)(text)
    plain = native.counterparts[name](text)
    assert compiled == plain
    assert type(compiled) is type(plain)


@given(text=texts, count=st.integers(1, 30))
def test_whether_a_text_has_words(text: str, count: int) -> None:
    assert native.kernels is not None
    assert native.kernels.has_words(text, count) == native.counterparts["has_words"](text, count)


@given(text=texts, known=st.sets(st.text(st.sampled_from("aBé字"), max_size=3)))
def test_known_runs(text: str, known: set[str]) -> None:
    assert native.kernels is not None
    table = dict.fromkeys(known)
    bits = run_bits(known)
    assert native.kernels.known_runs(text, table, bits) == native.counterparts["known_runs"](text, table, bits)


@given(text=texts, least=st.integers(-1, 5))
@example(text="Straße ABCD éABC ΑΣΑΣ abc1defg \u01c4abc", least=4)
def test_long_runs(text: str, least: int) -> None:
    assert native.kernels is not None
    found = native.kernels.long_runs(text, least)
    assert isinstance(found, frozenset)
    assert found == native.counterparts["long_runs"](text, least)


@given(texts)
@example("``A`` `b`")
@example("ΑΣ ΑΣΑ")
@example("é" * 2000)
def test_folding(text: str) -> None:
    compiled, plain = both(folding.fold, text)
    assert compiled == plain


def test_every_code_point() -> None:
    """By itself, and amid others."""
    for code in range(sys.maxunicode + 1):
        text = f"a{chr(code)}B 1{chr(code)}2."
        for name in ONE_TEXT:
            assert getattr(native.kernels, name)(text) == native.counterparts[name](text), hex(code)


def test_folding_every_code_point() -> None:
    for first in range(0, sys.maxunicode + 1, 64):
        compiled, plain = both(folding.fold, " ".join(f"A{chr(code)}b" for code in range(first, first + 64)))
        assert compiled == plain, hex(first)


def test_bad_arguments_are_errors() -> None:
    kernels = native.kernels
    assert kernels is not None
    for name in ONE_TEXT:
        with pytest.raises(TypeError, match="str"):
            getattr(kernels, name)(b"a")
    with pytest.raises(TypeError):
        kernels.has_words("a")
    with pytest.raises(TypeError):
        kernels.has_words("a", "b")
    with pytest.raises(TypeError, match="dict"):
        kernels.known_runs("a", {"a"}, run_bits("a"))
    with pytest.raises(ValueError, match="run_bits"):
        kernels.known_runs("a", {"a": 1}, b"a")
    with pytest.raises(TypeError):
        kernels.long_runs("a")
    with pytest.raises(TypeError):
        kernels.long_runs(b"a", 1)
    with pytest.raises(ValueError, match="code point"):
        kernels.fold("a", folding.tables()[0][:128], "")
    with pytest.raises(TypeError):
        kernels.fold("a", "b", "c")
    full = np.full(1 << 16, 0xFFFFFFFF, np.uint32)
    assert kernels.fold("é" * 5000, full, "") == ""  # three for each, all stripped: no table makes more
