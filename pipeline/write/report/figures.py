"""Numbers and texts of others as the page writes them."""

from __future__ import annotations

from html import escape

MAX_SHOWN = 1_200
"""Characters shown of a passage or a paragraph"""


def percent(part: int, whole: int) -> str:
    """Return a share, with a digit behind the point where it is small; one that is not zero is never written so."""
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 0.1:
        return "<0.1%"
    return f"{share:.1f}%" if 0 < share < 9.95 else f"{share:.0f}%"


def share(part: int, whole: int) -> str:
    """Return the same as HTML."""
    return escape(percent(part, whole))


def compact(number: int) -> str:
    """Return a number of four figures at most: 1,234, 12.3k, 4.81M."""
    for unit, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= (unit if unit > 10**3 else 10 * unit):
            return f"{number / unit:.3g}{name}"
    return f"{number:,}"


def cut(text: str, most: int = MAX_SHOWN) -> str:
    """Return the beginning of a text, with an ellipsis where more follows."""
    return text if len(text) <= most else text[:most] + "…"


def shown(text: str, most: int = MAX_SHOWN) -> str:
    """Return the beginning of a text as HTML, fit for an attribute, too."""
    return escape(cut(text, most))


def short_name(name: str, most: int) -> str:
    """Return a name cut in its middle: paths begin alike, and end in what tells them apart."""
    if len(name) <= most:
        return name
    head = most // 3
    return f"{name[:head]}…{name[head + 1 - most :]}"
