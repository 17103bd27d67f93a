"""What lines say of themselves, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.characters import CLASSES, character_classes, own_features
from pipeline.tokens import tokenize
from tests.native.counterpart import assert_same_columns, both

PIECES = (
    *(
        " ",
        "\n",
        "a",
        "B",
        "DB",
        "b",
        "é",
        "É",
        "漢",
        "か",
        "ก",
        "ع",
        "\u0301",
        "7",
        "12",
        "2024",
        "½",
        "😀",
        "\ud800",
        "\U0001d400",
    ),
    *(
        ".",
        "..",
        "!",
        "?!",
        "…",
        "。",
        "！",
        "？",
        ",",
        ":",
        "：",
        "'",
        "’",
        '"',
        "“",
        "«",
        "(",
        ")",
        "[",
        "]",
        "–",
        "-",
    ),
    *("|", "/", "@", "€", "©", "&", "+", "\x00", "\t", "\u200b"),
)
"""A piece of each class, and some that stand for more than one character"""
lines = st.lists(
    st.one_of(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.text(max_size=12)), max_size=8
)


def assert_same(texts: list[str]) -> None:
    gaps = np.arange(len(texts))
    compiled, plain = both(own_features, texts, gaps, tokenize(texts))
    assert list(compiled) == list(plain)
    for name, column in compiled.items():
        assert_same_columns(column, plain[name])


@given(lines)
def test_features_are_the_same(texts: list[str]) -> None:
    assert_same(texts)


def test_every_class_has_a_piece() -> None:
    asked = {int(character_classes()[ord(char)]) for piece in PIECES for char in piece}
    assert asked == set(range(len(CLASSES)))


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["", "", ""],
        [".", "a", "."],  # what ends one line is not before the next one
        ["7", ":", "7"],
        ["9:30", "1/2", "1.2", "a.b", "A.b", "a.B", "9.b", "é.é", "1–2"],
        ["(“‘a’”)", "((((a))))", '"""', "- a -", "…", "a..", "a?!", "a!.", "a.)", "a..”", ".", ".."],
        ["Go. Stop! What?! Ja... “Nein.” 漢字。漢字。", "A.B.", "Ende.«"],
        ["WAR NEWS A Ab aB", "DON’T", "É", "ÉÉ", "７７７７ 1234 12345", "漢字カな ไทย"],
        ["captains harbour sailing-ships", "Go…. No.… Ja……", "½ a", "ﷺ ﬁ", "\ud800 \udfff", "a\nb.\nc"],
    ],
)
def test_lines_at_their_edges_are_the_same(texts: list[str]) -> None:
    assert_same(texts)


def test_long_lines_are_the_same() -> None:
    assert_same(
        ["The ferry leaves at 9:30. “Gone,” she said; " * 3000, "", "NEIN! " * 5000, "漢字" * 4000, "é1.5 " * 900]
    )


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    count = native.kernels.line_columns
    classes = character_classes()
    texts = ["Two words", "and three more"]
    tokens = tokenize(texts)
    good = {"texts": texts, "classes": classes, "offsets": tokens.offsets, "start": tokens.start}
    good |= {"end": tokens.end, "hash": tokens.hash}
    count(*good.values())
    outside = "outside of its line"
    bad = [
        ({"texts": 3}, TypeError, "sequence"),
        ({"texts": [texts[0], b"bytes"]}, TypeError, "str"),
        ({"texts": texts[:1]}, ValueError, "one offset a line"),
        ({"texts": ["Two", "and"]}, ValueError, outside),
        ({"classes": classes[:128]}, ValueError, "each code point"),
        ({"classes": classes + np.uint8(1)}, ValueError, "each code point"),
        ({"classes": classes.astype(np.int64)}, TypeError, "1 bytes"),
        ({"offsets": tokens.offsets[:2]}, ValueError, "one offset a line"),
        ({"offsets": tokens.offsets + 1}, ValueError, "outside of all words"),
        ({"offsets": tokens.offsets[::-1].copy()}, ValueError, "outside of all words"),
        ({"offsets": -tokens.offsets}, ValueError, "outside of all words"),
        ({"start": tokens.start - 1}, ValueError, outside),
        ({"start": tokens.end}, ValueError, outside),
        ({"start": tokens.start[:1]}, ValueError, "a start, an end and a hash each"),
        ({"end": tokens.end + 100}, ValueError, outside),
        ({"hash": tokens.hash[:1]}, ValueError, "a start, an end and a hash each"),
    ]
    for change, error, message in bad:
        with pytest.raises(error, match=message):
            count(*{**good, **change}.values())
