"""Which blocks are chosen of scored ones: where no rule names cruft, little is cut."""

from __future__ import annotations

import numpy as np

from pipeline import clean_text
from pipeline.judge.choose import UNNAMED, choose


def chosen(scores: list[int], named: list[bool], offsets: list[int]) -> list[int]:
    size = len(scores)
    found = choose(
        np.array(scores, dtype=np.int32),
        np.full(size, 40),
        np.full(size, 8),
        np.zeros(len(named), dtype=bool),
        np.array(named),
        np.array(offsets),
        "auto",
    )
    return found.astype(int).tolist()


def test_where_no_rule_names_cruft_only_what_is_surely_none_goes() -> None:
    scores = [UNNAMED + 300, 2000, 3000, UNNAMED - 300, -6000]
    assert chosen(scores, [True], [0, 5]) == [0, 1, 1, 0, 0]
    assert chosen(scores, [False], [0, 5]) == [1, 1, 1, 0, 0]


def test_each_document_has_its_own_benefit() -> None:
    scores = [UNNAMED + 300, 2000, 3000, -6000]
    assert chosen([*scores, *scores], [True, False], [0, 4, 8]) == [0, 1, 1, 0, 1, 1, 1, 0]


MINUTES = """Council of the Lower Quay
Minutes
Tuesday
Seven in the evening

Present
Tarn, Ida
Oakes, Jon
Pell, Ruth

The clerk read the letter of the harbour master, who asks for a second lamp on the mole before the winter comes.

Mrs Tarn: Who is going to pay for it?

The clerk: The letter does not say.

The motion was carried by six votes to two.

FOR
Tarn, Ida
Oakes, Jon

AGAINST
Pell, Ruth

Rose at a quarter to nine.
"""


def test_a_text_without_cruft_keeps_its_short_lines() -> None:
    document = clean_text(MINUTES)
    lines = f"{document.metadata.title or ''}\n{document.text}".split("\n")
    assert [line for line in lines if line] == [line for line in MINUTES.split("\n") if line]
