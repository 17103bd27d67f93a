"""Where a parser gives up, or nodes are huge, no word of the page is lost, and a failure says what happened."""

from __future__ import annotations

import pytest

from pipeline import clean_html
from pipeline.model import RawDocument
from pipeline.prepare import prepare
from tests.conftest import TORTURE

DEPTHS = (10, 250, 500, 2_000, 2_100, 10_000, 50_000, 100_000) if TORTURE else (10, 2_100, 20_000)
MIB = (1, 2, 5, 10, 20, 50) if TORTURE else (1,)
SENTENCE = "The ferry leaves the small harbour at nine. "
TAIL = "The keeper locked the lighthouse, and nobody came back."
NESTS = {
    "div": ("<div>", "</div>"),
    "span": ("<span>x ", "</span>"),
    "table": ("<table><tr><td>", "</td></tr></table>"),
    "list": ("<ul><li>", "</li></ul>"),
    "quote": ("<blockquote>", "</blockquote>"),
    "font": ("<font color=red>", "</font>"),
    "mixed": ("<div><b><p><i>", "</i></p></b></div>"),
}
NODES = {
    "paragraph": ("<p>", "</p>"),
    "preformatted": ("<pre>", "</pre>"),
    "comment": ("<!-- ", " -->"),
    "script": ("<script>var a = '", "'</script>"),
    "attribute": ('<p title="', '">x</p>'),
    "one word": ("<p>" + "a" * 200_000, "</p>"),
}


def page(body: str) -> bytes:
    return f"<!doctype html><html><body><p>{SENTENCE * 3}</p>{body}<p>{TAIL}</p></body></html>".encode()


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("nest", NESTS)
def test_deep_pages(nest: str, depth: int, closed: bool) -> None:
    opening, closing = NESTS[nest]
    count = depth // opening.count("<")
    body = opening * count + SENTENCE + (closing * count if closed else "")
    prepared, failures = prepare(RawDocument("deep.html", page(body)), extractor=False)
    assert prepared.text.count(SENTENCE.strip()) == 4
    assert prepared.text.endswith(TAIL)
    assert prepared.whole == ("truncated" in [failure.error for failure in failures])
    assert not prepared.whole or depth > 1_000


@pytest.mark.parametrize("mib", MIB)
@pytest.mark.parametrize("node", NODES)
def test_large_nodes(node: str, mib: int) -> None:
    opening, closing = NODES[node]
    is_shown = node in ("paragraph", "preformatted", "one word")
    count = (mib << 20) // len(SENTENCE)
    prepared, _ = prepare(RawDocument("large.html", page(opening + SENTENCE * count + closing)), extractor=False)
    assert prepared.text.count(SENTENCE.strip()) == 3 + count * is_shown
    assert prepared.text.endswith(TAIL)


UNCLOSED = {
    **{
        f"<{name}>": f"</{name}>"
        for name in "svg math select script style textarea template iframe object title".split()
    },
    **{
        f"<{name}>": f"</{name}>"
        for name in "audio video canvas map picture datalist progress rt noembed noframes".split()
    },
    "<svg><title>": "</title></svg>",
    "<template><div>": "</div></template>",
    '<span style="display:none">': "</span>",
    "<script><!-- <script> </script>": "</script>",
    "<!-- a note": "-->",
    '<p title="a note': '">',
    "<a class=x href='/a": "'></a>",
}


def around(markup: str) -> bytes:
    """A page with a part before some markup, and most of it behind."""
    behind = "".join(f"<p>{SENTENCE}</p>" for _ in range(5))
    return page(f"<h1>The ferry</h1>{markup}<div>{behind}</div>")


@pytest.mark.parametrize("opening", UNCLOSED)
def test_what_is_never_closed_hides_nothing(opening: str) -> None:
    prepared, failures = prepare(RawDocument("open.html", around(opening)))
    assert prepared.text.count(SENTENCE.strip()) == 8
    assert prepared.text.endswith(TAIL)
    assert prepared.whole
    (failure,) = failures
    assert failure.error == "truncated"
    assert "is never closed and takes the rest of the page with it; all of its text is kept" in failure.message


def test_a_call_of_the_library_keeps_such_a_page_too() -> None:
    for markup in (around("<svg>"), page("<div>" * 3_000 + SENTENCE * 2)):
        document = clean_html(markup)
        assert document.text.count(SENTENCE.strip()) >= 5
        assert document.text.endswith(TAIL)
        assert [failure.error for failure in document.failures] == ["truncated"]


@pytest.mark.parametrize(("opening", "closing"), UNCLOSED.items())
def test_what_is_closed_is_judged(opening: str, closing: str) -> None:
    for markup in (around(f"{opening}{closing}"), around("") + f"{opening}{closing}\n</body></html>\n".encode()):
        prepared, failures = prepare(RawDocument("closed.html", markup))
        assert (failures, prepared.whole) == ([], False)
        assert prepared.text.count(SENTENCE.strip()) == 8


@pytest.mark.parametrize("name", ["embed", "source", "track", "img", "br", "input", "wbr"])
def test_elements_that_hold_nothing_need_no_end(name: str) -> None:
    prepared, failures = prepare(RawDocument("void.html", around(f"<{name}>")))
    assert (failures, prepared.whole) == ([], False)
    assert prepared.text.count(SENTENCE.strip()) == 8
    assert prepared.text.endswith(TAIL)


def test_a_page_that_ends_in_a_style_sheet_loses_nothing() -> None:
    data = around("").replace(b"</body>", b"<style>p { color: red }</body>")
    prepared, failures = prepare(RawDocument("style.html", data))
    assert (failures, prepared.whole) == ([], False)
