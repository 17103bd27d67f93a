"""Edits at the edges of blocks."""

from __future__ import annotations

import pytest

from pipeline import clean_html, clean_text, ledger
from pipeline.model import Edit

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
