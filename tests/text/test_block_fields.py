"""What a row of `blocks` says of each kind of block, as docs/reference.md has it, in pages and in plain texts."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import clean_html, clean_text
from pipeline.config import Config
from pipeline.records import Document

ALL = Config(cleaning=False)
PLAIN = {
    "level": 0, "depth": 0, "quote": 0, "number": None, "language": None, "continued": False, "marks": (), "post": None,
    "cluster_id": None, "canonical": True, "relation": None,
}  # fmt: skip
"""What a paragraph of no kind in particular says"""


def rows(document: Document) -> list[tuple[str, str, dict[str, Any]]]:
    """Text, kind and what else is told of each block."""
    found = []
    for block in document.blocks:
        own = {name: block[name] for name, usual in PLAIN.items() if block[name] != usual}
        found.append((document.text[block.start : block.end], block.kind, own))
    return found


PAGES: dict[str, tuple[str, list[tuple[str, str, dict[str, Any]]]]] = {
    "headings": (
        "".join(f"<h{level}>Part {level}</h{level}><p>High water.</p>" for level in range(1, 7)),
        [
            row
            for level in range(1, 7)
            for row in ((f"Part {level}", "heading", {"level": level}), ("High water.", "paragraph", {}))
        ],
    ),
    "lists in lists": (
        "<ul><li>Elmouth<ul><li>The pier<ol><li>Steps</li></ol></li></ul></li><li>Oldport</li></ul><p>High water.</p>",
        [
            ("Elmouth", "list_item", {"depth": 1}),
            ("The pier", "list_item", {"depth": 2}),
            ("Steps", "list_item", {"depth": 3, "number": 1}),
            ("Oldport", "list_item", {"depth": 1}),
            ("High water.", "paragraph", {}),
        ],
    ),
    "numbers": (
        '<ol start="5"><li>A<li>B<li value="9">C<li>D</ol><ol><li>E</ol>',
        [(text, "list_item", {"depth": 1, "number": n}) for text, n in zip("ABCDE", (5, 6, 9, 10, 1), strict=True)],
    ),
    "an item of two paragraphs": (
        "<ul><li><p>First.</p><p>Second.</p></li><li>Third</li></ul>",
        [
            ("First.", "list_item", {"depth": 1}),
            ("Second.", "paragraph", {"depth": 1, "continued": True}),
            ("Third", "list_item", {"depth": 1}),
        ],
    ),
    "quotations": (
        "<blockquote><p>First</p><blockquote><p>Second</p></blockquote></blockquote><p>Nobody.</p>",
        [("First", "quote", {"quote": 1}), ("Second", "quote", {"quote": 2}), ("Nobody.", "paragraph", {})],
    ),
    "code": (
        '<pre><code class="language-python">x  =  1</code></pre><pre class="brush: sql">select  1</pre><pre>a  b</pre>',
        [("x  =  1", "code", {"language": "python"}), ("select  1", "code", {"language": "sql"}), ("a  b", "code", {})],
    ),
    "terms": (
        "<dl><dt>Berth</dt><dd>A place for a ship.</dd></dl>",
        [("Berth", "term", {}), ("A place for a ship.", "definition", {})],
    ),
    "a caption and a table": (
        "<figure><img src=a.png><figcaption>The pier in May.</figcaption></figure>"
        "<table><tr><th>Port</th><th>Metres</th></tr><tr><td>Elmouth</td><td>4.6</td></tr></table>",
        [("The pier in May.", "caption", {}), ("Port\tMetres\nElmouth\t4.6", "table", {})],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_blocks_of_a_page(name: str) -> None:
    page, expected = PAGES[name]
    assert rows(clean_html(f"<main>{page}</main>", config=ALL)) == expected


def test_blocks_of_a_plain_text() -> None:
    text = (
        "# Tides\n\n### The pier\n\nHigh water is at noon.\n\n- one\n- two\n  - three\n\n7. first\n8. second\n\n> quoted\n\n"
        "```python\nx = 1\n```\n\n---\n"
    )
    assert rows(clean_text(text, config=ALL)) == [
        ("# Tides", "heading", {"level": 1}),
        ("### The pier", "heading", {"level": 3}),
        ("High water is at noon.", "paragraph", {}),
        ("- one", "list_item", {"depth": 1}),
        ("- two", "list_item", {"depth": 1}),
        ("- three", "list_item", {"depth": 2}),
        ("7. first", "list_item", {"depth": 1, "number": 7}),
        ("8. second", "list_item", {"depth": 1, "number": 8}),
        ("> quoted", "quote", {"quote": 1}),
        ("```python\nx = 1\n```", "code", {"language": "python"}),
        ("---", "separator", {}),
    ]


def test_turns_and_stanzas() -> None:
    turns = [
        f"{name}: {said}"
        for name, said in zip(("ANNA", "BERTA") * 2, ("Is it noon?", "It is.", "So.", "Go."), strict=True)
    ]
    stanzas = ["Tide in the morning,\nTide in the night,\nWho keeps the warning,\nWho keeps the light?",
               "Water on the stairs,\nWater on the floor,\nNobody who cares,\nKnocks at the door."]  # fmt: skip
    assert rows(clean_text("\n\n".join(turns), config=ALL)) == [(turn, "turn", {}) for turn in turns]
    assert rows(clean_text("\n\n".join(stanzas), config=ALL)) == [(stanza, "verse", {}) for stanza in stanzas]


def test_marks_stand_where_the_page_has_them() -> None:
    """Offsets are of the document's text; an address is as the page has it."""
    page = (
        "<main><p>High water.</p><p>See <a href='/gauge?x=1'>the gauge</a>, <b>now</b>, <i>or</i> <code>later</code>: "
        "<math><mi>x</mi><mo>=</mo><mn>2</mn></math>.</p></main>"
    )
    document = clean_html(page, url="https://a.example/tides", config=ALL)
    assert [
        (document.text[mark.start : mark.end], mark.kind, mark.href)
        for block in document.blocks
        for mark in block.marks
    ] == [
        ("the gauge", "link", "/gauge?x=1"),
        ("now", "strong", None),
        ("or", "emphasis", None),
        ("later", "code", None),
        ("$x=2$", "math", None),
    ]


def test_what_parts_the_blocks_of_a_clean_text() -> None:
    """A blank line; inside a list, a dialogue, a stanza one line break."""
    page = (
        "<main><p>High water is at noon.</p><ul><li>Elmouth</li><li>Oldport</li></ul><p>Low water is at six.</p></main>"
    )
    assert clean_html(page, config=ALL).text == "High water is at noon.\n\nElmouth\nOldport\n\nLow water is at six."
    blocks = clean_html(page, config=ALL).blocks
    assert [block.id.rpartition("-")[2] for block in blocks] == ["0000", "0001", "0002", "0003"]
    assert all(block.src_end - block.src_start == block.end - block.start for block in blocks)
