"""One verdict for every line: the first signal that says something, in the order in which they are documented."""

from __future__ import annotations

from pipeline.judge.decide import decide
from pipeline.judge.repetition import Repeat
from pipeline.judge.rules.rule import Hit, Rule
from pipeline.model import Verdict
from pipeline.text.plain.layout import lay_out

STRIKE = Hit(Rule("share-tool", "share", "a test"), "share-tool/en/1")
HINT = Hit(Rule("maybe", "share", "a test", verdict="hint"), "maybe/en/1")
SIGNALS = ("caption", "share-tool", "repeat-in-document", "ornament", "template", "line-model")
"""The surest first."""


def rule_of(signals: tuple[str, ...], first_is_kept: bool = True) -> str | None:
    """The rule that takes out the second of two lines, of which these signals say something."""
    has = dict.fromkeys(signals, True)
    hint = (HINT,) if len(signals) > 1 else ()
    verdicts = decide(
        lay_out("One\n\nOne"),
        {1: Verdict("caption")} if "caption" in has else {},
        [(), (*hint, STRIKE) if "share-tool" in has else hint],
        [Repeat(1, 0, 2)] if "repeat-in-document" in has else [],
        {1} if "ornament" in has else set(),
        {1: Verdict("template")} if "template" in has else {},
        [None if first_is_kept else -1, 0 if "line-model" in has else None],
    )
    return verdicts[1].rule if verdicts[1] else None


def test_the_surest_signal_gives_the_reason() -> None:
    for place, surest in enumerate(SIGNALS):
        assert rule_of(SIGNALS[place:]) == surest
        assert rule_of((surest,)) == surest
    assert rule_of(()) is None


def test_what_is_said_again_stays_where_the_first_is_not_kept() -> None:
    assert rule_of(("repeat-in-document",), first_is_kept=False) is None
    assert rule_of(("repeat-in-document", "line-model"), first_is_kept=False) == "line-model"
