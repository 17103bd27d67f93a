"""The graph of who shares with whom: groups on a ring, those that belong together side by side, so that 500 stay readable."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from math import cos, pi, sin
from typing import NamedTuple

from pipeline.write.report.figures import short_name
from pipeline.write.report.matrix import Cell

MOST_NODES, MOST_EDGES = 500, 600
MARGIN = 178
"""Around the ring, for names"""
LABEL_ROOM = 12
"""Pixels along the ring that a label takes"""
TURNS = 12
PALETTE = 8
"""Colours of communities in the style sheet"""


class Shape(NamedTuple):
    """How large the ring is."""

    radius: int
    size: int
    """Of the picture, which is a square"""

    def point(self, angle: float, radius: float) -> tuple[str, str]:
        """Return the coordinates of a point by its angle and its distance from the centre."""
        return f"{self.size / 2 + radius * cos(angle):.1f}", f"{self.size / 2 + radius * sin(angle):.1f}"


def _shape(count: int) -> Shape:
    radius = min(262, 90 + 6 * count)
    return Shape(radius, 2 * (radius + MARGIN))


def ring(names: Sequence[str], filled: Sequence[Cell]) -> str:
    """Return the groups and the strongest of their ties as SVG. `names` come with the heaviest first."""
    weight = _ties(filled)
    community = communities(names, weight)
    members = Counter(community[name] for name in names)
    order = sorted(names, key=lambda name: (-members[community[name]], community[name], name))
    colours = {label: number % PALETTE for number, label in enumerate(dict.fromkeys(community[name] for name in order))}
    shape = _shape(len(order))
    labelled = _labelled(names, order, shape)
    strongest = sorted(weight, key=lambda pair: (-weight[pair], pair))[:MOST_EDGES]
    place = {name: _angle(number, len(order)) for number, name in enumerate(order)}
    most = max(weight.values(), default=1)
    edges = [
        _edge(pair, place, weight[pair] / most, colours[community[pair[0]]], weight[pair], shape)
        for pair in reversed(strongest)  # the strongest on top
    ]
    dots = [_node(name, place[name], colours[community[name]], name in labelled, shape) for name in order]
    size = f'viewBox="0 0 {shape.size} {shape.size}" width="{shape.size}"'
    return (
        f'<svg class="ring" {size} role="img" aria-label="Sources that share text">'
        f'<g class="edges">{"".join(edges)}</g>{"".join(dots)}</svg>'
    )


def communities(names: Sequence[str], weight: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """Return a name for the community of each group: each takes, in turn, the one that most of its ties have."""
    near: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for (one, two), pieces in weight.items():
        near[one].append((two, pieces))
        near[two].append((one, pieces))
    label = {name: name for name in names}
    for _ in range(TURNS):
        changed = False
        for name in names:
            votes: Counter[str] = Counter()
            for other, pieces in near[name]:
                votes[label[other]] += pieces
            if votes:
                best = min(votes, key=lambda one: (-votes[one], one))
                changed |= best != label[name]
                label[name] = best
        if not changed:
            break
    return label


def _labelled(names: Sequence[str], order: Sequence[str], shape: Shape) -> set[str]:
    """Return the heaviest names that have room for a label beside those that are heavier still."""
    place = {name: number for number, name in enumerate(order)}
    apart = int(LABEL_ROOM * len(order) / (2 * pi * shape.radius)) + 1
    taken: set[int] = set()
    labelled: set[str] = set()
    for name in names:
        around = {(place[name] + step) % len(order) for step in range(1 - apart, apart)}
        if not around & taken:
            taken.add(place[name])
            labelled.add(name)
    return labelled


def _ties(filled: Sequence[Cell]) -> dict[tuple[str, str], int]:
    """The pieces that two groups share, whoever had them first; those without a date stand in both directions."""
    weight: Counter[tuple[str, str]] = Counter()
    for cell in filled:
        pair = (cell.first, cell.later) if cell.first < cell.later else (cell.later, cell.first)
        weight[pair] += cell.pieces - (cell.undated if cell.first > cell.later else 0)
    return {pair: pieces for pair, pieces in weight.items() if pieces}


def _angle(number: int, count: int) -> float:
    return 2 * pi * number / max(count, 1) - pi / 2


def _edge(
    pair: tuple[str, str], place: Mapping[str, float], share: float, colour: int, pieces: int, shape: Shape
) -> str:
    one, two = place[pair[0]], place[pair[1]]
    gap = abs(one - two)
    depth = shape.radius * max(0.0, 1 - min(gap, 2 * pi - gap) / 1.6)  # neighbours bow less than those far apart
    middle = (one + two) / 2 + (pi if gap > pi else 0)
    x1, y1 = shape.point(one, shape.radius)
    x2, y2 = shape.point(two, shape.radius)
    xm, ym = shape.point(middle, depth)
    thick = 0.8 + 4.2 * share**0.5
    return (
        f'<path class="k{colour}" stroke-width="{thick:.1f}" data-a="{escape(pair[0])}" data-b="{escape(pair[1])}" '
        f'd="M{x1} {y1}Q{xm} {ym} {x2} {y2}"><title>{escape(pair[0])} – {escape(pair[1])}: {pieces:,}</title></path>'
    )


def _node(name: str, angle: float, colour: int, is_labelled: bool, shape: Shape) -> str:
    x, y = shape.point(angle, shape.radius)
    size = 4.0 if is_labelled else 2.2
    degrees = angle * 180 / pi
    flipped = cos(angle) < 0
    turned = degrees + 180 if flipped else degrees
    offset, anchor = (-12, "end") if flipped else (12, "start")
    label = (
        f'<text transform="translate({x} {y}) rotate({turned:.1f})" x="{offset}" y="4" text-anchor="{anchor}">'
        f"{escape(short_name(name, 22))}</text>"
    )
    quiet = "" if is_labelled else " quiet"
    return (
        f'<g class="node k{colour}{quiet}" data-group="{escape(name)}" tabindex="0" role="button" '
        f'aria-label="{escape(name[:300])}"><circle cx="{x}" cy="{y}" r="{size}"/>{label}<title>{escape(name[:300])}</title></g>'
    )
