"""The arithmetic of edits, on arbitrary text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ledger
from pipeline.model import Edit


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    source = draw(st.text(max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=12)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    return source, [Edit(start, end, draw(st.text(max_size=3)), "test") for start, end in spans]


def removed(source: str, edits: list[Edit]) -> list[tuple[int, int, str, str]]:
    return [(edit.start, edit.end, source[edit.start : edit.end], edit.replacement) for edit in edits]


@given(edited())
def test_undo_takes_back_what_apply_did(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    assert ledger.undo(ledger.apply(source, edits), removed(source, edits)) == source


@given(edited())
def test_the_text_is_what_no_edit_touches_and_what_edits_put_there(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    touched = {offset for edit in edits for offset in range(edit.start, edit.end)}
    pieces = [(edit.start, 0, edit.replacement) for edit in edits]
    pieces += [(offset, 1, source[offset]) for offset in range(len(source)) if offset not in touched]
    expected = "".join(piece for _, _, piece in sorted(pieces, key=lambda piece: piece[:2]))
    assert ledger.apply(source, edits) == expected


@given(edited())
def test_offsets_of_kept_characters_map_back_to_them(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    text = ledger.apply(source, edits)
    offsets = ledger.OffsetMap(edits)
    at = 0
    position = 0
    for edit in [*edits, Edit(len(source), len(source), "", "end")]:
        for offset in range(position, edit.start):
            assert text[at] == source[offset]
            assert offsets.start(at) == offset
            assert offsets.end(at + 1) == offset + 1
            at += 1
        for _ in edit.replacement:
            assert (offsets.start(at), offsets.end(at + 1)) == (edit.start, edit.end)
            at += 1
        position = edit.end


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(2, 1, "", "backwards")],
        [Edit(0, 3, "", "one"), Edit(2, 4, "", "overlaps")],
        [Edit(3, 9, "", "beyond the end")],
    ],
    ids=lambda edits: edits[-1].rule,
)
def test_impossible_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps another or is out of bounds"):
        ledger.apply("12345", edits)


def test_undo_refuses_a_ledger_of_another_text() -> None:
    with pytest.raises(ValueError, match="does not belong"):
        ledger.undo("clean", [(0, 3, "abc", "xyz")])


@given(edited())
def test_columns_of_edits_are_the_same_edits(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    columns = ledger.Edits.of(edits)
    assert list(columns) == edits
    assert len(columns) == len(edits)
    assert columns.removed(source) == [source[edit.start : edit.end] for edit in edits]
