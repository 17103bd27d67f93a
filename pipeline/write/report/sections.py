"""The rest of the page for a reader without scripts: documents, near-duplicates, and who shares what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from pipeline import jsonlines
from pipeline.jsonlines import Written
from pipeline.wording import plural
from pipeline.write.report import bodies
from pipeline.write.report.bodies import Body
from pipeline.write.report.facts import Facts
from pipeline.write.report.figures import share, shown
from pipeline.write.report.matrix import MOST_ROWS, cells, matrix, names_by_weight
from pipeline.write.report.pictures import histogram
from pipeline.write.report.ring import MOST_NODES, ring
from pipeline.write.struck import ALARM

FIRST_ROWS = 100
"""Documents, clusters and quotes that stand in the page itself; its script shows more"""
FIRST_WHOLE = 20
FEW_NAMES = 40
"""Sources of which matrix and ring have room side by side"""
WHOLE_BYTES = 300_000
"""For the documents that stand whole in the page itself"""
FIRST_CARDS = 10


def documents(facts: Facts, rows: Sequence[list[Any]], whole: Mapping[str, Written]) -> Iterator[str]:
    """Return the table of documents, and some of them whole."""
    total = facts.counts["documents"]
    yield '<section id="documents"><h2>Documents</h2><div id="bar" class="bar"></div>'
    if len(rows) < total:
        yield (
            f'<p class="rest">A sample of {len(rows):,} of {total:,}: those to look at first, and others by chance. '
            "All stand in <code>documents.jsonl</code>.</p>"
        )
    if len(whole) < len(rows):
        yield f'<p class="rest">{plural(len(whole), "document")} can be opened here; <code>pipeline why</code> opens any.</p>'
    yield '<table id="table"><thead><tr><th>document</th><th>date</th><th class="n">characters</th>'
    yield '<th class="n">kept</th><th class="n">expected F1</th></tr></thead><tbody>'
    for row in rows[:FIRST_ROWS]:
        yield _row(row, row[0] in whole)
    yield "</tbody></table>"
    if len(rows) > FIRST_ROWS:
        yield f'<noscript><p class="rest">The first {FIRST_ROWS} of {len(rows):,}; scripts show the others.</p></noscript>'
    yield "<noscript><h3>What was struck, in place</h3>"
    left = WHOLE_BYTES
    for row in [row for row in rows if row[0] in whole][:FIRST_WHOLE]:
        page = "".join(_whole(row, jsonlines.decode(whole[row[0]], Body), facts))
        left -= len(page.encode("utf-8", "replace"))
        yield page if left > 0 else ""
    yield "</noscript></section>"


def _row(row: Sequence[Any], is_whole: bool) -> str:
    key, source, title, _, date, chars_in, chars_out, quality, copied, _ = row
    name = f"<b>{shown(title or source, 120)}</b>"
    if is_whole:
        name = f'<a href="#doc={escape(key)}">{name}</a>'
    about = shown(source, 120) if title else ""
    about += f' <i class="flag">near-copy of {escape(copied)}</i>' if copied else ""
    return (
        f'<tr><td>{name}<small>{about}</small></td><td class="date">{escape(date or "")}</td>'
        f'<td class="n">{chars_in:,}</td><td class="n">{share(chars_out, chars_in)}</td>'
        f'<td class="n">{"–" if quality is None else quality}</td></tr>'
    )


def _whole(row: Sequence[Any], body: Body, facts: Facts) -> Iterator[str]:
    """A document's source with what was struck from it, in place."""
    yield f'<details class="whole" id="doc={escape(row[0])}"><summary>{shown(row[2] or row[1], 120)}</summary><pre>'
    source, at = body["source"], 0
    for edit in body["edits"]:
        start = at + edit[0]
        end = start + edit[1]
        rule = facts.rule_names[edit[2]]
        struck = source[start:end]
        yield escape(source[at:start])
        if struck.strip() and facts.family(rule) != "repairs":
            replacement, evidence = bodies.unpacked(edit)
            said = f"{rule}: {evidence}" if evidence else rule
            yield f'<del class="c-{facts.family(rule)}" title="{escape(said)}">{escape(struck)}</del>'
            yield escape(replacement)
        else:
            yield escape(struck)
        at = end
    yield escape(source[at:]) + "</pre></details>"


def near_duplicates(facts: Facts, clusters: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return the clusters of near-duplicates, and how similar pairs are."""
    sharing, counts = facts.sharing, facts.counts
    if not counts["clusters"] and not any(sharing.near) and not any(sharing.inside) and not facts.tally.shares.struck:
        return
    yield '<section id="copies"><h2>Near-duplicates</h2>'
    levels = (
        f"{plural(counts['clusters'], 'cluster')} of paragraphs and documents" if counts["clusters"] else "No clusters"
    )
    yield f"<p>{levels}; {plural(sum(sharing.near), 'pair')} of near-duplicate paragraphs, "
    yield f'<span class="inside">{plural(sum(sharing.inside), "quote")}</span> of one paragraph inside another. '
    yield "By similarity, heights as square roots:</p>"
    yield f'<div class="picture">{histogram(sharing.near, sharing.inside, sharing.threshold)}</div>'
    yield '<div id="borderline"></div><div id="clusters" class="cards">'
    for one in clusters[:FIRST_CARDS]:
        yield _cluster(one)
    yield "</div>"
    if counts["clusters"] > len(clusters):
        yield _rest(len(clusters), counts["clusters"], "clusters", "those that most sources have")
    yield from _struck(facts)
    yield "</section>"


def _struck(facts: Facts) -> Iterator[str]:
    """What sources lost because others have it."""
    lost = facts.tally.shares.by_loss()
    if not lost:
        return
    yield '<h3 class="wide">Struck as copies, by source</h3><table><thead><tr><th>source</th>'
    yield '<th class="n">characters</th><th class="n">struck</th><th class="n">share</th></tr></thead><tbody>'
    for one in lost[:FIRST_ROWS]:
        lost_share = share(one.struck, one.chars)
        alarm = ' <i class="flag">more than half</i>' if one.struck > ALARM * one.chars else ""
        yield (
            f'<tr><td>{shown(one.source, 120)}{alarm}</td><td class="n">{one.chars:,}</td>'
            f'<td class="n">{one.struck:,}</td><td class="n">{lost_share}</td></tr>'
        )
    yield "</tbody></table>"
    if len(lost) > FIRST_ROWS:
        yield f'<p class="rest">The {FIRST_ROWS} of {len(lost):,} that lost most.</p>'


def _cluster(one: Mapping[str, Any]) -> str:
    names = ", ".join(shown(name, 100) for name in one["names"])
    text = shown(one["members"][0][3]) if one["members"] else ""
    return (
        f'<article><p class="fact">{one["size"]:,} {one["level"]}s, {escape(one["relation"])}; the canonical one is '
        f'{escape(one["why"])}</p><blockquote>{text}</blockquote><p class="fact">{names}</p></article>'
    )


def shared(facts: Facts, quotes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return who shares what with whom, and the passages by importance."""
    sharing = facts.sharing
    names = names_by_weight(sharing)
    if not facts.counts["passages"] and not names:
        return
    yield '<section id="shared"><h2>Who shares what</h2>'
    if names:
        yield from _pictures(facts, names)
    yield '<h3 class="wide">Quotes and passages<noscript>, the most important first</noscript></h3>'
    yield '<div id="quotes" class="cards">'
    for one in quotes[:FIRST_CARDS]:
        yield _quote(one)
    yield "</div>"
    if facts.counts["passages"] > sum(one["passages"] for one in quotes):
        yield _rest(
            sum(one["passages"] for one in quotes),
            facts.counts["passages"],
            "passages",
            "those that say most in most sources",
        )
    yield "</section>"


def _pictures(facts: Facts, names: Sequence[str]) -> Iterator[str]:
    sharing = facts.sharing
    top = names[:MOST_ROWS]
    many = " many" if len(names) > FEW_NAMES else ""
    yield f'<div class="columns pictures{many}"><figure><figcaption><h3>From whom to whom</h3>'
    yield "<p>A row had it first, by date; the column has it, too. Where no date decides, it stands in both."
    if len(names) > len(top):
        yield f" The {len(top)} sources that share most, of {len(names):,}."
    if sharing.dropped:
        yield f" {sharing.dropped:,} pairs of sources that share little are not counted."
    yield f'</p></figcaption><div class="scroll">{matrix(top, cells(sharing, top))}</div></figure>'
    if len(names) > 2:
        nodes = names[:MOST_NODES]
        yield "<figure><figcaption><h3>Who belongs together</h3>"
        yield f"<p>{plural(len(nodes), 'source')}, side by side with those that they share most with.</p></figcaption>"
        yield f'<div class="scroll">{ring(nodes, cells(sharing, nodes))}</div></figure>'
    yield "</div>"


def _quote(one: Mapping[str, Any]) -> str:
    text = max((place[5] for place in one["places"]), key=len)
    first = one["earliest"]
    earliest = f", first on {escape(first[1] or '')} in {shown(first[0], 100)}" if first else ""
    names = ", ".join(shown(place[1], 100) for place in one["places"])
    return (
        f'<article><p class="fact">{plural(one["origins"], "independent origin")}, {one["words"]:,} words, '
        f'{one["bits"]:.0f} bits{earliest}</p><blockquote>{shown(text)}</blockquote><p class="fact">{names}</p></article>'
    )


def _rest(count: int, total: int, name: str, which: str) -> str:
    return f'<p class="rest">{count:,} of {total:,} {name}, {which}; all stand in <code>{name}.jsonl</code>.</p>'
