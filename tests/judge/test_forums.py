"""What forums print around what people say goes, where a page is one; the words stay, to the last and shortest post."""

from __future__ import annotations

from pipeline import clean_html, clean_text

BOARD = """<html><head><title>Weed in the propeller - Towpath board</title></head><body>
<div><a>Towpath board</a> <a>Skip to content</a></div><h2 class="topic-title">Weed in the propeller</h2>
<div>Post Reply 3 posts • Page 1 of 1</div>
{posts}
<div>Post Reply 3 posts • Page 1 of 1</div><p>Return to “Engines”</p><h3>Who is online</h3>
<p>Users browsing this forum: No registered users and 2 guests</p><p>Powered by phpBB® Forum Software</p></body></html>"""
POST = """<div class="post"><dl class="postprofile"><dt><a class="username">{who}</a></dt><dd>Site Admin</dd>
<dd class="profile-posts"><strong>Posts:</strong> 1,234</dd><dd><strong>Joined:</strong> Tue May 05, 2015 8:15 am</dd></dl>
<div class="postbody"><p class="author">by <strong><a class="username">{who}</a></strong> » {when}</p>
<div class="content">{text}</div><div class="notice">Last edited by {who} on {when}, edited 1 time in total.</div></div></div>"""
SAID = [
    ("ann_l", "Sat Jun 04, 2022 8:15 am", "Every hundred yards the propeller is full of weed, and I am tired of the cold water. What do you do?"),
    ("bo_ek", "Sat Jun 04, 2022 9:00 am", "Reverse for a count of ten. It throws most of it off."),
    ("ann_l", "Sun Jun 05, 2022 8:15 am", "It does. Thanks."),
]  # fmt: skip


def test_a_short_thread_keeps_its_last_post_and_loses_its_furniture() -> None:
    posts = "".join(POST.format(who=who, when=when, text=text) for who, when, text in SAID)
    document = clean_html(BOARD.format(posts=posts))
    for _, _, text in SAID:
        assert text in document.text
    for cruft in (
        "Post Reply",
        "Site Admin",
        "1,234",
        "Joined",
        "Last edited",
        "»",
        "Return to",
        "Who is online",
        "phpBB",
    ):
        assert cruft not in document.text
    assert [(post.author, post.date) for post in document.posts] == [
        ("ann_l", "2022-06-04"),
        ("bo_ek", "2022-06-04"),
        ("ann_l", "2022-06-05"),
    ]
    assert document.metadata.author is None


QUESTION = """\
How do I find the longest line?

Asked 2 years, 3 months ago

Viewed 4k times

12 votes

I have a list of locks, one a line, and want the line with the longest name. Sorting it does not help.

Share Improve this question Follow

2 Answers

Sorted by: Highest score (default)

Score: 25

Let awk keep the longest line that it has seen, and print it at the end.

Share Improve this answer Follow

Score: 3

wc -L tells how long it is.

Share Improve this answer Follow
"""


def test_a_question_and_its_answers_stay_without_votes_and_buttons() -> None:
    document = clean_text(QUESTION)
    for said in ("I have a list of locks", "Let awk keep", "wc -L tells how long it is."):
        assert said in document.text
    for cruft in ("Asked 2", "Viewed", "12 votes", "Improve this", "Sorted by", "Score:"):
        assert cruft not in document.text


def test_one_such_line_is_no_forum() -> None:
    ballot = (
        "The ballot on the lock\n\nThe members of the trust voted on Friday on whether the old lock is to be kept as it is.\n\n"
        "Messages: 312\n\nThe trust will write to the town before the end of the month, its chair said after the count."
    )
    assert "Messages: 312" in clean_text(ballot).text


def test_the_button_of_a_piece_of_code_goes() -> None:
    page = """<main><h1>Counting locks</h1><p>The command below counts the lines of a file that are not empty, one for each lock.</p>
    <pre><code>grep -c . locks.txt</code></pre><button>Copy</button><p>It prints a number and nothing else, whatever stands in the lines.</p>
    <h2>Copy</h2><p>The command cp makes a copy of the list, which you should have before you sort it in place.</p></main>"""
    document = clean_html(page)
    assert [block.kind for block in document.blocks].count("code") == 1
    assert document.text.count("Copy") == 1


HEADS = (
    ("kestrel_9", "Member", "Posts: 88", "Feb 3, 2024 at 9:12 PM", "#1"),
    ("Old Tom", "Moderator", "Posts: 5,120", "Feb 3, 2024 at 10:40 PM", "#2"),
    ("kestrel_9", "Member", "Posts: 89", "Feb 5, 2024 at 7:01 AM", "#3"),
    ("marguerite", "New member", "Posts: 2", "Feb 6, 2024 at 6:30 PM", "#4"),
)
THEY_SAID = (
    ["The bread of the harbour bakery is always too sticky to slice. Does anybody know what flour they use there?"],
    [
        "kestrel_9 said:",
        "The bread of the harbour bakery is always too sticky to slice.",
        "It is rye, and they bake it for half the time.",
    ],
    ["Thanks!", "Half an hour more at home was all that it needed."],
    ["Ours has been better since they have had the new oven, which came by boat in the spring."],
)


def test_the_head_of_every_contribution_has_one_fate() -> None:
    posts = ["\n".join([*head, *said, "Reply Quote"]) for head, said in zip(HEADS, THEY_SAID, strict=True)]
    document = clean_text("\n\n".join(["Help: sticky bread", *posts, "You must log in to reply."]))
    said_of_all = [line for said in THEY_SAID for line in said]
    assert [line for line in document.text.split("\n") if line and line != "Help: sticky bread"] == said_of_all


def test_lines_with_numbers_are_no_heads_where_no_forum_prints() -> None:
    """A list of results, each with a place and a day, is what a text of such lines says."""
    games = [
        f"{town}\n{n} boats\nMay {n}, 2021\nThe wind came from the west, and nobody was ahead at the second buoy."
        for n, town in enumerate(("Oldport", "Port Vessa", "Quay Street", "Millbrook"), 3)
    ]
    text = clean_text("\n\n".join(["Results of the regatta", *games])).text
    assert all(town in text for town in ("Oldport", "Port Vessa", "Quay Street", "Millbrook"))
    assert all(f"{n} boats" in text for n in (3, 4, 5, 6))
