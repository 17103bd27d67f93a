"""The text of a page without its tree: every word, in linear time, whatever the markup."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.html import fallback
from pipeline.text.html.fallback import visible_text


def test_what_a_reader_sees() -> None:
    page = """<!doctype html><html><head><title>Ferry &amp; port</title><style>p { color: red }</style></head>
    <body><script>if (a < b) { write("<p>no</p>") }</script><!-- no --><h1>The <b>ferry</b></h1>
    <p>Nine people<br>waited.</P><table><tr><td>one</td><td>two</td></tr></table><p>5 &lt; 6 &#x263a;</body></html>"""
    lines = ["Ferry & port", "The ferry", "Nine people", "waited.", "one two", "5 < 6 ☺"]
    assert visible_text(page) == "\n".join(lines)


def test_what_is_never_closed_is_text() -> None:
    assert visible_text("<p>One<div>two <a href='x") == "One\ntwo <a href='x"
    assert visible_text("<p>One<script>two<p>three") == "One\ntwo\nthree"
    assert visible_text("One<!-- two<p>three</p>") == "One\ntwo\nthree"
    assert visible_text("a < b and c > d") == "a < b and c > d"


WORDS = st.lists(st.sampled_from(["harbour", "5", "é", "e\u0301", "港口"]), min_size=1, max_size=5)
TAGS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<br/>", "<td class='a'>", "<!-- x -->", "<script>x</script>", "\n"]
)


@given(st.lists(st.tuples(TAGS, WORDS), max_size=20))
def test_no_word_is_lost(pieces: list[tuple[str, list[str]]]) -> None:
    page = "".join(f"{tag} {' '.join(words)} " for tag, words in pieces)
    words = [unicodedata.normalize("NFC", word) for _, some in pieces for word in some]
    assert visible_text(page).split() == words


@given(
    st.lists(
        st.sampled_from(["a", "e\u0301", " ", "\n", "\u00a0", "&nbsp;", "&amp;", "<p>", "<b>", "&#x301;"]), max_size=40
    )
)
def test_blocks_do_not_show(pieces: list[str]) -> None:
    page = "".join(pieces)
    whole = visible_text(page)
    with pytest.MonkeyPatch.context() as patch:
        for size in (1, 3, 7):
            patch.setattr(fallback, "_BLOCK", size)
            assert visible_text(page) == whole
