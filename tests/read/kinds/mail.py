"""Messages and mailboxes."""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from tests.read.kinds.kind import STORIES, Story, kind

FIRST = STORIES[:1]
TOLD = "date title author id"


def message(story: Story) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{story.author} <x@paper.example>"
    mail["Subject"] = story.title
    mail["Date"] = f"{story.day}T08:00:00"
    del mail["Date"]
    from datetime import datetime
    from email.utils import format_datetime

    mail["Date"] = format_datetime(datetime.fromisoformat(f"{story.day}T08:00:00+00:00"))
    mail["Message-ID"] = f"<{story.id}>"
    return mail


def plain(story: Story, coding: str = "8bit") -> EmailMessage:
    mail = message(story)
    mail.set_content(story.text, cte=coding)
    return mail


def alternatives(story: Story, *, stub: bool = False) -> EmailMessage:
    mail = message(story)
    mail.set_content("This message is a page: https://paper.example/view" if stub else story.text)
    mail.add_alternative(story.page, subtype="html")
    return mail


def parts(story: Story) -> EmailMessage:
    mail = message(story)
    mail.set_content(story.paragraphs[0])
    mail.add_attachment(story.paragraphs[1], disposition="inline")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="ferry.png")
    return mail


def page(story: Story) -> EmailMessage:
    mail = message(story)
    mail.set_content(story.page, subtype="html")
    return mail


def raw_header(story: Story) -> bytes:
    return (
        f"From: {story.author} <x@paper.example>\nSubject: {story.title}\nDate: Thu, 04 Mar 2021 08:00:00 +0000\n"
        f"Message-ID: <{story.id}>\nContent-Type: text/plain; charset=utf-8\n\n{story.text}\n"
    ).encode()


STORY = STORIES[0]
MESSAGES: dict[str, tuple[Callable[[], bytes], bool]] = {
    "message, 8 bits": (lambda: plain(STORY).as_bytes(), True),
    "message, quoted-printable": (lambda: plain(STORY, "quoted-printable").as_bytes(), True),
    "message, base64": (lambda: plain(STORY, "base64").as_bytes(), True),
    "message, carriage returns": (lambda: plain(STORY).as_bytes().replace(b"\n", b"\r\n"), True),
    "message of alternatives": (lambda: alternatives(STORY).as_bytes(), True),
    "message with a stub beside the page": (lambda: alternatives(STORY, stub=True).as_bytes(), False),
    "message of two text parts": (lambda: parts(STORY).as_bytes(), True),
    "message that is a page": (lambda: page(STORY).as_bytes(), False),
    "message with a header in raw UTF-8": (lambda: raw_header(STORY), True),
}
for _name, (_data, _exact) in MESSAGES.items():
    kind(_name, "letter.eml", told=TOLD, stories=FIRST, exact=_exact)(
        lambda path, data=_data: path.write_bytes(data())  # type: ignore[misc]
    )


@kind("mailbox", "letters.mbox", told=TOLD)
def _mbox(path: Path) -> None:
    box = mailbox.mbox(path)
    for story in STORIES:
        box.add(plain(story))
    box.close()


@kind("mailbox of Thunderbird", "Inbox", "hand", TOLD)
def _thunderbird(path: Path) -> None:
    head = b"From - Thu Mar 04 08:00:00 2021\r\nX-Mozilla-Status: 0001\r\n"
    path.write_bytes(b"".join(head + plain(story).as_bytes().replace(b"\n", b"\r\n") + b"\r\n" for story in STORIES))


@kind("mailbox of Google Takeout", "All mail.mbox", "hand", TOLD)
def _takeout(path: Path) -> None:
    head = b"From 1693@xxx Thu Mar 04 08:00:00 +0000 2021\r\nX-GM-THRID: 1\r\n"
    path.write_bytes(
        b"".join(head + plain(story).as_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n" for story in STORIES)
    )


@kind("mailbox with unquoted From lines", "letters.mbox", "hand", TOLD, exact=False)
def _unquoted(path: Path) -> None:
    line = b"\n\nFrom memory, the vote was taken in 1988.\n\n"
    head = b"From x@paper.example Thu Mar  4 08:00:00 2021\n"
    path.write_bytes(b"".join(head + plain(story).as_bytes() + line for story in STORIES))
