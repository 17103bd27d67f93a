"""Forms of plain text: numbered clauses inside each other, narrow columns, lines that open a piece of code."""

from __future__ import annotations

import pytest

from pipeline import clean_text
from pipeline.text import plain
from pipeline.text.blocks import Kind

STATUTE = """(a) A harbour authority may let berths.
(1) A berth may be let for a year.
(A) The year begins in April.
(B) It ends in March.
(i) The last day is the thirty-first.
(ii) A day of grace is allowed.
(2) A berth may be let for a month.
(b) No berth may be let twice.
(1) A berth that is let may not be let again.
(2) Nor may a part of it."""
GERMAN = """(1) Für jeden Liegeplatz wird eine Gebühr erhoben.
(2) Keine Gebühr wird erhoben für
1. Rettungsboote,
2. Schiffe der Marine,
a) soweit sie im Dienst sind,
b) soweit sie in Not sind,
3. Fähren.
(3) Das Nähere regelt die Satzung."""
OUTLINE = """1. First chapter of the book
a. opening scene
b. closing scene
2. Second chapter of the book
a. another scene
i. detail of it
ii. more detail
b. last scene
3. Third chapter of the book"""
LETTERS = """(g) the seventh thing is here
(h) the eighth thing is here
(i) the ninth thing is here
(j) the tenth thing is here"""
BULLETS = "- Rope\n* Tar\n- Nails\n+ Paint"


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(
    ("text", "depths", "numbers"),
    [
        (STATUTE, [1, 2, 3, 3, 4, 4, 2, 1, 2, 2], [1, 1, 1, 2, 1, 2, 2, 2, 1, 2]),
        (GERMAN, [1, 1, 2, 2, 3, 3, 2, 1], [1, 2, 1, 2, 1, 2, 3, 3]),
        (OUTLINE, [1, 2, 2, 1, 2, 3, 3, 2, 1], [1, 1, 2, 2, 1, 1, 2, 2, 3]),
        (LETTERS, [1, 1, 1, 1], [7, 8, 9, 10]),
        (BULLETS, [1, 1, 1, 1], [None] * 4),
    ],
    ids=["statute", "german", "outline", "letters", "bullets"],
)
def test_clauses_flush_left_stand_as_deep_as_their_numbers_say(
    text: str, depths: list[int], numbers: list[int | None], gap: str
) -> None:
    document = clean_text("What is let, and to whom\n\n" + text.replace("\n", gap))
    items = [block for block in document.blocks if block.kind == "list_item"]
    assert [item.depth for item in items] == depths
    assert [item.number for item in items] == numbers
    assert [document.text[item.start : item.end] for item in items] == text.split("\n")  # numbers as they are written


def test_clauses_that_are_indented_stand_as_deep_as_they_are() -> None:
    lines = STATUTE.split("\n")
    text = "\n".join(" " * 4 * depth + line for depth, line in zip((0, 1, 2, 2, 3, 3, 1, 0, 1, 1), lines, strict=True))
    assert plain.lay_out(text).depth.tolist() == [1, 2, 3, 3, 4, 4, 2, 1, 2, 2]


NARROW = """The harbour office turns off the
water on the old quay with the
first frost, as it has for a hund-
red winters, and turns it on again
in April, when the well-
known boats of the upper town come
back from the yards.

Those who live aboard fill their
canisters at the lock, a walk of ten
minutes with a barrow, and have le-
arnt to do so in the light. It is a
well-known walk."""
SCHMAL = """Das Hafenamt stellt das Wasser am
alten Kai beim ersten Frost ab, wie
seit hundert Jahren, und erst im Ap-
ril wieder an, wenn die Boote der
Oberstadt aus den Werften zurück-
kommen.

Wer an Bord wohnt, füllt seine Ka-
nister an der Schleuse, zehn Minuten
mit der Karre, und hat gelernt, das
bei Licht zu tun, auf dem Nord-
Ost-Weg."""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NARROW, ["a hundred winters", "the well-known boats", "have learnt to do"]),
        (SCHMAL, ["im April wieder", "Werften zurückkommen", "seine Kanister an", "dem Nord-Ost-Weg"]),
    ],
)
def test_a_narrow_column_is_paragraphs(text: str, words: list[str]) -> None:
    document = clean_text(text)
    assert [block.kind for block in document.blocks] == ["paragraph", "paragraph"]
    assert "\n" not in document.text.replace("\n\n", "")
    assert all(word in document.text for word in words)


POEM = """The water is off on the quay tonight,
The barrow stands at the door,
And nobody walks in the winter light
To the lock for a canister more.

The frost has come to the upper town,
The boats are up in the yard,
And all the lamps of the lock go down
Where the ice on the cut is hard."""
SMALL = "\n".join(line[0].lower() + line[1:] for line in POEM.split("\n") if line)
MENU = "Weather for the coast\nOpinion\nletters to the editor\nsport and leisure\nhow to contact the newsroom\nabout this paper"


@pytest.mark.parametrize("text", [POEM, SMALL, MENU])
def test_short_lines_that_are_no_column_stay_lines(text: str) -> None:
    lines = [line for line in text.split("\n") if line]
    assert list(plain.lay_out(text).texts) == lines


PROSE = "The type below is used for everything that may fail here, and most functions of this library return one of it."


@pytest.mark.parametrize(
    "code",
    [
        "pub enum Outcome<T, E> {\n    Fine(T),\n    Failed(E),\n}",
        "impl<T: Display> fmt::Display for Berth<T>\nwhere\n    T: Clone,\n{\n    fn name(&self) -> String {\n        x()\n    }\n}",
        "public sealed interface Boat permits Barge, Ferry {\n    double length();\n}",
        "type Berth =\n  | { free: true; length: number }\n  | { free: false; boat: Boat }",
        "data class Berth(\n    val length: Double,\n    val quay: String\n)",
        "sealed trait Boat\ncase class Barge(length: Double) extends Boat\ncase class Ferry(length: Double) extends Boat",
        'for f in *.txt; do\n    wc -l "$f"\ndone',
        '[quay]\nname = "old"\nberths = 12',
    ],
)
def test_the_line_that_opens_a_piece_of_code_belongs_to_it(code: str) -> None:
    text = f"{PROSE}\n\n{code}\n\n{PROSE.replace('below', 'above')}"
    blocks = plain.lay_out(text)
    assert [blocks.texts[i] for i in range(len(blocks)) if blocks.kind[i] == Kind.CODE] == [code]
    assert code in clean_text(text).text


@pytest.mark.parametrize(
    "lead", ["To see them all, run this:", "The class of boats (and of barges) is the first.", "Record of the quay"]
)
def test_a_sentence_above_code_is_no_line_of_it(lead: str) -> None:
    code = "    make berths\n    make list"
    assert lead in plain.lay_out(f"{PROSE}\n\n{lead}\n{code}\n").texts


TABLES = [
    "| Port | Metres |\n| Elmouth | 4.6 |\n| Norr | 3.1 |",
    "Port | Metres\n---- | ------\nElmouth | 4.6\nNorr | 3.1\nSarn | 2.2",
    "+------+-----+\n| Port | 4.6 |\n+------+-----+\n| Norr | 3.1 |\n+------+-----+",
    "Port\tMetres\nElmouth\t4.6\nNorr\t3.1",
    "Port     Metres\nElmouth  4.6\nNorr     3.1",
    "Port     Metres\n\nElmouth  4.6\n\nNorr     3.1",
]


@pytest.mark.parametrize("rows", TABLES, ids=["framed", "below-a-rule", "drawn", "tabs", "spaces", "spaced-out"])
def test_rows_of_columns_are_a_table(rows: str) -> None:
    blocks = plain.lay_out(f"This is how deep the harbours of the coast are:\n\n{rows}\n\n\nThe pilots say so.\n")
    assert blocks.kind.tolist() == [Kind.PARAGRAPH, Kind.TABLE, Kind.PARAGRAPH]
    assert blocks.texts[1] == rows


@pytest.mark.parametrize(
    "lines",
    [
        "He came in.  She left.\nThey stayed.  We went out.\nYou slept.  I did not.",
        "The ferry  leaves at nine, says the crew of it\nThe pilot  says so as well, and he ought to know",
        "a boat | a barge, whichever it is\nThe rest is the same, says the crew",
    ],
)
def test_two_spaces_and_a_bar_make_no_table(lines: str) -> None:
    assert Kind.TABLE not in plain.lay_out(f"{lines}\n").kind.tolist()
