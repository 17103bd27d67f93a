"""What lines of ornament around text are worth to the layout of a plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import clean_text
from pipeline.ledger import apply
from pipeline.text import normalise, plain, shape
from pipeline.text.blocks import Kind
from pipeline.text.lines import lines
from pipeline.text.plain.physical import Physical


def test_code_is_found_below_a_long_stretch_that_is_none() -> None:
    """Where a piece of code may begin is not tried line by line in a stretch of thousands of indented lines."""
    tree = "\n".join(f"    | {'+-o' * (i % 3)} node {i} of the tree" for i in range(5_000))
    code = "def area(width, height):\n    result = width * height\n    return result"
    blocks = plain.lay_out(f"{tree}\n\n\n\n{code}\n")
    assert blocks.kind.tolist()[-1] == Kind.CODE
    assert blocks.texts[-1] == code


def test_a_table_may_draw_below_each_of_thousands_of_rows() -> None:
    """What a line that draws makes rows of the lines below it is not asked of each of these again."""
    blocks = plain.lay_out("tide | ferry\n---- | -----\n" * 30_000)
    assert blocks.kind.tolist() == [Kind.TABLE]


def test_white_space_before_a_line_is_counted_from_whatever_breaks_it_off() -> None:
    source = " a\n  b\n\n   c\r\n\td\r e\u2028 f\x0b\n    g\nh"
    assert Physical(source).indent == [1, 2, 3, 4, 1, 1, 4, 0]


def test_a_line_has_no_white_space_around_and_counts_the_breaks_before_it() -> None:
    source = "\n a\r\n\x0b b c \u2028\u200bd\ufeff\x85\n\u00ad\r\re\x1c"
    found = [(line.text, line.gap) for line in lines(source)]
    assert found == [("a", 0), ("b c", 2), ("d", 1), ("e", 4)]
    assert all(source[line.start : line.end] == line.text for line in lines(source))


@pytest.mark.parametrize(
    "statement",
    [
        *(
            "class Ferry:",
            "import tides",
            "from tides import gauge",
            "package tides",
            "namespace tides",
            "module tides.gauge",
        ),
        *("if late:", "elif late:", "else:", "else if late:", "for tide in tides:", "while late:", "with gauge as g:"),
        *("try:", "except Late:", "finally:", "return late", "return", "end", "fi", "done", "esac", "then", "do"),
        *("SELECT name FROM ferries", "INSERT INTO ferries", "UPDATE ferries SET late", "DELETE FROM ferries"),
        *("CREATE TABLE ferries", "ALTER TABLE ferries", "sudo reboot", "pip install tides", "pip3 install tides"),
        *("npm install", "yarn add tides", "apt install tides", "apt-get install tides", "brew install tides"),
        *("git add tides", "docker run tides", "curl tides.example", "wget tides.example", "cargo build", "make all"),
        *("cd tides", "mkdir tides", "... tides"),
    ],
)
def test_code_may_be_words_alone(statement: str) -> None:
    blocks = plain.lay_out(f"The crew reads the gauge with these two lines:\n\n{statement}\n{statement}\n")
    assert blocks.kind.tolist() == [Kind.PARAGRAPH, Kind.CODE]


LISTS = [
    ["* a warm coat", "* two pairs of boots", "* a lamp with a new battery in it, as they told us to bring"],
    ["- milk;", "- bread;", "- cheese."],
    ["1) мельница;", "2) колесо и шлюз;", "3) дом."],
    ["• eau ;", "• pain ;", "• sel."],
    ["1.\tThe first of them", "2.\tThe second", "3.\tThe third of them"],
    ["•\tbread", "•\tcheese", "•\ta lamp"],
]


@pytest.mark.parametrize("lines", LISTS, ids=[items[0] for items in LISTS])
def test_items_of_a_list_are_no_code(lines: list[str]) -> None:
    """An asterisk begins a line of code inside a comment alone; a semicolon ends an item as well as a statement."""
    blocks = plain.lay_out("What the crew takes along to the island:\n\n" + "\n".join(lines) + "\n")
    assert blocks.kind.tolist() == [Kind.PARAGRAPH, *[Kind.LIST_ITEM] * 3]


def test_a_question_of_greek_is_no_code() -> None:
    blocks = plain.lay_out("Πού είναι ο μύλος;\nΠοιος τον έχτισε;\n\nΠού πας;\nΠού;\n")
    assert Kind.CODE not in blocks.kind.tolist()


@pytest.mark.parametrize(
    "code",
    [
        "    import tides\n    for tide in tides:\n        print(tide)",
        "\timport tides\n\tprint(tides)",
        "        x = f(2);\n    return x;",
        "  $ tides run --now",
    ],
)
def test_the_first_line_of_code_keeps_its_indent(code: str) -> None:
    """Without it the others would stand deeper, and many a language reads that."""
    text = f"This is how the gauge by the harbour wall is read:\n\n{code}\n\nThe crew does so at nine.\n"
    blocks = plain.lay_out(text)
    assert blocks.texts[1] == code
    assert text[blocks.start[1] : blocks.end[1]] == code
    assert f"\n{code}\n" in clean_text(text).text


def test_a_comment_with_asterisks_is_code() -> None:
    comment = (
        "/**\n * Adds two numbers and returns what they come to in the end.\n * @param a the first of the two\n */"
    )
    function = "int add(int a, int b) {\n    return a + b;\n}"
    blocks = plain.lay_out(f"This is how it is done:\n\n{comment}\n{function}\n")
    assert blocks.texts[1:] == [f"{comment}\n{function}"]
    assert blocks.kind.tolist() == [Kind.PARAGRAPH, Kind.CODE]


@pytest.mark.parametrize("bar", ["=" * 60, "-" * 60, "*" * 60, "* * *", "~~~~~", "_" * 40])
def test_a_separator_takes_no_text_along(bar: str) -> None:
    title = "The tides of the northern harbour and of its two outer islands"
    blocks = plain.lay_out(f"{bar}\n    {title}\n{bar}\n\nThe ferry leaves at nine, says the crew.\n")
    separators = [text for kind, text in zip(blocks.kind.tolist(), blocks.texts, strict=True) if kind == Kind.SEPARATOR]
    assert set(separators) <= {bar}
    assert any(title in text for text in blocks.texts)


@pytest.mark.parametrize(
    ("wrapped", "joined"),
    [
        ("港口管理局星期五关闭\n了两座大桥，渡轮停航。", "港口管理局星期五关闭了两座大桥，渡轮停航。"),
        ("ท่าเรือปิดสะพาน\nสองแห่งในวันศุกร์", "ท่าเรือปิดสะพานสองแห่งในวันศุกร์"),
        ("The harbour closed\ntwo bridges", "The harbour closed two bridges"),
        ("港口 the harbour\n港口", "港口 the harbour 港口"),
        ("港口\r\nharbour", "港口 harbour"),
    ],
)
def test_lines_are_joined_by_a_space_where_the_script_has_one(wrapped: str, joined: str) -> None:
    assert apply(wrapped, normalise.edits(wrapped, 0)) == joined


@pytest.mark.parametrize(
    ("wrapped", "joined"),
    [
        ("the har-\nbour is shut", "the harbour is shut"),
        ("the NATO-\nled force", "the NATO-led force"),
        ("the Anglo-\nFrench pact", "the Anglo-French pact"),
        ("a HAR-\nBOUR sign", "a HAR-BOUR sign"),
        ("the north-\nwest pier", "the north-west pier"),  # said so elsewhere in the document
        ("the NORTH\u00ad\nERN pier", "the NORTHERN pier"),
        ("Sand-\nund Kalkstaub, Obst-\noder Nussbäume", "Sand- und Kalkstaub, Obst- oder Nussbäume"),
        ("peut-\nêtre, disait-\nelle", "peut-être, disait-elle"),
    ],
)
def test_a_word_that_a_line_end_parts_is_joined(wrapped: str, joined: str) -> None:
    """Where the document does not say how it writes the word, small letters on both sides say that it goes on."""
    known = {"north-west"}
    assert apply(wrapped, normalise.edits(wrapped, 0, known.__contains__)) == joined


@pytest.mark.parametrize(
    ("marked", "level"),
    [
        ("Tides\n=====", 1),
        ("Tides\n-----", 2),
        ("Tides\n~~~~~", 3),
        ("# Tides", 1),
        ("### Tides ###", 3),
        ("###### Tides", 6),
    ],
)
def test_a_heading_that_is_marked_says_its_level(marked: str, level: int) -> None:
    blocks = plain.lay_out(f"{marked}\n\nThe ferry leaves at nine, says the crew, and comes back in the evening.\n")
    assert (blocks.kind.tolist()[0], blocks.level.tolist()[0]) == (Kind.HEADING, level)
    assert blocks.texts[0] == marked.split("\n", maxsplit=1)[0]


@pytest.mark.parametrize("bar", ["~~~", "~" * 40, "* * *"])
def test_ornament_between_two_parts_of_a_text_makes_no_code_of_the_rest(bar: str) -> None:
    """Code between tildes is code, as Markdown has it, and so is what tildes with a language begin."""
    text = "The ferry leaves at nine, says the crew, and comes back in the evening."
    above, below = text.replace("nine", "eight"), f"{text}\n\n{text.replace('nine', 'ten')}"
    assert Kind.CODE not in plain.lay_out(f"{above}\n\n{bar}\n\n{below}\n").kind.tolist()
    assert Kind.CODE in plain.lay_out(f"{above}\n\n~~~\nleave(9)\n~~~\n\n{below}\n").kind.tolist()
    assert Kind.CODE in plain.lay_out(f"{above}\n\n~~~ python\nleave(9)\n").kind.tolist()


@given(st.text("ab1 \n.’'-漢字かな", max_size=60), st.integers(1, 30))
def test_a_text_has_as_many_words_as_are_counted(text: str, count: int) -> None:
    assert shape.has_words(text, count) == (shape.words(text) >= count)


POEM = """\
The Ferryman

    He asks for neither coin nor name,
      He does not ask you why;
    He rows the way the water came
      Beneath a lower sky.

    He rows, he rows,
    and no one knows.

    And when you stand upon the sand
      And turn to thank the man,
    There is no boat, there is no hand,
      There never was; nor can.
"""


def test_the_stanzas_of_an_indented_poem_are_one_run() -> None:
    laid_out = plain.lay_out(POEM)
    verse = laid_out.kind == Kind.VERSE
    assert verse.tolist() == [False, *[True] * 10]
    assert len(set(laid_out.run[verse].tolist())) == 1
    document = clean_text(POEM)
    stanzas = document.text.removeprefix("The Ferryman\n\n").split("\n\n")
    assert [len(stanza.split("\n")) for stanza in stanzas] == [4, 2, 4]


def test_couplets_of_few_words_are_a_poem_where_all_are_indented() -> None:
    poem = "  one lamp\n  lit\n\n  two boats\n  gone\n\n  three oars\n  wet\n"
    assert (plain.lay_out(poem).kind == Kind.VERSE).all()
    menu = poem.replace("  ", "")
    assert not (plain.lay_out(menu).kind == Kind.VERSE).any()


def test_a_clause_with_a_semicolon_is_no_statement() -> None:
    verse = "    Who hung the gate;\n    who barred the way;\n    who owned the late\n    and quiet day;\n"
    assert (plain.lay_out(verse).kind == Kind.VERSE).all()
    code = "    total = 0;\n    for (int i = 0; i < n; i++) {\n        total += i;\n    }\n    return total;\n"
    assert plain.lay_out(code).kind.tolist() == [Kind.CODE]


def test_a_headline_below_a_menu_is_no_line_of_a_poem() -> None:
    """Long lines among short ones raise their mean as high as that of a stanza, in which all are about as long."""
    menu = ["Skip to content", "Front page", "Sport", "Opinion", "Sign in"]
    head = [
        "Harbour board votes for the third bridge",
        "Five of seven members back a plan that costs 41 million, and one abstains",
    ]
    story = "The harbour board voted on Friday for a third bridge across the river, after a debate of six hours."
    poem = [
        "The boats come in at evening",
        "with lamps along the side",
        "and every bell is ringing",
        "the turning of the tide",
    ]
    page = plain.lay_out("\n".join([*menu, *head]) + f"\n\n{story}\n")
    assert Kind.VERSE not in page.kind.tolist()
    assert plain.lay_out("\n".join(poem)).kind.tolist() == [Kind.VERSE] * 4


@pytest.mark.parametrize(
    ("above", "below", "is_one"),
    [
        (
            "The miller was to bring to the quay before the first frost",
            "4,500 sacks of rye, and a cart for each ten.",
            True,
        ),
        (
            "The parish voted to lend to the owners of the lower weir",
            "800 crowns without interest. It has not been paid.",
            True,
        ),
        ("What the weir cost to mend, year by year, in all its parts", "800 crowns in the first year", False),
        ("The parish voted to lend to the owners of the lower weir.", "800 crowns is not a small sum.", False),
    ],
)
def test_a_line_that_begins_with_a_number_goes_on_with_the_one_above(above: str, below: str, is_one: bool) -> None:
    assert len(plain.lay_out(f"{above}\n{below}\n")) == (1 if is_one else 2)


def test_the_head_of_an_article_is_no_stanza() -> None:
    """A headline, who wrote it and when are about as long as each other, and long lines follow."""
    story = "The harbour board voted on Friday for a third bridge across the river, after a debate of six hours."
    head = [
        "Harbour board votes for a third bridge",
        "By Ann Lee and Bo Ek of the Mercury",
        "Friday evening in the old town hall",
    ]
    assert Kind.VERSE not in plain.lay_out("\n".join(head) + f"\n\n{story}\n").kind.tolist()
