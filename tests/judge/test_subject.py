"""What would be cruft on any other page is the text of a page that is about it."""

from __future__ import annotations

import pytest

from pipeline import clean_text
from pipeline.judge.rules.subject import is_policy

POLICY = (
    "Privacy at the Oldport Rowing Club",
    "We use cookies to remember who is logged in and which boat you have booked for the coming weekend.",
    "Your personal information is kept for as long as you are a member, and for two years after that.",
    "By using our website you consent to the use of cookies as described in this policy.",
    "We share your data with nobody but the harbour office, which needs the names of those who are out at sea.",
    "You may ask at any time what we know about you; write to the secretary, who answers within a month.",
    "If we change this policy, the new one will hang in the boat house and stand on this page.",
)
NEWS = (
    "The club has bought a second boat, which will be named on Sunday by the mayor's daughter at the quay.",
    "It was built in the yard below the mill, where no boat of that length had been built for thirty years.",
    "The old one goes to the school, whose pupils have rowed in borrowed boats since the flood took theirs.",
    "Members may book it from May on; the secretary keeps the list, and the coach decides who takes the oars.",
)


def test_a_policy_keeps_its_sentences_on_cookies() -> None:
    text = clean_text("\n\n".join(POLICY)).text
    assert [sentence for sentence in POLICY[1:] if sentence not in text] == []


@pytest.mark.parametrize(("policy", "news", "answer"), [(4, 0, True), (3, 0, False), (4, 4, True), (4, 5, False)])
def test_a_policy_has_four_paragraphs_on_it_and_half_of_all(policy: int, news: int, answer: bool) -> None:
    texts = [*POLICY[1 : 1 + policy], *[*NEWS, NEWS[0]][:news]]
    assert is_policy(texts, [len(text.split()) for text in texts]) is answer


@pytest.mark.parametrize("notice", [POLICY[3], "All rights reserved."])
def test_elsewhere_they_are_a_notice(notice: str) -> None:
    text = clean_text("\n\n".join((*NEWS, notice))).text
    assert text == "\n\n".join(NEWS)


def test_a_policy_ends_above_the_owner_of_the_page() -> None:
    assert "©" not in clean_text("\n\n".join((*POLICY, "© 2020 Oldport Rowing Club. All rights reserved."))).text
