"""What the attributes of elements say of their text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipeline.expression import expression
from pipeline.text.html.elements import HINTS
from pipeline.text.html.hints import MAX_HINT, hint_topics

_HIDDEN_STYLE = expression(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDING: dict[str, Callable[[str], object]] = {
    "hidden": lambda value: value.lower() != "until-found",
    "aria-hidden": lambda value: value.lower() == "true",
    "style": _HIDDEN_STYLE.search,
}


def said(element: Any) -> tuple[int, bool, str | None]:
    """(the topics that an element's attributes hint at; whether it hides itself; its classes)."""
    topics = 0
    hides = False
    classes = None
    for key, value in element.items():
        if key in HINTS:
            topics |= hint_topics(value[:MAX_HINT])
            if key == "class":
                classes = value
        elif key in _HIDING and _HIDING[key](value):
            hides = True
    return topics, hides, classes
