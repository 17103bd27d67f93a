"""Pages: what is visible, in lines; what the structure says of each; hostile pages; a page through the whole of it."""

from __future__ import annotations

import pytest

from pipeline import clean_html
from pipeline.config import Config
from pipeline.meta.settle import settle
from pipeline.model import Metadata, RawDocument
from pipeline.prepare import prepare
from pipeline.text.blocks import Kind
from pipeline.text.html import page as html
from pipeline.text.html.facts import FACTS
from tests.conftest import clean_text

STORY = [
    "The council voted on Tuesday night to rebuild the harbour wall, which two winter storms had left in pieces.",
    "Work on the wall begins in April, and the ferries will leave from the old pier until the autumn of next year.",
    "“We have waited for nine years,” said the harbour master, who has kept a list of every boat lost since then.",
    "The cost is put at four million, half of which the region pays; the town borrows the rest over thirty years.",
]
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Harbour wall to be rebuilt | The Quay Gazette</title>
<meta property="og:title" content="Harbour wall to be rebuilt"><meta property="og:site_name" content="The Quay Gazette">
<meta property="article:published_time" content="2019-05-03T22:10:00+02:00"><meta name="author" content="Jane Roe">
<link rel="canonical" href="https://gazette.example/2019/harbour-wall">
<script>var hidden = "never shown";</script><style>p {{ color: red }}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<main><article><h1>Harbour wall to be rebuilt</h1><p class="byline">By Jane Roe</p>
<p>{STORY[0]}</p><figure><img src="wall.jpg"><figcaption>The wall in January. Photo: Sam Poe</figcaption></figure>
<p>{STORY[1]}</p><h2>A long wait</h2><blockquote><p>{STORY[2]}</p></blockquote><p>{STORY[3]}</p>
<ul><li>The wall is 412 metres long, and the oldest part of it was built in the year 1788.</li></ul></article></main>
<section class="comments"><h3>2 comments</h3><p>Waste of money if you ask me, as always in this town of ours.</p></section>
<footer><p>© 2019 The Quay Gazette. All rights reserved.</p></footer></body></html>"""


def settled(raw: RawDocument) -> Metadata:
    prepared, _ = prepare(raw)
    return settle(prepared.stated, prepared.page, ()).metadata


def fact(page: html.Page, name: str) -> list[int]:
    column: list[int] = page.facts[:, FACTS.index(name)].tolist()
    return column


def test_visible_text_in_blocks_with_a_row_of_facts_for_each() -> None:
    page = html.render(PAGE, extractor=True)
    texts = list(page.blocks.texts)
    kinds = dict(zip(texts, map(Kind, page.blocks.kind.tolist()), strict=True))
    assert texts[:3] == ["Home", "News", "Harbour wall to be rebuilt"]
    assert all(paragraph in texts for paragraph in STORY)
    assert "never shown" not in page.text
    assert page.facts.shape == (len(texts), len(FACTS))
    assert page.title == 2
    assert kinds["Home"] == Kind.LIST_ITEM
    assert kinds["A long wait"] == Kind.HEADING
    assert page.blocks.level[texts.index("A long wait")] == 2
    assert kinds[STORY[2]] == Kind.QUOTE
    assert kinds["The wall in January. Photo: Sam Poe"] == Kind.CAPTION
    assert fact(page, "in_nav")[:3] == [1, 1, 0]
    assert fact(page, "kept")[texts.index(STORY[0])] == 2
    assert fact(page, "kept")[0] == 0
    assert not page.notes


@pytest.mark.parametrize(
    ("items", "numbers"),
    [
        ("<ol><li>A<li>B", [1, 2]),
        ('<ol start="3"><li>A<li>B', [3, 4]),
        ('<ol><li>A<li value="5">B<li>C', [1, 5, 6]),
        ("<ol><li>A<ul><li>B</ul><li>C", [1, None, 2]),
        ("<ol><li>A<ol><li>B<li>C</ol><li>D", [1, 1, 2, 2]),
        ('<ol><li>A<li value="x">B<li>C', [1, 2, 3]),
    ],
)
def test_items_are_counted_as_a_browser_counts_them(items: str, numbers: list[int | None]) -> None:
    document = clean_html(f"<main>{items}", config=Config(cleaning=False))
    assert [block.number for block in document.blocks] == numbers


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("<tr><td rowspan=2>A<td>B<tr><td>C<tr><td>D<td>E", "A\tB\n\tC\nD\tE"),
        ("<tr><td>A<td rowspan=3>B<tr><td>C<tr><td>D<tr><td>E<td>F", "A\tB\nC\nD\nE\tF"),
        ("<tr><td colspan=2>A<td>B<tr><td>C<td>D<td>E", "A\t\tB\nC\tD\tE"),
        ("<tr><td colspan=2 rowspan=2>A<td>B<tr><td>C<tr><td>D<td>E<td>F", "A\t\tB\n\t\tC\nD\tE\tF"),
    ],
)
def test_cells_stand_in_their_columns_below_those_that_span_rows(rows: str, text: str) -> None:
    document = clean_html(f"<main><table><caption>Tides</caption>{rows}</table>", config=Config(cleaning=False))
    (table,) = (block for block in document.blocks if block.kind == "table")
    assert document.text[table.start : table.end] == text


def test_without_the_extractor_its_column_says_unknown() -> None:
    assert set(fact(html.render(PAGE, extractor=False), "kept")) == {-1}


def test_a_page_through_the_whole_of_it() -> None:
    document = clean_text(PAGE, "wall.html")
    assert document.metadata.media_type == "text/html"
    assert all(paragraph in document.text for paragraph in STORY)
    for cruft in ("Home", "By Jane Roe", "Waste of money", "All rights reserved", "Photo:"):
        assert cruft not in document.text
    assert document.metadata.title == "Harbour wall to be rebuilt"
    assert document.metadata.author == "Jane Roe"
    assert document.metadata.date == "2019-05-03"
    assert document.metadata.url == "https://gazette.example/2019/harbour-wall"
    assert document.metadata.language == "en"
    assert [(caption.text, caption.credit) for caption in document.captions] == [
        ("The wall in January. Photo: Sam Poe", "Sam Poe")
    ]
    kinds = {document.text[block.start : block.end]: block.kind for block in document.blocks}
    assert kinds[STORY[0]] == "paragraph"
    assert kinds[STORY[2]] == "quote"


def test_what_the_container_says_goes_before_what_the_page_says() -> None:
    raw = RawDocument("a.html", PAGE.encode(), {"title": "Wall", "date": "3 May 2018", "url": "https://a.example/"})
    known = settled(raw)
    assert (known.title, known.date, known.url) == ("Wall", "2018-05-03", "https://a.example/")
    assert settled(RawDocument("a.html", PAGE.encode(), {"date": "soon"})).date == "2019-05-03"


def test_bytes_that_mean_nothing_are_told() -> None:
    prepared, failures = prepare(RawDocument("a.html", PAGE.encode().replace(b"Tuesday", b"Tue\xffsday")))
    assert "Tue\ufffdsday" in prepared.text
    assert [(f.stage, f.error) for f in failures] == [("decode", "undecodable")]
    assert "ff" in failures[0].message


@pytest.mark.parametrize(
    "source",
    [
        "",
        "<html></html>",
        "<!DOCTYPE html><p>",
        "<html>" + "<div>" * 5000 + "deep" + "</div>" * 5000,
        "<html><body>" + "<b><p>" * 2000 + "x",
        "<html><body><p " + " ".join(f"a{i}=1" for i in range(20_000)) + ">wide</p>",
        "<html><body>" + "<p>a" * 20_000,
        "<html><body><table>" + "<tr><td>1" * 5000,
        "<html><body>\x00\x01\ud800 &#0; &#xD800; &#x110000; &notanentity; text</body>",
        "<html><body><![CDATA[ <p>no</p> ]]><!-- <p>no --> text <script>if (a < b) {</script></body>",
        "<html><body><svg><style><p>shown?</p></style></svg><math><mi>x</mi></math><p>after",
    ],
    ids=[
        "empty", "no body", "unfinished", "deep", "misnested", "attributes", "wide", "table", "characters", "sections", "foreign",
    ],
)  # fmt: skip
def test_hostile_pages_are_rendered_or_say_what_is_missing(source: str) -> None:
    page = html.render(source)
    assert len(page.facts) == len(page.blocks)
    for word in ("deep", "wide", "after"):
        if word in source:
            assert word in page.text or page.notes


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("So 10<sup>6</sup> cars and 2<sup>10</sup> bikes.", "So 10⁶ cars and 2¹⁰ bikes."),
        ("10<sup>−3</sup> of 40 km<sup>2</sup>.", "10⁻³ of 40 km²."),
        ("He said so.<sup><a href='#n1'>1</a></sup> And<a href=x><sup>12</sup></a> more.", "He said so.1 And12 more."),
        ("The 3<sup>rd</sup> of May, H<sub>2</sub>O.", "The 3rd of May, H2O."),
        ("The wall of stone<sup><br></sup> is old.", "The wall of stone\nis old."),
        ("The wall<sup><p>2</p></sup> is old. It is 9 m<sup>2</sup>.", "The wall\n\n2\n\nis old. It is 9 m²."),
    ],
)
def test_an_exponent_does_not_run_into_its_number(markup: str, text: str) -> None:
    assert clean_html(f"<p>{markup}</p>", config=Config(cleaning=False)).text == text


def test_links_that_only_a_style_sets_apart_are_apart() -> None:
    page = "<p><a href=/a>Home</a><a href=/b>Sport</a><a href=/c> News</a></p><p>A <a href=/d>tide</a>, a <a href=/e>wall</a>s.</p>"
    assert clean_html(page, config=Config(cleaning=False)).text == "Home Sport News\n\nA tide, a walls."
