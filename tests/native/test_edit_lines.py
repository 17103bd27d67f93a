"""Records of edits as lines, compiled and in Python."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import jsonlines, native
from pipeline.corpus.packs.edit_lines import edit_lines

KEY = np.array([3, 77, 2**63, 2**64 - 1], dtype=np.uint64)
GROUPS = np.array([30, 770, -5, 2**63 - 1], dtype=np.int64)
OF = np.array([31, 0, 9, 4], dtype=np.int64)

sources = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\0\x1f\x7f\b\t\n\f\r"\\/\u2028é字😀'))
told = st.fixed_dictionaries(
    {
        "rule": sources,
        "evidence": st.dictionaries(sources | st.just("groups"), sources | st.integers(0, 99), max_size=2)
        | st.builds(
            lambda key, of, more: {"groups": key, "of": of, **more},
            st.sampled_from(KEY.tolist()),
            st.sampled_from([0, 0, 5, 0.5]),
            st.sampled_from([{}, {"site": '"groups":9,"of":0'}]),
        ),
    }
)


@st.composite
def documents(draw: Any) -> tuple[bytes, list[int], list[int], str, int]:
    source = draw(sources)
    edges = sorted(draw(st.lists(st.integers(0, len(source)), max_size=8)))
    starts, ends = edges[::2][: len(edges) // 2], edges[1::2]
    lines = draw(st.lists(told, min_size=len(ends), max_size=len(ends)))
    return jsonlines.lines(lines), starts, ends, source, draw(st.integers(-(2**63), 2**63 - 1))


def of_python(*args: Any) -> bytes:
    made: bytes = native.counterparts["edit_lines"](*args)
    return made


def int32(values: list[int]) -> Any:
    return np.array(values, dtype=np.int32)


@given(documents())
@example((b"", [], [], "", 0))
@example((b'{"rule":"a","evidence":{"groups":77,"of":0}}\n', [0], [0], "", 7))
@example(
    (
        b'{"rule":"a","evidence":{"groups":,"of":0,"groups":3,"of":0x,"groups":77,"of":0,"of":0}}\n',
        [1],
        [3],
        'a\x1f"b',
        7,
    )
)
@example((b"\n", [0], [1], "字", 7))
def test_lines_of_edits(made: tuple[bytes, list[int], list[int], str, int]) -> None:
    lines, starts, ends, source, document = made
    args = (lines, int32(starts), int32(ends), source, document, KEY, GROUPS, OF)
    compiled = edit_lines(*args)
    assert type(compiled) is bytes
    assert compiled == of_python(*args)


def test_what_lines_say() -> None:
    told = [
        {"rule": "score", "evidence": {"score": 0.5}},
        {"replacement": "b", "rule": "template", "evidence": {"groups": 77, "of": 0, "site": '"groups":3,"of":0'}},
    ]
    lines = edit_lines(jsonlines.lines(told), int32([0, 5]), int32([2, 8]), 'é"\0\\ 😀\u20281', 12, KEY, GROUPS, OF)
    first, second = map(json.loads, lines.splitlines())
    assert list(first.items()) == [("document", 12), ("start", 0), ("end", 2), ("text", 'é"'), *told[0].items()]
    counted = {"groups": 770, "of": 0, "site": '"groups":3,"of":0'}
    assert list(second.items()) == [
        ("document", 12),
        ("start", 5),
        ("end", 8),
        ("text", "😀\u20281"),
        ("replacement", "b"),
        ("rule", "template"),
        ("evidence", counted),
    ]


UNKNOWN = b'{"rule":"a","evidence":{"groups":78,"of":0}}\n'
LINE = b'{"rule":"a"}\n'


@pytest.mark.parametrize("lines_of", [edit_lines, of_python])
def test_what_does_not_belong_together_is_an_error(lines_of: Any) -> None:
    with pytest.raises(KeyError, match="78"):
        lines_of(UNKNOWN, int32([0]), int32([1]), "a", 0, KEY, GROUPS, OF)
    with pytest.raises(KeyError, match="78"):
        lines_of(UNKNOWN, int32([0]), int32([1]), "a", 0, KEY[:0], GROUPS[:0], OF[:0])
    with pytest.raises(OverflowError):
        lines_of(UNKNOWN.replace(b"78", b"18446744073709551616"), int32([0]), int32([1]), "a", 0, KEY, GROUPS, OF)
    for lines in (b"", LINE, LINE * 3):
        with pytest.raises(ValueError, match=r"edits|longer|shorter"):
            lines_of(lines, int32([0, 0]), int32([1, 1]), "a", 0, KEY, GROUPS, OF)
    with pytest.raises(ValueError, match=r"length|longer|shorter"):
        lines_of(LINE, int32([0]), int32([1, 1]), "a", 0, KEY, GROUPS, OF)
    with pytest.raises(ValueError, match=r"half a character|surrogates"):
        lines_of(LINE, int32([0]), int32([1]), "\ud800", 0, KEY, GROUPS, OF)


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    good: list[Any] = [LINE, int32([0]), int32([1]), "a", 0, KEY, GROUPS, OF]
    assert native.kernels.edit_lines(*good)
    for place, bad in (
        (0, "a"),
        (1, np.zeros(1, dtype=np.int64)),
        (2, None),
        (3, b"a"),
        (4, "0"),
        (5, KEY.astype(np.int32)),
        (6, GROUPS.astype(np.int8)),
        (7, [1]),
    ):
        with pytest.raises(TypeError):
            native.kernels.edit_lines(*good[:place], bad, *good[place + 1 :])
    for place, wrong in ((1, int32([-1])), (1, int32([2])), (2, int32([2])), (6, GROUPS[:2]), (7, OF[:2])):
        with pytest.raises(ValueError, match=r"edits|length"):
            native.kernels.edit_lines(*good[:place], wrong, *good[place + 1 :])
    with pytest.raises(OverflowError):
        native.kernels.edit_lines(*good[:4], 2**63, *good[5:])
    with pytest.raises(TypeError):
        native.kernels.edit_lines(*good[:7])
