"""Edits at the edges of blocks."""

from __future__ import annotations

import pytest

from pipeline import clean_html, clean_text, ledger
from pipeline.model import Edit, Verdict
from pipeline.text.plain.layout import lay_out
from pipeline.views.assemble import assemble

FIRST = "The harbour master said on Monday that the old wall would be rebuilt before the winter comes."
SECOND = "Two men from the village will carry the stones, and the council pays for the mortar and the bread."


@pytest.mark.parametrize(
    "unseen",
    ["\ufeff", "\u200b", " \ufeff", "\ufeff ", "\u200b \u200b", "\u200b \u200b ", " \u00ad \u00ad", "\u00ad  "],
)
@pytest.mark.parametrize("clean", [clean_text, clean_html])
def test_blocks_begin_and_end_with_what_is_seen(clean, unseen: str) -> None:  # type: ignore[no-untyped-def]
    page = f"{unseen}{FIRST}{unseen}\n\n{unseen}{SECOND}{unseen}"
    document = clean("".join(f"<p>{part}</p>" for part in page.split("\n\n")) if clean is clean_html else page)
    assert document.text == f"{FIRST}\n\n{SECOND}"
    to_source = ledger.OffsetMap([Edit(one.start, one.end, one.replacement, one.rule) for one in document.edits])
    for block in document.blocks:
        assert (to_source.start(block.start), to_source.end(block.end)) == (block.src_start, block.src_end)


@pytest.mark.parametrize("last", [False, True])
def test_of_a_removed_block_nothing_stays_not_even_what_a_repair_puts_there(last: bool) -> None:
    notice = (
        "> Copyright 2020 Example Media Group. All rights reserved, and no part of this site\n"
        "> may be copied, published or broadcast without the written consent of the company."
    )
    parts = [FIRST, SECOND, notice] if last else [FIRST, notice, SECOND]
    document = clean_text("\n\n".join(parts))
    assert document.text == f"{FIRST}\n\n{SECOND}"
    (removed,) = [edit for edit in document.edits if edit.rule == "copyright"]
    assert notice in "\n\n".join(parts)[removed.start : removed.end]


def _set(source: str, struck: dict[int, str]) -> list[tuple[str, str, str]]:
    """What the edits take out of a text of which some blocks are struck: slice, replacement, rule."""
    blocks = lay_out(source)
    verdicts = [Verdict(struck[i]) if i in struck else None for i in range(len(blocks))]
    assembled = assemble(source, blocks, verdicts, {}, (), str)
    assert ledger.apply(source, list(assembled.edits)) == assembled.text
    for block in assembled.blocks:
        assert assembled.text[block.start : block.end] == source[block.src_start : block.src_end]
    return [(source[edit.start : edit.end], edit.replacement, edit.rule) for edit in assembled.edits]


def test_the_line_break_behind_what_is_struck_parts_what_is_kept() -> None:
    """The first that is a blank line stays as it is; else the last one becomes one. A struck line takes the break along that parts
    it from the next struck one."""
    kept = f"{FIRST}\n\n{{}}{SECOND}"
    assert _set(kept.format("Share\n\nPrint\n"), {1: "a", 2: "b"}) == [
        ("Share\n\n", "", "a"),
        ("Print", "", "b"),
        ("\n", "", "white-space"),
    ]
    tight = f"{FIRST}\nShare\nPrint\n{SECOND}"
    assert len(lay_out(tight)) == 4
    assert _set(tight, {1: "a", 2: "b"}) == [
        ("\n", "", "white-space"),
        ("Share\n", "", "a"),
        ("Print", "", "b"),
        ("\n", "\n\n", "white-space"),
    ]
    inside = f"{FIRST}\nShare\n\nPrint\n{SECOND}"
    assert _set(inside, {1: "a", 2: "b"}) == [
        ("\n", "", "white-space"),
        ("Share", "", "a"),
        ("Print", "", "b"),
        ("\n", "", "white-space"),
    ]


def test_what_is_struck_at_the_edges_takes_its_breaks_along() -> None:
    assert _set(f"Share\n\n{FIRST}\n\nPrint\n", {0: "a", 2: "b"}) == [
        ("Share", "", "a"),
        ("\n\n", "", "white-space"),
        ("\n\n", "", "white-space"),
        ("Print", "", "b"),
        ("\n", "", "white-space"),
    ]
    assert _set("Share\n\nPrint\n", {0: "a", 1: "b"}) == [
        ("Share\n\n", "", "a"),
        ("Print", "", "b"),
        ("\n", "", "white-space"),
    ]
