"""Boilerplate rules: data in TOML files, matched in linear time by RE2.

A rule says what a line is (its `category`), how sure that is (`strike` decides alone, `hint` is one signal
of several) and where it may hold. Its `matches` and `misses` are its tests; `docs/rules.md` explains the
format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import re2
from msgspec import Struct

from pipeline import memo
from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.judge.rules.folding import PLAIN, fold, known_phrases, phrase_keys
from pipeline.judge.rules.line_sets import OWN_EDGES, LineSets
from pipeline.judge.rules.patterns import OPTIONS, SURROGATE, Pattern, PatternSet
from pipeline.judge.rules.rule import Cut, Hit, Rule

_SPOKEN = expression(r'[^"]*(?:[^\W\d_]|[,.!?;\'])" *[^\s"]')
"""A line that begins within quotation marks and goes on behind them: somebody says it, the page does not."""
OTHER_SCRIPTS = frozenset("am ar be bg bn el fa he hi hy ja ka ko mk mr ne ru sr ta te th uk ur zh".split())
"""Languages not in Latin letters: patterns under them are asked only of lines that hold more than ASCII."""
MAX_CHARS = 1500
"""Longer lines are prose; no line rule is asked about them."""
REMEMBERED = 1 << 16
"""Short lines whose hits are remembered, since they come again"""
_ANCHORED = {"head": "^(?:{})", "tail": "(?:{})$", "inline": "(?:{})"}


class _PhraseList(Struct, frozen=True):
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
        self._add_patterns()
        self._remembered: dict[str, tuple[Hit, ...]] = {}
        self._named: dict[bytes, tuple[Hit, ...]] = {}

    def match(self, lines: Sequence[str]) -> list[tuple[Hit, ...]]:
        """For each of some folded lines the line-scope rules that match the whole of it, wherever it stands. The more lines
        at once, the less each costs."""
        known = dict(zip(lines, map(self._remembered.get, lines), strict=True))
        fresh = [line for line, hits in known.items() if hits is None]
        found = dict(zip(fresh, self._match(fresh), strict=True))
        known.update(found)
        self._remember(found)
        return [known[line] or () for line in lines]

    def _remember(self, found: Mapping[str, tuple[Hit, ...]]) -> None:
        """Keep the hits of short lines."""
        short = {line: hits for line, hits in found.items() if len(line) <= memo.LONGEST}
        count = len(self._remembered) + len(short)
        if count > REMEMBERED:
            self._remembered = {}  # another one, since other threads may be reading this one
        self._remembered.update(short)

    def line(self, text: str) -> tuple[Hit, ...]:
        """`match` for one line that is not folded."""
        (hits,) = self.match([fold(text)])
        return hits

    def named(self, patterns: bytes) -> tuple[Hit, ...]:
        """The hits that phrases and patterns make in a line, by their names with a line feed between two."""
        found = self._named.get(patterns)
        if found is None:
            names = patterns.decode().split("\n")
            found = tuple(Hit(self._by_id[name.rsplit("/", 2)[0]], name) for name in names)
            if len(self._named) == REMEMBERED:
                self._named = {}  # another one, since other threads may be reading this one
            self._named[patterns] = found
        return found

    def compile(self) -> None:
        """Compile all patterns now, which otherwise is done when they are first asked.

        Raises:
            UsageError: one of them is too large.
        """
        for patterns in (self._native_sets, self._foreign_sets, self._cut_set, self._any_cut_set):
            patterns.compile()

    def _add_patterns(self) -> None:
        """Make patterns known.

        Raises:
            UsageError: one of them is none that RE2 knows.
        """
        # An ASCII line is not asked of patterns in other scripts.
        native: list[Pattern] = []
        foreign: list[Pattern] = []
        cutters: list[Pattern] = []
        in_any_line: list[Pattern] = []
        self._cuts_by_line = False
        for language, hit, pattern in _patterns(self.rules):
            scope = hit.rule.scope
            if scope != "line":
                anchored = _ANCHORED[scope].format(pattern)
                cutters.append((hit, anchored))
                in_any_line.append((hit, f"(?m){anchored}"))
                self._cuts_by_line |= OWN_EDGES.search(pattern) is not None
                continue
            # Lines are folded, so their patterns are, too.
            plain = pattern.translate(PLAIN)
            own = foreign if language in OTHER_SCRIPTS else native
            own.append((hit, plain))
        self._native_sets = LineSets(native)
        self._foreign_sets = LineSets(foreign)
        self._cut_set = PatternSet(cutters)
        self._any_cut_set = PatternSet(in_any_line)

    def _add_phrases(self, rule: Rule, language: str, phrases: Sequence[str]) -> None:
        """Make phrases known.

        Raises:
            UsageError: one of them is empty.
        """
        keys = phrase_keys(phrases)
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

    def _match(self, lines: Sequence[str]) -> list[tuple[Hit, ...]]:
        """`match` of lines that were not asked for lately."""
        hits: defaultdict[int, list[Hit]] = defaultdict(list)  # hardly any line has some
        for number, phrase in known_phrases(lines, self._phrases, MAX_CHARS):
            lists = [self._phrase_lists[place] for place in self._phrases[phrase]]
            hits[number] += [one.hit(phrase) for one in lists]
        asked = [i for i, line in enumerate(lines) if 0 < len(line) <= MAX_CHARS and not _is_spoken(line)]
        not_ascii = [i for i in asked if not lines[i].isascii()]
        for patterns, places in ((self._native_sets, asked), (self._foreign_sets, not_ascii)):
            for number, hit in patterns.hits(lines, places):
                hits[number].append(hit)
        found: list[tuple[Hit, ...]] = [()] * len(lines)
        for number, own in hits.items():
            found[number] = _of_its_length(lines[number], own)
        return found

    def may_cut(self, texts: Iterable[str]) -> bool:
        """Whether `cuts` may find anything in any of these lines, asked of all at once where no pattern has a mind of its own of
        where a line begins and ends."""
        if self._cuts_by_line:
            return True
        joined = "\n".join(texts)
        try:
            data = joined.encode()
        except UnicodeEncodeError:
            data = SURROGATE.sub("\ufffd", joined).encode()
        return self._any_cut_set.matches(data)

    def cuts(self, text: str) -> tuple[Cut, ...]:
        """The parts of the raw line `text` that head, tail and inline rules cut off, in order, apart."""
        safe = SURROGATE.sub("\ufffd", text)
        found: list[Cut] = []
        for hit, anchored in self._cut_set.match(safe.encode()):
            pattern = re2.compile(anchored, options=OPTIONS)
            group = min(pattern.groups, 1)  # without one, RE2 needs not look where groups lie
            cuts: list[Cut] = []
            for match in pattern.finditer(safe):
                start, end = match.span(group)
                if 0 <= start < end:  # a group that takes no part has no place
                    cuts.append(Cut(start, end, hit))
            found = _with_cuts(found, cuts)
        return tuple(found)


def _is_spoken(line: str) -> bool:
    """Whether somebody says a line: what they say, the page does not."""
    return '"' in line and _SPOKEN.match(line) is not None


def _of_its_length(line: str, found: Sequence[Hit]) -> tuple[Hit, ...]:
    """Those of rules that are for lines as long as this one."""
    size = len(line)
    return tuple(hit for hit in found if size <= hit.rule.max_chars)


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
