"""The tokenisation against a plain one, code point by code point, and its tables against Python's own."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tokens
from pipeline.tokens import (
    APOSTROPHE,
    ATTACH,
    DROP,
    MANY,
    SEPARATOR,
    SINGLE,
    WORD,
    Tokens,
    tables,
    token_hash,
    token_hashes,
    tokenize,
)

Word = tuple[str, int, int]

SAMPLES = "aZ9 \n.,-'’ʼ`´_é́̈ßﬁİſKΣς½…ﷺ漢字カが゛ー한국어กำเมืองລາວ្ខမြ\u200b\u200d\u00ad\ufeff😀𝔸\ud800"

texts = st.lists(st.text(st.one_of(st.sampled_from(SAMPLES), st.characters(exclude_categories=())), max_size=40))


def plain(text: str) -> list[Word]:
    """The definition, one code point after another: (folded word, start, end)."""
    words: list[Word] = []
    word, start, end = "", 0, 0
    alone = trailing = False
    for place, char in enumerate(text):
        entry = int(tables().entry[ord(char)])
        parts = [entry]
        if entry >> 24 == MANY:
            row = entry & 0xFFFFFF
            parts = tables().many[tables().many_offsets[row] : tables().many_offsets[row + 1]].tolist()
        for part in parts:
            kind, folded = part >> 24, chr(part & 0xFFFFFF)
            if kind == DROP and trailing:
                end = place + 1
            if kind in (DROP, APOSTROPHE):
                trailing = trailing and kind == DROP
                continue
            if word and (kind in (SEPARATOR, SINGLE) or (kind == WORD and alone)):
                words.append((word, start, end))
                word = ""
            if kind != SEPARATOR:
                start = start if word else place
                word, end = word + folded, place + 1
            trailing = kind != SEPARATOR
            alone = kind in (SINGLE, ATTACH)
    return [*words, (word, start, end)] if word else words


def listed(made: Tokens, text: int) -> list[Word]:
    own = slice(made.offsets[text], made.offsets[text + 1])
    return list(zip(made.words(text), made.start[own].tolist(), made.end[own].tolist(), strict=True))


def check(batch: list[str]) -> None:
    made = tokenize(batch)
    assert len(made) == len(batch)
    for number, text in enumerate(batch):
        assert listed(made, number) == plain(text)
    folded = [word for text in batch for word, _, _ in plain(text)]
    assert made.hash.tolist() == [token_hash(word.encode()) for word in folded]
    offsets, hashes = token_hashes(batch)
    assert np.array_equal(offsets, made.offsets)
    assert np.array_equal(hashes, made.hash)


@given(texts)
def test_equals_the_plain_definition(batch: list[str]) -> None:
    check(batch)


@given(texts, st.integers(1, 30))
def test_the_size_of_a_block_makes_no_difference(batch: list[str], size: int) -> None:
    expected = tokenize(batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "_BLOCK", size)
        made = tokenize(batch)
        offsets, hashes = token_hashes(batch)
    for name in ("offsets", "start", "end", "hash", "folded", "folded_offsets"):
        assert np.array_equal(getattr(made, name), getattr(expected, name)), name
    assert np.array_equal(offsets, expected.offsets)
    assert np.array_equal(hashes, expected.hash)


@given(texts)
def test_words_tokenise_to_themselves(batch: list[str]) -> None:
    made = tokenize(batch)
    for number in range(len(batch)):
        for word in made.words(number):
            assert tokenize([word]).words(0) == [word]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" . — “” 😀 ", []),
        ("Don’t don't DONT donʼt", ["dont"] * 4),
        ("the militaries' 'own' rock 'n' roll", ["the", "militaries", "own", "rock", "n", "roll"]),
        ("Café CAFE\u0301 cafe", ["cafe"] * 3),
        ("Straße STRASSE ﬁx ½", ["strasse", "strasse", "fix", "1", "2"]),
        ("İstanbul ΣΊΣΥΦΟΣ σίσυφος", ["istanbul", "σισυφοσ", "σισυφοσ"]),
        ("25,000 U.S. e-mail x_y", ["25", "000", "u", "s", "e", "mail", "x", "y"]),
        ("co\u00adoperate\u200b\ufeff again zero\u200bwidth", ["cooperate", "again", "zerowidth"]),
        ("漢字とカタカナ abc漢d", ["漢", "字", "と", "カ", "タ", "カ", "ナ", "abc", "漢", "d"]),
        ("が か\u3099 ｶﾞ", ["か\u3099", "か\u3099", "カ\u3099"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
        ("\U0001171d0", ["\U0001171d", "0"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("a\ud800b", ["a", "b"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert tokenize([text]).words(0) == [unicodedata.normalize("NFKD", word) for word in words]


def test_spans_take_diacritics_but_not_apostrophes_at_the_edge() -> None:
    made = tokenize(["'cafe\u0301\u0301' it’s’ ½"])
    assert list(zip(made.start.tolist(), made.end.tolist(), strict=True)) == [
        (1, 7),
        (9, 13),
        (15, 16),
        (15, 16),
    ]


def test_no_texts_and_long_words() -> None:
    check([])
    check(["x" * 200_000, "", "é" * 5_000 + " " + "漢" * 70_000, "word " * 30_000])
    check(["y" * length for length in range(500, 540)])


def test_words_of_up_to_eight_bytes_do_not_collide() -> None:
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyz0123"]
    assert len(set(tokenize([" ".join(words)]).hash.tolist())) == len(words)


def assigned() -> list[str]:
    """Code points that are in this Python's Unicode and in the pinned version."""
    return [
        chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")
    ]


def fold(char: str) -> str:
    while (folded := unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())) != char:
        char = folded
    return char


def test_tables_agree_with_python_on_letters_and_numbers() -> None:
    entry, many_offsets, many = tables()
    for char in assigned():
        kind, value = int(entry[ord(char)]) >> 24, int(entry[ord(char)]) & 0xFFFFFF
        if kind in (DROP, APOSTROPHE):
            continue
        values = many[many_offsets[value] : many_offsets[value + 1]].tolist() if kind == MANY else [kind << 24 | value]
        made = "".join(chr(part & 0xFFFFFF) for part in values if part >> 24 != SEPARATOR)
        expected = [
            part
            for part in fold(char)
            if unicodedata.category(part)[0] in "LNM" and int(entry[ord(part)]) >> 24 not in (DROP, APOSTROPHE)
        ]
        assert made == "".join(expected), hex(ord(char))


def test_no_code_point_grows_beyond_what_the_compiled_path_has_room_for() -> None:
    entry, many_offsets, many = tables()
    for code in np.flatnonzero(entry >> 24 == MANY).tolist():
        row = int(entry[code]) & 0xFFFFFF
        parts = many[many_offsets[row] : many_offsets[row + 1]].tolist()
        words = len(tokenize([chr(code)]).words(0))
        folded = sum(len(chr(part & 0xFFFFFF).encode()) for part in parts)
        assert words + folded <= 16 * len(chr(code).encode())
        assert words <= 2 * len(chr(code).encode())
