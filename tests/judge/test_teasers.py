"""Pointers to other stories between the paragraphs of one: they go with the title they point to; sentences stay."""

from __future__ import annotations

import pytest

from pipeline import clean_html, clean_text

STORIES = {
    "en": (
        "The old lock is repaired",
        "The town will repair the old lock this summer for the first time in sixty years, the harbour office said on Monday.",
        "“It leaks like a basket,” said the lock keeper.",
        "The work is to take four months, and boats will have to wait at the quay until the gates are hung again.",
    ),
    "de": (
        "Die alte Schleuse wird saniert",
        "Die Stadt saniert in diesem Sommer zum ersten Mal seit sechzig Jahren die alte Schleuse, wie das Hafenamt mitteilte.",
        "„Sie leckt wie ein Korb“, sagte der Schleusenwärter.",
        "Die Arbeiten sollen vier Monate dauern, und die Boote müssen so lange am Kai warten, bis die Tore wieder hängen.",
    ),
    "fr": (
        "La vieille écluse sera réparée",
        "La ville va réparer cet été, pour la première fois en soixante ans, la vieille écluse, a annoncé lundi la capitainerie.",
        "« Elle fuit comme un panier », a dit l'éclusier.",
        "Les travaux doivent durer quatre mois, et les bateaux attendront à quai que les portes soient remises en place.",
    ),
    "ja": (
        "古い水門を六十年ぶりに修理",
        "町はこの夏、六十年ぶりに古い水門を修理すると港湾事務所が月曜日に発表した。費用は二億円の見込みだ。",
        "「まるでかごのように漏れる」と水門番は話した。",
        "工事は四か月かかる予定で、船は門が取り付けられるまで岸壁で待つことになる。",
    ),
}

POINTERS = [
    ("en", "READ MORE: The keeper who never slept"),
    ("en", "Also read – The keeper who never slept"),
    ("en", "Related: Who owns the towpath?"),
    ("en", "Read also\nThe keeper who never slept"),
    ("en", "You might also like:\n\n- The keeper who never slept\n- Who owns the towpath?"),
    ("de", "Lesen Sie auch: Der Wärter, der nie schlief"),
    ("de", "Mehr zum Thema\n\nDer Wärter, der nie schlief"),
    ("fr", "» À lire aussi - Le gardien qui ne dormait jamais"),
    ("fr", "Lire aussi Le gardien qui ne dormait jamais"),
    ("fr", "Sur le même sujet :\nLe gardien qui ne dormait jamais"),
    ("ja", "【あわせて読みたい】眠らない水門番"),
    ("ja", "もっと読む\n眠らない水門番"),
]


@pytest.mark.parametrize("place", [2, 3])
@pytest.mark.parametrize(("language", "pointer"), POINTERS)
def test_a_pointer_goes_with_its_title(language: str, pointer: str, place: int) -> None:
    title, *paragraphs = STORIES[language]
    parts = [title, *paragraphs]
    document = clean_text("\n\n".join([*parts[:place], pointer, *parts[place:]]))
    assert document.text == "\n\n".join(paragraphs)
    struck = {edit.rule for edit, removed in zip(document.edits, document.removed, strict=True) if removed.strip()}
    assert struck - {"title"} <= {"teaser-title", "teaser-between", "teaser-bare", "teaser-lead", "related-block"}


SENTENCES = [
    ("en", "Read more slowly, the teacher said, and you will hear the water."),
    ("en", "Read more: that was all the advice the old keeper ever gave to his sons."),
    ("en", "Related by marriage to half the town, the keeper knew every boat."),
    ("de", "Lesen Sie auch das Kleingedruckte, rät das Hafenamt, bevor Sie anlegen."),
    ("de", "Mehr zum Thema will die Stadt erst im Herbst sagen."),
    ("fr", "Lire aussi les petits caractères, conseille la capitainerie, avant de signer."),
    ("ja", "もっと読む時間がほしいと水門番は言った。"),
]


@pytest.mark.parametrize("place", [2, 3])
@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_a_sentence_that_begins_so_stays(language: str, sentence: str, place: int) -> None:
    title, *paragraphs = STORIES[language]
    parts = [title, *paragraphs]
    document = clean_text("\n\n".join([*parts[:place], sentence, *parts[place:]]))
    assert sentence in document.text


def test_a_section_of_a_manual_is_no_pointer() -> None:
    manual = [
        "lock(1)",
        "The lock command keeps two programs from writing the same file, and waits until the other one has let it go.",
        "SEE ALSO",
        "flock(2), fcntl(2)",
        "AUTHOR",
    ]
    document = clean_text("\n\n".join(manual))
    assert "SEE ALSO" in document.text
    assert "flock(2), fcntl(2)" in document.text


@pytest.mark.parametrize(
    "footer",
    [
        '<p>The post <a href="/1">Ice &amp; gates</a> appeared first on <a href="/">The Lock Keeper</a>.</p>',
        '<p>La entrada <a href="/1">El hielo</a> se publicó primero en <a href="/">El Esclusero</a>.</p>',
    ],
)
def test_where_a_post_appeared_first_is_no_part_of_it(footer: str) -> None:
    text = [
        "The gates froze on Monday night, and no boat has come up the flight since then, the keeper said.",
        "Nobody minded but the bargemen, who sat in the inn and told each other of worse winters than this.",
    ]
    page = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    assert clean_html(page + footer).text == "\n\n".join(text)


OTHERS = ("The keeper who never slept", "Who owns the towpath?", "Towpath fair moved to June")


def page(*paragraphs: str) -> str:
    return "\n\n".join((STORIES["en"][0], *paragraphs))


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Related articles"),
        ("en", "You may also like"),
        ("en", "Similar jobs"),
        ("de", "Das könnte Sie auch interessieren"),
        ("fr", "À lire aussi :"),
        ("ja", "関連記事"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n- ", "\n\n"])
def test_the_titles_of_a_list_go_with_its_heading(language: str, heading: str, between: str) -> None:
    title, *story = STORIES[language]
    listed = "".join(between + other for other in OTHERS)
    document = clean_text("\n\n".join([title, *story, heading + listed]))
    assert document.text.split("\n\n") == story


def test_the_titles_of_a_page_go_with_the_heading_of_their_list() -> None:
    title, *story = STORIES["en"]
    paragraphs = [f"<p>{said}</p>" for said in story]
    listed = "<h3>Related articles</h3><ul>" + "".join(f"<li>{other}</li>" for other in OTHERS) + "</ul>"
    for place in (2, 3):  # between paragraphs, and below the last one
        body = "".join([*paragraphs[:place], listed, *paragraphs[place:]])
        document = clean_html(f"<html><body><article><h1>{title}</h1>{body}</article></body></html>")
        assert document.text.split("\n\n") == story


def test_what_follows_a_list_of_titles_is_text() -> None:
    story = STORIES["en"][1:]
    listed = "You may also like\n" + "\n".join(OTHERS)
    assert clean_text(page(*story[:2], listed, "What it will cost", story[2])).text.split("\n\n") == [
        *story[:2],
        "What it will cost",
        story[2],
    ]
    # A heading of the text is no title of another story.
    said = clean_text(page(*story[:2], "Related articles", "What it will cost", story[2])).text
    assert said.split("\n\n")[:2] == list(story[:2])
    assert said.endswith(story[2])


def test_a_recipe_below_such_a_heading_stays() -> None:
    story = STORIES["en"][1:]
    recipe = [
        "Ingredients\n2 eggs\n200 g flour\n1 l milk",
        "Method",
        "Beat the eggs into the flour, then add the milk.",
    ]
    text = clean_text(page(*story, "You may also like\nLemon cake\nPlum cake", *recipe)).text
    assert "Plum cake" not in text
    assert "200 g flour" in text
    assert "Beat the eggs" in text
