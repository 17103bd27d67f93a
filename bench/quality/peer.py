"""One program on some pages, in the environment it is installed in.

    python peer.py PROGRAM text|html in.jsonl out.jsonl

Plain text reaches those that want markup as one paragraph element a line. This file imports nothing of ours.
"""

from __future__ import annotations

import html
import json
import sys
from collections.abc import Callable
from html.parser import HTMLParser

Extract = Callable[[str, str], str]
"""(page, language) to text."""

STOPLISTS = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "pl": "Polish", "el": "Greek", "ru": "Russian", "cs": "Czech", "sv": "Swedish", "da": "Danish", "no": "Norwegian_Bokmal",
    "id": "Indonesian", "tr": "Turkish", "sw": "Swahili", "ko": "Korean",
}  # fmt: skip
_HIDDEN = {"script", "style", "noscript", "template", "head", "svg", "textarea", "select", "option"}
_INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
}


def as_markup(text: str) -> str:
    """Plain text as a page: a paragraph for each line."""
    lines = "\n".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f"<!DOCTYPE html><html><body><article>\n{lines}\n</article></body></html>"


class _Visible(HTMLParser):
    """All text that a browser would show, a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in _HIDDEN
        if tag not in _INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in _HIDDEN))
        if tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def visible(page: str, language: str) -> str:
    parser = _Visible()
    parser.feed(page)
    return "".join(parser.parts)


def c4_lines(page: str, language: str) -> str:
    """The line rules of C4: a line ends in a sentence's stop, has three words or more, and no cruft's word."""
    lines = (line.strip() for line in page.split("\n"))
    return "\n".join(
        line
        for line in lines
        if line.endswith((".", "!", "?", '"', "”", "’", "。", "！", "？"))
        and not line.endswith("...")
        and len(line.split()) >= 3
        and not any(word in line.lower() for word in ("javascript", "lorem ipsum", "terms of use", "cookie policy"))
    )


def trafilatura(**options: bool) -> Extract:
    from trafilatura import extract

    return lambda page, language: extract(page, include_comments=False, **options) or ""


def readability() -> Extract:
    from readability import Document

    return lambda page, language: visible(Document(page).summary(), language)


def justext() -> Extract:
    import justext

    def extract(page: str, language: str) -> str:
        words = justext.get_stoplist(STOPLISTS[language]) if language in STOPLISTS else frozenset()
        known = {} if words else {"stopwords_low": 0, "stopwords_high": 0}
        paragraphs = justext.justext(page, words, **known)
        return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)

    return extract


def resiliparse() -> Extract:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page, language: extract_plain_text(page, main_content=True, comments=False)


PROGRAMS: dict[str, Callable[[], Extract]] = {
    "trafilatura": trafilatura,
    "trafilatura-precision": lambda: trafilatura(favor_precision=True),
    "trafilatura-recall": lambda: trafilatura(favor_recall=True),
    "readability": readability,
    "justext": justext,
    "resiliparse": resiliparse,
}


def main() -> None:
    program, kind, source, out = sys.argv[1:]
    if program == "nothing":
        extract = visible if kind == "html" else lambda page, language: page
    elif program == "c4-lines":
        extract = (lambda page, language: c4_lines(visible(page, language), language)) if kind == "html" else c4_lines
    else:
        extract = PROGRAMS[program]()
        if kind == "text":
            of_markup = extract
            extract = lambda page, language: of_markup(as_markup(page), language)  # noqa: E731
    with open(source, encoding="utf-8") as pages, open(out, "w", encoding="utf-8") as results:
        for row in map(json.loads, pages):
            try:
                text = extract(row["content"], row["language"])
            except Exception as error:  # a page that a program cannot read is a page it scores nothing on
                print(f"{row['id']}: {error}", file=sys.stderr)
                text = ""
            print(json.dumps({"id": row["id"], "text": text}), file=results)


if __name__ == "__main__":
    main()
