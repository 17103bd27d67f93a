"""Which group of documents shares how much with which, as a matrix: rows had it first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from pipeline.wording import plural
from pipeline.write.report.figures import short_name
from pipeline.write.report.sharing import Flow, Sharing

MOST_ROWS = 32
CELL, NAMES, HEADS = 24, 176, 130
LARGE_CELL, FEW = 40, 12
"""Cells are larger where there are few"""
SHADES = 6


class Cell(NamedTuple):
    """What two groups share, in one direction."""

    first: str
    later: str
    pieces: int
    """Of which `first` had it first, or nobody knows who had"""
    undated: int
    words: int


def names_by_weight(sharing: Sharing) -> list[str]:
    """Return the groups that share something, those that share most pieces first."""
    weight: Counter[int] = Counter()
    for table in (sharing.flows, sharing.unordered):
        for (one, two), flow in table.items():
            weight[one] += flow.pieces
            weight[two] += flow.pieces
    names = sharing.index.groups
    return [names[number] for number in sorted(weight, key=lambda number: (-weight[number], names[number]))]


def cells(sharing: Sharing, names: Sequence[str]) -> list[Cell]:
    """Return the cells between these groups that are not empty, in the order of the names."""
    wanted = set(names)
    found: dict[tuple[str, str], list[int]] = {}

    def count(first: str, later: str, flow: Flow, undated: int) -> None:
        if first in wanted and later in wanted:
            cell = found.setdefault((first, later), [0, 0, 0])
            for at, value in enumerate((flow.pieces, undated, flow.words)):
                cell[at] += value

    groups = sharing.index.groups
    for (one, two), flow in sharing.flows.items():
        count(groups[one], groups[two], flow, 0)
    for (one, two), flow in sharing.unordered.items():
        count(groups[one], groups[two], flow, flow.pieces)
        count(groups[two], groups[one], flow, flow.pieces)
    place = {name: number for number, name in enumerate(names)}
    ordered = sorted(found, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return [Cell(*pair, *found[pair]) for pair in ordered]


def matrix(names: Sequence[str], filled: Sequence[Cell]) -> str:
    """Return the matrix as SVG; a cell names both groups for the page's script."""
    place = {name: number for number, name in enumerate(names)}
    most = max((cell.pieces for cell in filled), default=1)
    size = LARGE_CELL if len(names) <= FEW else CELL
    width, height = NAMES + size * len(names) + 70, HEADS + size * len(names) + 6
    parts = [*_heads(names, size), *(_cell(cell, place, most, size) for cell in filled)]
    return (
        f'<svg class="matrix" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="Pieces of text that the source of a row had first and that of a column has, too">{"".join(parts)}</svg>'
    )


def _heads(names: Sequence[str], size: int) -> Iterator[str]:
    right = NAMES + size * len(names)
    for number, name in enumerate(names):
        y, x = HEADS + size * number, NAMES + size * number
        label = escape(short_name(name, 25))
        full = escape(name[:300])
        yield (
            f'<text class="row" x="{NAMES - 8}" y="{y + size / 2 + 3:.0f}" text-anchor="end">'
            f"{label}<title>{full}</title></text>"
        )
        yield (
            f'<text class="column" transform="translate({x + size / 2 + 3:.0f} {HEADS - 8}) rotate(-52)">'
            f"{escape(short_name(name, 20))}<title>{full}</title></text>"
        )
        yield f'<rect class="self" x="{x}" y="{y}" width="{size - 2}" height="{size - 2}"/>'
        yield f'<line class="rule" x1="{NAMES}" x2="{right}" y1="{y + size - 1}" y2="{y + size - 1}"/>'


def _cell(cell: Cell, place: Mapping[str, int], most: int, size: int) -> str:
    x, y = NAMES + size * place[cell.later], HEADS + size * place[cell.first]
    shade = max(1, _root_share(cell.pieces, most))
    order = f", of {cell.undated:,} of them the order is not known" if cell.undated else ""
    said = escape(
        f"{cell.first} → {cell.later}: {plural(cell.pieces, 'piece')}, {cell.words:,} words in passages{order}"
    )
    ink = "high" if shade > SHADES // 2 else "low"
    figure = f"{cell.pieces}" if cell.pieces < 1000 else f"{cell.pieces // 1000}k"
    pair = f'data-first="{escape(cell.first)}" data-later="{escape(cell.later)}"'
    square = f'<rect class="heat-{shade}" x="{x}" y="{y}" width="{size - 2}" height="{size - 2}" rx="3"/>'
    middle = f'x="{x + size / 2 - 1:.0f}" y="{y + size / 2 + 3:.0f}" text-anchor="middle"'
    return (
        f'<g class="cell" {pair} tabindex="0" role="button" aria-label="{said}">'
        f'{square}<text class="{ink}" {middle}>{figure}</text><title>{said}</title></g>'
    )


def _root_share(part: int, whole: int) -> int:
    """Return the square root of a share as one of `SHADES` steps, in whole numbers."""
    return max(step for step in range(SHADES + 1) if step * step * whole <= part * SHADES * SHADES)
