"""What workers make of the documents that the report may show whole."""

from __future__ import annotations

from itertools import chain

import pytest

from pipeline.corpus import shown


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_parts_are_made_in_order_and_those_that_have_room_by_all_workers_but_one(workers: int) -> None:
    for count in range(60):
        waiting = [[shown._Held(b"%d" % number, b"")] for number in range(count)]
        portions = shown._portions(waiting, workers)
        assert list(chain.from_iterable(portions)) == waiting
        first, *rest = portions
        assert len(first) == min(count, 1), "it is waited for"
        shares = [portion for portion in rest if len(portion) > 1]
        assert len(shares) <= max(1, workers - 1)
        assert sum(map(len, shares)) <= max(0, count - 1) / 2, "the others may not be needed"
