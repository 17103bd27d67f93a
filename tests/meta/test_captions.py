"""Captions that a page shows again and again."""

from __future__ import annotations

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
