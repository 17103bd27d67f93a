"""How many words of titles a text has, compiled and in Python."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge import wording
from pipeline.judge.wording import held
from tests.native.counterpart import both

_words = st.sampled_from(
    [
        "ferry",
        "Ferry",
        "FERRY",
        "ferries",
        "the",
        "quay",
        "Straße",
        "STRASSE",
        "strasse",
        "Éclair",
        "éclair",
        "e\u0301clair",
        "İzmir",
        "izmir",
        "ſeit",
        "Seit",
        "kelvin",
        "\u212aelvin",
        "1234",
        "ﬃnity",
    ]
)
_texts = st.lists(st.lists(st.one_of(_words, st.text(max_size=6)), max_size=8).map(" ".join), max_size=6)


@given(_texts, _texts)
@example(["The ferry to the quay", "Ferries"], ["FERRY ferry quays", "", "quay"])
@example(["Straße"], ["strasse STRASSE", "ferry"])
@example([], ["ferry"])
@example(["渡し船 ferry"], ["ferry", "渡し船"])
@example(["ferry・quay"], ["ferry"])
@example(["ferry"], ["quay", "渡"])
def test_texts(body: list[str], texts: list[str]) -> None:
    compiled, plain = both(held, body, texts)
    assert compiled == plain


@pytest.mark.parametrize("size", [wording.BODY_CHARS - 1, wording.BODY_CHARS, wording.BODY_CHARS + 1, 100_000])
def test_a_text_is_looked_at_up_to_its_first_paragraphs(size: int) -> None:
    body = [("word" * size)[:size], "ferry", "quay " * 2000, "harbour"]
    compiled, plain = both(held, body, ["ferry", "quay harbour", "quay quay"])
    assert (
        compiled
        == plain
        == ([size <= wording.BODY_CHARS, size < wording.BODY_CHARS - 4, size < wording.BODY_CHARS - 4], [1, 2, 1])
    )


def test_many_words() -> None:
    body = [" ".join(chr(97 + i % 26) * (4 + i // 26) for i in range(300))] * 3
    texts = [text[:60_000] for text in (*body, body[0].upper(), " ".join(f"{text}x" for text in body[0].split()))]
    compiled, plain = both(held, body, texts)
    assert compiled == plain


def test_bad_arguments_are_errors() -> None:
    kernels = native.kernels
    assert kernels is not None
    for body, texts in (([1], ["a"]), (["a"], [None])):
        with pytest.raises(TypeError, match="str"):
            kernels.held_words(body, texts, 10, 4)
    with pytest.raises(ValueError, match="letter"):
        kernels.held_words(["a"], ["a"], 10, 0)
    with pytest.raises(TypeError):
        kernels.held_words(1, ["a"], 10, 4)
    assert kernels.held_words([], [], -1, 4) == (b"", b"")
