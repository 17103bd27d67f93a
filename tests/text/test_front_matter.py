"""The front matter of Markdown files is metadata, and no text."""

from __future__ import annotations

import pytest

from pipeline import clean_text
from pipeline.text.plain import front_matter

BODY = (
    "The lock was built in 1790 by two brothers, neither of whom could swim, and it has leaked ever since, as locks do."
)

HEADS = [
    ("---\ntitle: The old lock\nauthor: Ann Lee\ndate: 2021-03-05\n---\n", "The old lock", "Ann Lee", "2021-03-05"),
    ("---\r\ntitle: The old lock\r\ndate: 2021-03-05\r\n---\r\n", "The old lock", None, "2021-03-05"),
    ('---\ntitle: "Locks: a \\"history\\""  # for now\nlayout: post\n---\n', 'Locks: a "history"', None, None),
    ("---\ntitle: 'The keeper''s lock'\nauthors: [Ann Lee, Bo Ek]\n...\n", "The keeper's lock", "Ann Lee, Bo Ek", None),
    ("---\nauthors:\n  - name: Ann Lee\n    url: https://a.example\n  - name: Bo Ek\ntitle: >-\n  The old\n  lock\n---\n", "The old lock", "Ann Lee, Bo Ek", None),
    ("---\ntags:\n- water\n- locks\npublished: true\ndate: March 5, 2021\n---\n", None, None, "2021-03-05"),
    ('+++\ntitle = "The old lock"\nauthors = ["Ann Lee"]\ndate = 2021-03-05T08:00:00Z\n+++\n', "The old lock", "Ann Lee", "2021-03-05"),
    ("\ufeff---\ntitle: The old lock\n---\n", "The old lock", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("head", "title", "author", "date"), HEADS)
def test_front_matter_is_read_and_taken_out(head: str, title: str | None, author: str | None, date: str | None) -> None:
    document = clean_text(f"{head}\n{BODY}\n")
    assert document.text == BODY
    found = document.metadata
    assert (found.title, found.author, found.date) == (title, author, date)
    struck = [
        removed for edit, removed in zip(document.edits, document.removed, strict=True) if edit.rule == "front-matter"
    ]
    assert [text.strip() for text in struck] == [head.lstrip("\ufeff").strip()]


TEXTS = [
    f"+++\ntitle = {'[' * 5000}{']' * 5000}\n+++\n",
    f"---\ntitle: {'[' * 5000}{']' * 5000}\n---\n",
    f"+++\ntitle = 'The lock'\nyear = {'9' * 5000}\n+++\n",
    f"+++\ntitle = 'The lock'\n{'a.' * 20_000}b = 1\n+++\n",
    "---\n\nThe lock leaks.\n\n---\n\nIt always has.\n",
    "---\nANN: It leaks.\nBO: It always has.\n---\nANN: Well.\n",
    "---\ntitle: The lock that was never shut\n\nA poem with no end, and no line below it either.\n",
    "The old lock\n---\ntitle: not at the head\n---\n",
    "+++\nnot toml at all\n+++\n",
    "--- title: The lock\n---\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_lines_of_hyphens_are_no_front_matter(text: str) -> None:
    assert front_matter.find(text) is None


def test_what_the_input_states_comes_first() -> None:
    document = clean_text(
        f"---\ntitle: The old lock\nurl: https://a.example/lock\n---\n{BODY}\n", url="https://b.example/x"
    )
    assert document.metadata.url == "https://b.example/x"
    assert document.metadata.title == "The old lock"


def test_a_heading_that_says_the_title_is_the_title() -> None:
    document = clean_text(f"---\ntitle: The old lock\n---\n\n# The old lock\n\n{BODY}\n\n{BODY[:-1]} and will.\n")
    assert document.metadata.title == "The old lock"
    assert not document.text.startswith("#")
