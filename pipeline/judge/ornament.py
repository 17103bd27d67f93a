"""Lines without a letter or digit: ornament, but for those that part two sections of the text."""

from __future__ import annotations

from pipeline.expression import expression
from pipeline.model import Verdict
from pipeline.text.blocks import VERBATIM, Blocks, Kind
from pipeline.text.plain import markers

# As plain numbers: NumPy asks a member of an enumeration a dozen questions each time.
_HEADING, _SEPARATOR = int(Kind.HEADING), int(Kind.SEPARATOR)
_SAID = expression(r"[\"'“”‘’«»„「『(\[]+\s*[?!…¿¡.]+\s*[\"'“”‘’«»“」』)\]]+$")
"""What somebody says without a word: “?”, “…”."""


def without_words(blocks: Blocks) -> set[int]:
    """The blocks that have no letter or digit in them, and say nothing without one."""
    others = (*VERBATIM, _SEPARATOR)
    return {
        i
        for i, text in enumerate(blocks.texts)
        if not text[:1].isalnum()  # as most begin
        and not any(map(str.isalnum, text))
        and int(blocks.kind[i]) not in others
        and not _SAID.match(text)
    }


def settle_separators(blocks: Blocks, verdicts: list[Verdict | None]) -> None:
    """Keep ornament that parts two sections of the text, and remove all other. In place."""
    if not (blocks.kind == _SEPARATOR).any():
        return
    kinds = blocks.kind.tolist()
    below: list[bool] = []
    is_text = False
    for kind, verdict in zip(reversed(kinds), reversed(verdicts), strict=True):
        below.append(is_text)
        if kind != _SEPARATOR:
            is_text = verdict is None
    above = False
    for i, kind in enumerate(kinds):
        if kind != _SEPARATOR:
            above = verdicts[i] is None
        elif not _SAID.match(blocks.texts[i]):
            is_break = above and below[-1 - i] and kinds[i - 1] != _SEPARATOR and not _is_underline(blocks, i)
            verdicts[i] = None if is_break else verdicts[i] or Verdict("ornament")


def _is_underline(blocks: Blocks, i: int) -> bool:
    """Whether ornament stands directly below a heading, which it makes one."""
    is_below = i > 0 and blocks.gap[i] == 1 and blocks.kind[i - 1] == _HEADING and blocks.level[i - 1] > 0
    return bool(is_below) and markers.underline(blocks.texts[i]) is not None
