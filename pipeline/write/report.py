"""`report.html`: one self-contained page that shows a reader what a run removed, found and shared."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Any

from pipeline.model import Failure
from pipeline.records import ClusterRecord, DocumentRecord, EditRecord, PassagePlace, PassageRecord, StruckShare
from pipeline.write.struck import ALARM, Shares

EXAMPLES = 3
MAX_ROWS = 500
MAX_EXAMPLE = 240
"""Characters shown of what a rule has removed"""
MAX_SHOWN = 4_000
"""Characters shown of anything else: a line may be a whole file"""
QUIET_RULES = frozenset({"white-space", "unwrap", "unicode-nfc", "control-character", "byte-order-mark"})
"""Repairs that take no words away; counted, but not shown with examples."""


@dataclass(slots=True)
class Tally:
    """What the report needs of the documents, gathered while they are written; it does not grow with the corpus."""

    documents: list[tuple[str, str | None, int, int, str | None]] = field(default_factory=list)
    edits: Counter[str] = field(default_factory=Counter)
    chars: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    counts: Counter[str] = field(default_factory=Counter)
    shares: Shares = field(default_factory=Shares)

    def add(self, record: DocumentRecord, ledger: Sequence[EditRecord]) -> None:
        """Take one document into account, by its record and those of its edits."""
        meta = record.metadata
        title = meta.title[: MAX_SHOWN + 1] if meta.title else None
        row = (record.source, title, meta.chars_in, meta.chars_out, record.duplicate_of)
        if len(self.documents) < MAX_ROWS:
            self.documents.append(row)
        self.counts.update(
            documents=1,
            chars_in=meta.chars_in,
            chars_out=meta.chars_out,
            edits=len(ledger),
            paragraphs=len(record.blocks),
        )
        self.shares.add(record, ledger)
        by_rule: dict[str, list[EditRecord]] = {}
        for edit in ledger:
            by_rule.setdefault(edit.rule, []).append(edit)
        for rule, edits in by_rule.items():
            self.edits[rule] += len(edits)
            self.chars[rule] += sum(len(edit.text) - len(edit.replacement) for edit in edits)
            if rule not in QUIET_RULES and len(self.examples.setdefault(rule, [])) < EXAMPLES:
                for edit in edits:
                    self._show(rule, edit.text, record.source)

    def _show(self, rule: str, text: str, source: str) -> None:
        shown = self.examples.setdefault(rule, [])
        example = text.strip()[: MAX_EXAMPLE + 1]
        if len(shown) < EXAMPLES and all(example != other for other, _ in shown):
            shown.append((example, source))

    def merge(self, other: Tally) -> None:
        """Take into account what `other` did, whose documents come after these."""
        self.documents += other.documents[: MAX_ROWS - len(self.documents)]
        self.counts.update(other.counts)
        self.edits.update(other.edits)
        self.chars.update(other.chars)
        self.shares.merge(other.shares)
        for rule, shown in other.examples.items():
            for text, source in shown:
                self._show(rule, text, source)


def render(
    tally: Tally,
    counts: Mapping[str, Any],
    clusters: Sequence[tuple[ClusterRecord, str]],
    passages: Sequence[PassageRecord],
    failures: Sequence[Failure],
) -> str:
    """The page. `clusters` come with the canonical text; all may be cut short to `MAX_ROWS`."""
    lost = tally.shares.by_loss()
    body = [
        "<h1>What was cleaned, and what the sources share</h1>",
        '<dl class="counts">',
        *(f"<div><dt>{escape(name.replace('_', ' '))}</dt><dd>{value:,}</dd></div>" for name, value in counts.items()),
        "</dl>",
        _section("Failures", failures, _failures(failures)),
        _section("Shared passages", passages, _passages(passages)),
        _section("Near-duplicates", clusters, _clusters(clusters)),
        _section("Struck as copies, by source", lost, _struck(lost)),
        _section("What was removed, and why", list(tally.edits), _rules(tally)),
        _section("Documents", tally.documents, _documents(tally)),
    ]
    return _PAGE.format(style=_STYLE, policy=_POLICY, body="\n".join(part for part in body if part))


def _shown(text: str, most: int = MAX_SHOWN) -> str:
    """The beginning of a text as HTML."""
    return escape(text if len(text) <= most else text[:most] + "…")


def _section(title: str, rows: Sequence[Any], content: Iterable[str]) -> str:
    if not rows:
        return ""
    return f"<section><h2>{title}</h2>\n" + "\n".join(content) + "\n</section>"


def _table(head: Sequence[str], rows: Iterable[str]) -> Iterable[str]:
    yield "<table><thead><tr>" + "".join(f"<th>{name}</th>" for name in head) + "</tr></thead><tbody>"
    yield from rows
    yield "</tbody></table>"


def _failures(failures: Sequence[Failure]) -> Iterable[str]:
    return _table(
        ("source", "stage", "reason", "message"),
        (
            f"<tr><td>{escape(f.source)}</td><td>{escape(f.stage)}</td>"
            f"<td><code>{escape(f.error)}</code></td><td>{_shown(f.message)}</td></tr>"
            for f in failures[:MAX_ROWS]
        ),
    )


def _passages(passages: Sequence[PassageRecord]) -> Iterable[str]:
    for passage in passages[:MAX_ROWS]:
        sides = _side(passage.a) + _side(passage.b)
        yield (
            f'<div class="pair"><p class="fact">{passage.words} words in common, '
            f"similarity {passage.similarity:.2f}, {passage.origins} independent "
            f"{'origin' if passage.origins == 1 else 'origins'}{_first_said(passage)}</p>{sides}</div>"
        )


def _side(side: PassagePlace) -> str:
    said = f"{escape(side.speaker)}, in " if side.speaker else ""
    return (
        f"<blockquote>{_shown(side.text)}<footer>{said}{escape(side.source)}, "
        f"{side.start:,} to {side.end:,}</footer></blockquote>"
    )


def _first_said(passage: PassageRecord) -> str:
    """Return who had a passage first, where a date is known."""
    first = passage.earliest
    if first is None:
        return ""
    agency = f" ({escape(first.agency)})" if first.agency else ""
    return f", first on {first.date} in {escape(first.source)}{agency}"


def _clusters(clusters: Sequence[tuple[ClusterRecord, str]]) -> Iterable[str]:
    for cluster, text in clusters[:MAX_ROWS]:
        sources = ", ".join(escape(source) for source in cluster.sources[:12])
        more = f" and {len(cluster.sources) - 12} more" if len(cluster.sources) > 12 else ""
        yield (
            f'<div class="pair"><p class="fact">{cluster.size} {cluster.level}s, {cluster.relation}: '
            f"{sources}{more}</p><blockquote>{_shown(text)}</blockquote></div>"
        )


def _rules(tally: Tally) -> Iterable[str]:
    def row(rule: str, count: int) -> str:
        shown = "".join(
            f'<li title="{escape(source)}">{_shown(text, MAX_EXAMPLE)}</li>'
            for text, source in tally.examples.get(rule, ())
        )
        return (
            f"<tr><td><code>{escape(rule)}</code></td><td class=number>{count:,}</td>"
            f"<td class=number>{tally.chars[rule]:,}</td><td><ul>{shown}</ul></td></tr>"
        )

    ranked = sorted(tally.edits.items(), key=lambda item: (-tally.chars[item[0]], item[0]))
    return _table(("rule", "edits", "characters", "for example"), (row(*item) for item in ranked))


def _struck(lost: Sequence[StruckShare]) -> Iterable[str]:
    return _table(
        ("source", "characters", "struck", "share"),
        (
            f"<tr><td>{escape(one.source)}</td><td class=number>{one.chars:,}</td><td class=number>{one.struck:,}</td>"
            f"<td class=number>{one.struck / one.chars:.0%}"
            f"{' <strong>more than half</strong>' if one.struck > ALARM * one.chars else ''}</td></tr>"
            for one in lost[:MAX_ROWS]
        ),
    )


def _documents(tally: Tally) -> Iterable[str]:
    return _table(
        ("source", "title", "characters in", "kept"),
        (
            f"<tr><td>{escape(source)}</td><td>{_shown(title or '')}"
            + (f"<br><small>near-copy of {escape(duplicate)}</small>" if duplicate else "")
            + f"</td><td class=number>{chars_in:,}</td><td class=number>{chars_out:,}"
            f'<meter min=0 max=1 value="{chars_out / max(chars_in, 1):.3f}"></meter></td></tr>'
            for source, title, chars_in, chars_out, duplicate in tally.documents
        ),
    )


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pipeline report</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent);
  --soft: color-mix(in srgb, currentColor 6%, transparent); --mark: #b4552d; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 1.25rem; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .75rem; padding-bottom: .35rem; border-bottom: 2px solid var(--mark); }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; }
.counts div { background: var(--soft); border-radius: .5rem; padding: .6rem .9rem; min-width: 6.5rem; }
.counts dt { font-size: .8rem; opacity: .7; } .counts dd { margin: 0; font-size: 1.35rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; font-weight: 600; opacity: .7; } th, td { padding: .4rem .7rem .4rem 0; vertical-align: top; }
tbody tr { border-top: 1px solid var(--line); } td { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
meter { display: block; width: 6rem; margin-left: auto; }
ul { margin: 0; padding-left: 1rem; } code { font-size: .85em; white-space: nowrap; }
.pair { margin: 0 0 1.4rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: .3rem 1.2rem; }
.fact { grid-column: 1 / -1; margin: 0; font-size: .85rem; opacity: .75; }
blockquote { margin: 0; padding: .6rem .9rem; background: var(--soft); border-left: 3px solid var(--mark);
  overflow-wrap: anywhere; }
blockquote footer { font-size: .8rem; opacity: .7; margin-top: .3rem; }
"""

_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
"""The page runs nothing, loads nothing and sends nothing, should a text of somebody else's ever get through as HTML."""
