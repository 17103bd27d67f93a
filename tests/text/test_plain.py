"""What lines of ornament around text are worth to the layout of a plain text."""

from __future__ import annotations

import pytest

from pipeline.text import plain
from pipeline.text.blocks import Kind


@pytest.mark.parametrize("bar", ["=" * 60, "-" * 60, "*" * 60, "* * *", "~~~~~", "_" * 40])
def test_a_separator_takes_no_text_along(bar: str) -> None:
    title = "The tides of the northern harbour and of its two outer islands"
    blocks = plain.lay_out(f"{bar}\n    {title}\n{bar}\n\nThe ferry leaves at nine, says the crew.\n")
    separators = [text for kind, text in zip(blocks.kind.tolist(), blocks.texts, strict=True) if kind == Kind.SEPARATOR]
    assert set(separators) <= {bar}
    assert any(title in text for text in blocks.texts)
