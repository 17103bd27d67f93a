"""`pipeline explain-dup OUT A B`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options, terminal

_STYLES: dict[str, terminal.Style] = {"both": "plain", "a": "bad", "b": "good"}
_MARKS = {"both": ("", ""), "a": ("[-", "-]"), "b": ("{+", "+}")}


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@options.as_json("it")
def command(out: Path, a: str, b: str, as_json: bool) -> None:
    """Show two paragraphs word by word, with how alike they are and what the run made of them.

    A and B are ids of paragraphs, as `blocks`, clusters and pairs have them. What only A has stands in [-...-], what only B
    has in {+...+}.
    """
    from pipeline.answers import ExplainDupAnswer, PieceAnswer
    from pipeline.explain.pair import compare
    from pipeline.write.output import finished

    output = finished(out)
    found = compare(output, a, b)
    threshold = output.manifest.config["threshold"]
    if as_json:
        pieces_of = tuple(PieceAnswer(side=side, text=text) for side, text in found.pieces)
        terminal.say_row(
            ExplainDupAnswer(
                a=found.a,
                b=found.b,
                pieces=pieces_of,
                jaccard=found.jaccard,
                containment_ab=found.containment_ab,
                containment_ba=found.containment_ba,
                threshold=threshold,
                found=found.found,
            )
        )
        return
    pieces: list[tuple[str, terminal.Style]] = []
    for side, text in found.pieces:
        left, right = _MARKS[side]
        pieces += [(f"{left}{text}{right}", _STYLES[side]), (" ", "plain")]
    terminal.say_styled(pieces)
    terminal.say(
        f"Jaccard {found.jaccard:.3f} (threshold {threshold}), {found.containment_ab:.0%} of A in B, "
        f"{found.containment_ba:.0%} of B in A"
    )
    terminal.say(f"linked as `{found.found.relation}`" if found.found else "not linked by this run")
