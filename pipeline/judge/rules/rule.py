"""What a boilerplate rule says, and that it holds: the tables of the TOML files as objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

Scope = Literal["line", "head", "tail", "inline"]
RuleVerdict = Literal["strike", "hint", "keep"]
Where = Literal["any", "start", "end", "between"]

CATEGORIES: Mapping[str, str] = {
    "banner": "whose site it is, that the page is archived, that the browser is old",
    "consent": "cookie and privacy notices and their buttons",
    "navigation": "menus, skip links, breadcrumbs, page numbers, search boxes, links to a site's own pages",
    "section": "names of sections and topics, as menus list them",
    "ticker": "strips of latest headlines, weather and prices",
    "share": "share, print, save, font-size and follow-us tools",
    "comments": "reader comments and forums: headings, forms, replies, votes, moderation",
    "related": "pointers to other stories, tags, teasers",
    "newsletter": "requests to subscribe to mail, feeds and alerts",
    "media": "what players and galleries show of themselves, image file names",
    "credit": "who took a picture",
    "legal": "copyright, terms, disclaimers, corrections policy",
    "promo": "advertisement labels, offers, shop and sales buttons, appeals for money",
    "byline": "who wrote the text: by-lines, biographies, contact lines, agency sign-offs",
    "date": "when it was published or updated, how long it takes to read",
    "access": "log-in, registration, forms, paywalls",
    "template": "lines that stand on many pages of one site; what `pipeline learn` writes",
}
"""What cruft can be, a closed list: each is a feature of the line model."""
USUAL_CHARS = 160
"""A line rule is asked about lines of so many characters, unless it says more."""


class Rule(Struct, frozen=True, dict=True):
    """One boilerplate rule, as its TOML table says it."""

    id: str
    category: str
    """Family of cruft, one of `CATEGORIES`. A feature of the line model."""
    why: str
    scope: Scope = "line"
    """`line`: the whole folded line; `head`, `tail`, `inline`: a part of the raw line, which alone is cut."""
    verdict: RuleVerdict = "strike"
    """`strike` decides alone; `hint` is one signal of several; a line that is `keep` the model does not remove. Where `where` or
    `near` does not hold, a strike is but a hint, and a hint is nothing."""
    where: Where = "any"
    """`start`: only before the first prose line; `end`: only after the last; `between`: only between two that are near."""
    near: tuple[str, ...] = ()
    """Holds only within three lines, with no prose between, of a line that another rule, one that strikes,
    puts in one of these categories."""
    sites: tuple[str, ...] = ()
    """Holds only for documents of these sites: host names without `www.`, or topmost folders. Empty: for all."""
    max_chars: int = USUAL_CHARS
    """Line scope: a longer line is not this cruft, whatever it begins with. Saves patterns costly counts."""
    opens: bool = False
    """The line heads a section (related stories, comments): what follows it is suspect."""
    leads: bool = False
    """The title of another story stands on the next line, and goes along."""
    unended: bool = False
    """Holds only for a line that no full stop ends: one with a stop is a sentence."""
    beside_code: bool = False
    """Holds only directly above or below a piece of code."""
    together: int = 0
    """A hint decides alone in a document in which so many of its phrases and patterns hold. 0: never."""
    ends_colon: bool = False
    """Holds only for a line that a colon ends."""
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Whole folded lines by language; `0` stands for any number."""
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """RE2 patterns by language. Line scope: must match the whole folded line. Other scopes: a part of the raw
    line; where the pattern has a group, the group alone is cut."""
    matches: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    @cached_property
    def as_hint(self) -> Rule:
        """The same, not deciding alone"""
        return replace(self, verdict="hint")

    @cached_property
    def as_strike(self) -> Rule:
        """The same, deciding alone"""
        return replace(self, verdict="strike")

    @cached_property
    def says_nothing_alone(self) -> bool:
        """Whether it says of no line by itself that it is cruft: the model, which sees lines one by one, does not know it."""
        return self.verdict == "keep" or self.where == "between" or self.beside_code or self.together > 0

    @cached_property
    def holds_anywhere(self) -> bool:
        """Whether a line for which it holds is all that it asks about, and all that it says something of."""
        asks_of_others = (
            self.where != "any" or bool(self.near) or bool(self.sites) or self.beside_code or self.together > 0
        )
        asks_of_text = self.unended or self.ends_colon
        return not (asks_of_others or asks_of_text or self.leads or self.opens)

    @cached_property
    def is_sure(self) -> bool:
        """Whether it decides alone, as far as can be said without the lines around."""
        return self.verdict == "strike" and not self.says_nothing_alone


class Hit(Struct, frozen=True):
    """A rule that holds for a line, and the phrase or pattern that says so."""

    rule: Rule
    pattern: str
    """`rule-id/language/number` of the phrase or pattern."""

    def as_hint(self) -> Hit:
        """The same, of a rule that does not decide alone."""
        return Hit(self.rule.as_hint, self.pattern)

    def as_strike(self) -> Hit:
        """The same, of a rule that does."""
        return Hit(self.rule.as_strike, self.pattern)


Hits = Sequence[tuple[Hit, ...]]
"""The rules that may hold for each of some lines, most often none."""


class Cut(Struct, frozen=True):
    """A part of a line to be struck, in code points from the line's start."""

    start: int
    end: int
    hit: Hit
