"""What stands at the edges of a text belongs to it, however much its lines look like those of a menu."""

from __future__ import annotations

from pipeline import clean_text
from pipeline.judge.edges import LEAST, MOST, SET_APART, STANDFIRST, with_answers, with_edges
from pipeline.judge.rules.rule import Hit, Rule

STRUCK = Hit(Rule("struck", "share", "cruft"), "struck/any/1")
HINTED = Hit(Rule("hinted", "share", "perhaps", verdict="hint"), "hinted/any/1")
META = Hit(Rule("meta", "byline", "who wrote it", verdict="hint"), "meta/any/1")


def edges(
    scores: list[int],
    *,
    main: list[bool],
    words: int = 4,
    struck: tuple[int, ...] = (),
    hinted: tuple[int, ...] = (),
    meta: tuple[int, ...] = (),
    prose: tuple[int, ...] = (),
    title: int | None = None,
    gaps: list[int] | None = None,
) -> list[bool]:
    count = range(len(scores))
    named = ((STRUCK, struck), (HINTED, hinted), (META, meta))
    hits = [tuple(hit for hit, which in named if i in which) for i in count]
    return with_edges(
        main, scores, [words] * len(scores), [i in prose for i in count], hits, title, gaps or [1 for _ in count]
    )


def test_a_text_of_short_lines_reaches_to_where_a_rule_names_cruft() -> None:
    scores = [-6000, -2000, -1000, 2000, 2000, -1500, -2500, -5000]
    main = [i in (3, 4) for i in range(8)]
    assert edges(scores, main=main, struck=(0, 7)) == [i in range(1, 7) for i in range(8)]
    assert edges(scores, main=main) == main, "no rule names cruft: the model alone decides"
    assert edges(scores, main=main, struck=(0, 7), words=20) == main, "long lines: the model is surer of them"


def test_an_edge_ends_where_the_model_is_sure() -> None:
    scores = [-6000, -1000, LEAST - 1, -1000, 2000, -6000]
    main = [False, False, False, False, True, False]
    assert edges(scores, main=main, struck=(0,)) == [False, False, False, True, True, False]
    assert edges(scores, main=main, struck=(0,), meta=(2,)) == [False, True, False, True, True, False], "past a by-line"


def test_an_edge_ends_with_no_line_that_a_rule_hints_at() -> None:
    scores = [-6000, -1000, -1000, 2000]
    main = [False, False, False, True]
    assert edges(scores, main=main, struck=(0,), hinted=(1,)) == [False, False, True, True]


def test_an_edge_has_so_many_lines_at_most() -> None:
    scores = [-6000] + [-1000] * (MOST + 5) + [2000]
    main = [False] * (len(scores) - 1) + [True]
    assert sum(edges(scores, main=main, struck=(0,))) == MOST + 1


def test_a_paragraph_below_the_title_is_a_standfirst() -> None:
    scores = [-2000, STANDFIRST, -3000, 3000]
    main = [False, False, False, True]
    assert edges(scores, main=main, words=30, prose=(1,), title=0) == [False, True, False, True]
    assert edges(scores, main=main, words=30, prose=(), title=0) == main
    assert edges([-2000, STANDFIRST - 1, -3000, 3000], main=main, words=30, prose=(1,), title=0) == main


def test_a_text_with_blank_lines_between_paragraphs_reaches_to_the_menu_without() -> None:
    menu, footer = [-6000] * 5, [-6000] * 4
    scores = [*menu, SET_APART, -3500, 2000, 2000, SET_APART, *footer]
    main = [i in (7, 8) for i in range(14)]
    aired = [1] * 5 + [2] * 6 + [1] * 3
    assert edges(scores, main=main, words=30, struck=(0, 4, 11), gaps=aired) == [i in range(5, 10) for i in range(14)]
    assert edges(scores, main=main, words=30, struck=(0, 4, 11)) == main, "no blank lines: nothing tells them apart"
    assert edges(scores, main=main, words=30, struck=(0, 4, 11), gaps=[2] * 14) == main, "blank lines in the menu, too"
    assert edges(scores, main=main, words=30, struck=(0, 4), gaps=aired) == [i in range(5, 9) for i in range(14)], (
        "nothing names the footer"
    )
    scores[5] -= 1
    assert edges(scores, main=main, words=30, struck=(0, 4, 11), gaps=aired) == [
        i in range(7, 10) for i in range(14)
    ], "above is a line that is neither the text's nor the menu's"


PAPER = """\
Skip to content
Sign in
Search
Menu
Home
News
Advertisement

The sinking of the outer moles at Kessel: thirty years of levels
A. Brandt and J. Moe
Institute of Harbours, Kessel
Received 4 May 2011; accepted 9 July 2011; published online 1 August 2011

Abstract

Moles of rubble sink for decades after they are built, and levels of the first years say little about how long that goes on. We \
followed 41 marks on two moles for thirty years.

Acknowledgements

We thank the pilots for their boat.

References

Brandt, A. (1999). Rubble and clay. Annals of Harbours, 4(2), 11-29.

Moe, J., & Lind, P. (2006). What the tide carries off. Kessel University Press.

Advertisement
Share this article
Facebook
Twitter
Privacy policy
"""


def test_a_paper_keeps_its_title_and_its_references() -> None:
    document = clean_text(PAPER)
    kept = f"{document.metadata.title}\n{document.text}"
    for words in (
        "The sinking of the outer moles",
        "We thank the pilots",
        "Annals of Harbours",
        "Kessel University Press",
    ):
        assert words in kept
    assert "Received" not in (document.metadata.title or "")
    for words in ("Sign in", "Advertisement", "Facebook"):
        assert words not in kept


MINUTES = """\
Skip to content
Sign in
Search
Menu
Home
News
Advertisement

Minutes of the lock committee

Present

Ann Lee

Bo Ek

Apologies

Di Moss

1. The minutes of the last meeting were read and agreed.

2. The keeper reported that the upper gate leaks. It was resolved to look at it.

3. The treasurer reported 212 in hand.

Moved: that the gate be mended.

Votes for: 4

Votes against: 1

Closed at nine.

Next meeting

12 May, at the lock

Share this page
Facebook
Twitter
Privacy policy
© 2021 The Bankside. All rights reserved.
"""


def test_minutes_keep_those_present_and_the_next_meeting() -> None:
    document = clean_text(MINUTES)
    for line in ("Ann Lee", "Apologies", "Di Moss", "Votes against: 1", "Closed at nine.", "12 May, at the lock"):
        assert line in document.text
    for line in ("Home", "Advertisement", "Facebook", "Privacy policy"):
        assert line not in document.text


COOKIES = """\
How we use cookies

We use cookies to make this site work. By clicking 'Accept all cookies' you accept the use of analytics cookies.

Strictly necessary cookies

They keep you signed in on this website, and without such cookies your browser would forget the page you came from.

Accept all cookies
Continue with necessary cookies only

River Bank closes two branches

Published on 4 June 2022

River Bank will close its branches at Oldport and Kessel on the last day of June. Both towns keep a cash machine.
"""


def test_a_banner_that_is_longer_than_the_article_goes() -> None:
    document = clean_text(COOKIES)
    assert document.text.startswith("River Bank will close")
    assert document.text.count("\n") == 0
    found = document.metadata
    assert (found.title, found.date) == ("River Bank closes two branches", "2022-06-04")


def test_a_recipe_for_cookies_is_no_banner() -> None:
    recipe = (
        "Accept all cookies\n\nOat cookies\n\n"
        "These cookies are made without eggs, and a tray of them is gone before the kettle has boiled.\n\n"
        "Put the cookies on a rack and let them cool before you serve them with milk or with tea.\n"
    )
    document = clean_text(recipe)
    assert "without eggs" in document.text
    assert "on a rack" in document.text


def test_short_answers_stand_between_what_a_forum_prints() -> None:
    printed = (Hit(Rule("rank", "comments", "ranks", verdict="hint", together=4), "rank/any/1"),)
    texts = [
        "Member",
        "Thank you, that did it.",
        "Posts: 12",
        "Log in or sign up",
        "Yes.",
        "Member",
        "Rank: 3",
        "It is well.",
    ]
    hits = [printed if text.startswith(("Member", "Posts", "Rank")) else () for text in texts]
    main, scores = [False] * 8, [-1000] * 8
    words = [len(text.split()) for text in texts]
    assert with_answers(main, scores, words, texts, hits) == [i == 1 for i in range(8)], (
        "whole sentences, up to the last of them"
    )
    assert with_answers(main, [LEAST - 1] * 8, words, texts, hits) == main, "the model is sure"
    assert with_answers(main, scores, words, texts, [*hits[:6], (), ()]) == main, "three such lines are no thread"


def test_below_a_text_that_outweighs_them_contributions_are_comments() -> None:
    printed = (Hit(Rule("rank", "comments", "ranks", verdict="hint", together=4), "rank/any/1"),)
    texts = ["The post.", "12 likes", "What I said first.", "3 likes", "So did I.", "4 likes", "And he did.", "1 like"]
    hits = [printed if "like" in text else () for text in texts]
    main = [i in (0, 2) for i in range(8)]
    for words_above, expected in ((90, [0, 2]), (30, [0, 2, 4, 6])):
        words = [words_above, 2, 40, 2, 3, 2, 3, 2]
        found = with_answers(main, [-1000] * 8, words, texts, hits)
        assert [i for i, chosen in enumerate(found) if chosen] == expected
