"""The top of the page: the verdict, what needs a look first, what was removed and why, and how it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from pipeline.wording import plural
from pipeline.write.report import commands, sample
from pipeline.write.report.facts import Facts
from pipeline.write.report.families import FAMILIES
from pipeline.write.report.figures import share, shown
from pipeline.write.report.pictures import funnel
from pipeline.write.report.sample import Listed
from pipeline.write.report.summed import MAX_EXAMPLE
from pipeline.write.report.whole import MIN_ID

MOST_LOOKS = 6
MOST_FAILURES = 300


def verdict(facts: Facts) -> Iterator[str]:
    """Return the result of the run in a sentence, and what went beside it in another."""
    counts = facts.counts
    taken = counts["chars_in"] - counts["chars_out"]
    yield (
        f"<h1>{plural(counts['documents'], 'document')}: <b>{share(counts['chars_out'], counts['chars_in'])}</b> "
        f"of {plural(counts['chars_in'], 'character')} is clean text.</h1>"
    )
    most = [one for one in sorted(FAMILIES, key=lambda one: -facts.chars[one.key]) if facts.chars[one.key] > 0][:3]
    why = ", ".join(f"{one.name} {share(facts.chars[one.key], counts['chars_in'])}" for one in most)
    said = [f"{taken:,} characters were taken out: {why}." if taken > 0 and why else "Nothing was taken out."]
    quotes = len(facts.sharing.quotes)
    if counts["passages"]:
        said.append(f"{plural(counts['passages'], 'passage')} {'is' if counts['passages'] == 1 else 'are'} shared.")
    if counts["clusters"]:
        said.append(f"There are {plural(counts['clusters'], 'cluster')} of near-duplicates.")
    if not counts["passages"] and not counts["clusters"] and not quotes:
        said.append("The documents share nothing.")
    failed = counts["failures"]
    said.append(f'<a href="#problems">{plural(failed, "problem")}</a>.' if failed else "Nothing failed.")
    yield f'<p class="lead">{" ".join(said)}</p>'


def looks(facts: Facts) -> Iterator[str]:
    """Return what deserves a look first, where anything does."""
    failures = [
        f'<li><a href="#problems">{shown(one.source, 80)}</a> <span>{escape(one.error)}</span></li>'
        for one in facts.failures[:MOST_LOOKS]
    ]
    alarms = facts.tally.shares.alarms()
    lost = [
        f"<li>{shown(one.source, 80)} <span>{share(one.struck, one.chars)} of {one.chars:,}</span></li>"
        for one in alarms[:MOST_LOOKS]
    ]
    boxes = [
        _look("Failed, or in part", failures, len(facts.failures)),
        _look("Without text", [_document(one, "") for one in sample.empty(facts.listed, MOST_LOOKS)]),
        _look("Sources that lost more than half as copies", lost, len(alarms)),
        _look(
            "Least sure",
            [_document(one, f"F1 {100 * (one.quality or 0):.0f}") for one in sample.doubtful(facts.listed, MOST_LOOKS)],
        ),
        _look(
            "Least kept",
            [
                _document(one, f"{share(one.chars_out, one.chars_in)} kept")
                for one in sample.struck(facts.listed, MOST_LOOKS)
            ],
        ),
    ]
    if any(boxes):
        yield '<section id="look"><h2>Look here first</h2><div class="looks">'
        yield from boxes
        yield "</div></section>"


def _look(title: str, rows: Sequence[str], count: int = 0) -> str:
    if not rows:
        return ""
    more = f" <small>{count:,}</small>" if count > len(rows) else ""
    return f"<div><h3>{title}{more}</h3><ul>{''.join(rows)}</ul></div>"


def _document(one: Listed, figure: str) -> str:
    return f'<li><a href="#doc={one.id[:MIN_ID]}">{shown(one.title or one.source, 80)}</a> <span>{figure}</span></li>'


def removed(facts: Facts) -> Iterator[str]:
    """Return the funnel, and a table of the rules by family."""
    counts = facts.counts
    yield '<section id="removed"><h2>What was taken out, and why</h2>'
    yield f'<div class="picture">{funnel(facts.chars, counts["chars_in"], counts["chars_out"])}</div>'
    yield '<div class="chips" id="families">'
    seen = {facts.family(rule) for rule in facts.rule_names}
    for one in FAMILIES:
        if one.key in seen:
            part = share(max(facts.chars[one.key], 0), counts["chars_in"])
            yield (
                f'<button class="chip c-{one.key}" data-family="{one.key}" title="{escape(one.what)}">'
                f"{one.name} <b>{part}</b></button>"
            )
    yield "</div>"
    yield from _rules(facts)
    yield "</section>"


def _rules(facts: Facts) -> Iterator[str]:
    yield '<details class="rules"><summary>All rules, with examples</summary><table><thead><tr>'
    yield '<th>rule</th><th class="n">characters</th><th class="n">edits</th><th class="n">documents</th><th>for example</th>'
    yield "</tr></thead><tbody>"
    tally = facts.tally
    for rule in facts.rule_names:
        examples = "".join(
            f'<li title="{shown(source)}">{shown(text, MAX_EXAMPLE)}</li>'
            for text, source in tally.examples.get(rule, ())
        )
        yield (
            f'<tr><td><button class="rule c-{facts.family(rule)}" data-rule="{escape(rule)}" '
            f'title="{shown(facts.why(rule))}">{escape(rule)}</button></td><td class="n">{tally.chars[rule]:,}</td>'
            f'<td class="n">{tally.edits[rule]:,}</td><td class="n">{tally.documents[rule]:,}</td>'
            f"<td><ul>{examples}</ul></td></tr>"
        )
    yield "</tbody></table></details>"


def _value(value: Any) -> str:
    """An option's value for a reader."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)


def problems(facts: Facts) -> Iterator[str]:
    """Return what failed, each with the command that tries again."""
    if not facts.failures and not facts.passed_over:
        return
    yield '<section id="problems"><h2>Problems</h2>'
    if facts.failures:
        yield "<p>The commands run in the folder that holds the inputs.</p>"
        yield "<table><thead><tr><th>source</th><th>reason</th><th>what happened</th><th>try again</th></tr></thead><tbody>"
        for one in facts.failures[:MOST_FAILURES]:
            yield (
                f"<tr><td>{shown(one.source, 300)}</td><td><code>{escape(one.stage)}: {escape(one.error)}</code></td>"
                f'<td>{shown(one.message)}</td><td><code class="copy">{shown(commands.retry(one))}</code></td></tr>'
            )
        yield "</tbody></table>"
        yield from _cut_short(len(facts.failures), MOST_FAILURES, "failures.jsonl")
    if facts.passed_over:
        reasons = ", ".join(f"{count:,} {escape(reason)}" for reason, count in _most(facts.passed_over.items()))
        yield f"<p>Parts of inputs that were never meant to be documents: {reasons}.</p>"
    yield "</section>"


def _most(items: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(items, key=lambda item: (-item[1], item[0]))


def _cut_short(count: int, most: int, where: str) -> Iterator[str]:
    """Say where the rest stands, if there is one."""
    if count > most:
        yield f'<p class="rest">The first {most:,} of {count:,}; all stand in <code>{where}</code>.</p>'


def made(facts: Facts) -> Iterator[str]:
    """Return how the output was made: command, configuration, versions."""
    yield '<section id="made"><h2>How it was made</h2>'
    yield f'<p><code class="copy">{escape(commands.run(facts.config, facts.defaults))}</code></p>'
    yield f"<p>pipeline {escape(facts.version)}. Options that are not the default stand out.</p>"
    yield '<div class="columns"><div><h3>Configuration</h3><dl>'
    for name, value in facts.config.items():
        other = ' class="other"' if value != facts.defaults[name] else ""
        yield f"<div{other}><dt>{escape(name)}</dt><dd>{shown(_value(value), 200)}</dd></div>"
    yield "</dl></div><div><h3>Libraries</h3><dl>"
    for name, version in facts.libraries.items():
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(version or 'not installed')}</dd></div>"
    yield "</dl></div></div></section>"
