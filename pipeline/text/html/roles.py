"""What kind of block the text in some elements is."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from pipeline.text.blocks import Kind
from pipeline.text.html.elements import PICTURES

ROLES: Mapping[str, Kind] = {
    "blockquote": Kind.QUOTE,
    "figcaption": Kind.CAPTION,
    "caption": Kind.CAPTION,
    "dt": Kind.TERM,
    "dd": Kind.DEFINITION,
}
"""What text in these elements is."""
_SHOWN = PICTURES | {"table", "pre", "svg", "canvas", "audio"}
"""What a figure shows that has a caption"""
MAX_QUOTATION = 40
"""Elements of a figure that are looked at"""


def role(element: Any, tag: str) -> Kind:
    """What text in an element of `ROLES` is. Below a quotation, a figure's caption says whose words they are."""
    figure = element.getparent() if tag == "figcaption" else None
    if figure is None or figure.tag != "figure":
        return ROLES[tag]
    shown = {one.tag for one in islice(figure.iter(), MAX_QUOTATION)}
    is_signed = "cite" in shown or not shown & _SHOWN
    return Kind.QUOTE if "blockquote" in shown and is_signed else ROLES[tag]
