"""What is remembered of texts: short ones are not looked at again, long ones do not stay in memory."""

from __future__ import annotations

import gc
import tracemalloc

from pipeline import memo
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.files import builtin_rules
from pipeline.judge.said import said
from pipeline.meta.lines import meta_line
from pipeline.read import fields
from pipeline.read.interface import ReadOptions


def test_only_short_texts_are_remembered() -> None:
    asked: list[str] = []

    @memo.of_short_texts(10)
    def length(text: str) -> int:
        """How long a text is."""
        asked.append(text)
        return len(text)

    short, long = "a" * memo.LONGEST, "a" * (memo.LONGEST + 1)
    assert [length(text) for text in (short, long, short, long)] == [200, 201, 200, 201]
    assert asked == [short, long, long]
    assert length.__doc__ == "How long a text is."


def test_large_lines_and_names_do_not_stay_in_memory() -> None:
    book = RuleBook(builtin_rules())
    book.match(["share this page"])
    gc.collect()
    tracemalloc.start()
    for number in range(20):
        text = f"{number} " + "harbour " * 50_000
        book.match([text])
        said([text], [False])
        meta_line(text)
        fields.columns((text, "text"), ReadOptions())
        fields.is_nested(text)
    del text
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 400_000  # less than one of these texts
