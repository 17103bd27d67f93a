"""Captions: those that a page shows again and again, and what stands with them."""

from __future__ import annotations

import pytest

from pipeline import clean_html
from pipeline.meta import captions
from tests.conftest import clean_text

CAPTION = "Fishermen mend their nets at the old pier of the harbour on Friday morning. (AP Photo/Jane Roe)"


def test_a_caption_that_stands_often_is_one() -> None:
    """However often: it is not looked for all copies at once, which would take time with the square of their number."""
    times = 3 * captions.MOST_COPIES
    story = "The ferry leaves the small harbour at nine and comes back before the evening tide, the crew says."
    document = clean_text("\n\n".join([story, *[CAPTION] * times, story.replace("nine", "ten")]))
    (caption,) = document.captions
    assert caption.text == CAPTION
    copies = [edit.evidence.copies for edit in document.edits if edit.rule == "repeat-in-document"]
    assert copies == [times] * (times - 1)


@pytest.mark.parametrize(
    ("inside", "below", "credit", "identifier"),
    [
        ("", "Photo By: Sam Poe", "Sam Poe", None),
        (" VIRIN: 160120-D-ZZ999-001", "Photo By: Sam Poe", "Sam Poe", "160120-D-ZZ999-001"),
        ("", "Photo By: Sam Poe\nVIRIN: 160120-D-ZZ999-002", "Sam Poe", "160120-D-ZZ999-002"),
        (" (AP Photo/Jane Roe)", "", "AP Photo/Jane Roe", None),
        (" (AP Photo/Jane Roe for the Archive of Oldport)", "", "AP Photo/Jane Roe for the Archive of Oldport", None),
        (" REUTERS/Jane Roe", "", "REUTERS/Jane Roe", None),
        (" © AFP / Jane Roe", "", "AFP / Jane Roe", None),
        (" / EFE / Jane Roe", "", "EFE / Jane Roe", None),
        (" Foto: Jane Roe (EFE)", "", "Jane Roe (EFE)", None),
    ],
)
def test_who_took_a_picture_and_under_which_number_it_is_kept(
    inside: str, below: str, credit: str, identifier: str | None
) -> None:
    """In the caption or in a line of its own below it; and the day that the caption says is that of the picture alone."""
    story = "The ferry leaves the small harbour at nine and comes back before the evening tide, the crew says."
    text = f"Sailors hoist a flag on the pier of Oldport on Jan. 20, 2016, before the ship sails.{inside}"
    document = clean_text("\n\n".join([story, f"{text}\n{below}".strip(), story.replace("nine", "ten")]))
    (caption,) = document.captions
    assert (caption.text, caption.credit, caption.identifier, caption.date) == (text, credit, identifier, "2016-01-20")
    assert document.created is None


def test_code_is_no_caption() -> None:
    """Whatever its last line looks like; and two pieces of code are no copies of one caption."""
    said = (
        "The crew sets the switch {} before the lamp on the pier is lit, and writes down who has done so in the book."
    )
    code = "lamp = Lamp('pier')\nlamp.light(hours=9)\nlamp.show(picture)"
    other = "lamp = Lamp('mole')\nlamp.light(hours=3)"
    page = "".join(
        f"<p>{said.format(word)}</p><pre><code>{text}</code></pre>"
        for word, text in (("up", code), ("down", other), ("again", code))
    )
    document = clean_html(f"<html><body><article>{page}<p>{said.format('off')}</p></article></body></html>")
    assert document.captions == ()
    assert [document.text.count(text) for text in (code, other)] == [2, 1]
