"""Train the model and write pipeline/data/lines.npz and lines_html.npz: `make train`.

    python -m tools.train [--data FOLDER] [--out FOLDER] [--measured FOLDER]

Two pairs of models are trained, with the same functions. The first learns from the pages that the licence permits, of the
two thirds of the sites that are not held out; how good it is is printed, by cross-validation on those sites (every page
judged by a model that has not seen its site) and on the held-out ones, for the sets of any licence. The second, which ships,
learns from the held-out sites as well; the scores that its later looks learn from are of the models by which the first is
cross-validated: those have seen neither the fold nor a held-out site. The same data and the same catboost give the same files.

With `--titles` only the look for titles of plain text is learnt anew, over the scores of the looks that are there: minutes, not
an hour. Those have seen the pages, so their scores are a little better than those it will have to work with.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import shared
from pipeline.judge import model as lines
from pipeline.judge.choose import DIALS
from pipeline.judge.trees import Trees
from tools.train import fit
from tools.train.augment import Sample, augmented, of_genres
from tools.train.corpus import Page, read_html, read_text
from tools.train.evaluate import Bench, Models, always, each_fold

SEED = 1
MEASURED = Path("bench/models")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tools.train", description=__doc__)
    shared.add_option(options)
    options.add_argument("--out", type=Path, default=lines.DATA, help="folder to write the models to")
    options.add_argument("--measured", type=Path, default=MEASURED, help="folder for those without the held-out sites")
    options.add_argument("--titles", action="store_true", help="learn only the look for titles of plain text anew")
    chosen = options.parse_args()
    shared.end_without(chosen.data)
    pages = list(read_html(chosen.data))
    texts = list(read_text(chosen.data, {page.id: page.known_titles for page in pages}))
    print(f"{len(pages)} pages, {len(texts)} texts", flush=True)
    chosen.measured.mkdir(parents=True, exist_ok=True)
    if chosen.titles:
        for folder, learns in ((chosen.measured, is_taught), (chosen.out, is_licensed)):
            train_titles([page for page in texts if learns(page)], folder / lines.MODEL.name)
        return
    model, models = train_text([page for page in texts if is_taught(page)], chosen.measured)
    report(Bench(texts), always(model), each_fold(models))
    page_model, page_models = train_pages([page for page in pages if is_taught(page)], chosen.measured, models)
    bench = Bench(pages)
    report(bench, always(model, page_model), each_fold(models, page_models))
    print("\nwithout the extractor's verdict")
    bench.samples = [sample.unasked() for sample in bench.samples]
    report(bench, always(model, page_model), each_fold(models, page_models))
    train_text([page for page in texts if is_licensed(page)], chosen.out, models)
    train_pages([page for page in pages if is_licensed(page)], chosen.out, models, by_fold=False)


def train_text(
    pages: Sequence[Page], out: Path, unseeing: Mapping[int, lines.TextModel] | None = None
) -> tuple[lines.TextModel, Mapping[int, lines.TextModel]]:
    """The first two looks, over plain texts; `unseeing` are models that have not seen a fold, where there are some."""
    samples = [Sample.of(page) for page in pages]
    made = augmented(samples, SEED) + of_genres(samples, SEED)
    model, models = fit.fit_text(samples + made, SEED, unseeing)
    write(out / lines.MODEL.name, {"first": model.first, "second": model.second, "title": model.title})
    return model, models


def train_titles(pages: Sequence[Page], path: Path) -> None:
    """The look for titles of plain texts, into the file of the looks whose scores it learns from."""
    model = lines.text_model(path)
    samples = [Sample.of(page) for page in pages]
    samples += augmented(samples, SEED) + of_genres(samples, SEED)
    title = fit.fit_title([sample for sample in samples if sample.titles is not None], model)
    write(path, {"first": model.first, "second": model.second, "title": title})


def train_pages(
    pages: Sequence[Page], out: Path, texts: Mapping[int, lines.TextModel], by_fold: bool = True
) -> tuple[lines.PageModel, dict[int, lines.PageModel]]:
    """The third look, over pages with markup, and `by_fold` the models that cross-validate it; `texts` are the models of
    plain text that have not seen a fold."""
    unseen = Bench(pages).judge(each_fold(texts)).scores
    model, models = fit.fit_pages(pages, unseen, by_fold)
    names = ("article", "other", "is_article", "title")
    write(out / lines.MARKUP_MODEL.name, {name: getattr(model, name) for name in names})
    return model, models


def is_taught(page: Page) -> bool:
    """Whether a model that is measured may learn from a page."""
    return page.licensed and not page.held_out


def is_licensed(page: Page) -> bool:
    """Whether a model that ships may learn from a page."""
    return page.licensed


def write(path: Path, trees: Mapping[str, Trees]) -> None:
    """Store trees under their names."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, each in trees.items():
        arrays |= each.arrays(name)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    print(f"{path}: {path.stat().st_size} bytes", flush=True)


def report(bench: Bench, final: Callable[[int], Models], crossed: Callable[[int], Models]) -> None:
    """Print what the blocks that the model keeps are worth."""
    held_out = np.array([page.held_out for page in bench.pages])
    print("\ncross-validated")
    bench.report(bench.judge(crossed), ~held_out)
    judged = bench.judge(final)
    for favor in ("auto", *DIALS):
        print(f"\nheld-out sites, favor {favor}", flush=True)
        bench.report(judged, held_out, favor)


if __name__ == "__main__":
    main()
