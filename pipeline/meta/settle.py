"""What a document's fields are in the end, from what the container states, what the text shows and what a page's head says.

A block is taken out of the text only if what it says is the value of the field: nothing is lost for a field that says
something else.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from pipeline.expression import expression
from pipeline.meta.authors import without_role
from pipeline.meta.front import Field
from pipeline.model import Metadata

_NO_LETTER = expression(r"[\W_]+")
DAYS_APART = 1
"""A date line and a page's head may be so many days apart: one of them counts in another time zone."""


class Settled(Struct, frozen=True):
    """The fields of a document, and the blocks and spans that say them."""

    metadata: Metadata
    fields: tuple[Field, ...]


def settle(stated: Metadata, page: Metadata, shown: Sequence[Field]) -> Settled:
    """Choose each field's value: as stated, as shown, as the page's head says, in this order.

    The author and the date of a page's head go before what is shown, unless both say the same, or what is shown names all of
    those people and more.
    """
    title = stated.title or _value(shown, "title") or page.title
    agency = stated.agency or page.agency or _value(shown, "agency")
    author = _authors(stated.author) or _all_of(page.author, _value(shown, "author"))
    day = stated.date or page.date or _value(shown, "date")
    if not stated.date and (near := _value(shown, "date")) is not None and _near(near, day):
        day = near
    found = stated.replace(
        title=_composed(title),
        author=_composed(author),
        agency=_composed(agency),
        date=day,
        url=stated.url or page.url,
        language=stated.language or page.language,
        outlet=_composed(stated.outlet or page.outlet or _value(shown, "outlet")),
        section=_composed(stated.section or page.section or _value(shown, "section")),
    )
    return Settled(found, tuple(field for field in shown if _says(field, found, shown)))


def _composed(value: str | None) -> str | None:
    """A field's value in Normalization Form C, as the text is."""
    return value and unicodedata.normalize("NFC", value)


def _authors(stated: str | None) -> str | None:
    """The names that a container states, each without what its bearer is."""
    return stated and "; ".join(without_role(name.strip()) for name in stated.split(";"))


def _all_of(stated: str | None, shown: str | None) -> str | None:
    """The author of a page's head, or that which is shown where it names all of those and others."""
    if stated is None or shown is None:
        return stated or shown
    one, other = _words(stated), _words(shown)
    return shown if one and one < other else stated


def _words(names: str) -> set[str]:
    return set(_NO_LETTER.sub(" ", _folded(names)).split())


def _value(shown: Sequence[Field], name: str) -> str | None:
    return next((str(field.value) for field in shown if field.name == name), None)


def _says(field: Field, found: Metadata, shown: Sequence[Field]) -> bool:
    """Whether a field's value is that of the document, so far as this field's block says it."""
    own = [other for other in shown if other.block == field.block]
    return all(is_value(other.name, str(other.value), found) for other in own)


def is_value(name: str, shown: str, found: Metadata) -> bool:
    """Whether the field `name` of a document says what is shown for it."""
    match name:
        case "title":
            return found.title is not None and not _readings(shown).isdisjoint(_readings(found.title))
        case "author":
            return _same_people(shown, found.author)
        case "agency" | "date" | "section" | "outlet":
            return _composed(shown) == found[name]
    return True


def _readings(title: str) -> set[str]:
    """A title as it stands, and without the character references that it may have: what `&amp;gt;` is becomes `&gt;`."""
    return {_key(title), _key(html.unescape(title))}


def _key(text: str | None) -> str:
    return _NO_LETTER.sub("", _folded(text or ""))


def _folded(text: str) -> str:
    """A text in lower case, with letters and their accents as one: a source may have them apart, fields never do."""
    return unicodedata.normalize("NFC", text).casefold()


def _same_people(shown: str, author: str | None) -> bool:
    """Whether all words of the shown names stand in the field, or all of the field's in the names."""
    one, other = _words(shown), _words(author or "")
    return bool(one and other) and (one <= other or other <= one | {"and", "und", "et", "y"})


def _near(one: str, other: str | None) -> bool:
    try:
        return other is not None and abs((date.fromisoformat(one) - date.fromisoformat(other[:10])).days) <= DAYS_APART
    except ValueError:
        return False
