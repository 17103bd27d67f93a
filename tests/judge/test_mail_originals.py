"""Mails that are answered or passed on inside a mail: their headers go, and what they say is a quotation."""

from __future__ import annotations

import pytest

from pipeline import clean_text

OWN = "The pilots agree to the plan, so that we can begin on Monday. I have asked the yard for two more men."
ASKED = "Do the pilots agree? Without them we cannot begin, since somebody has to move the barges out of the way."
PLAN = "Here is the plan for the quay. It will take three weeks if the frost stays away and the crane is free."
ENGLISH = (
    "From: Jon Old <jon@lock.example>\nSent: Monday, 14 November 2022 21:40\nTo: Helen Ronson\nSubject: RE: The plan"
)
HEADERS = {
    "outlook": f"-----Original Message-----\n{ENGLISH}",
    "bare": ENGLISH,
    "line": f"________________________________\n{ENGLISH}",
    "german": "Von: Jon Alt\nGesendet: Montag, 14. November 2022 21:40\nAn: Helene Rons\nBetreff: AW: Der Plan",
    "french": "De : Jean Vieux\nEnvoyé : lundi 14 novembre 2022 21:40\nÀ : Hélène Rons\nObjet : RE: Le plan",
    "spanish": "De: Juan Viejo\nEnviado: lunes, 14 de noviembre de 2022 21:40\nPara: Elena Rons\nAsunto: RE: El plan",
    "forwarded": "---------- Forwarded message ---------\nFrom: Jon Old\nDate: Mon, Nov 14, 2022 at 9:40 PM\nSubject: The plan\nTo: Helen",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_the_header_of_an_original_goes_and_what_it_says_is_quoted(header: str) -> None:
    document = clean_text(f"Jon,\n\n{OWN}\n\n{header}\n\n{ASKED}\n\nJon Old")
    assert document.text.split("\n\n") == ["Jon,", OWN, ASKED, "Jon Old"]
    assert [(block.kind, block.quote) for block in document.blocks] == [("paragraph", 0)] * 2 + [("quote", 1)] * 2
    rules = {edit.rule for edit, gone in zip(document.edits, document.removed, strict=True) if gone.strip()}
    assert rules == {"mail-original"}


def test_what_an_original_answers_is_quoted_one_deeper() -> None:
    later = ENGLISH.replace("Jon Old <jon@lock.example>", "Helen Ronson").replace("14 November", "12 November")
    document = clean_text(f"{OWN}\n\nHelen\n\n{ENGLISH}\n\n{ASKED}\n\n{later}\n\n{PLAN}")
    assert [block.quote for block in document.blocks] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    "form",
    [
        "From: the office of the clerk\nTo: all members\nSubject: the plan for the quay",
        "From: Oldport\nTo: Port Vessa\nDeparture: nine in the morning",
        "Date: 14 November 2022\nTo: all members",
    ],
)
def test_fields_that_are_no_header_stay(form: str) -> None:
    document = clean_text(
        f"The plan for the quay\n\n{OWN}\n\n{PLAN}\n\n{form}\n\n{ASKED}\n\n{OWN.replace('Monday', 'Friday')}"
    )
    assert all(line in document.text for line in form.split("\n"))
    assert not any(block.quote for block in document.blocks)
