"""Titles of plain text: what is none, whatever it looks like, and what becomes of a headline that nobody is sure of."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import clean, clean_text, read_documents
from pipeline.judge.untitled import is_no_title

HEADLINE = "Oldport opens a third ferry berth"
LEAD = "Oldport opened its third ferry berth on Wednesday, nine years after the first plans were drawn, beside the old quay."
MORE = "The berth takes two ferries at a time, and the harbour master hopes that the queue on the quay road will be shorter now."
LAST = "Nobody from the ferry company wanted to say what it had paid. The crane that lifted the last beam left on Friday night."
TEXT = (LEAD, MORE, LAST)


@pytest.mark.parametrize(
    "kicker",
    [
        "FOR IMMEDIATE RELEASE",
        "Press release",
        "PRESSEMITTEILUNG",
        "Communiqué de presse",
        "Nota de prensa:",
        "Comunicato stampa",
        "ПРЕСС-РЕЛИЗ",
        "新闻稿",
        "https://oldport.example/news/third-ferry-berth",
        "press@oldport.example",
        "Journal of Quays and Berths 12 (2011), 4-9",
        "Ferry Studies, Vol. 3, No. 2",
    ],
)
def test_what_stands_above_a_headline_is_no_title(kicker: str) -> None:
    document = clean_text("\n\n".join((kicker, HEADLINE, *TEXT)))
    assert document.metadata.title == HEADLINE
    assert HEADLINE not in document.text


FORM = [
    "Place: the Anchor Inn",
    "Date: 14 January 2020",
    "Beginning: half past seven",
    "End: ten past nine",
    "Chair: Karla Thoms",
]
STEPS = [
    "1 Short title",
    "This Act is the Quays Act.",
    "2 Meaning",
    "A quay is a wall.",
    "3 Dues",
    "Dues are paid at the lock.",
]
BILL = [
    "SECTION 1. SHORT TITLE.",
    "This is the Clean Slips Act.",
    "SEC. 2. MEANING.",
    "A slip is a berth.",
    "SEC. 3. FEES.",
    "None.",
]
PARAGRAPHS = [
    "§ 1 Geltung",
    "Diese Satzung gilt am Kai.",
    "§ 2 Gebühr",
    "Sie beträgt neun Mark.",
    "§ 3 Frist",
    "Sie endet im Mai.",
]


@pytest.mark.parametrize("lines", [FORM, STEPS, BILL, PARAGRAPHS], ids=["form", "steps", "bill", "paragraphs"])
def test_the_first_of_a_sequence_is_no_title(lines: list[str]) -> None:
    assert is_no_title(lines, 0, len(lines))


@pytest.mark.parametrize(
    "lines",
    [
        ["10 berths that nobody knows", "11 of them lie behind the lock.", "12 more are to be built."],
        ["1984 again at the old quay", "1985 was a better year.", "1986 was not."],
        ["Berth 7 is free", "By Ann Field", "14 January 2020", LEAD],
        ["Review: the Anchor Inn", "Author: Ann Field", "Date: 14 January 2020", LEAD],
        [
            "Fight at the lock: who was it?",
            "By: Ann Field",
            "Published: 14 January 2020",
            "Updated: 15 January 2020",
            LEAD,
        ],
        ["Vol. 3 of her memoirs is out", LEAD],
        ["The press release that nobody read", LEAD],
    ],
)
def test_a_headline_with_a_number_or_a_colon_may_be_the_title(lines: list[str]) -> None:
    assert not is_no_title(lines, 0, len(lines))


@pytest.mark.parametrize(
    "trail", ["Home > News > Harbour > {}", "Oldport Echo / Harbour / {}", "Start » Hafen » {}", "Home Harbour News {}"]
)
def test_a_trail_that_ends_in_the_headline_is_no_title(trail: str) -> None:
    text = "\n".join(("Menu", "Sport", "Weather", trail.format(HEADLINE)))
    document = clean_text("\n\n".join((text, HEADLINE, "By Ann Field, 3 May 2021", *TEXT)))
    assert document.metadata.title == HEADLINE


HEADLINES = {
    "Ferry to run until midnight in July": "The ferry will run until midnight in July, the company said on Friday, after long talks about pay.",
    "Council splits over the price of water": "Councillors could not agree on the price of water, and sent the matter back to the committee.",
    "A lock keeper retires after forty years": "When she opened the lower gate for the first time, barges carried coal. Now she has left.",
    "Storm tears the roof off the old mill": "A gust took the roof off the old mill before four in the morning. The wheel is badly bent.",
    "School choir wins in Port Vessa": "Thirty pupils sang in three languages and came home with a cup that is taller than the youngest.",
    "Eels return to the upper river": "For the first time since the weir was built, eels have been counted above it, thirty in a night.",
}


def test_what_every_page_of_a_site_says_is_no_title(tmp_path: Path) -> None:
    (tmp_path / "echo").mkdir()
    for number, (headline, lead) in enumerate(HEADLINES.items()):
        said = f"{lead} Nobody at the office wanted to say more about number {number}."
        text = f"Vale Echo — the voice of the valley since 1903\n\n{headline}\n\n{said}\n\n{TEXT[number % 3]}\n"
        (tmp_path / "echo" / f"{number}.txt").write_text(text)
    clean([str(tmp_path / "echo")], tmp_path / "out")
    documents = list(read_documents(tmp_path / "out"))
    assert [document.metadata.title for document in documents] == list(HEADLINES)
    assert not any("Vale Echo" in document.text for document in documents)


def test_a_heading_above_the_text_stays_where_no_title_is_sure() -> None:
    policy = [
        "Home\nAbout\nContact\nPrivacy statement",
        "Last updated: 3 May 2021",
        "This statement explains what the harbour trust does with what it knows of you, and whom you can ask about it.",
        "Who we are",
        "The harbour trust, 4 Mill Lane, Oldport, is responsible for your data. Our data protection officer is Ann Field.",
        "Cookies",
        "We use cookies to remember what you have put into your basket. A cookie is a small text file on your computer.",
        "We share your personal data with the coastguard when you are overdue. We do not sell it, and use no cookies to advertise.",
        "You have the right to know what personal data we hold, and to have it corrected or deleted within a month.",
    ]
    document = clean_text("\n\n".join(policy))
    assert "Privacy statement" in (document.metadata.title, *document.text.split("\n\n"))
