"""What mails have around their text: signatures, notices, marks of what is quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import clean, clean_text, read_documents
from pipeline.config import Config
from pipeline.ledger import undo
from pipeline.records import Document

TEXT = (
    "Bo,\n\nThe gate on the north side leaks again, and the barge from Orley waits since Monday. Please send the carpenter before"
    " the frost comes, and tell him to bring the long ladder.\n\nThe keeper of the upper lock says that his gate is worse, but he"
    " always says so, and nobody has seen it.\n\nAnn"
)
REPLY = "On Mon, 8 March 2021 at 14:02, Bo Ek <bo@locks.example> wrote:"
QUOTED = "> Ann,\n>\n> how are the gates? I was told in the inn that one of them leaks, and that\n> a barge waits there.\n>\n> Bo\n"
NOTICE = (
    "This e-mail is confidential and intended solely for the person it is addressed to. If it is not you, delete it."
)


def checked(text: str, config: Config | None = None) -> Document:
    document = clean_text(text, config=config)
    edits = zip(document.edits, document.removed, strict=True)
    assert undo(document.text, ((edit.start, edit.end, removed, edit.replacement) for edit, removed in edits)) == text
    return document


def rules(document: Document) -> set[str]:
    return {edit.rule for edit, removed in zip(document.edits, document.removed, strict=True) if removed.strip()}


@pytest.mark.parametrize("config", [Config(), Config(cleaning=False)])
def test_a_quoted_mail_is_a_quotation(config: Config) -> None:
    document = checked(f"{TEXT}\n\n{REPLY}\n{QUOTED}", config)
    quoted = [document.text[block.start : block.end] for block in document.blocks if block.quote]
    assert quoted == [
        "> Ann,",
        "> how are the gates? I was told in the inn that one of them leaks, and that a barge waits there.",
        "> Bo",
    ]
    assert "separator" not in {block.kind for block in document.blocks}
    assert "\n\n> Ann,\n\n> how" in document.text
    assert "quote-mark" in rules(document)


def test_short_quoted_lines_stay_lines() -> None:
    text = checked(f"{TEXT}\n\n{REPLY}\n\n> Bo Ek\n> The Inn\n> Orley\n>> and more\n", Config(cleaning=False)).text
    assert "> Bo Ek\n> The Inn\n> Orley\n\n>> and more" in text


@pytest.mark.parametrize("below", ["", f"\n\n{REPLY}\n{QUOTED}"])
def test_a_signature_goes(below: str) -> None:
    document = checked(f"{TEXT}\n\n-- \nAnn Lee | Keeper\nLower Lock, Orley\n+44 20 7946 0000{below}")
    assert document.text.startswith("Bo,")
    assert "Keeper" not in document.text
    assert "7946" not in document.text
    assert "* * *" not in document.text
    assert "--" not in document.text
    assert ("wrote:" in document.text) == bool(below)
    assert "mail-signature" in rules(document)


def test_two_hyphens_between_two_parts_of_a_text_are_a_break() -> None:
    story = TEXT.replace("\n\nThe keeper", "\n\n--\n\nThe keeper")
    assert "\n\n--\n\nThe keeper of the upper lock" in checked(story).text
    short = f"{TEXT}\n\n--\n\nThat is all.\n"
    assert "That is all." in checked(short).text


def test_in_a_mail_a_name_is_enough(tmp_path: Path) -> None:
    head = "From: Ann <ann@locks.example>\nSubject: Gates\nMessage-ID: <1@locks.example>\nContent-Type: text/plain\n\n"
    (tmp_path / "one.eml").write_text(f"{head}{TEXT}\n\n--\nAnn\nLower Lock\n")
    clean([tmp_path / "one.eml"], tmp_path / "out", workers=1)
    (document,) = read_documents(tmp_path / "out")
    assert document.text.endswith("\n\nAnn")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (NOTICE, "mail-disclaimer"),
        ("Diese Nachricht ist vertraulich und nur für den Empfänger bestimmt.", "mail-disclaimer"),
        ("Sent from my iPhone", "mail-signature"),
        ("-----Original Message-----", "mail-original"),
    ],
)
def test_what_programs_and_companies_write_goes(line: str, rule: str) -> None:
    document = checked(f"{TEXT}\n\n{line}\n")
    assert line not in document.text
    assert rule in rules(document)
