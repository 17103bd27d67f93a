"""What the command line prints, in one place: nothing that a file, a name or an argument holds can steer the terminal.

Control characters, which move the cursor and more, and those that turn the direction of writing are shown as escapes.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any, Literal, TextIO

import click

from pipeline import streams
from pipeline.expression import expression
from pipeline.wording import spelled

_STEERING = expression(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls but tab and line feed, marks of direction, breaks, halves of characters, invisible annotations and tags"""

ERASE = "\r\x1b[K"
"""Takes away the line that the cursor stands in."""

Colors = Literal["auto", "always", "never"]
Style = Literal["plain", "good", "bad", "note", "strong", "faint"]
_CODES: dict[Style, str] = {"good": "32", "bad": "31", "note": "36", "strong": "1", "faint": "2"}
_SETTINGS: dict[str, Colors] = {"color": "auto"}


def set_color(when: Colors) -> None:
    """Colour what is printed from now on: `auto` on a terminal, unless NO_COLOR is set, and where FORCE_COLOR is."""
    _SETTINGS["color"] = when


def is_colored(stream: TextIO) -> bool:
    """Whether what is printed there has colours (see https://no-color.org and https://force-color.org)."""
    if _SETTINGS["color"] != "auto":
        return _SETTINGS["color"] == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return can_be_steered(stream)


def can_be_steered(stream: TextIO) -> bool:
    """Whether a stream is a terminal that knows colours and lines written over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def say(text: str, *, error: bool = False, newline: bool = True) -> None:
    """Print text for a person, on standard output or standard error."""
    say_styled([(text, "plain")], error=error, newline=newline)


def say_styled(parts: list[tuple[str, Style]], *, error: bool = False, newline: bool = True) -> None:
    """Print pieces of text one after the other, each in a style."""
    stream = sys.stderr if error else sys.stdout
    colored = is_colored(stream)
    pieces = [
        f"\x1b[{_CODES[style]}m{safe(text)}\x1b[0m" if colored and style in _CODES else safe(text)
        for text, style in parts
    ]
    click.echo("".join(pieces), err=error, nl=newline, color=colored)


def say_summary(text: str, *, error: bool = False) -> None:
    """Print lines that begin with a word and white space, or are sentences; on a terminal those words stand out."""
    for line in text.split("\n"):
        word, gap, rest = line.partition("  ")
        is_label = bool(gap) and word.isalpha()
        say_styled([(word, "strong"), (gap + rest, "plain")] if is_label else [(line, "plain")], error=error)


def complain(text: str) -> None:
    """Print what went wrong on standard error, behind the program's name."""
    say_styled([("pipeline:", "bad"), (f" {text}", "plain")], error=True)


def say_json(text: str) -> None:
    """Print a line of JSON, which stays the same JSON."""
    streams.need_output()
    click.echo(_STEERING.sub(_as_json, text))


def say_row(row: Any) -> None:
    """Print a struct as a line of JSON."""
    from pipeline import jsonlines

    try:
        line = jsonlines.encode(row)
    except UnicodeEncodeError:  # the name of a folder, say, that is not UTF-8
        line = jsonlines.encode(_spelled(jsonlines.plain(row)))
    say_json(line.decode())


def _spelled(value: Any) -> Any:
    if isinstance(value, str):
        return spelled(value)
    if isinstance(value, dict):
        return {_spelled(key): _spelled(item) for key, item in value.items()}
    return [_spelled(item) for item in value] if isinstance(value, list | tuple) else value


def write(data: bytes) -> None:
    """Write bytes as they are, but to a terminal as text for a person."""
    streams.need_output()
    if sys.stdout.isatty():
        say(data.decode("utf-8", "replace"), newline=False)
    else:
        sys.stdout.buffer.write(data)


def write_json(line: bytes) -> None:
    """Write a line of JSON as it is, but to a terminal so that nothing in it steers that."""
    streams.need_output()
    if sys.stdout.isatty():
        say_json(line.decode("utf-8", "replace").rstrip("\n"))
    else:
        sys.stdout.buffer.write(line)


def safe(text: str) -> str:
    """`text` with escapes such as `\\x1b` for what could steer a terminal."""
    return _STEERING.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    if 0xDC80 <= number <= 0xDCFF:  # a byte of a name that is not UTF-8, as Python has it
        number -= 0xDC00
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _as_json(found: re.Match[str]) -> str:
    """An escape of JSON: beyond the first plane, of two halves."""
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
