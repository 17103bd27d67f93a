"""Where a plain text holds code: fenced, or known by how its lines look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.expression import expression
from pipeline.text import shape
from pipeline.text.plain import hints
from pipeline.text.plain.physical import Physical, flagged


class Region(NamedTuple):
    """Lines that make one block."""

    first: int
    stop: int
    """One past the last"""
    language: str = ""


_FENCE = expression(r"(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+#.-]*)[^`]*$")
_TILDES = expression(r"~+")
_KEYWORD = expression(
    r"""(?x)
    (?: # definitions and imports
        (?:async\s+)?def\s+\w+\s*\(
      | class\s+\w+\s*[({:]
      | (?:function|func|fn|sub)\s+\w+\s*[(<{]
      | (?:from\s+[\w.]+\s+)?import\s+[\w.*{"']+(?:\s+as\s+\w+|\s*[,;{}].*|\s+from\s.*)?$
      | package\s+[\w.]+;?$
      | using\s+[\w.]+;$
      | namespace\s+[\w.:\\]+
      | module\s+[\w.:]+
      | require(?:_once)?\s*[("']
      | (?:let|var|const|val)\s+[\w{\[].*=
      | (?:(?:pub(?:\(\w+\))?|public|private|internal|export|default|declare|sealed|abstract|final|open|data|case|inner|inline
          |unsafe)\s+)*
        (?:enum|struct|trait|interface|impl|union|protocol|extension|record|object|class|message|service)\b[^.!?]*[{(]$
      | (?:sealed|abstract|final|open|data|case)\s+(?:class|trait|object|interface)\s+\w+(?:[\s(<\[:].*)?$
      | impl(?:<.*>)?\s+[\w:<>]+(?:\s+for\s+[\w:<>]+)?$
      | (?:val|var)\s+\w+\s*:\s*\w.*
      | (?:for\s+\w+\s+in\s|while\s|until\s).*;\s*do$ | (?:el)?if\s.*;\s*then$
      | (?:public|private|protected|static|final|export|extern|void|int|char|float|double|bool|string|unsigned)
        \s+[\w<>\[\]*&:\s]+[({=;]
      | @[A-Za-z_][\w.]*(?:\(.*\))?$
        # branches and loops
      | (?:el)?if\s*\(?.+[:{]$
      | else\s*(?:if\b.*)?[:{]$
      | \}\s*else\b
      | (?:for|while|switch|catch|foreach)\s*\(.*\)\s*\{?$
      | (?:for\s+\w+(?:\s*,\s*\w+)*\s+in\s|while\s|with\s|except\b|try\b|finally\b).*:$
      | return\b(?:\s+[\w.(\[{"'!-].*)?;?$
        # queries
      | (?:SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(?:TABLE|INDEX|VIEW)|ALTER\s+TABLE)\b
        # preprocessors, prologues, tags
      | \#\s*(?:include|define|ifn?def|endif|pragma|elif)\b
      | \#!
      | <\?(?:php|xml)\b
      | <!DOCTYPE\b
      | <!--
      | </?[a-zA-Z][\w:-]*(?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'|\S+))?)*\s*/?>
        # prompts and commands
      | (?:\$|>>>|\.\.\.|In\s\[\d+\]:|PS>|C:\\>|\#>|irb\(.*\))\s+\S
      | (?:sudo|pip3?|npm|yarn|apt(?:-get)?|brew|git|docker|curl|wget|cargo|make|cd|mkdir)
        \s+[\w./@-]+(?:\s+[\w./@:=\[\],-]+){0,6}$
    )
    """
)
"""What a line of code begins with."""
_STATEMENT = expression(
    r"""(?x)
    (?: [\w.\[\]"'*&$@>:-]+ \s* (?: [-+*/|&%^:.?]?=(?!=) | <- | :=) \s* \S.*
      | [\w.:>$-]+ \( .* \) \s* (?:[;,{:]|=>.*|->.*)?
      | ["'][^"']{1,60}["'] \s* (?: : | => ) \s* .* [,{\["'\]}\d\w]
      | [\w-]+ \s* : \s* [^\s].* ;
      | [\])}]+ [\])};,]* (?: \s* (?:else|catch|finally|while)\b.*)?
      | [\[({]+ ,?
      | // .* | /\*.* | \*/
      | .* [{};] \s* (?: // .*)?
      | end;? | fi | done | esac | then | do
    ) $
    """
)
_BARE = expression(
    r"class|from|import|package|namespace|module|if|elif|else|for|while|with|except|try|finally|return|SELECT|INSERT|UPDATE"
    r"|DELETE|CREATE|ALTER|sealed|abstract|final|open|data|case|impl|val|var|sudo|pip|npm|yarn|apt|brew|git|docker|curl|wget|cargo|make|cd|mkdir|end|fi|done|esac|then|do|\.\.\."
)
"""What a line of code begins with that has none of the characters that code has many of (`hints.SYMBOL`)"""
_PROSE = expression(
    r"(?<![^\W\d_])[^\W\d_]{2,}[,;]?\s+[^\W\d_]{2,}[,;]?\s+[^\W\d_]{2,}[,;]?\s+[^\W\d_]{2,}[,;]?\s+[^\W\d_]{2,}"
)
"""Five words in a row: hardly any code has that outside its comments. Looked for from the beginnings of words alone, since
a line may be one word of megabytes."""
_CLAUSE = expression(r"[-–—(\"'“‘\s]*[^\W\d_]+(?:['’-][^\W\d_]+)*(?:[,;:!?]?\s+[^\W\d_]+(?:['’-][^\W\d_]+)*){2,};$")
"""Words alone, with a semicolon at the end, as verse has many"""
_LISTED = expression(r"(?:[-–—•·*]|\(?(?:\d{1,3}|[^\W\d_]{1,4})[.)])\s*[^\W\d_][^{}()=<>\[\]]*;$")
"""The same behind the mark of an item or of speech, however few they are"""
_FOREIGN = expression(r"[^\W\d_]+(?:[,;:!?]?\s+[^\W\d_]+)*;$")
"""The same, where some of the words are not of ASCII: a Greek question"""
_BRACKETS = expression(r"[()\[\]{}=<>]")
_ORNAMENT = expression(r"[\s*_=~.·•+-]+$")
"""What parts sections of prose, and says nothing in code."""
_OPENING = ("{", "(", "[", "=")
"""What ends a line that opens a piece of code"""
_SECTION = expression(r"\[[\w.-]+\]$")
"""The name of a section in a file of settings"""
STARTS = 64
"""Lines of a stretch that is no code at which a piece of code may begin, evenly spread: each costs a look at all that follow."""
NEAR = 3
"""Line breaks within a piece of code: two blank lines may part its functions."""
LEAST = 2
"""Lines of an unfenced piece of code that look like code."""


def fences(text: Physical) -> list[Region]:
    """Fenced code, with its fences; one that is never closed goes on to the end, but for bare tildes, which may be ornament."""
    found: list[Region] = []
    opened: tuple[int, str, str] | None = None
    fenced = text.where(hints.FENCE)
    last_tildes = max((i for i in fenced if _TILDES.fullmatch(text.texts[i])), default=0)
    for i in fenced:
        line = text.texts[i]
        match = _FENCE.match(line)
        if match is None:
            continue
        if opened is None:
            if i != last_tildes and not _is_underline(text, i):
                opened = i, match["fence"], match["language"]
        elif line.rstrip() == match["fence"] and match["fence"].startswith(opened[1]):
            found.append(Region(opened[0], i + 1, opened[2]))
            opened = None
    if opened is not None and len(text) - opened[0] > 1 and not _TILDES.fullmatch(text.texts[opened[0]]):
        found.append(Region(opened[0], len(text), opened[2]))
    return found


def _is_underline(text: Physical, i: int) -> bool:
    """Whether a line of tildes makes a heading of the one above: it stands directly below and is as long."""
    line = text.texts[i]
    if not _TILDES.fullmatch(line) or not i or text.gap[i] != 1:
        return False
    above = text.texts[i - 1]
    return len(line) >= len(above) and shape.is_heading(above)


def looks_like_code(line: str) -> bool:
    """Whether a line, by itself, is a statement, a bracket, a command: nothing that prose would have."""
    if len(line) > hints.MAX_CODE or _ORNAMENT.match(line):
        return False
    if _KEYWORD.match(line):
        return True
    if not _STATEMENT.match(line) or _CLAUSE.match(line) or _LISTED.match(line):
        return False
    if not line.isascii() and _FOREIGN.match(line):
        return False
    # "He waited; she came;" ends like a statement, and "(Laughter)" is bracketed.
    return not _PROSE.search(line) or line[0] == "/" or len(_BRACKETS.findall(line)) >= 3


def _commented(text: Physical) -> set[int]:
    """The lines inside of comments (`/*` to `*/`) that begin with an asterisk: elsewhere it is the mark of an item."""
    found: set[int] = set()
    inside: list[int] = []
    is_open = False
    for i in range(next(iter(text.where(hints.COMMENT)), len(text)), len(text)):
        line = text.texts[i]
        if is_open and line[0] == "*":
            inside.append(i)
        elif line.startswith("/*"):
            is_open = True
            inside = []
        elif is_open and not line.endswith("*/"):
            is_open = False
        if is_open and line.endswith("*/"):
            found.update(inside)
            is_open = False
    return found


def code(text: Physical, free: bytearray) -> Iterator[Region]:
    """Unfenced code among the lines that are `free`, 1 of each that is.

    A piece begins and ends with a line that looks like code, or with one that is indented under such a line. Lines
    between count as code if they are indented, or stand in the midst of it without a blank line. Markdown's own
    indented code, of four columns after a blank line, counts where its lines look like no prose.
    """
    likely = bytearray(len(text))
    for i in text.where(hints.CODE):
        likely[i] = free[i] and _is_likely(text, i)
    for i in _commented(text):
        likely[i] = free[i]
    is_deep = (text.column.indent >= 4) & np.frombuffer(free, dtype=bool)
    after = 0
    for i in flagged(is_deep | np.frombuffer(likely, dtype=bool)):
        if i < after:
            continue
        stop, strong = _reach(text, free, likely, i)
        first = _opening(text, free, i)
        is_code = strong >= LEAST or (strong and stop - i == 1 and _KEYWORD.match(text.texts[i]))
        if is_code and (2 * strong >= stop - i or _is_indented(text.indent, i, stop)):
            yield Region(first, stop)
            after = stop
        else:
            after = i + max(1, (stop - i) // STARTS)


def _is_likely(text: Physical, i: int) -> bool:
    """Whether a line that may be code looks like it. One without a symbol is short, or indented, and begins with a keyword."""
    line = text.texts[i]
    if not text.hint[i] & hints.SYMBOL:
        may_be = text.indent[i] > 0 or len(line) < hints.SHORT_CODE
        if not may_be or not _BARE.match(line):
            return False
    return looks_like_code(line)


def _opening(text: Physical, free: bytearray, first: int) -> int:
    """Where a piece of code begins that looks like code from `first` on: a line directly above that opens it belongs to it,
    whatever its words: what stands below is indented, or it ends in a bracket, or it is the name of a section."""
    while first > 0 and free[first - 1] and text.gap[first] == 1:
        above = text.texts[first - 1]
        is_inside = text.indent[first] > text.indent[first - 1]
        is_said = _PROSE.search(above) or shape.ends_sentence(above) or above.endswith(":")
        opens = above.endswith(_OPENING) or (text.hint[first - 1] & hints.SYMBOL and not is_said)
        if (not (is_inside and opens) and not _SECTION.match(above)) or len(above) > hints.MAX_CODE:
            break
        first -= 1
    return first


def _reach(text: Physical, free: bytearray, likely: bytearray, first: int) -> tuple[int, int]:
    """One past the last line of the piece of code that begins at `first`, and how many of its lines look like code."""
    base = text.indent[first]
    last, strong = first, int(likely[first])
    for i in range(first + 1, len(text)):
        if not free[i] or text.gap[i] > NEAR:
            break
        inside = text.indent[i] > base or (
            text.gap[i] == 1 and text.hint[i] & hints.SYMBOL and not _PROSE.search(text.texts[i])
        )
        if likely[i]:
            strong += 1
        elif not inside and not (text.indent[i] >= 4 and text.indent[first] >= 4):
            # A plain line in the midst of a piece without blank lines, such as a comment or an output.
            if text.gap[i] != 1 or not any(likely[i + 1 : i + 3]) or _PROSE.search(text.texts[i]):
                break
            continue
        last = i
    return last + 1, strong


def _is_indented(indent: Sequence[int], first: int, stop: int) -> bool:
    """Whether most lines of the piece stand deeper than its first."""
    return 2 * sum(column > indent[first] for column in indent[first + 1 : stop]) >= stop - first - 1
