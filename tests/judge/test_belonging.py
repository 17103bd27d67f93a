"""What belongs to the text of a page by its place: headings, lists amid text, items of items, notes."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import clean_html
from pipeline.judge.belonging import BESIDE_CODE, HEADING, LABEL, LIST, NESTED, OWN, SIGNATURE, SIGNED, TABLE, complete
from pipeline.judge.places import Places
from pipeline.text.blocks import Kind
from pipeline.text.html import page as html
from pipeline.text.html.facts import FACTS

P, Q, H, L, C, T, M = Kind.PARAGRAPH, Kind.QUOTE, Kind.HEADING, Kind.LIST_ITEM, Kind.CODE, Kind.TABLE, Kind.MATH


def completed(
    kinds: list[Kind],
    scores: list[int],
    chosen: list[int],
    *,
    depth: list[int] | None = None,
    outside: tuple[int, ...] = (),
    note: list[int] | None = None,
    article: bool = True,
    hidden: tuple[int, ...] = (),
    letters: list[int] | None = None,
) -> list[int]:
    """Which blocks are chosen in the end; those `outside` stand in another element than the rest."""
    size = len(kinds)
    element = np.array([9 if i in outside else 3 for i in range(size)])
    facts = {
        "block_1": element,
        "block_2": element,
        "block_3": np.zeros(size, int),
        "note": np.array(note or [-1] * size),
        "topic_hidden": np.array([OWN if i in hidden else 0 for i in range(size)]),
    }
    form = {
        "kind": np.array(kinds),
        "depth": np.array(depth or [int(kind == L) for kind in kinds]),
        "flags": np.zeros(size, int),
    }
    found = complete(
        np.array(chosen, dtype=bool),
        np.array(scores),
        np.array(letters or [50] * size),
        form,
        facts,
        np.full(size, article),
        Places(np.array([0, size])),
    )
    return found.astype(int).tolist()


def test_a_heading_belongs_to_the_text_below_it() -> None:
    assert completed([H, P], [HEADING + 1, 900], [0, 1]) == [1, 1]
    assert completed([H, H, P], [HEADING + 1, HEADING + 1, 900], [0, 0, 1]) == [1, 1, 1]
    assert completed([H, P], [HEADING, 900], [0, 1]) == [0, 1]
    assert completed([P, H], [900, HEADING + 1], [1, 0]) == [1, 0]
    assert completed([H, P], [HEADING + 1, -900], [0, 0]) == [0, 0]


def test_a_list_amid_text_belongs_to_it() -> None:
    assert completed([P, L, L, P], [900, LIST + 1, LIST + 1, 900], [1, 0, 0, 1]) == [1, 1, 1, 1]
    assert completed([P, L, L, P], [900, LIST, LIST, 900], [1, 0, 0, 1]) == [1, 0, 0, 1]
    assert completed([P, L, L, P], [900, LIST + 1, LIST + 1, 900], [1, 0, 0, 1], outside=(1, 2)) == [1, 0, 0, 1]
    assert completed([P, L, L], [900, LIST + 1, LIST + 1], [1, 0, 0]) == [1, 0, 0]
    assert completed([P, P, P], [900, LIST + 1, 900], [1, 0, 1]) == [1, 0, 1]


def test_items_of_an_item_belong_to_it() -> None:
    depth = [1, 2, 3, 1]
    scores = [900, NESTED + 1, NESTED + 1, -900]
    assert completed([L, L, L, L], scores, [1, 0, 0, 0], depth=depth) == [1, 1, 1, 0]
    assert completed([L, L, L, L], [900, NESTED, NESTED + 1, -900], [1, 0, 0, 0], depth=depth) == [1, 0, 0, 0]
    # A menu further down, whose outer items say nothing, is no part of the list.
    assert completed([L, P, L], [900, -4000, NESTED + 1], [1, 0, 0], depth=[1, 0, 2]) == [1, 0, 0]


def test_code_and_formulas_between_text_belong_to_it() -> None:
    assert completed([P, C, P], [900, -4000, 900], [1, 0, 1]) == [1, 1, 1]
    assert completed([P, M, P], [900, -4000, 900], [1, 0, 1]) == [1, 1, 1]
    assert completed([P, P, C, P, P], [900, -4000, -4000, -4000, 900], [1, 0, 0, 0, 1]) == [1, 0, 1, 0, 1]
    assert completed([P, C, P], [900, -4000, 900], [1, 0, 1], hidden=(1,)) == [1, 0, 1]
    assert completed([C, P], [-4000, 900], [0, 1]) == [0, 1]


def test_what_text_introduces_is_text_though_none_comes_below() -> None:
    assert completed([P, C, P], [900, -4000, -4000], [1, 0, 0]) == [1, 1, 0]
    assert completed([P, P, C], [900, -4000, -4000], [1, 0, 0]) == [1, 0, 0]
    # The name of a language or a button between them is none of either.
    assert completed(
        [P, P, C, P, C], [900] + [-4000] * 4, [1, 0, 0, 0, 0], letters=[50, LABEL - 1, 50, LABEL - 1, 50]
    ) == [*(1, 0, 1, 0, 1)]
    assert completed([P, H, C], [900, -4000, -4000], [1, 0, 0], letters=[50, LABEL - 1, 50]) == [1, 0, 0]


def test_a_table_below_text_belongs_to_it() -> None:
    assert completed([P, T, P], [900, TABLE + 1, -4000], [1, 0, 0]) == [1, 1, 0]
    assert completed([P, T, P], [900, TABLE, 900], [1, 0, 1]) == [1, 0, 1]  # pages set menus as tables
    assert completed([P, P, T, P], [900, -4000, TABLE + 1, 900], [1, 0, 0, 1]) == [1, 0, 0, 1]


def test_a_paragraph_beside_code_belongs_to_it() -> None:
    scores = [900, BESIDE_CODE + 1, -4000, BESIDE_CODE + 1, 900]
    assert completed([P, P, C, P, P], scores, [1, 0, 0, 0, 1]) == [1, 1, 1, 1, 1]
    assert completed([P, P, C, P, P], [900, BESIDE_CODE, -4000, -4000, 900], [1, 0, 0, 0, 1]) == [1, 0, 1, 0, 1]
    assert completed([P, P, T, P, P], scores, [1, 0, 0, 0, 1]) == [1, 0, 0, 0, 1]


def test_who_said_it_belongs_to_a_quotation() -> None:
    scores = [900, SIGNED + 1, SIGNED + 1, SIGNED + 1]
    short = [80, *[SIGNATURE - 1] * 3]
    assert completed([Q, Q, Q, Q], scores, [1, 0, 0, 0], letters=short) == [1, 1, 1, 0]
    assert completed([Q, Q, P, P], scores, [1, 0, 0, 0], letters=short) == [1, 1, 0, 0]
    assert completed([Q, Q], [900, SIGNED], [1, 0], letters=short[:2]) == [1, 0]
    assert completed([Q, Q], [900, SIGNED + 1], [1, 0], letters=[80, SIGNATURE]) == [1, 0]
    assert completed([P, Q], [900, SIGNED + 1], [1, 0], letters=short[:2]) == [1, 0]


QUOTED = (
    (
        "<blockquote>They paid us in herring.</blockquote><figcaption><cite>Ann Lee</cite> <div>once a net maker</div></figcaption>",
        ["Ann Lee", "once a net maker"],
    ),
    (
        "<blockquote><p>They paid us in herring.</p></blockquote><figcaption>— Ann Lee, net maker</figcaption>",
        ["— Ann Lee, net maker"],
    ),
    (
        '<img src="ann.jpg"><blockquote>They paid us in herring.</blockquote><figcaption>— <cite>Ann Lee</cite></figcaption>',
        ["— Ann Lee"],
    ),
)


@pytest.mark.parametrize(("figure", "signed"), QUOTED)
def test_the_caption_of_a_quotation_says_whose_words_they_are(figure: str, signed: list[str]) -> None:
    above = "The nets of the northern quay were made by forty women, who sat in a loft above the smokehouse until the tide turned."
    below = "In the end the loft burned down, and with it the only loom on the coast that was wide enough for a trawl of that kind."
    page = (
        f"<html><body><article><h1>Nets</h1><p>{above}</p><figure>{{}}</figure><p>{below}</p></article></body></html>"
    )
    document = clean_html(page.format(figure))
    assert document.text.split("\n\n")[0] == above
    assert [line for line in document.text.split("\n") if line] == [above, "They paid us in herring.", *signed, below]
    assert document.captions == ()
    quoted = [document.text[block.start : block.end] for block in document.blocks if block.kind == "quote"]
    assert quoted == ["They paid us in herring.", *signed]
    pictured = clean_html(page.format('<img src="loft.jpg"><figcaption>The loft in its last year</figcaption>'))
    assert [caption.text for caption in pictured.captions] == ["The loft in its last year"]


def test_a_note_belongs_to_the_text_whose_mark_leads_there() -> None:
    assert completed([P, P, L], [900, -4000, -4000], [1, 0, 0], note=[-1, -1, 0]) == [1, 0, 1]
    assert completed([P, P, L], [900, -4000, -4000], [1, 0, 0], note=[-1, -1, 1]) == [1, 0, 0]
    assert completed([P, P, L], [900, -4000, -4000], [1, 0, 0], note=[-1, -1, 0], article=False) == [1, 0, 0]


@pytest.mark.parametrize(
    ("mark", "is_note"),
    [("[1]", True), ("1", True), ("*", True), ("(a)", True), ("note 3", True), ("Contents", False), ("2019", False)],
)
def test_a_mark_leads_to_its_note(mark: str, is_note: bool) -> None:
    page = html.render(
        f'<p>The lamp burned oil until 1931.<a href="#n1">{mark}</a></p><p>It is gas now.</p>'
        '<ol><li id="n1">Harbour board, minutes of 4 May.</li><li id="n2">Not marked.</li></ol>'
    )
    assert page.facts[:, FACTS.index("note")].tolist() == [-1, -1, 0 if is_note else -1, -1]


def test_a_section_and_a_place_above_are_no_notes() -> None:
    items = "".join(f"<p>Paragraph {n} of the section.</p>" for n in range(30))
    page = html.render(
        f'<p id="top">Lamps.<a href="#s">2</a><a href="#h">3</a></p><h2 id="h">Two<a href="#top">1</a></h2><div id="s">{items}</div>'
    )
    assert set(page.facts[:, FACTS.index("note")].tolist()) == {-1}


def test_references_of_an_article_stay() -> None:
    said = (
        "The lighthouse on the northern reef was built by two brothers who had never seen the sea before they came to the"
        " island, and who left it again as soon as the lamp was lit.",
        "Its first keeper wrote a diary of eleven volumes, in which the weather of every day has its place, but no visitor"
        " is ever named, not even the king who came in the summer of the second year.",
        "The lamp burned oil for sixty years, then gas, and it was the last one on the coast to be made electric, long"
        " after the harbour had lost its railway and most of its boats.",
    )
    text = "".join(f'<p>{words}<sup><a href="#ref-{n}">[{n}]</a></sup></p>' for n, words in enumerate(said, 1))
    notes = ("Harbour board, minutes, 4 May.", "Diary, vol. 3, p. 12.", "Tide tables, p. 7.")
    listed = "".join(f'<li id="ref-{n}"><a href="/books/{n}">{words}</a></li>' for n, words in enumerate(notes, 1))
    document = clean_html(
        "<html><head><title>The lamp on the reef</title></head><body><article><h1>The lamp on the reef</h1>"
        f'{text}<h2>Sources</h2><ol class="refs">{listed}</ol></article><div class="footer">'
        '<ul><li><a href="/about">About</a></li><li><a href="/contact">Contact</a></li></ul></div></body></html>'
    )
    assert all(words in document.text for words in (*notes, "Sources"))
    assert "Contact" not in document.text
