"""One document through all its steps: accounting on arbitrary text, and cases of what stays and what goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipeline import clean_document, ledger
from pipeline.text.decode import decoder as decode
from pipeline.text.decode.sniff import control_kind
from tests.conftest import clean_text

CASES = json.loads((Path(__file__).parent / "cases" / "documents.json").read_text(encoding="utf-8"))

LINES = st.one_of(
    st.sampled_from(
        [
            "Leave a Reply",
            "Related Stories",
            "By Jane Roe, 3 May 2019",
            "A storm closed two bridges on the coast on Friday, and the ferries stayed in port until the evening.",
            "Photo By: Sgt. Jane Roe",
            "Play",
            "00:33",
            "- a list item",
            "harbour-700x430The mayor spoke.",
            "The talks go on. Enditem",
            "LONDON (AP) - The mayor spoke to two hundred people in the rain on Friday, and nobody left early.",
            "e\u0301te\u0301 \u00a0\u00a0 double",
            "\ufeff",
            "***",
        ]
    ),
    st.text(max_size=40),
)
TEXTS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\n\n", "\r\n", "\n\n\n", " \n \n", "\u2028"]))).map(
    lambda rows: "".join(line + end for line, end in rows)
)


@given(TEXTS)
@example("")
@example("\n\n")
@example("\ufeffLeave a Reply\r\n")
@example("The talks go on. Enditem\nharbour-700x430The mayor spoke.\n")
def test_every_character_is_kept_or_in_the_ledger(source: str) -> None:
    data = source.encode("utf-8", "surrogatepass")
    assume(not control_kind(data))
    document = clean_text(data)
    edits = [
        (edit.start, edit.end, text, edit.replacement)
        for edit, text in zip(document.edits, document.removed, strict=True)
    ]
    restored = ledger.undo(document.text, edits)
    assert ledger.apply(restored, document.edits) == document.text
    assert decode.encode(restored, document.metadata.encoding, document.edits) == data
    end = 0
    for block in document.blocks:
        assert document.text[end : block.start] in (("\n", "\n\n") if end else ("",))
        end = block.end
    assert end == len(document.text)
    offsets = ledger.OffsetMap(document.edits)
    for paragraph in document.blocks:
        assert paragraph.src_start == offsets.start(paragraph.start)
        assert paragraph.src_end == offsets.end(paragraph.end)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, object]) -> None:
    """A case has the lines of a text, or `html`, a page. Of what is expected, `kept` are lines that stand in the text or are
    the title, `gone` what stands nowhere in the text, `contains` a piece of it, white space and all, `count` how often it has
    one; all other keys are what they are called in the record."""
    is_page = "html" in case
    data = case["html"] if is_page else "\n".join(case["source"])  # type: ignore[arg-type]
    document = clean_text(data, source="page.html" if is_page else "page.txt")  # type: ignore[arg-type]
    text = single_spaced(document.text)
    expected = dict(case["expected"])  # type: ignore[call-overload]
    for line in expected.pop("kept", ()):
        assert single_spaced(line) in text or line == document.metadata.title
    for piece in expected.pop("gone", ()):
        assert single_spaced(piece) not in text
    assert expected.pop("contains", "") in document.text
    for piece, count in expected.pop("count", {}).items():
        assert document.text.count(piece) == count
    found = {
        "text": [document.text[block.start : block.end] for block in document.blocks],
        "title": document.metadata.title,
        "author": document.metadata.author,
        "agency": document.metadata.agency,
        "date": document.metadata.date,
        "language": document.metadata.language,
        "captions": [
            {"text": c.text, "credit": c.credit, "identifier": c.identifier, "date": c.date} for c in document.captions
        ],
        "rules": {
            text.rstrip(): edit.rule
            for edit, text in zip(document.edits, document.removed, strict=True)
            if edit.rule != "white-space"
        },
    }
    assert {key: found[key] for key in expected} == expected


def single_spaced(text: str) -> str:
    return " ".join(text.split())


BRIDGE = (
    "The council voted on Monday to close the old bridge for the whole of the summer, and the mayor said that nobody would be "
    "asked to pay for it.\n\nThe work begins in June and will take about three months, according to the engineers who looked "
    "at the pillars of the bridge in April.\n"
)


@pytest.mark.parametrize(
    "first",
    [
        "Dear Ann,",
        "“I have crossed it every day.”",
        "Q: What happened last night?",
        "The report was plain about it, and the mayor read it aloud in the hall:",
    ],
)
def test_what_goes_on_below_is_no_title(first: str) -> None:
    document = clean_text(f"{first}\n\n{BRIDGE}")
    assert document.metadata.title is None
    assert document.text.startswith(first)


def test_the_first_line_of_a_paragraph_that_goes_on_directly_below_is_no_title() -> None:
    first = "The council voted on Monday to close the bridge"
    below = (
        "that leads to the old town for the whole of the summer, and nobody in the hall spoke against it or asked why"
    )
    document = clean_text(f"{first}\n{below}\n\n{BRIDGE}")
    assert document.metadata.title is None
    assert document.text.startswith(first)


def test_a_headline_far_above_short_paragraphs_is_looked_for() -> None:
    """Between it and the text stand lines on when and where it came out; no paragraph is long."""
    page = (
        "首页\n体育\n登录\n港务局通过新码头方案\n2019年05月14日 20:11\n来源：凯塞日报\n字体：大 中 小\n分享到：\n"
        "凯塞港务局星期二晚间以七票对四票通过了新码头方案。\n\n新码头造价六百万元，预计明年秋季建成。\n"
    )
    document = clean_text(page)
    assert "港务局通过新码头方案" in f"{document.metadata.title}\n{document.text}"


@pytest.mark.parametrize("between", ["", " "])
def test_a_menu_names_no_section(between: str) -> None:
    menu = between.join(f"<a href=/{name}>{name}</a>" for name in ("Home", "Questions", "Tags"))
    body = "".join(f"<p>{part}</p>" for part in BRIDGE.split("\n\n"))
    document = clean_document(f"<title>Old bridge to close</title><nav>{menu}</nav><h1>Old bridge to close</h1>{body}")
    assert (document.metadata.title, document.metadata.section) == ("Old bridge to close", None)
