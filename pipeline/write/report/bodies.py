"""One document as the report shows it: its source, and each edit with what it is for, in few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from pipeline.model import Evidence
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.output import restored
from pipeline.write.report.sample import MAX_SOURCE

MAX_EVIDENCE = 300
_FIELDS = Evidence.__struct_fields__
_values = attrgetter(*_FIELDS)
"""Those of all fields at once: the page has very many edits"""


Body = dict[str, Any]
"""A document as `body` gives it"""


def body(record: DocumentRecord, ledger: Sequence[EditRecord], rule_names: Sequence[str]) -> Body:
    """Return the source, and edits as [characters since the last one, length, number of the rule, replacement, evidence],
    the last two where there are any; where the evidence is a score alone and nothing replaces the text, the score stands
    in fourth place. What lies beyond the end of what is shown is left out.

    rule_names: the number of a rule is its place there
    """
    numbers = {rule: number for number, rule in enumerate(rule_names)}
    source = restored(record, list(ledger))
    shown = source[:MAX_SOURCE]
    edits: list[list[Any]] = []
    last = 0
    for edit in ledger:
        if edit.end > len(shown):
            shown = shown[: max(edit.start, last)]
            break
        row: list[Any] = [edit.start - last, edit.end - edit.start, numbers[edit.rule]]
        score = edit.evidence.score
        if not edit.replacement and edit.evidence == Evidence(score=score):
            if score is not None:
                row.append(round(score, 2))  # most edits of most documents
        elif said := evidence(edit.evidence):
            row += [edit.replacement, said]
        elif edit.replacement:
            row.append(edit.replacement)
        edits.append(row)
        last = edit.end
    return {"source": shown, "edits": edits, "more": len(source) - len(shown)}


def unpacked(row: Sequence[Any]) -> tuple[str, str]:
    """Return the replacement and the evidence of an edit as `body` writes it."""
    if len(row) > 4:
        return row[3], row[4]
    if len(row) < 4:
        return "", ""
    return ("", f"score {row[3]:+.2f}") if isinstance(row[3], float) else (row[3], "")


def evidence(of: Evidence) -> str:
    """Return what triggered an edit, in words."""
    parts: list[str] = []
    said = [(name, value) for name, value in zip(_FIELDS, _values(of), strict=True) if value is not None]
    for name, value in said:
        match name:
            case "place":
                parts.append(f"see characters {value.start:,} to {value.end:,}")
            case "score":
                parts.append(f"score {value:+.2f}")
            case "groups":
                parts.append(f"in {value:,} of {of.of:,} groups of documents" if of.of else f"in {value:,} groups")
            case "of" | "cluster_id":
                continue
            case "kept":
                older = " of an earlier run" if value.older else ""
                parts.append(f"kept in {value.source}{older}, characters {value.start:,} to {value.end:,}")
                parts += [f"there “{one.kept}” for “{one.removed}”" for one in value.differs[:3]]
            case _:
                parts.append(f"{name.replace('_', ' ')} {value}")
    return "; ".join(parts)[:MAX_EVIDENCE]
