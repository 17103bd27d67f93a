"""Contributions to a thread in plain text, in the shapes that forums, lists and chats print."""

from __future__ import annotations

import pytest

from pipeline import clean_text
from pipeline.text import plain
from pipeline.text.blocks import Kind

ASKED = "Does anyone know whether the old quay still has water in winter? Last year they turned it off without a word."
TOLD = "They turn it off at the first frost. Bring two canisters and fill them at the lock, where it runs all year."
THANKED = "Good to know, thank you both. I shall be there on Friday."
SAID = (ASKED, TOLD, THANKED)


def amid_counts(name: str, rank: str, count: str, day: str, number: int, said: str) -> str:
    return "\n".join((name, rank, count, day, f"#{number}", said, "Reply Quote Like"))


VBULLETIN = "\n\n".join(
    [
        "Help: water in winter",
        amid_counts("heron", "Member", "Posts: 88", "Feb 3, 2024 at 9:12 PM", 1, ASKED),
        amid_counts("old_jon", "Moderator", "Posts: 5,120", "Feb 3, 2024 at 10:40 PM", 2, TOLD),
        amid_counts("heron", "Member", "Posts: 89", "Feb 5, 2024 at 7:01 AM", 3, THANKED),
        "You must log in to reply.",
    ]
)
SPANISH = (
    VBULLETIN.replace("Member", "Miembro activo")
    .replace("Posts", "Mensajes")
    .replace("Reply Quote Like", "Responder Citar")
)
PHPBB = "\n\n".join(
    [
        *("Water in winter", "Post by heron » Sat Feb 03, 2024 9:12 pm", ASKED),
        *("Re: Water in winter", "Post by old_jon » Sat Feb 03, 2024 10:40 pm", TOLD),
        *("Re: Water in winter", "Post by heron » Mon Feb 05, 2024 7:01 am", THANKED),
    ]
)
GERMAN = (
    PHPBB.replace("Post by", "von")
    .replace("Sat Feb 03, 2024", "Sa 3. Feb 2024,")
    .replace("Mon Feb 05, 2024", "Mo 5. Feb 2024,")
)
DISCOURSE = "\n\n".join(
    [
        *("Water in winter", "heron\nFeb 3, 2024", ASKED, "3 Likes"),
        *("old_jon\nFeb 3, 2024", TOLD, "1 Like"),
        *("heron\nFeb 5, 2024", THANKED),
    ]
)
REDDIT = "\n\n".join(
    f"{name}\n• {ago} ago\n{said}\n\nUpvote\n{points}\nDownvote\nReply\nShare"
    for name, ago, said, points in zip(("heron", "old_jon", "heron"), ("3y", "3y", "2y"), SAID, (14, 9, 3), strict=True)
)
QUOTING = "\n\n".join(
    f"{name} wrote on {day}:\n{said}"
    for name, day, said in zip(
        ("heron", "old_jon", "heron"),
        ("03.02.2024 at 21:12", "03.02.2024 at 22:40", "05.02.2024 at 7:01"),
        SAID,
        strict=True,
    )
)
LIST = "\n\n".join(
    f"From: {name} <{name}@quay.example>\nDate: {day}\nSubject: Re: Water in winter\n\n{said}"
    for name, day, said in zip(
        ("heron", "old_jon", "heron"),
        ("Sat, 3 Feb 2024 21:12", "Sat, 3 Feb 2024 22:40", "Mon, 5 Feb 2024 07:01"),
        SAID,
        strict=True,
    )
)
DAYS = ["2024-02-03", "2024-02-03", "2024-02-05"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (VBULLETIN, DAYS),
        (SPANISH, DAYS),
        (PHPBB, DAYS),
        (GERMAN, DAYS),
        (DISCOURSE, DAYS),
        (REDDIT, [None] * 3),
        (QUOTING, DAYS),
        (LIST, DAYS),
    ],
    ids=["vbulletin", "spanish", "phpbb", "german", "discourse", "reddit", "quoting", "list"],
)
def test_all_contributions_have_one_treatment(text: str, days: list[str | None]) -> None:
    document = clean_text(text)
    assert [(post.author, post.date) for post in document.posts] == list(
        zip(("heron", "old_jon", "heron"), days, strict=True)
    )
    said = [(document.text[block.start : block.end], block.post) for block in document.blocks if block.post is not None]
    assert said == list(zip(SAID, range(3), strict=True))


RELEASES = "\n\n".join(
    f"Version 1.{n}\n2024-02-0{n}\nThe mooring list is sorted by berth now, and the tide table no longer skips the {n}th of a month."
    for n in range(1, 6)
)
DASHED = "\n\n".join(
    f"Version 1.{n} — 2024-02-0{n}\n\nThe mooring list is sorted by berth now, and the tide table no longer skips the {n}th."
    for n in range(1, 6)
)
REGATTAS = "\n\n".join(
    f"{town}\n{n} boats\nMay {n}, 2024\nThe wind came from the west, and nobody was ahead at the second buoy."
    for n, town in enumerate(("Oldport", "Port Vessa", "Millbrook", "Oldport"), 3)
)
TEASERS = "\n\n".join(
    [
        "The quay is to be mended",
        *(f"{sentence} {ASKED}" for sentence in SAID),
        *(
            f"{name}\n3 hours ago\n{said}"
            for name, said in zip(("Ann Field", "Bo Marsh", "Ann Field"), SAID, strict=True)
        ),
    ]
)


@pytest.mark.parametrize(
    "text", [RELEASES, DASHED, REGATTAS, TEASERS], ids=["releases", "dashed", "regattas", "teasers"]
)
def test_a_name_and_a_day_alone_make_no_thread(text: str) -> None:
    assert not plain.lay_out(text).posts


@pytest.mark.parametrize(
    "text",
    [
        f"[21:12] <heron> {ASKED}\n[21:14] <old_jon> {TOLD}\n[21:15] * heron sighs\n[21:16] <heron> thank you",
        f"2024-02-03 21:12:01 <heron> {ASKED}\n2024-02-03 21:14:09 <old_jon> {TOLD}\n2024-02-03 21:15:30 <heron> thank you",
        f"03.02.24, 21:12 - Helen Ronson: {ASKED}\n03.02.24, 21:14 - Jon Old: {TOLD}\n03.02.24, 21:15 - Helen Ronson: thank you",
    ],
    ids=["irc", "dated", "telephone"],
)
def test_lines_of_a_chat_are_turns(text: str) -> None:
    blocks = plain.lay_out(text)
    assert list(blocks.texts) == text.split("\n")
    assert [kind == Kind.TURN for kind in blocks.kind] == ["* heron" not in line for line in blocks.texts]
    assert len({*blocks.run.tolist()}) == 1
    document = clean_text(text)
    assert (document.metadata.title, document.posts) == (None, ())
    assert all(line in document.text for line in text.split("\n"))


@pytest.mark.parametrize("time", ["{}:12 PM", "[{}:12 AM]", "— Today at {}:12 PM"])
def test_a_name_and_a_time_above_what_is_said_are_a_turn(time: str) -> None:
    text = "\n\n".join(
        f"{name}  {time.format(hour)}\n{said}"
        for name, hour, said in zip(("Helen Ronson", "Jon Old", "Helen Ronson"), (8, 9, 10), SAID, strict=True)
    )
    document = clean_text(text)
    assert [block.kind for block in document.blocks] == ["turn", "paragraph"] * 3
    assert (document.metadata.title, document.posts) == (None, ())


def test_a_timetable_is_no_chat() -> None:
    text = "Registration 9:00 AM\nOpening 9:30 AM\nThe quay 10:00 AM\nLunch 12:30 PM\nRegistration 2:00 PM"
    assert Kind.TURN not in plain.lay_out(text).kind.tolist()
