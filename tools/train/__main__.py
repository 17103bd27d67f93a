"""Train the line model and write pipeline/data/lines.npz and lines_html.npz: `make train`.

    python -m tools.train [--data FOLDER] [--out FOLDER]

Learns from the pages that the licence permits, of the two thirds of the sites that are not held out; then prints how
good it is, by cross-validation on those sites (every page judged by a model that has not seen its site) and on the
held-out ones, for the sets of any licence. The same data and the same catboost give the same files.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge import model as lines
from pipeline.judge.trees import Trees
from tools.train import fit
from tools.train.augment import Sample, augmented
from tools.train.corpus import Page, read_html, read_text
from tools.train.evaluate import Bench

SEED = 1


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tools.train", description=__doc__)
    options.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the labelled pages")
    options.add_argument("--out", type=Path, default=lines.DATA, help="folder to write the models to")
    chosen = options.parse_args()
    pages = list(read_text(chosen.data))
    samples = [Sample.of(page) for page in pages if is_taught(page)]
    model, by_fold = fit.fit(samples + augmented(samples, SEED), SEED)
    write(chosen.out / lines.MODEL.name, {"first": model.first, "second": model.second})
    report(Bench(pages), model, by_fold)
    train_markup(chosen.data, chosen.out, model, by_fold)


def train_markup(data: Path, out: Path, model: lines.Model, by_fold: Mapping[int, lines.Model]) -> None:
    """The third look, over rendered pages."""
    pages = list(read_html(data))
    bench = Bench(pages)
    taught = np.array([is_taught(page) for page in pages])
    unseen = bench.crossed(by_fold)
    samples = [sample for sample, flag in zip(bench.samples, taught, strict=True) if flag]
    third, thirds = fit.fit_markup(samples, unseen[taught[bench.line_page]], SEED)
    write(out / lines.MARKUP_MODEL.name, {"witnessed": third.witnessed, "alone": third.alone})
    report(bench, model, by_fold, third, thirds)
    print("\nwithout the extractor's witness")
    bench.samples = fit.unwitnessed(bench.samples)
    report(bench, model, by_fold, third, thirds)


def is_taught(page: Page) -> bool:
    """Whether the model may learn from a page."""
    return page.licensed and not page.held_out


def write(path: Path, trees: Mapping[str, Trees]) -> None:
    """Store trees under their names."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, each in trees.items():
        arrays |= each.arrays(name)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    print(f"{path}: {path.stat().st_size} bytes")


def report(
    bench: Bench,
    model: lines.Model,
    by_fold: Mapping[int, lines.Model],
    third: lines.MarkupModel | None = None,
    thirds: Mapping[int, lines.MarkupModel] | None = None,
) -> None:
    """Print word 4-gram F1 (precision/recall) of the lines the model keeps."""
    held_out = np.array([page.held_out for page in bench.pages])
    crossed, final = bench.crossed(by_fold, thirds), bench.scores(model, third)
    print("\ncross-validated")
    bench.report(crossed, ~held_out)
    for favor in lines.DIALS:
        print(f"\nheld-out sites, favor {favor}")
        bench.report(final, held_out, favor)


if __name__ == "__main__":
    main()
