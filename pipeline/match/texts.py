"""Texts of your own, compared by the same code that compares the documents of a run: on one pack, in this process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.config import Config
from pipeline.corpus.engines.local import InProcess
from pipeline.corpus.packs import Packs, text_row, write
from pipeline.match import near, settings
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.packed import unpack
from pipeline.match.core.sign import Signing
from pipeline.match.digest import digest
from pipeline.match.items import Documents
from pipeline.match.passage_rows import AllPassages
from pipeline.match.passages import find_passages
from pipeline.match.sought import exact_copies
from pipeline.match.workspace import PACKS, Ranks, Workspace, workspace
from pipeline.tokens import Array
from pipeline.wording import plural

DEFAULT = Config()


class NearDuplicates(Struct, frozen=True):
    """Which texts are alike. Texts are numbered as they were given; those that come first are preferred."""

    representative: Array
    """int64 [texts]: the first text with the same words; without words, the text itself"""
    canonical: Array
    """int64 [texts]: the canonical text of the cluster; its own number where there is none"""
    a: Array
    """int64 [pairs]: of two representatives that are alike the first"""
    b: Array
    """int64 [pairs]: the other"""
    jaccard: Array
    """float64 [pairs]: their exact Jaccard similarity"""

    def __repr__(self) -> str:
        texts = len(self.canonical)
        is_copy = self.canonical != np.arange(texts)
        copies = int(np.count_nonzero(is_copy))
        pairs = plural(len(self.a), "pair")
        return f"<NearDuplicates: {pairs} among {plural(texts, 'text')}, {copies:,} of them copies of another>"


def near_duplicates(
    texts: Sequence[str], threshold: float = DEFAULT.threshold, signing: Signing | None = None
) -> NearDuplicates:
    """Return the near-duplicates among texts: pairs with at least this Jaccard similarity, and clusters of them.

    `signing` is by default what the threshold asks for.

    Raises:
        ValueError: the threshold is not above 0 and up to 1, or the texts are one text.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"the threshold is {threshold}; it must be a number above 0 and up to 1")
    _check(texts)
    signing = signing or settings.signing_for(threshold, DEFAULT)
    with _workspace(texts) as space:
        items = Documents(space)
        engine = InProcess(space.folder)
        sketched = digest(engine, space, {"document": signing}, words=False)
        found = near.near_duplicates(engine, space, items, sketched["document"], threshold, signing.k)
    every = np.arange(len(texts))
    a, b = unpack(found.pairs.key)
    return NearDuplicates(
        found.representative[every],
        found.canonical[every],
        a,
        b,
        found.pairs.overlap.jaccard,
    )


def passages(texts: Sequence[str], rules: PassageRules | None = None) -> AllPassages:
    """Return the passages that texts share; `rank` in it is the number of a text, as they were given.

    Raises:
        ValueError: the texts are one text.
    """
    _check(texts)
    with _workspace(texts) as space:
        items = Documents(space)
        engine = InProcess(space.folder)
        signing = replace(settings.signing_for(1.0, DEFAULT), rows=1)  # exact copies are found without signatures
        sketched = digest(engine, space, {"document": signing}, words=True)
        copies = exact_copies(space.folder, items, sketched["document"])
        space.save_copies(copies[np.arange(len(texts))])
        if rules is None:
            rules = settings.passage_rules(DEFAULT)
        return AllPassages.of(find_passages(engine, space, rules))


def _check(texts: Sequence[str]) -> None:
    """
    Raises:
        ValueError: these are not several texts.
    """
    if isinstance(texts, str):
        raise ValueError("the texts are one text; give a list of them")
    if not isinstance(texts, Sequence):
        raise ValueError(f"the texts are a {type(texts).__name__}; give a list of them")
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"text {number} is no text, but {type(text).__name__}")


@contextmanager
def _workspace(texts: Sequence[str]) -> Iterator[Workspace]:
    """A workspace over one pack of the texts, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="pipeline-") as name:
        folder = Path(name)
        # In the folder of the run itself: nothing is kept beside such a pack.
        pack = folder / "texts.pack"
        rows = [text_row("", text) for text in texts]
        write(pack, rows)
        packs = Packs([pack])
        packs.save(folder / PACKS)
        order = np.arange(len(packs))
        Ranks(order, order, older=0).save(folder)
        yield workspace(folder)
