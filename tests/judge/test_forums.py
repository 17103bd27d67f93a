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
