"""Subtitles are transcripts: what is said is text, numbers, times and tags are edits with their reason."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline import clean_html, clean_text
from pipeline.config import Config
from pipeline.ledger import undo
from pipeline.records import Document
from pipeline.text.plain import cues

SUBRIP = """\
1
00:00:01,000 --> 00:00:03,200
{\\an8}<i>Who's there?</i>

2
00:00:04,100 --> 00:00:05,900
- Only the wind.
- It is not the wind,

3
00:00:06,000 --> 00:00:07,400
and you know it.

4
00:00:08,000 --> 00:00:09,000
Share this page.
"""

WEBVTT = """\
WEBVTT - The lock
Kind: captions
Language: en-GB

STYLE
::cue { color: red }

NOTE checked twice

opening
00:01.000 --> 00:04.000 align:start
<v Ann Lee>The gates leak &amp; leak
and nobody

00:04.500 --> 00:06.000
<v Ann Lee>comes to mend them.</v>

00:06.500 --> 00:08.000
<v.loud Bo>Who <b>would</b>?

00:08.500 --> 00:09.000
[laughter]
"""

ROLLING = """\
WEBVTT

00:00:00.000 --> 00:00:02.000

so<00:00:00.500><c> this</c><00:00:01.000><c> is</c><00:00:01.500><c> it</c>

00:00:02.000 --> 00:00:02.010
so this is it

00:00:02.010 --> 00:00:04.000
so this is it
the<00:00:02.500><c> old</c><00:00:03.000><c> lock</c>

00:00:04.000 --> 00:00:04.010
the old lock
"""


def rules(document: Document) -> set[str]:
    return {edit.rule for edit, removed in zip(document.edits, document.removed, strict=True) if removed.strip()}


def restored(document: Document) -> str:
    edits = zip(document.edits, document.removed, strict=True)
    return undo(document.text, ((edit.start, edit.end, removed, edit.replacement) for edit, removed in edits))


def test_subrip() -> None:
    document = clean_text(SUBRIP)
    assert document.text.split("\n\n") == [
        "Who's there?",
        "- Only the wind.",
        "- It is not the wind, and you know it.",
        "Share this page.",
    ]
    assert rules(document) == {"cue", "cue-markup"}


def test_webvtt_has_turns_and_a_language() -> None:
    document = clean_text(WEBVTT)
    assert document.text.split("\n\n") == [
        "Ann Lee: The gates leak & leak and nobody comes to mend them.",
        "Bo: Who would?",
        "[laughter]",
    ]
    assert [block.kind for block in document.blocks] == ["turn", "turn", "paragraph"]
    assert document.metadata.language == "en"


def test_what_is_shown_again_while_it_scrolls_is_said_once() -> None:
    document = clean_text(ROLLING)
    assert document.text == "so this is it the old lock"
    assert "cue-again" in rules(document)


def times(cues: list[str], *, seconds: float = 2.0, pause: float = 0.0) -> str:
    """SubRip with the cues, each for so many seconds and with such a pause behind it."""
    step = seconds + pause
    return "\n\n".join(
        f"{number + 1}\n00:00:{number * step:06.3f} --> 00:00:{number * step + seconds:06.3f}\n{cue}".replace(
            ".", ",", 2
        )
        for number, cue in enumerate(cues)
    )


ROWS = ["the ferry left", "with nobody aboard", "but the cook", "and his two cats"]


@pytest.mark.parametrize(
    "cues",
    [
        [ROWS[0], *(f"{one}\n{other}" for one, other in pairwise(ROWS))],
        [ROWS[0], *(line for one, other in pairwise(ROWS) for line in (f"{one}\n{other}", other))],
        ["the", "the ferry", "the ferry left", *(f"{one}\n{other}" for one, other in pairwise(ROWS))],
        [*(f"{one}\n{other}" for one, other in pairwise(ROWS)), ROWS[-1]],
    ],
    ids=["roll up", "roll up and settle", "grow and roll up", "shown once more at the end"],
)
def test_captions_that_roll_up_are_said_once(cues: list[str]) -> None:
    source = times(cues)
    document = clean_text(source)
    assert document.text == " ".join(ROWS)
    assert restored(document) == source
    struck = " ".join(
        removed for edit, removed in zip(document.edits, document.removed, strict=True) if edit.rule == "cue-again"
    )
    assert len(struck.split()) == len(" ".join(cues).split()) - len(document.text.split())


def test_what_is_said_again_stays() -> None:
    refrain = ["Row, row.", "Row, row.", "Down the stream.", "Row, row.", "Row, row."]
    assert clean_text(times(refrain)).text.count("Row") == 4
    echoes = [
        "who goes there",
        "who goes there\nit is only me",
        "come in then",
        "sit down",
        "have some tea",
        "thank you",
    ]
    assert clean_text(times(echoes)).text.count("who goes there") == 2
    later = [ROWS[0], *(f"{one}\n{other}" for one, other in pairwise(ROWS))]
    assert clean_text(times(later, pause=3)).text.count("nobody") == 2


@pytest.mark.parametrize(
    "credit",
    [
        "Subtitles by Marga Teal",
        "<i>Synced and corrected by QuillTeam</i>",
        "- Captions: J. Okoro -",
        "Subtitles by the community of\nwww.cue-club.example",
        "Untertitelung: Nordlicht 2019",
        "Untertitel im Auftrag des Nordfunks",
        "Sous-titrage Société des Lacs",
        "Subtítulos realizados por la comunidad de Cuevana",
        "Legendas por Rui Alves",
        "Sottotitoli a cura di Lia Neri",
        "Napisy: Ola K.",
        "Редактор субтитров И.Орлова",
        "字幕由河边社区提供",
        "www.quaysubs.com",
    ],
)
def test_who_made_the_subtitles_is_no_text(credit: str) -> None:
    spoken = ["The gate is shut", "and stays so."]
    for shown in ([credit, *spoken], [*spoken, credit]):
        document = clean_text(times(shown))
        assert document.text == "The gate is shut and stays so."
        assert "cue-credit" in rules(document)
        assert restored(document) == times(shown)


@pytest.mark.parametrize(
    "said",
    [
        "Subtitles by their nature lose half of a joke.",
        "Translated by whom?",
        "Translation is what is left of it.",
        "Legendas antigas contam outra coisa.",
        "Captions Ahab never read.",
    ],
)
def test_what_only_begins_so_is_said(said: str) -> None:
    assert clean_text(times([said, "He laughed."])).text.startswith(said)


def test_in_the_midst_of_a_film_a_credit_is_said() -> None:
    cues = [f"Line {number} is said." for number in range(9)]
    cues[4] = "Translated by Ann Lee."
    assert "Translated by Ann Lee." in clean_text(times(cues)).text


def test_a_word_said_twice_stays_twice() -> None:
    document = clean_text("1\n00:00:01,000 --> 00:00:02,000\nNo.\n\n2\n00:00:03,000 --> 00:00:04,000\nNo.\n")
    assert document.text == "No.\n\nNo."


@pytest.mark.parametrize("source", [SUBRIP, WEBVTT, ROLLING, SUBRIP.replace("\n", "\r\n"), "\ufeff" + WEBVTT])
@pytest.mark.parametrize("config", [Config(), Config(cleaning=False), Config(favor="precision")])
def test_every_character_is_accounted_for(source: str, config: Config) -> None:
    document = clean_text(source, config=config)
    assert restored(document) == source
    assert "-->" not in document.text


def test_colours_do_not_make_a_page_of_subtitles() -> None:
    cue = '{0}\n00:00:0{0},000 --> 00:00:0{0},900\n<font color="#ffff00">Line number {0}.</font>\n\n'
    document = clean_text("".join(cue.format(number) for number in range(1, 9)))
    assert document.metadata.media_type == "text/plain"
    assert document.text.count("Line number") == 8
    assert "font" not in document.text


def test_a_text_on_subtitles_is_a_text() -> None:
    text = (
        "A cue has a number, and below it two times such as 00:00:01,000 --> 00:00:03,200 with an arrow between them.\n\n"
        "WEBVTT stands at the head of the newer kind, which has voices as well and may be styled by whoever shows it."
    )
    assert clean_text(text).text == text
    assert (
        "-->"
        in clean_html("<p>1</p><p>00:00:01,000 --&gt; 00:00:03,200</p><p>A page on cues, which shows one.</p>").text
    )


@pytest.mark.parametrize(
    "text", ["WEBVTT\n\n<v Ann>\n", "WEBVTT\n", "WEBVTT is a format\n\nof subtitles.\n", "WEBVTT\n\nNOTE none\n"]
)
def test_subtitles_without_a_cue_are_a_text(text: str) -> None:
    assert cues.read(text) is None
