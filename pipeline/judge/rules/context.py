"""Whether rules hold where their lines stand: between paragraphs, near other cruft, beside code, with titles they lead to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

from msgspec import Struct

from pipeline.expression import expression
from pipeline.judge.rules.rule import Hit, Hits, Rule
from pipeline.text import shape

NEAR_LINES = 3
"""Within so many lines of one that supports it, a rule with `near` holds."""
LED = 4
"""Titles to which a line leads, and a heading below them"""
MOST_HEADED = 16
"""Lines below the heading of a list of other stories, at most"""
BETWEEN_LINES = 5
"""Within so many lines above and below stands running text."""
SENTENCE_WORDS = 5
"""Of a paragraph of one sentence"""
_STOPS = (".", "。", "．", "।", "…")
"""What ends a sentence, and no title: a question may be one."""
_COLONS = (":", "：")
_BULLET = expression(r"[-*+•·▪‣◦●○■□–—›»→▶►]\s")


class Context(Struct, frozen=True):
    """The lines of a document in order, as far as rules ask what stands around them."""

    hits: Hits
    """The rules that may hold for each"""
    prose: Sequence[bool]
    """Which are running text"""
    site: str = ""
    texts: Sequence[str] = ()
    """The lines themselves, where they are known"""
    code: Container[int] = ()
    """Which are lines of code"""
    headings: Container[int | None] = ()
    """Which are headings of the document"""
    gaps: Sequence[int] = ()
    """Line breaks above each, where they are known"""

    def in_place(self) -> list[tuple[Hit, ...]]:
        """The rules as they hold for each line.

        Where a rule does not hold, a strike becomes a hint, and a hint is dropped.
        """
        in_place = list(self.hits)
        asking = [line for line, found in enumerate(self.hits) if found and not _hold_anywhere(found)]
        if not asking:
            return in_place
        many = self._many(asking)
        leads: list[tuple[int, Hit]] = []
        heads: list[tuple[int, Hit]] = []
        prose_lines = [line for line, is_prose in enumerate(self.prose) if is_prose]
        first = prose_lines[0] if prose_lines else len(self.prose)
        last = prose_lines[-1] if prose_lines else -1
        for line in asking:
            hits_of_line: list[Hit] = []
            for hit in self.hits[line]:
                rule = hit.rule
                if rule.sites and self.site not in rule.sites:
                    continue
                is_too_late = rule.where == "start" and line >= first
                is_too_early = rule.where == "end" and line <= last
                if not is_too_late and not is_too_early and self._holds(rule, line):
                    held = hit.as_strike() if rule.id in many else hit
                    hits_of_line.append(held)
                    if rule.leads:
                        leads.append((line, hit))
                    elif rule.opens and rule.category == "related" and hit.rule.verdict == "strike":
                        heads.append((line, hit))
                elif rule.verdict == "strike":
                    hits_of_line.append(hit.as_hint())
            in_place[line] = tuple(hits_of_line)
        # A title is cruft by the line that leads to it, after the rules were asked: it supports no other line.
        for line, hit in leads:
            for led in self._led(line):
                in_place[led] = (*in_place[led], hit)
        last_text = self._last_text() if heads else -1
        for line, hit in heads:
            for headed in self._headed(line, last_text):
                in_place[headed] = (*in_place[headed], hit)
        return in_place

    def _many(self, lines: Iterable[int]) -> set[str]:
        """The rules of which so many phrases and patterns hold, in some lines, that each of their hints decides alone."""
        rules: dict[str, Rule] = {}
        patterns: set[tuple[str, str]] = set()
        for line in lines:
            for hit in self.hits[line]:
                rule = hit.rule
                if rule.together:
                    rules[rule.id] = rule
                    patterns.add((rule.id, hit.pattern))  # one that holds ten times counts once
        counted = Counter(rule_id for rule_id, _ in patterns)
        many: set[str] = set()
        for rule_id, count in counted.items():
            if count >= rules[rule_id].together:
                many.add(rule_id)
        return many

    def _holds(self, rule: Rule, line: int) -> bool:
        """Whether what a rule asks of the line and of those around it is so."""
        if rule.where == "between" and not self._is_between(rule, line):
            return False
        if rule.beside_code:
            is_beside = line - 1 in self.code or line + 1 in self.code
            if not is_beside:
                return False
        if self.texts and (rule.ends_colon or rule.unended):
            text = self.texts[line].rstrip()
            if rule.ends_colon and not text.endswith(_COLONS):
                return False
            if rule.unended and text.endswith(_STOPS):
                return False
        return not rule.near or self._is_near(rule, line)

    def _is_between(self, rule: Rule, line: int) -> bool:
        """Whether running text stands above and below a line, with hardly anything between that no rule knows: a heading, and
        below a line that leads to it a title."""
        most_below = LED if rule.leads else 1
        return self._meets_text(line, -1, 1) and self._meets_text(line, 1, most_below)

    def _meets_text(self, line: int, step: int, unknown: int) -> bool:
        """Whether running text stands near on one side of a line, behind at most so many lines that no rule knows."""
        other = line + step
        while 0 <= other < len(self.prose):
            if self._is_text(other):
                return True
            unknown -= not self.hits[other]
            other += step
            if unknown < 0 or abs(other - line) > BETWEEN_LINES:
                return False
        return False

    def _is_text(self, line: int) -> bool:
        """Whether a line is a paragraph, be it a short one."""
        if self.prose[line] or self.hits[line] or not self.texts:
            return self.prose[line]
        text = self.texts[line]
        least = SENTENCE_WORDS if shape.ends_sentence(text) else shape.PROSE_WORDS
        return shape.has_words(text, least)

    def _led(self, line: int) -> Iterator[int]:
        """Yield the lines below one that leads to them: a title, titles that follow without a blank line, or the items of a
        list of titles. A heading heads the text."""
        for below in range(line + 1, len(self.texts)):
            text = self.texts[below]
            is_known = self.prose[below] or bool(self.hits[below])
            if is_known or below in self.headings:
                return
            if not shape.is_heading(text):
                return
            is_first = below == line + 1
            if not is_first and not self._is_in_list(below):
                return
            yield below

    def _last_text(self) -> int:
        """The last line that is a paragraph; -1 without any."""
        return next((line for line in reversed(range(len(self.texts))) if self._is_text(line)), -1)

    def _headed(self, line: int, last_text: int) -> Sequence[int]:
        """The titles of other stories below the heading of a list of them, with what else stands among those: a date, a section.

        They follow each other without a blank line, or with bullets. Where each stands by itself, nothing else follows but what
        rules remove, or text, whose heading the last one is.
        """
        found: list[int] = []
        joined = 0
        size = len(self.texts)
        end = min(line + 1 + MOST_HEADED, size)
        for below in range(line + 1, end):
            if not self._may_be_headed(below):
                break
            is_first = not found
            are_joined = joined == len(found)
            if are_joined and (is_first or self._is_in_list(below)):
                joined += 1
            found.append(below)
        if joined > 1:
            return found[:joined]
        if not found or len(found) == MOST_HEADED:
            return ()
        below = found[-1] + 1
        if last_text >= below:
            # The last one may be the heading of the text directly below.
            return found[:-1] if self.prose[below] else ()
        is_end = below >= size or _may_be_struck(self.hits[below])
        return found if is_end else ()

    def _may_be_headed(self, line: int) -> bool:
        """Whether a line may be the title of another story in a list of them."""
        if self.prose[line] or line in self.headings:
            return False
        return not _may_be_struck(self.hits[line]) and shape.is_heading(self.texts[line])

    def _is_in_list(self, line: int) -> bool:
        """Whether a line has a bullet, or follows the one above without a blank line."""
        is_item = _BULLET.match(self.texts[line]) is not None
        is_close = bool(self.gaps) and self.gaps[line] == 1
        return is_item or is_close

    def _is_near(self, rule: Rule, line: int) -> bool:
        """Whether a line that supports a rule stands near, with no prose between."""
        for step in (-1, 1):
            for distance in range(1, NEAR_LINES + 1):
                other = line + step * distance
                if not 0 <= other < len(self.hits):
                    break
                found = self.hits[other]
                for hit in found:
                    if _supports(hit.rule, rule):
                        return True
                # A line of prose may support the rule itself; what stands behind it is far.
                if self.prose[other]:
                    break
        return False


def _hold_anywhere(found: tuple[Hit, ...]) -> bool:
    """Whether rules hold for a line as they do, wherever it stands, and say nothing of other lines."""
    return all(hit.rule.holds_anywhere for hit in found)


def _may_be_struck(found: tuple[Hit, ...]) -> bool:
    """Whether a rule may remove a line."""
    return any(hit.rule.verdict == "strike" for hit in found)


def _supports(other: Rule, rule: Rule) -> bool:
    """Whether a line that one rule holds for is what another rule is to stand near. Rules that need the same do not hold each
    other up."""
    if other.id == rule.id or other.verdict != "strike":
        return False
    is_as_needy = bool(other.near) and other.near == rule.near
    return other.category in rule.near and not is_as_needy
