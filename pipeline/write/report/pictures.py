"""The funnel of characters and the histogram of similarities, as SVG. All that is drawn are numbers and names of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.write.report.families import BY_KEY, FAMILIES, STAGES
from pipeline.write.report.figures import compact, share

WIDTH, TOP, TRUNK = 1200, 8, 128
"""Of the wide funnel: its width, and where the stream of characters begins and how thick it is when it does"""
COLUMN = 150
BEND = 16
PIPES_END = 196
THINNEST = 1.5


def funnel(chars: Mapping[str, int], chars_in: int, chars_out: int) -> str:
    """Return the stream of characters from the sources to the clean text, and what leaves it at each stage.

    `chars` has the code points that each family took out; it is drawn twice: for wide windows, and for narrow ones.
    """
    return _wide(chars, chars_in, chars_out) + _tall(chars, chars_in, chars_out)


def _stages(chars: Mapping[str, int]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Each stage with its families that took something out."""
    for stage in STAGES:
        yield stage, [(one.key, chars[one.key]) for one in FAMILIES if one.stage == stage and chars.get(one.key, 0) > 0]


def _wide(chars: Mapping[str, int], chars_in: int, chars_out: int) -> str:
    scale = TRUNK / max(chars_in, 1)
    bottom = float(TOP + TRUNK)
    lower = [f"0 {bottom:.1f}"]
    branches: list[str] = []
    labels = [_label(2, "Source", compact(chars_in), "characters")]
    for number, (stage, families) in enumerate(_stages(chars), 1):
        x = number * COLUMN - COLUMN / 2
        total = sum(count for _, count in families)
        figure = share(total, chars_in) if total else "0"
        labels.append(_label(x + BEND, STAGES[stage], figure, f"{total:,}"))
        lower.append(f"{x:.1f} {bottom:.1f}")
        centre, radius = bottom + BEND, float(BEND)
        for key, count in reversed(families):  # the lowest band bends first, the others around it
            thick = max(count * scale, THINNEST)
            branches.append(_picked(key, _branch(x, centre, radius, thick), count, chars_in))
            bottom = max(bottom - count * scale, TOP + THINNEST)
            radius += thick
        lower.append(f"{x:.1f} {bottom:.1f}")
    trunk = f"M0 {TOP}H{WIDTH - COLUMN}V{bottom:.1f}L{'L'.join(reversed(lower))}Z"
    kept = _label(WIDTH - COLUMN + 14, "Clean text", share(chars_out, chars_in), f"{chars_out:,}", TOP + 20)
    return (
        f'<svg class="funnel wide" viewBox="0 0 {WIDTH} 262" role="img" aria-label="Characters by stage">'
        f'<path class="trunk" d="{trunk}"/>{"".join(branches)}{"".join(labels)}<g class="kept">{kept}</g></svg>'
    )


def _branch(x: float, centre: float, radius: float, thick: float) -> str:
    """A band that leaves the trunk at its lower edge and bends down into a pipe, around a centre below `x`."""
    outer = radius + thick
    return (
        f"M{x:.1f} {centre - outer:.1f}A{outer:.1f} {outer:.1f} 0 0 1 {x + outer:.1f} {centre:.1f}V{PIPES_END}"
        f"H{x + radius:.1f}V{centre:.1f}A{radius:.1f} {radius:.1f} 0 0 0 {x:.1f} {centre - radius:.1f}Z"
    )


def _picked(key: str, path: str, count: int, chars_in: int) -> str:
    said = f"{BY_KEY[key].name}: {count:,} characters, {share(count, chars_in)}"
    return (
        f'<g class="pick c-{key}" data-family="{key}" tabindex="0" role="button" aria-label="{said}">'
        f'<path d="{path}"><title>{said}</title></path></g>'
    )


def _label(x: float, name: str, figure: str, more: str, y: float = PIPES_END + 20) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}"><tspan class="name">{name}</tspan>'
        f'<tspan class="figure" x="{x:.0f}" dy="22">{figure}</tspan>'
        f'<tspan class="more" x="{x:.0f}" dy="17">{more}</tspan></text>'
    )


def _tall(chars: Mapping[str, int], chars_in: int, chars_out: int) -> str:
    width, step = 340, 46
    left = chars_in
    rows = [_row(0, width, "Source", f"{chars_in:,}", chars_in, [], chars_in)]
    for stage, families in _stages(chars):
        total = sum(count for _, count in families)
        if total:
            left -= total
            figure = share(total, chars_in)
            rows.append(_row(len(rows) * step, width, STAGES[stage], figure, left, families, chars_in))
    rows.append(_row(len(rows) * step, width, "Clean text", share(chars_out, chars_in), chars_out, [], chars_in))
    return (
        f'<svg class="funnel tall" viewBox="0 0 {width} {len(rows) * step}" role="img" aria-label="Characters by stage">'
        f"{''.join(rows)}</svg>"
    )


def _row(
    y: int, width: int, name: str, figure: str, left: int, families: Sequence[tuple[str, int]], chars_in: int
) -> str:
    scale = width / max(chars_in, 1)
    x = max(left, 0) * scale
    parts = [f'<rect class="trunk" x="0" y="{y + 20}" width="{x:.1f}" height="16"/>']
    for key, count in families:
        thick = max(count * scale, THINNEST)
        path = f"M{x:.1f} {y + 20}h{thick:.1f}v16h-{thick:.1f}Z"
        parts.append(_picked(key, path, count, chars_in))
        x += count * scale
    return (
        f'<text class="name" x="0" y="{y + 13}">{name}</text>'
        f'<text class="figure" x="{width}" y="{y + 13}" text-anchor="end">{figure}</text>{"".join(parts)}'
    )


def histogram(near: Sequence[int], inside: Sequence[int], threshold: float) -> str:
    """Return how many pairs have which similarity, with the threshold; quotes, which lie below it, in another colour.

    Heights are square roots, since exact copies are so many that nothing else would be seen beside them.
    """
    width, height, base = 720, 150, 120
    most = max(1, *(a + b for a, b in zip(near, inside, strict=True)))
    step = (width - 20) / len(near)
    bars: list[str] = []
    for number, (above, below) in enumerate(zip(near, inside, strict=True)):
        y = float(base)
        low, high = number / len(near), (number + 1) / len(near)
        for kind, count, what in (("near", above, "near-duplicates"), ("inside", below, "quotes")):
            if count:
                tall = max(100 * (count / most) ** 0.5, 2.0)
                y -= tall
                bars.append(
                    f'<rect class="{kind}" x="{10 + number * step:.1f}" y="{y:.1f}" width="{step - 2:.1f}" '
                    f'height="{tall:.1f}"><title>{low:.2f} to {high:.2f}: {count:,} {what}</title></rect>'
                )
    at = 10 + threshold * (width - 20)
    parts = [f'<line class="axis" x1="10" x2="{width - 10}" y1="{base}" y2="{base}"/>', *bars]
    parts.append(f'<line class="threshold" x1="{at:.1f}" x2="{at:.1f}" y1="6" y2="{base}"/>')
    parts.append(f'<text class="tick" x="{at - 6:.1f}" y="14" text-anchor="end">threshold {threshold:g}</text>')
    for tenth in range(0, 11, 2):
        x = 10 + tenth / 10 * (width - 20)
        parts.append(f'<text class="tick" x="{x:.0f}" y="{base + 18}" text-anchor="middle">{tenth / 10:.1f}</text>')
    label = "Pairs of paragraphs by similarity"
    return (
        f'<svg class="histogram" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )
