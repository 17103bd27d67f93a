"""White space of a page, as a browser shows it."""

from __future__ import annotations

from pipeline.expression import expression

_BREAK = expression(r"[\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
_SPACE = expression(r"[ \t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_CONTROLS = expression(r"[\x00-\x08\x0e-\x1f\x7f]")
INK = expression(r"[^ \t\n\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f-\u2064\u3000\ufeff]")
"""What makes a block: anything but white space and invisible format characters."""


def broken(text: str) -> str:
    """Preformatted text with one kind of line break."""
    return _BREAK.sub("\n", text.replace("\r\n", "\n")).replace("\u00a0", " ")


def trimmed(text: str) -> tuple[str, int]:
    """Preformatted text without empty lines around it and without white space at the ends of its lines, and how many
    characters went before it."""
    stripped = text.strip("\n")
    lead = len(text) - len(text.lstrip("\n"))
    text = "\n".join(line.rstrip() for line in stripped.split("\n")) if " \n" in stripped else stripped
    return text.rstrip(), lead


def printable(text: str) -> str:
    """The text without control characters, which no browser shows."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def collapsed(text: str) -> str:
    """Runs of white space as one space each."""
    if text.isprintable() and "  " not in text:  # as most are, even where they are not ASCII
        return text
    if not text.isascii():
        return _SPACE.sub(" ", text)
    before, after = text[0].isspace(), text[-1].isspace()  # this way is twice as fast
    return " " * before + " ".join(text.split()) + " " * after
