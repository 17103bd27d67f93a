"""What the command line prints, in one place: nothing that a file, a name or an argument holds can steer the terminal.

Control characters, which move the cursor and more, and those that turn the direction of writing are shown as escapes.
"""

from __future__ import annotations

import re
import sys

import click

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls but tab and line feed, marks of direction, breaks, halves of characters, invisible annotations and tags"""


def say(text: str, *, error: bool = False, newline: bool = True) -> None:
    """Print text for a person, on standard output or standard error."""
    click.echo(safe(text), err=error, nl=newline)


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """So many of something: `1 document`, `1,204 documents`, `2 entries`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def say_json(text: str) -> None:
    """Print a line of JSON, which stays the same JSON."""
    click.echo(_STEERING.sub(_as_json, text))


def write(data: bytes) -> None:
    """Write bytes as they are, but to a terminal as text for a person."""
    if sys.stdout.isatty():
        say(data.decode("utf-8", "replace"), newline=False)
    else:
        sys.stdout.buffer.write(data)


def safe(text: str) -> str:
    """`text` with escapes such as `\\x1b` for what could steer a terminal."""
    return _STEERING.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _as_json(found: re.Match[str]) -> str:
    """An escape of JSON: beyond the first plane, of two halves."""
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
