"""Contributions to a thread are judged together: what is said, what stands beside it, what is quoted."""

from __future__ import annotations

import numpy as np

from pipeline import clean_html
from pipeline.judge.places import Places
from pipeline.judge.repetition import quoted
from pipeline.judge.threads import in_thread, together
from pipeline.text.blocks import Kind

QUESTION = (
    "Our harbour gauge has shown the same level since the storm, and the divers find nothing in the pipe. We have changed"
    " the float, cleaned the well and read the manual twice. What else can stop it from moving?"
)
ANSWERS = (
    "Look at the pulley above the float, since salt gets into its bearing and nobody ever oils it.",
    "Thanks!",
    "It was the bearing. The gauge moves again, and it agrees with the one on the other pier.",
    "Good to hear.",
)
PEOPLE = ("tidewatcher", "ropewalk", "lena_k", "tidewatcher", "ropewalk")


def forum(said: tuple[str, ...] = (QUESTION, *ANSWERS), remarks: tuple[str, ...] = ()) -> str:
    """A page of a forum; `remarks` are made below each contribution in turn."""
    posts = "".join(
        f'<div class="topic-entry" id="e{n}"><div class="entry-cell"><div class="entry-who"><span class="username">{name}</span> · member since 2011 ·'
        f' {n * 37} entries</div><div class="entry-words">{words}</div>'
        f'<div class="entry-tools"><a href="#">Answer</a> <a href="#">Cite</a> <a href="#">Tell a moderator</a></div></div>'
        f"{remarks[n - 1] if n <= len(remarks) else ''}</div>"
        for n, (name, words) in enumerate(zip(PEOPLE, said, strict=False), 1)
    )
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in ("Boards", "Members", "Rules", "Search"))
    return (
        f"<html><head><title>Gauge stands still</title></head><body><ul class=menu>{menu}</ul><h1>Gauge stands still</h1>"
        f'{posts}<div class="foot">Powered by some forum</div></body></html>'
    )


def test_a_short_answer_has_the_fate_of_the_long_ones() -> None:
    document = clean_html(forum())
    assert document.text == "\n\n".join((QUESTION, *ANSWERS))
    assert [post.author for post in document.posts] == list(PEOPLE)


def test_what_stands_beside_the_words_goes_from_every_contribution() -> None:
    text = clean_html(forum()).text
    assert "member since" not in text
    assert "Tell a moderator" not in text


def test_code_in_a_contribution_is_among_its_words() -> None:
    code = "gauge --reset\ngauge --level"
    answer = f"<p>Try this, and tell us what it prints:</p><div class=box><pre>{code}</pre></div>"
    document = clean_html(forum((QUESTION, answer, *ANSWERS[:2])))
    assert code in document.text


def test_a_comment_on_an_answer_is_a_contribution() -> None:
    said = ("Ours had a bent axle as well.", "Which bearing do you mean?")
    remarks = tuple(
        f'<ul class="comments"><li class="comment"><span class="comment-copy">{words}</span> –'
        f' <a class="comment-user" href="/u/9">{name}</a></li></ul>'
        for words, name in zip(said, ("gullfeather", "quay_7"), strict=True)
    )
    document = clean_html(forum(remarks=("", *remarks)))
    assert all(words in document.text for words in said)
    assert [post.author for post in document.posts] == [*PEOPLE[:2], "gullfeather", PEOPLE[2], "quay_7", *PEOPLE[3:]]


def test_what_is_quoted_of_an_earlier_contribution_stands_there_already() -> None:
    answer = f"<blockquote>{ANSWERS[0]}</blockquote>That is what our plumber said, too."
    document = clean_html(forum((QUESTION, ANSWERS[0], answer, *ANSWERS[1:3])))
    assert document.text.count(ANSWERS[0]) == 1
    assert "That is what our plumber said, too." in document.text
    assert any(edit.rule == "repeat-in-document" for edit in document.edits)


def test_a_page_that_sets_all_that_is_said_as_quotations_keeps_what_two_people_say() -> None:
    assert quoted([7, 8, 7], [1, 1, 1], [0, 1, 2]) == ()
    (repeat,) = quoted([7, 8, 7, 9], [1, 1, 2, 1], [0, 1, 2, 2])
    assert (repeat.line, repeat.first) == (2, 0)


def test_scores_of_a_thread_are_those_of_its_parts() -> None:
    # Contributions of words (part 0) and a name (1), the second with a comment (2) and its buttons (3).
    letters = np.array([10, 200, 10, 100, 60, 10, 10, 50])
    scores = np.array([-800, 2000, -900, -700, -2600, -5000, -1000, -1900], dtype=np.int32)
    form = {"kind": np.full(8, Kind.PARAGRAPH), "post": np.array([0, 0, 1, 1, 2, 2, 3, 3])}
    facts = {"part": np.array([1, 0, 1, 0, 2, 3, 1, 0]), "topic_comment": np.array([0, 0, 0, 0, 2, 2, 0, 0])}
    inside = np.ones(8, dtype=bool)
    words = 1000  # what is said is surely text
    found = together(scores, letters, form, facts, inside, _places(8))
    assert found.tolist() == [-4000, words, -4000, words, words, -5000, -4000, words]
    scores[4] = -4500  # so far below the words, nothing is a comment on them
    found = together(scores, letters, form, facts, inside, _places(8))
    assert found.tolist() == [-4000, words, -4000, words, -4500, -5000, -4000, words]
    scores[4], facts["topic_comment"] = -2600, np.zeros(8, dtype=int)  # and nothing that does not call itself one
    found = together(scores, letters, form, facts, inside, _places(8))
    assert found.tolist() == [-4000, words, -4000, words, -4000, -5000, -4000, words]


def test_comments_below_an_article_are_no_thread() -> None:
    facts = {"part": np.array([-1, 0, 1, 0, 1]), "link_share": np.array([0, 0, 0, 0, 1000])}
    letters = np.array([900, 60, 15, 50, 15])
    scores = np.array([3000, -200, -2000, -300, -2500], dtype=np.int32)
    assert not in_thread(scores, letters, facts, _places(5)).any()
    facts["part"][0] = 0
    assert in_thread(scores, letters, facts, _places(5)).tolist() == [True] * 5


def test_cards_that_lead_to_other_pages_are_no_contributions() -> None:
    facts = {"part": np.array([0, 1, 0, 1]), "link_share": np.array([1000, 0, 1000, 0])}
    scores = np.full(4, 2000, dtype=np.int32)
    assert not in_thread(scores, np.array([50, 90, 50, 90]), facts, _places(4)).any()
    assert in_thread(scores, np.array([19, 90, 19, 90]), facts, _places(4)).all()  # buttons


def test_documents_of_a_batch_do_not_know_of_one_another() -> None:
    scores = np.array([900, -100, -3000, -200, -3500], dtype=np.int32)
    letters, inside = np.array([90, 30, 9, 30, 9]), np.ones(5, dtype=bool)
    form = {"kind": np.full(5, Kind.PARAGRAPH), "post": np.array([0, 1, 1, 2, 2])}
    facts = {"part": np.array([0, 0, 1, 0, 1]), "topic_comment": np.zeros(5, dtype=int)}
    one = together(scores, letters, form, facts, inside, _places(5))
    form, facts = ({name: np.tile(column, 2) for name, column in table.items()} for table in (form, facts))
    both = together(np.tile(scores, 2), np.tile(letters, 2), form, facts, np.tile(inside, 2), _places(5, 5))
    assert both.tolist() == [*one, *one]


def _places(*sizes: int) -> Places:
    return Places(np.concatenate([[0], np.cumsum(sizes)]))
