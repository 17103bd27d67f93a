"""What a look at the characters of a line says of it: a line without a hint is none, whatever the pattern would say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import shape
from pipeline.text.plain import code, hints, markers, threads
from pipeline.text.plain.physical import Physical
from tests.native.test_physical import LINES, sources

HINTED = [
    ("- bread", hints.ITEM),
    ("(iv) the fourth", hints.ITEM),
    ("## Tides", hints.HEADING),
    ("> he said", hints.QUOTE),
    ("* * *", hints.SEPARATOR),
    ("and so on", hints.LOWER),
    ("9 boats", hints.DIGIT),
    ("```python", hints.FENCE),
    ("/* a comment", hints.COMMENT),
    ("  indented", hints.INDENTED),
    ("He left.”)", hints.STOPPED),
    ("the har-", hints.HYPHEN),
    ("f(x)", hints.SYMBOL),
    ("a\tb", hints.TAB),
    ("one  two", hints.WIDE),
    ("[21:12] <ann> hi", hints.CHAT),
    ("Figure 2. Tides", hints.CAPTION),
    ("x = 2", hints.CODE),
    ("| a | b |", hints.ROW),
    ("Ann Field: yes", hints.TURN),
    ("Ann Field 9:14 AM", hints.TIME),
    ("Ann Field, 3 May", hints.DATE),
    ("“No!” (AP)", hints.SENTENCE),
]


@pytest.mark.parametrize(("source", "hint"), HINTED)
def test_each_hint(source: str, hint: int) -> None:
    """A line has it, and a sentence has none but that it ends as one."""
    text = Physical(f"{source}\nThe ferry leaves at nine.\n")
    assert text.where(hint) == ([0, 1] if hint in (hints.STOPPED, hints.SENTENCE) else [0])


def test_a_sentence_has_none() -> None:
    assert Physical("The ferry leaves at nine, says the crew of the boat").hint == [0]


@given(st.one_of(sources, st.sampled_from(LINES)))
def test_no_line_is_something_that_it_has_no_hint_of(source: str) -> None:
    text = Physical(source)
    for i, (line, hint) in enumerate(zip(text.texts, text.hint, strict=True)):
        is_chat = markers.is_chat(line)
        assert markers.has_mark(line) == (bool(hint & hints.MARKED) or is_chat)
        assert hint & hints.CHAT or not is_chat
        assert hint & hints.CAPTION or not markers.is_caption(line)
        assert hint & hints.TURN or markers.speaker(line) is None
        assert hint & hints.CODE or not code._is_likely(text, i)
        assert hint & hints.TIME or not threads._says_who_speaks(line)
        assert bool(hint & hints.SENTENCE) == shape.ends_sentence(line)
        assert hint & hints.QUOTE or not markers.quote_depth(line)
        assert (markers.item(line) is not None) == bool(hint & hints.ITEM)
        assert (markers.heading(line) is not None) == bool(hint & hints.HEADING)
        assert markers.is_separator(line) == bool(hint & hints.SEPARATOR)


DATES = [
    *(
        "3 January",
        "4 ene 2020",
        "4 gennaio",
        "5 sty 2020",
        "Feb 5",
        "5. févr. 2020",
        "5 fev",
        "5 lutego",
        "March 3",
        "3. März 2020",
    ),
    *(
        "3 maart",
        "April 3",
        "3 avril",
        "3 de abril de 2020",
        "3 kwietnia",
        "May 3",
        "3 mai",
        "3 maggio",
        "3 mei",
        "June 3",
        "3. Juni",
    ),
    *(
        "3 giugno",
        "3 czerwca",
        "July 3",
        "3 luglio",
        "3 lipca",
        "August 3",
        "3 août",
        "3 agosto",
        "3 sierpnia",
        "Sept. 3",
        "3 settembre",
    ),
    *(
        "3 września",
        "October 3",
        "3. Oktober",
        "3 ottobre",
        "3 outubro",
        "3 października",
        "Nov 3",
        "3 listopada",
        "December 3",
    ),
    *(
        "3. Dezember",
        "3 dicembre",
        "3 déc.",
        "3 grudnia",
        "3 янв 2020",
        "3 марта",
        "3 мая",
        "JUN 3",
        "3 hours ago",
        "5 anni fa",
    ),
    *(
        "5 лет назад",
        "5 dagen geleden",
        "5 lat temu",
        "5 vuotta sitten",
        "5 dagar sedan",
        "5 dager siden",
        "5小时前",
        "3天前",
        "3h",
        "3 d",
    ),
    *(
        "2w",
        "1 y",
        "3mo",
        "10 yr",
        "5 min",
        "vor 3 Tagen",
        "hace 3 años",
        "il y a 3 ans",
        "há 3 dias",
        "för 3 dagar sedan",
        "2020-05-03",
    ),
    *(
        "3/5/2020",
        "3.5.20",
        "2020年5月3日",
        "9:14",
        "9h14",
        "9.14",
        "today 9",
        "yesterday 9",
        "heute 9",
        "gestern 9",
        "hier 9",
        "ayer 9",
    ),
    *("ieri 9", "вчера 9", "сегодня 9", "٢٠٢٠-٠٥-٠٣ 5", "3rd May", "3 May '20", "o\u212at 3", "3 MA\u0130"),
]


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("form", ["{}", "Ann Field, {}", "(Ann Field) {} AM", "#7 — {} ago"])
def test_what_says_when_has_the_hint(date: str, form: str) -> None:
    line = form.format(date)
    assert threads._WHEN.search(line)
    assert Physical(line).hint[0] & hints.DATE


def test_a_number_alone_is_no_date() -> None:
    for line in ("7", "97,890", "Responses (0)", "Episode 008", "3 boats, 17 people"):
        assert not Physical(line).hint[0] & hints.DATE


CODE = [
    *(
        "async def tide(a):",
        "def tide(a):",
        "class Tide(Sea):",
        "function tide() {",
        "func tide(a int) {",
        "fn tide() {",
        "sub tide {",
    ),
    *(
        "from tides import gauge",
        "import tides",
        "package tides;",
        "using Tides;",
        "namespace Tides",
        "module Tides",
        "require('a')",
    ),
    *(
        "let a = 1",
        "var a = 1",
        "const a = 1",
        "val a = 1",
        "pub enum Tide {",
        "public class Tide {",
        "private record Tide(",
        "internal object A {",
    ),
    *(
        "export default class A {",
        "declare interface A {",
        "abstract class A",
        "final class A",
        "open class A",
        "data class A",
    ),
    *(
        "case class A",
        "inner class A {",
        "inline class A {",
        "unsafe impl A {",
        "enum A {",
        "struct A {",
        "trait A {",
        "interface A {",
    ),
    *(
        "impl A for B",
        "union A {",
        "protocol A {",
        "extension A {",
        "record A(",
        "object A {",
        "message A {",
        "service A {",
        "while a; do",
    ),
    *(
        "until a; do",
        "for a in b; do",
        "if a; then",
        "elif a; then",
        "protected int a;",
        "static void a(",
        "extern int a;",
        "int a;",
    ),
    *(
        "void a(",
        "char a;",
        "float a;",
        "double a;",
        "bool a;",
        "string a;",
        "unsigned int a;",
        "@tide",
        "if a:",
        "else:",
        "} else {",
    ),
    *(
        "switch (a) {",
        "catch (a) {",
        "foreach (a) {",
        "with a:",
        "except A:",
        "try:",
        "finally:",
        "return a.b;",
        "SELECT a FROM b",
    ),
    *(
        "INSERT INTO a",
        "UPDATE a SET b",
        "DELETE FROM a",
        "CREATE TABLE a",
        "ALTER TABLE a",
        "#include <a>",
        "#!/bin/sh",
        "<?php",
        "<!-- a",
    ),
    *(
        "<div>",
        "$ ls",
        ">>> a",
        "... a",
        "In [3]: a",
        "PS> dir",
        "C:\\> dir",
        "#> a",
        "irb(main) a",
        "sudo a",
        "pip3 install a",
    ),
    *(
        "npm a",
        "yarn a",
        "apt-get a",
        "brew a",
        "git a",
        "docker a",
        "curl a",
        "wget a",
        "cargo a",
        "make a",
        "cd a",
        "mkdir a",
    ),
    *(
        "a <- b",
        "a := b",
        "tide.rise(3)",
        "'a' => 1,",
        '"a" : [',
        "a-b : c;",
        "];",
        "[{",
        "{",
        "// a",
        "/* a",
        "*/",
        "a { // b",
        "end;",
    ),
    *("fi", "done", "esac", "then", "do"),
]


@pytest.mark.parametrize("line", CODE)
def test_what_looks_like_code_has_the_hint(line: str) -> None:
    assert code.looks_like_code(line)
    assert Physical(line).hint[0] & hints.CODE
    assert Physical(f"  {line}").hint[0] & hints.CODE


@pytest.mark.parametrize("start", [0, 1, 3, 9, 12])
def test_lines_begin_where_they_are_asked_to(start: int) -> None:
    """Those above are none, and yet count as lines above."""
    source = "one\n two\n\nthree: 3\n"
    text = Physical(source, start)
    every = Physical(source)
    kept = [i for i in range(len(every)) if every.start[i] >= start]
    assert text.texts == [every.texts[i] for i in kept]
    assert text.gap == [every.gap[i] for i in kept]
    assert text.indent == [every.indent[i] for i in kept]


def test_where_the_next_colon_and_the_next_digit_stand() -> None:
    column = Physical("no 7\nAnn: 8\nend").column
    assert column.colon.tolist() == [8, 8, 15]
    assert column.digit.tolist() == [3, 10, 15]
    assert column.word.tolist() == [2, 4, 3]
