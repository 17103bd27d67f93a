"""What a line may be, by one look at its characters, so that few lines are held against patterns.

Some hints say it (`ITEM`), others that it may be so (`CODE`): a line without one is none, a line with one is asked.
"""

from __future__ import annotations

from pipeline.expression import expression
from pipeline.text import shape
from pipeline.text.plain import markers

ITEM = 1 << 0
"""It begins with the mark of an item (`markers.item`),"""
HEADING = 1 << 1
"""is a Markdown heading (`markers.heading`),"""
QUOTE = 1 << 2
"""begins with `>`,"""
SEPARATOR = 1 << 3
"""has no letter and no digit (`markers.is_separator`),"""
LOWER = 1 << 4
"""begins in lower case,"""
DIGIT = 1 << 5
"""or with a digit,"""
FENCE = 1 << 6
"""or with a backtick or a tilde,"""
COMMENT = 1 << 7
"""or with `/*`."""
INDENTED = 1 << 8
"""One of `BLANKS` stands before it."""
STOPPED = 1 << 9
"""It ends with the stop of a sentence or a clause, before what closes there,"""
HYPHEN = 1 << 10
"""or with a hyphen."""
SYMBOL = 1 << 11
"""It has a character that code has many of, and prose few,"""
TAB = 1 << 12
"""a tab,"""
WIDE = 1 << 13
"""two spaces in a row, not behind a sentence or a clause: a typist's habit (`wide_gaps`)."""
CHAT = 1 << 14
"""It may be a line of a chat (`markers.is_chat`),"""
CAPTION = 1 << 15
"""a caption (`markers.is_caption`),"""
CODE = 1 << 16
"""code (`code.looks_like_code`),"""
ROW = 1 << 17
"""a row of a table that has bars, or draws,"""
TURN = 1 << 18
"""what one speaker says (`markers.speaker`)."""

TIME = 1 << 19
"""Digits stand around its first colon, as in a time of day (`threads.chat`)."""
DATE = 1 << 20
"""It is short, has a number, and may say when (`threads.find`)."""
SENTENCE = 1 << 21
"""It ends as a sentence does (`shape.ends_sentence`)."""

MARKED = ITEM | HEADING | QUOTE | SEPARATOR
"""A line begins something of its own; one of a chat does so, too."""
MAX_DATE = 110
"""Code points of a line that may say when"""
BLANKS = (" ", "\t", "\u3000")
"""White space that indents a line"""
MAX_CODE = 400
"""Code points of a line of code"""
SHORT_CODE = 40
"""Code points of a line of code without a symbol that is not indented, at most one less"""
_SYMBOL = expression(r"""[{}()\[\]<>=;#@$/\\*&|^~+_%`"']""")
_STOPS = tuple(".!?:。！？")
_CLOSING = "'\"”’»)]"
_HYPHENS = ("-", "\u00ad", "\u2010")
_WIDE = expression(r"(?<=[^ .!?:,;])  ")
_ROW = expression(r"[|+:=\u2500-\u257f-]")
"""What a row of a table with bars begins with"""
_CAPTION = expression(r"[FfTtAa][iIaAbB\x80-\U0010ffff]|[图表]")
_CODE_WORDS = tuple(
    (
        "abstract apt async bool brew cargo case catch cd char class const curl data declare def do el end enum esac"
        " except export exten extern fi float fn for from func git if impl import in irb let make message mkdir module"
        " namespace npm object open package pip private protected proto pub record require return sealed service"
        " static string struct sub sudo switch then trait try union unsafe unsigned until using val var void wget"
        " while with yarn"
    ).split()
)
"""What keywords in lower case begin with"""
_CODE_SIGNS = tuple("@}#<$>.])/*")
"""What prompts and comments begin with, and what closes a bracket"""
_CODE_NAMED = expression(
    r"""(?x)
    SE|IN|UP|DE|CR|AL|PS>|C:|In\s\[  # words in capitals: queries and prompts
    |[\w.:>$-]+\(                     # a call
    |["'][^"']{1,60}["']\s*(?::|=>)   # the key of a value
    |[\[({](?:[\[({,]|$)              # opening brackets
    """
)
_CODE_HAS = expression(r"=|<-|[{};]$|[{};].*//|//.*[{};]")
_TIME = expression(r"[^:：]*(?:：|\d:\d\d)")
_NUMBER = expression(r"[0-9]")
_DATE = expression(
    r"""(?x)
    \d[-/.:hH年]\d
    |\d\s?[hdwymHDWYM][^\W\d_]{0,2}(?![^\W\d_])  # units of time
    |(?<![^\W\d_])(?:(?i:
        abr|ago|apr|aug|avr|aye|cze|dec|dez|dic|ene|feb|fev|gel|gen|ges|giu|gru|hac|heu|hie|ier|jan|jui|jul|jun|kwi
        |lip|lis|lug|lut|maa|mag|mai|mar|may|mei|nov|oct|okt|ott|out|sed|sep|set|sid|sie|sit|sty|tem|tod|vor|wrz|yes
        |(?:fa|il)(?![^\W\d_]))
        |[^\W\d_]{0,2}[^\x00-\x7f\W\d_])  # any word whose first letters are beyond ASCII
    """
)
"""Beginnings of months in all languages that dates are known in, of `ago` and `today`, and what else is in dates"""
_QUESTION = expression(r"[QA]\d{0,3}\s?[.:)]\s")
_SPEAKER = expression(r"(?!：)[A-Z\x80-\U0010ffff][^:：]*[:：][\s\u3040-\u30ff\u4e00-\u9fff]")
"""A name before the first colon"""


def of(line: str, before: str, indent: int) -> int:
    """The hints of a line.

    `before`: the white space before it; `indent`: the columns of that
    """
    first = line[0]
    has_symbol = _SYMBOL.search(line) is not None
    has_colon = ":" in line or "：" in line
    found = (
        ITEM * (markers.item(line) is not None)
        + LOWER * first.islower()
        + INDENTED * before.endswith(BLANKS)
        + STOPPED * line.rstrip(_CLOSING).endswith(_STOPS)
        + HYPHEN * line.endswith(_HYPHENS)
        + SYMBOL * has_symbol
        + TAB * ("\t" in line)
        + WIDE * ("  " in line and _WIDE.search(line) is not None)
        + CAPTION * (_CAPTION.match(line) is not None)
        + CODE * _may_be_code(line, indent, has_symbol)
        + TURN * _may_be_turn(line, has_colon)
        + TIME * (has_colon and _TIME.match(line) is not None)
        + DATE * (len(line) <= MAX_DATE and _NUMBER.search(line) is not None and _DATE.search(line) is not None)
        + SENTENCE * shape.ends_sentence(line)
    )
    return found if first.isalpha() else found + _without_letter(line)


def _without_letter(line: str) -> int:
    """What else a line may be that begins with no letter."""
    first = line[0]
    return (
        HEADING * (markers.heading(line) is not None)
        + QUOTE * (first == ">")
        + SEPARATOR * markers.is_separator(line)
        + DIGIT * first.isdigit()
        + FENCE * (first in "`~")
        + COMMENT * line.startswith("/*")
        + CHAT * markers.may_be_chat(line)
        + ROW * (_ROW.match(line) is not None and ("|" in line or "+" in line))
    )


def wide_gaps(line: str) -> int:
    """Stretches of several spaces inside a line that do not stand behind a sentence or a clause."""
    return len(_WIDE.findall(line))


def _may_be_code(line: str, indent: int, has_symbol: bool) -> bool:
    if len(line) > MAX_CODE:
        return False
    may_begin_so = has_symbol or indent > 0 or len(line) < SHORT_CODE
    if may_begin_so and (line.startswith(_CODE_SIGNS) or line.startswith(_CODE_WORDS)):
        return True
    return _CODE_NAMED.match(line) is not None or (has_symbol and _CODE_HAS.search(line) is not None)


def _may_be_turn(line: str, has_colon: bool) -> bool:
    if has_colon and (_SPEAKER.match(line[: markers.SPEAKER_CHARS + 1]) or markers.may_be_chat(line)):
        return True
    return line[0] in "QA" and _QUESTION.match(line) is not None
