"""An output in a few figures, and conditions on them, for checks that run by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from operator import ge, gt, le, lt

from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.wording import suggestion
from pipeline.write.output import Output

_CONDITION = expression(r"\s*([a-z_]+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(%?)\s*")
SHARES = frozenset({"removed", "failed", "empty", "copies", "quality", "worst"})
"""Figures that are shares; the others are counts"""
_COMPARE = {"<": lt, ">": gt, "<=": le, ">=": ge}


def stats(output: Output) -> dict[str, float]:
    """The figures of an output. Shares are from 0 to 1.

    `removed`: of the characters; `failed`: of all documents and failures, the failures; `empty`: of the documents, those without
    text; `copies`: of the documents, those that are a near-copy of another; `quality`: the mean expected F1; `worst`: the
    lowest one.
    """
    counts = dict(output.manifest.counts)
    documents = empty = copies = 0
    expected: list[float] = []
    for record in output.records("documents"):
        documents += 1
        empty += not record.text
        copies += record.duplicate_of is not None
        if record.quality is not None:
            expected.append(record.quality.f1)
    failures = int(counts["failures"])
    return {
        **counts,
        "removed": 1 - _share(counts["chars_out"], counts["chars_in"], 1),
        "failed": _share(failures, documents + failures),
        "empty": _share(empty, documents),
        "copies": _share(copies, documents),
        "quality": _share(sum(expected), len(expected)),
        "worst": min(expected, default=0.0),
    }


def _share(part: float, whole: float, nothing: float = 0) -> float:
    return round(part / whole, 4) if whole else nothing


def holds(condition: str, figures: Mapping[str, float]) -> bool:
    """Whether a condition such as `removed>40%` or `failures>=1` is true.

    Raises:
        UsageError: it is none, or names no figure.
    """
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise UsageError(f"{condition!r} is no condition; say it like removed>40% or failures>=1")
    name, sign, number, percent = match.groups()
    if name not in figures:
        raise UsageError(f"no figure is called {name!r}{suggestion(name, figures)}")
    if name in SHARES and not percent and float(number) > 1:
        raise UsageError(f"{condition!r}: {name} is a share, from 0 to 1; say {name}{sign}{number}%")
    if name in ("quality", "worst") and not figures["documents"]:
        return False  # of nothing there is no quality
    return bool(_COMPARE[sign](figures[name], float(number) / (100 if percent else 1)))
