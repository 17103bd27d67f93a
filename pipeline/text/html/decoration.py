"""What stands on a page for its looks: line numbers beside code, links from a heading to itself."""

from __future__ import annotations

import re
from typing import Any

from pipeline.expression import expression
from pipeline.text.html import code

_PERMALINK = expression(
    r"[\s#¶§†∞🔗\u200b\u2060\ufeff\ue000-\uf8ff]*(?:(?:permanent |direct )?link(?: to .*)?|permalink|copy link|anchor)?$",
    re.I,
)
"""What links beside a heading say that lead to the heading itself."""


def is_decoration(element: Any, tag: str, classes: str, in_heading: bool, in_code: bool) -> bool:
    """Whether an element with these classes is one of those."""
    if tag == "a" and (element.get("href") or "").startswith("#"):
        beside = in_heading or "anchor" in classes or "headerlink" in classes or "hash-link" in classes
        return beside and _PERMALINK.match("".join(element.itertext())) is not None
    if in_code and tag in ("button", "svg"):
        return True
    return bool(classes) and tag in code.GUTTER_TAGS and code.is_gutter(element, classes, in_code)
