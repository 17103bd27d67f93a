"""What the tree of an HTML page says of its lines and of those around them: columns for the line model.

The facts themselves are measured by pipeline/text/html_facts.py; here they meet their neighbours'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.places import Places, sums

Array = NDArray[Any]
Columns = dict[str, Array]

SHIFTED = ("kept", "link_share", "tag", "topic_content", "topic_comment", "score_1", "title")
"""Facts that say something of the lines next to theirs too."""


def markup_features(facts: Mapping[str, Array], places: Places) -> Columns:
    """Every feature by name, int64 [lines]."""
    columns: Columns = {f"dom_{name}": values.astype(np.int64) for name, values in facts.items()}
    for name in SHIFTED:
        values = columns[f"dom_{name}"]
        total = sums(values)
        for by in (-3, -2, -1, 1, 2, 3):
            columns[f"dom_{name}@{by:+d}"] = places.shift(values, by, -1)
        for reach in (5, 12):
            lines = np.minimum(places.line + reach + 1, places.stop) - np.maximum(places.line - reach, places.first)
            columns[f"dom_{name}_within_{reach}"] = 10 * places.window(total, reach, reach) // lines
    return columns
