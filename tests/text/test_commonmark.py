"""Markdown files are read as CommonMark says; what is no text of them is an edit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import clean_document, clean_text
from pipeline.config import Config
from pipeline.ledger import undo
from pipeline.records import Document
from pipeline.text.plain import commonmark

ALL = Config(cleaning=False)
PROSE = (
    "The lock was built in 1790 by two brothers, neither of whom could swim, and it has leaked ever since, as locks do."
)


def read(text: str, config: Config = ALL) -> Document:
    document = clean_document(text, source="notes/lock.md", config=config)
    edits = zip(document.edits, document.removed, strict=True)
    assert undo(document.text, ((edit.start, edit.end, removed, edit.replacement) for edit, removed in edits)) == text
    assert document.metadata.media_type == "text/plain"
    return document


def rows(text: str) -> list[tuple[object, ...]]:
    """The blocks, each with what it says and what is not zero of its kind, level, depth, quote and number."""
    document = read(text)
    return [
        (
            block.kind,
            *filter(None, (block.level, block.depth, block.quote, block.number)),
            document.text[block.start : block.end],
        )
        for block in document.blocks
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Locks\n=====\n\nGates\n---\n", [("heading", 1, "Locks"), ("heading", 2, "Gates")]),
        ("Long\ntitle\n===\n", [("heading", 1, "Long title")]),
        ("### Gates ###\ntext\n", [("heading", 3, "### Gates ###"), ("paragraph", "text")]),
        (
            "* Gates\n    * oak\n    * iron\n* Walls\n",
            [("list_item", 1, "* Gates"), ("list_item", 2, "* oak"), ("list_item", 2, "* iron"), ("list_item", 1, "* Walls")],
        ),
        ("1. Gates\n   - oak\n\n   still gates\n", [("list_item", 1, 1, "1. Gates"), ("list_item", 2, "- oak"), ("paragraph", 1, "still gates")]),
        ("- oak\n   - elm\n - ash\n", [("list_item", 1, "- oak"), ("list_item", 2, "- elm"), ("list_item", 1, "- ash")]),
        ("- oak\nand elm\n", [("list_item", 1, "- oak and elm")]),
        ("The year\n1790. No list.\n- a list\n", [("paragraph", "The year 1790. No list."), ("list_item", 1, "- a list")]),
        ("> One\n> quote\ngoes on\n>\n> > Two\n", [("quote", 1, "> One quote goes on"), ("quote", 2, "> > Two")]),
        ("> - oak\n> - elm\n", [("list_item", 1, 1, "- oak"), ("list_item", 1, 1, "- elm")]),
        ("    code\n\n      deeper\n\ntext\n", [("code", "code\n\n  deeper"), ("paragraph", "text")]),
        ("text\n    goes on\n", [("paragraph", "text goes on")]),
        ("````\n```\nin\n````\nout\n", [("code", "````\n```\nin\n````"), ("paragraph", "out")]),
        ("> ```\n> a\n>   b\n> ```\n", [("code", 1, "```\na\n  b\n```")]),
        ("a\n\n***\n\n* * *\n\nb\n", [("paragraph", "a"), ("separator", "***"), ("separator", "* * *"), ("paragraph", "b")]),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |\n\nout\n", [("table", "| a | b |\n|---|:-:|\n| 1 | 2 |"), ("paragraph", "out")]),
        ("a | b\n---\n", [("heading", 2, "a | b")]),
        ("$$\nx^2\n$$\nout\n", [("math", "$$\nx^2\n$$"), ("paragraph", "out")]),
        ("$$ is money\n\nout\n", [("paragraph", "$$ is money"), ("paragraph", "out")]),
        ("<div class='n'>\nSaid <b>here</b>.\n</div>\n\n    code\n", [("paragraph", "Said here."), ("code", "code")]),
        ("<h1 align=center>Locks</h1>\n\n<!-- not\n\nshown -->\nout\n", [("heading", 1, "Locks"), ("paragraph", "out")]),
        ("<script>\n\nrun()\n</script>\n<pre>\n a\n\n b\n</pre>\n", [("code", "<pre>\n a\n\n b\n</pre>")]),
        ("[lock]: https://a.example/lock 'The lock'\n[^1]: A note.\n", [("paragraph", "[^1]: A note.")]),
        ("![The lock](lock.png 'in May')\n", [("caption", "The lock")]),
        ("![](lock.png)\n\nSee ![here](x.png).\n", [("paragraph", "See ![here](x.png).")]),
        ("\ufeff# Locks\r\n\r\ntext\r\n", [("heading", 1, "# Locks"), ("paragraph", "text")]),
        ("-\n- b\n", [("list_item", 1, "- b")]),
    ],
)  # fmt: skip
def test_blocks(text: str, expected: list[tuple[object, ...]]) -> None:
    assert rows(text) == expected


def test_what_goes_on_with_an_item_says_so() -> None:
    document = read("- gates\n\n  of oak\n\n  ```sh\n  run\n  ```\n- walls\n")
    assert [block.continued for block in document.blocks] == [False, True, True, False]
    assert document.blocks[2].language == "sh"


def test_an_underline_is_no_part_of_the_title() -> None:
    document = read(f"The old lock\n============\n\n{PROSE}\n", Config())
    assert (document.metadata.title, document.text) == ("The old lock", PROSE)


def test_who_made_a_picture_stands_in_its_title() -> None:
    (caption,) = read(
        f'# The old lock\n\n{PROSE}\n\n![The gate](gate.png "Photo by Bo Ek")\n\n{PROSE[:-1]}, and canals.\n', Config()
    ).captions
    assert (caption.text, caption.credit) == ("The gate", "Bo Ek")


def test_markdown_of_markdown_keeps_its_lists_and_headings() -> None:
    text = "Gates\n-----\n\n- oak\n  - old\n- iron\n\n> said\n> so\n"
    assert read(text).markdown == "## Gates\n\n- oak\n  - old\n- iron\n\n> said so\n"


def test_code_keeps_its_own_indents_alone() -> None:
    """Not those that make it code, or that it has for the item or the quotation that it stands in."""
    code = "def read(self):\n    return self.level\n\n        odd  \n\nend"
    expected = code.replace("odd  ", "odd")

    def code_of(lines: list[str], end: str = "\n") -> list[str]:
        document = read(end.join(lines))
        return [document.text[one.start : one.end] for one in document.blocks if one.kind == "code"]

    for prefix in ("", "> ", "  "):
        lines = ["# Loop", "", f"{'- ' if prefix == '  ' else prefix}{PROSE}", prefix.rstrip()]
        lines += [f"{prefix}    {line}" if line else prefix.rstrip() for line in code.split("\n")]
        for end in ("\n", "\r\n"):
            (found,) = code_of([*lines, "", PROSE], end)
            assert [line.rstrip() for line in found.split("\n")] == expected.split("\n")
        fenced = [f"{prefix}{line}".rstrip() for line in ("```py", *code.split("\n"), "```")]
        (found,) = code_of([*lines[:4], *fenced, "", PROSE])
        assert [line.rstrip() for line in found.split("\n")] == ["```py", *expected.split("\n"), "```"]
    assert code_of(["# Tabs", "", PROSE, "", "\tdef a():", "\t\treturn 1", "", PROSE]) == ["def a():\n\treturn 1"]


def test_a_file_that_begins_with_a_tag_is_markdown_still() -> None:
    assert read(f"<p align=center><img src=lock.png></p>\n\n# The lock\n\n{PROSE}\n").blocks[0].kind == "heading"
    page = f"<!DOCTYPE html><html><body><p>{PROSE}</p></body></html>"
    assert clean_document(page, source="lock.md").metadata.media_type == "text/html"


def test_other_texts_are_laid_out_as_they_stand() -> None:
    """An underline makes a heading in any text, and is no part of it."""
    document = clean_text(
        f"{PROSE}\n\nThe gates\n---------\n\n{PROSE[:-1]}, and gates.\n\n* * *\n\nNobody else was told, the keeper says, and nobody asked.\n"
    )
    assert "\n\nThe gates\n\nThe lock" in document.text
    assert "* * *" in document.text


_PIECES = ["# a", "p", "", "- x", "2. y", "  - in", "    deep", "> q", ">", "> - z", "```", "===", "---", "<div>", "b</div>", "<!--", "-->", "| a |", "|---|", "\tt", "![c](d)", "[e]: f", "$$"]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_every_character_is_accounted_for(pieces: list[str], end: str) -> None:
    read(end.join(pieces) or "x")


@pytest.mark.parametrize(
    "text",
    ["> " * 5_000 + "x", "- " * 5_000 + "x", "\n".join("  " * depth + "- x" for depth in range(500)), "[a" * 9_000],
)
def test_what_is_deep_is_read(text: str) -> None:
    assert len(commonmark.read(text).blocks) > 0
