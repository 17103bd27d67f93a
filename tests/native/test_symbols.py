"""Symbols at the numbers of texts, compiled and by regular expressions."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.match.core import difference
from pipeline.match.core.columns import Utf8
from pipeline.match.core.difference import symbol_fingerprints
from tests.native.counterpart import assert_same_columns, both

SYMBOLS = "-−–+±~<>≤≥$€£¥₹%‰°½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞′″²³¹⁰⁴⁵⁶⁷⁸⁹()≠≈✅☑✓✔❌☒✗✘.,:/=×÷*^_]"
FULL_WIDTH = "－＋～＜＞＄％￠￡￢￣￤￥￦（）．，：／＝＊＾１＿］"
BESIDE = "0159٣३𝟗a漢 \t\n\u2003\u3000\x00\ud800"

alphabet = st.one_of(
    st.sampled_from("07 "), st.sampled_from(SYMBOLS + FULL_WIDTH + BESIDE), st.characters(exclude_categories=())
)
lists_of_texts = st.lists(st.text(alphabet, max_size=30), max_size=6)


@given(lists_of_texts)
@example(["(1.5), ($2,000), (3", "1 < 2 > 3", "1.2,3:4/5", "−.5 a-5 )-5", "5 % 5  % 5′ 5 ′"])
def test_fingerprints_are_the_same(texts: list[str]) -> None:
    compiled, plain = both(symbol_fingerprints, texts)
    assert_same_columns(compiled, plain)
    compiled, plain = both(symbol_fingerprints, Utf8.of(texts))
    assert_same_columns(compiled, plain)


def test_every_character_at_numbers_is_the_same() -> None:
    """Each is put where it may be a symbol, and where it is beside one."""
    for mold in ("5{}5", "5 {} 5", "{}5 5{} 5 {}", "{}-5 $(5{}) (5{})"):
        texts = [mold.format(chr(code), chr(code), chr(code)) for code in range(0x10000)]
        assert_same_columns(*both(symbol_fingerprints, texts))


def test_digits_of_all_scripts_are_the_same() -> None:
    digits = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isnumeric()]
    texts = [f"-{digit} {digit}% {digit}.{digit} ({digit}) {digit} < {digit}" for digit in digits]
    assert_same_columns(*both(symbol_fingerprints, texts))


def test_texts_in_portions_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["5 %", "nothing", "-5", "", "5²" * 20]
    whole = symbol_fingerprints(texts)
    monkeypatch.setattr(difference, "_SCANNED", 3)
    assert_same_columns(symbol_fingerprints(texts), whole)
    assert (whole != 0).tolist() == [True, False, True, False, True]


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    with pytest.raises(TypeError, match="sequence"):
        native.kernels.symbol_fingerprints(3)
    with pytest.raises(TypeError, match="str"):
        native.kernels.symbol_fingerprints(["a", b"b"])
