"""Code on pages: containers that are no `pre`, line numbers beside the code, the language that a class names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.expression import expression

LINES = frozenset("div p tr li section article dd dt".split())
"""Block elements that highlighters make of a line of code."""
GUTTER_TAGS = frozenset("td th div span a pre col ul ol".split())
_CONTAINER = expression(
    r"(?:^|\s)(?:syntaxhighlighter|dp-highlighter|js-file-line-container|CodeMirror-code|cm-content|view-lines|crayon-pre)(?=\s|$)"
)
"""Classes of what highlighters and editors put around lines of code that are no `pre`."""
_GUTTER = expression(
    r"(?:^|[\s_-])(?:gutter|linenos?|linenodiv|line-?num(?:ber)?s?(?:-rows)?|line-?no|lineno|ln|lnt|lntd|ln-num|hljs-ln-numbers|hljs-ln-n"
    r"|blob-num|rouge-gutter|crayon-nums?|CodeMirror-linenumber|toolbar|code-toolbar)(?=[\s_-]|$)",
    re.I,
)
_NUMBERS = expression(r"[\s\d.:|]*$")
_LANGUAGE = expression(
    r"(?:^|\s)(?:language|lang|brush|highlight(?:-source)?|sourceCode|code|src|hljs|prettyprint)[-: ]\s*([A-Za-z][\w+#.-]*)"
)
_NO_LANGUAGE = frozenset(
    "block container wrapper highlight toolbar line-numbers hljs code text none plain notranslate default inline lang copy"
    " example snippet box body prettyprint source sample".split()
)
_KNOWN = frozenset(
    "python py python3 javascript js typescript ts jsx tsx java kotlin scala c cpp c++ csharp cs go golang rust rs ruby rb"
    " php perl bash sh shell console powershell sql json yaml yml toml ini xml html css scss less r julia swift objectivec lua"
    " haskell elixir erlang clojure dart groovy makefile cmake dockerfile diff graphql latex tex matlab fortran vb asm markdown"
    " md nginx apache http protobuf terraform hcl nix zig ocaml fsharp lisp scheme prolog vim".split()
)


@lru_cache(maxsize=1 << 12)
def is_container(classes: str) -> bool:
    """Whether white space counts in an element of these classes although it is no `pre`."""
    return _CONTAINER.search(classes) is not None


@lru_cache(maxsize=1 << 12)
def _may_be_gutter(classes: str) -> bool:
    return _GUTTER.search(classes) is not None


def is_gutter(element: Any, classes: str, inside: bool) -> bool:
    """Whether an element holds the line numbers of code, or its toolbar; `inside`: it stands in code."""
    if not _may_be_gutter(classes):
        return False
    text = "".join(element.itertext())
    if "toolbar" in classes:
        return inside and len(text) < 40
    return _NUMBERS.match(text) is not None and (inside or "\n" in text or element.tag == "td" or not text.strip())


def language(element: Any) -> str:
    """The language that the class of a `pre`, of the `code` in it, or of what stands around it names; else empty."""
    around = element.getparent()
    outer = around.getparent() if around is not None else None
    first = next(iter(element), None)
    for one in (first, element, around, outer):
        if one is None:
            continue
        found = one.get("data-lang") or one.get("data-language") or one.get("lang") or ""
        if found.lower() in _KNOWN:
            return found.lower()
        classes = one.get("class") or ""
        for match in _LANGUAGE.finditer(classes):
            if match[1].lower() not in _NO_LANGUAGE:
                return match[1].lower()
        for word in classes.lower().split():
            if word in _KNOWN and one in (first, element):
                return word
    return ""
