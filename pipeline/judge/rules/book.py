"""Boilerplate rules: data in TOML files, matched in linear time by RE2.

A rule says what a line is (its `category`), how sure that is (`strike` decides alone, `hint` is one signal
of several) and where it may hold. Its `matches` and `misses` are its tests; `docs/rules.md` explains the
format.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Literal

import re2

from pipeline import memo
from pipeline.errors import UsageError

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

_ACCENTED = (
    *range(0xC0, 0x250),
    *range(0x370, 0x460),
    *range(0x622, 0x627),
    *range(0x1E00, 0x2000),
    *range(0x212A, 0x212C),
)
"""Code points of letters that may have an accent."""
_MARKS = (*range(0x300, 0x370), 0x640, *range(0x64B, 0x656))
"""Accents by themselves, the Arabic filler and vowel signs."""


def _without_accents() -> dict[int, str]:
    """What stands for accented letters: the letter itself."""
    table: dict[int, str] = {}
    for code in _ACCENTED:
        letter = chr(code)
        base = unicodedata.normalize("NFD", letter)[0]
        if base != letter:
            table[code] = base
    return table


_PLAIN = {
    **_without_accents(),
    **{ord(letter): plain for letter, plain in zip("ىیکة", "ييكه", strict=True)},
    **dict.fromkeys(_MARKS, ""),
    **dict.fromkeys(map(ord, "‘’‚‛ʼ`´′＇｀\u1fef\u1ffd"), "'"),
}
"""What is put in the place of characters of a pattern."""
_FOLD = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **_PLAIN,
    **dict.fromkeys(map(ord, "“”„‟″«»＂"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-"),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f"), ""),
    ord("…"): "...",
}
"""What is put in the place of characters of a line."""
_DECORATION = (
    ' \t-*•·∙|¦/\\<>[](){}:.,;!^←→↑↓↗⇒➜➔➤➡⟶❯❮▶►▸▼▾▲▴◄◂›‹■□▪▫●○◦‣⁃◆◇★☆✓✔✕✖✗✘❌×+=_~#"'
    "☰⌂✉📷📸🔗👉👇☞☛📌📍📖📰📚🔎🔍🔴🔵⏩ℹ🆕🎥🎧🎬📹💡。、・「」【】《》〈〉〔〕※　"
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LETTER = re.compile(r"[^\W\d_]")
_SPOKEN = re.compile(r'[^"]*(?:[^\W\d_]|[,.!?;\'])" *[^\s"]')
"""A line that begins within quotation marks and goes on behind them: somebody says it, the page does not."""
_SPACES = re.compile(r"[^\S\n ]|  ")
OTHER_SCRIPTS = frozenset("am ar be bg bn el fa he hi hy ja ka ko mk mr ne ru sr ta te th uk ur zh".split())
"""Languages not in Latin letters: patterns under them are asked only of lines that hold more than ASCII."""
USUAL_CHARS = 160
MAX_CHARS = 1500
"""Longer lines are prose; no line rule is asked about them."""


def fold(text: str) -> str:
    """The form line rules are matched on.

    Lower case, no accents, plain quotes and dashes, full-width forms narrow, single spaces, no ornament at
    the edges. Folding twice changes nothing.
    """
    plain = text.replace("`", "'") if text.isascii() else text.translate(_FOLD)
    words = plain.lower().split()
    return " ".join(words).strip(_DECORATION)


def form(folded: str) -> str:
    """A folded line as phrases are looked up: with `0` for every number; empty for a line without a letter."""
    if not _LETTER.search(folded):
        return ""
    return _NUMBER.sub("0", folded)


def _phrase_keys(phrases: Sequence[str]) -> list[str]:
    """Each phrase as it is looked up: folded, with `0` for any number."""
    # All at once: at every start there are thousands of them.
    text = "\n".join(phrases)
    plain = text if text.isascii() else text.translate(_FOLD)
    text = _NUMBER.sub("0", plain.lower())
    lines = text.split("\n")
    if _SPACES.search(text):
        lines = [" ".join(line.split()) for line in lines]
    return [line.strip(_DECORATION) for line in lines]


@dataclass(frozen=True, slots=True)
class Rule:
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

    @property
    def says_nothing_alone(self) -> bool:
        """Whether it says of no line by itself that it is cruft: the model, which sees lines one by one, does not know it."""
        return self.verdict == "keep" or self.where == "between" or self.beside_code or self.together > 0

    @property
    def is_sure(self) -> bool:
        """Whether it decides alone, as far as can be said without the lines around."""
        return self.verdict == "strike" and not self.says_nothing_alone


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds for a line, and the phrase or pattern that says so."""

    rule: Rule
    pattern: str
    """`rule-id/language/number` of the phrase or pattern."""

    def as_hint(self) -> Hit:
        """The same, of a rule that does not decide alone."""
        return Hit(replace(self.rule, verdict="hint"), self.pattern)

    def as_strike(self) -> Hit:
        """The same, of a rule that does."""
        return Hit(replace(self.rule, verdict="strike"), self.pattern)


Hits = Sequence[tuple[Hit, ...]]
"""The rules that may hold for each of some lines, most often none."""

Pattern = tuple[Hit, str]
"""What a pattern says of a line, and the pattern as RE2 takes it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a line to be struck, in code points from the line's start."""

    start: int
    end: int
    hit: Hit


@dataclass(frozen=True, slots=True)
class _PhraseList:
    """The phrases of a rule in one language, as they are looked up."""

    rule: Rule
    language: str
    keys: list[str]

    def hit(self, phrase: str) -> Hit:
        """The hit that one of them makes."""
        number = self.keys.index(phrase) + 1
        return Hit(self.rule, f"{self.rule.id}/{self.language}/{number}")


class RuleBook:
    """A set of rules compiled for matching. Build it once; matching a line costs a few microseconds."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_id = {rule.id: rule for rule in self.rules}
        # Phrases by rule and language; and by phrase the places in that list of those that have it.
        self._phrase_lists: list[_PhraseList] = []
        self._phrases: dict[str, tuple[int, ...]] = {}
        for rule in self.rules:
            for language, phrases in rule.phrases.items():
                self._add_phrases(rule, language, phrases)
        # An ASCII line is not asked of patterns in other scripts.
        native: list[Pattern] = []
        foreign: list[Pattern] = []
        cutters: list[Pattern] = []
        in_any_line: list[Pattern] = []
        for language, hit, pattern in _patterns(self.rules):
            scope = hit.rule.scope
            if scope == "line":
                own = foreign if language in OTHER_SCRIPTS else native
                own.append((hit, pattern.translate(_PLAIN)))
            else:
                anchored = _ANCHORED[scope].format(pattern)
                cutters.append((hit, anchored))
                in_any_line.append((hit, f"(?m){anchored}"))
        self._line_sets = _line_sets(native)
        self._all_line_sets = (*self._line_sets, *_line_sets(foreign))
        self._cut_set = _PatternSet(cutters, re2.Set.SearchSet)
        self._any_cut_set = _PatternSet(in_any_line, re2.Set.SearchSet)
        self.match = memo.of_short_texts(1 << 16)(self._match)
        """Every line-scope rule that matches the whole of a folded line, wherever it stands: a tuple of `Hit`."""

    def line(self, text: str) -> tuple[Hit, ...]:
        """`match` for a line that is not folded."""
        return self.match(fold(text))

    def hit(self, pattern: str) -> Hit:
        """The hit that a phrase or pattern, by its name, makes."""
        rule_id, _, _ = pattern.rsplit("/", 2)
        return Hit(self._by_id[rule_id], pattern)

    def _add_phrases(self, rule: Rule, language: str, phrases: Sequence[str]) -> None:
        """Make phrases known.

        Raises:
            UsageError: one of them is empty.
        """
        keys = _phrase_keys(phrases)
        if "" in keys:
            number = keys.index("") + 1
            raise UsageError(f"rule {rule.id}: phrase {number} of {language} is empty, or all ornament")
        place = len(self._phrase_lists)
        self._phrase_lists.append(_PhraseList(rule, language, keys))
        # Few phrases stand in two lists: the others are put in at once.
        shared = self._phrases.keys() & keys
        in_others = {key: self._phrases[key] for key in shared}
        self._phrases.update(dict.fromkeys(keys, (place,)))
        for key, places in in_others.items():
            # A rule that has a phrase in two languages holds once.
            is_in_rule = any(self._phrase_lists[other].rule is rule for other in places)
            self._phrases[key] = places if is_in_rule else (*places, place)

    def _match(self, key: str) -> tuple[Hit, ...]:
        """`match` of a line that was not asked for lately."""
        if not key or len(key) > MAX_CHARS:
            return ()
        phrase = _NUMBER.sub("0", key)
        places = self._phrases.get(phrase, ())
        hits = [self._phrase_lists[place].hit(phrase) for place in places]
        is_spoken = '"' in key and _SPOKEN.match(key)
        if not is_spoken:
            encoded = key.encode("utf-8", "surrogatepass")
            sets = self._line_sets if key.isascii() else self._all_line_sets
            for patterns in sets:
                if len(key) <= patterns.max_chars:
                    hits += [hit for hit, _ in patterns.match(encoded)]
        return tuple(hit for hit in hits if len(key) <= hit.rule.max_chars)

    def may_cut(self, texts: Iterable[str]) -> bool:
        """Whether `cuts` may find anything in any of these lines, asked of all at once."""
        joined = _SURROGATE.sub("\ufffd", "\n".join(texts))
        matched = self._any_cut_set.match(joined.encode())
        return next(matched, None) is not None

    def cuts(self, text: str) -> tuple[Cut, ...]:
        """The parts of the raw line `text` that head, tail and inline rules cut off, in order, apart."""
        safe = _SURROGATE.sub("\ufffd", text)
        found: list[Cut] = []
        for hit, anchored in self._cut_set.match(safe.encode()):
            pattern = re2.compile(anchored, options=_OPTIONS)
            group = min(pattern.groups, 1)  # without one, RE2 needs not look where groups lie
            cuts: list[Cut] = []
            for match in pattern.finditer(safe):
                start, end = match.span(group)
                if 0 <= start < end:  # a group that takes no part has no place
                    cuts.append(Cut(start, end, hit))
            found = _with_cuts(found, cuts)
        return tuple(found)


def _patterns(rules: Iterable[Rule]) -> Iterator[tuple[str, Hit, str]]:
    """Yield (language, what it says of a line, pattern) of all patterns of rules."""
    for rule in rules:
        for language, patterns in rule.patterns.items():
            for number, pattern in enumerate(patterns, 1):
                hit = Hit(rule, f"{rule.id}/{language}/r{number}")
                yield language, hit, pattern


def _with_cuts(found: list[Cut], more: Sequence[Cut]) -> list[Cut]:
    """Both in order, without those of `more` that overlap one of `found`. Each is in order and without overlaps."""
    fresh: list[Cut] = []
    at = 0
    for cut in more:
        # On to the first one that does not end before this one.
        while at < len(found) and found[at].end <= cut.start:
            at += 1
        is_last = at == len(found)
        if is_last or cut.end <= found[at].start:
            fresh.append(cut)
    if not fresh:
        return found
    return sorted([*found, *fresh], key=lambda cut: cut.start)


class _PatternSet:
    """Patterns matched together, in one pass over the text. Compiled when first asked."""

    def __init__(self, patterns: Sequence[Pattern], kind: Callable[[Any], Any]) -> None:
        self._patterns = patterns
        limits = [hit.rule.max_chars for hit, _ in patterns]
        self.max_chars = max(limits, default=0)
        self._set = kind(_OPTIONS)
        for hit, pattern in patterns:
            try:
                self._set.Add(pattern)
            except re2.error:
                reason = _reason(pattern)
                raise UsageError(
                    f"rule {hit.rule.id}: pattern {hit.pattern} is not one that RE2 knows: {reason}"
                ) from None
        self._compiled = False

    def match(self, text: bytes) -> Iterator[Pattern]:
        """The patterns that match, in their order, with what they say."""
        if not self._patterns:
            return
        if not self._compiled:
            self._set.Compile()
            self._compiled = True
        matched = self._set.Match(text)
        if matched:
            for number in sorted(matched):
                yield self._patterns[number]


def _reason(pattern: str) -> str:
    """Why RE2 does not take a pattern."""
    try:
        re2.compile(pattern, options=_OPTIONS)
    except re2.error as error:
        reason = error.args[0]
        if isinstance(reason, bytes):
            return reason.decode("utf-8", "replace")
        return str(reason)
    return "too large"


_FLOATING = re.compile(r"[(?:]*(?:\.|\[\^)")
"""A pattern that may begin with anything."""
_LENGTHS = (USUAL_CHARS,)
"""Patterns for lines up to one of these lengths are a group, and those for longer lines."""
_FLOATING_GROUP = 14
"""Patterns that may begin with anything, in a group."""


def _line_sets(patterns: Sequence[Pattern]) -> tuple[_PatternSet, ...]:
    """Patterns that match whole lines, in groups that are fast to match together."""
    sets = [_PatternSet(group, re2.Set.FullMatchSet) for group in _groups(patterns)]
    return tuple(sets)


def _groups(patterns: Sequence[Pattern]) -> Iterator[Sequence[Pattern]]:
    """The patterns in groups that are fast to match together.

    A pattern that may begin with anything stays alive to a line's end. Many of them in one automaton multiply
    its states, which are built as lines ask for them: 580 patterns in one set cost 40 us a line, so grouped
    8.
    """

    def length(entry: Pattern) -> int:
        """How long a line may be that it is asked about."""
        hit, _ = entry
        return hit.rule.max_chars

    def length_class(entry: Pattern) -> int:
        """The first of `_LENGTHS` that is as long."""
        return bisect_left(_LENGTHS, length(entry))

    floating: list[Pattern] = []
    fixed: list[Pattern] = []
    for entry in sorted(patterns, key=length):  # so that long lines pass most groups by
        _, pattern = entry
        own = floating if _FLOATING.match(pattern) else fixed
        own.append(entry)
    for _, group in groupby(fixed, length_class):
        yield list(group)
    for low in range(0, len(floating), _FLOATING_GROUP):
        yield floating[low : low + _FLOATING_GROUP]


def _options() -> Any:
    """How RE2 is to compile patterns."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 32 << 20
    return options


_OPTIONS = _options()
_SURROGATE = re.compile("[\ud800-\udfff]")
_ANCHORED = {"head": "^(?:{})", "tail": "(?:{})$", "inline": "(?:{})"}
