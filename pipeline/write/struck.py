"""How much of each source was struck as copies of others: a source that loses most of its text deserves a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec import Struct, field

from pipeline.records import DocumentRecord, EditRecord, StruckShare

ALARM = 0.5
"""Share of a source's text from which an alarm is given."""
MOST_ALARMS = 100
"""Sources that the manifest names; the count says how many there are."""
TOLD = 3
"""Sources that the summary of a run names."""


class Shares(Struct):
    """Characters of text and of copies struck from it, by source."""

    text: Counter[str] = field(default_factory=Counter)
    """code points of clean text before copies were struck"""
    struck: Counter[str] = field(default_factory=Counter)

    def add(self, record: DocumentRecord, name: str, struck: int) -> None:
        """Take one document into account, of which so many code points were struck as copies. `name`: see `source_of`."""
        self.text[name] += record.metadata.chars_out + struck
        if struck:
            self.struck[name] += struck

    def merge(self, other: Shares) -> None:
        """Take into account what `other` did."""
        self.text.update(other.text)
        self.struck.update(other.struck)

    def by_loss(self) -> list[StruckShare]:
        """Return the sources of which something was struck, those that lost most characters first."""
        names = sorted(self.struck, key=lambda name: (-self.struck[name], name))
        return [StruckShare(source=name, chars=self.text[name], struck=self.struck[name]) for name in names]

    def alarms(self) -> list[StruckShare]:
        """Return the sources of which more than half was struck."""
        return [one for one in self.by_loss() if one.struck > ALARM * one.chars]


def struck_from(ledger: Sequence[EditRecord]) -> int:
    """Return how many code points edits struck as copies."""
    return sum(len(edit.text) for edit in ledger if edit.evidence.kept is not None)


def source_of(record: DocumentRecord) -> str:
    """Return the site of a document, where its address is known, else the file that holds several, else the folder."""
    url = record.metadata.url
    host = _host(url) if url else None
    if host:
        return host.removeprefix("www.")
    container, has_more, _ = record.source.partition("#")
    if has_more:
        return container
    folder, _, name = record.source.rpartition("/")
    return folder or name


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # an address of brackets that are none
        return None


def told(alarms: Sequence[StruckShare], count: int) -> str:
    """Return a sentence on the sources that lost more than half of their text."""
    shown = [f"{one.source} ({one.struck / one.chars:.0%} of {one.chars:,} characters)" for one in alarms[:TOLD]]
    more = f" and {count - len(shown):,} more" if count > len(shown) else ""
    return f"more than half of the text was struck as copies from {', '.join(shown)}{more}: see the report"
