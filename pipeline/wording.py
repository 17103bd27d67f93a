"""Small parts of the sentences that people read."""

from __future__ import annotations

from collections.abc import Iterable

DISTRIBUTION = "pagerinse"
"""What the package index calls this package; another one there has the name `pipeline`"""


def installing(extra: str) -> str:
    """The command that installs the libraries of an extra."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"


def said(error: BaseException) -> str:
    """What an error of a library says, or what it is where it says nothing."""
    if isinstance(error, EOFError):
        return str(error) or "it ends too early"
    return str(error) or type(error).__name__


def last_words(message: str) -> str:
    """The last line of a long message that says something: of a traceback, the error."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("at ", "Driver stacktrace", "..."))]
    return told[-1][:300] if told else "no reason given"


def plural(count: int, noun: str) -> str:
    """So many of something: `1 document`, `1,204 documents`, `2 entries`."""
    if count == 1:
        return f"1 {noun}"
    is_entry = noun.endswith("y") and noun[-2] not in "aeiou"
    return f"{count:,} {noun[:-1]}ies" if is_entry else f"{count:,} {noun}s"


def suggestion(name: str, choices: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the one that was probably meant, else all there are."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(choices), n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; there are {', '.join(sorted(choices))}"


def spelled(text: str) -> str:
    """A name or a pattern as text that JSON can hold: bytes that are not UTF-8, as the system gives them, as `\\xff`."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
