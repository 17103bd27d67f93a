"""Numbers that others stand for."""

from __future__ import annotations

import numpy as np

from pipeline.match.core.redirects import NO_REDIRECTS, Redirects


def redirects(**targets: int) -> Redirects:
    """`_7=2`: 2 stands for 7."""
    numbers = [int(name[1:]) for name in targets]
    return Redirects.of(np.array(numbers), np.array(list(targets.values())))


def test_every_other_number_stands_for_itself() -> None:
    found = redirects(_9=2, _4=0)
    assert found[np.array([[0, 4], [5, 9]])].tolist() == [[0, 0], [5, 2]]
    assert found.has(np.array([2, 4, 9, 10])).tolist() == [False, True, True, False]
    assert NO_REDIRECTS[np.array([3, 1])].tolist() == [3, 1]


def test_one_after_the_other() -> None:
    both = redirects(_9=2, _4=3).then(redirects(_2=1, _8=0))
    assert both.number.tolist() == [2, 4, 8, 9]
    assert both.target.tolist() == [1, 3, 0, 1]


def test_the_largest_numbers() -> None:
    most = 2**32 - 1
    found = Redirects.of(np.array([most]), np.array([most - 1]))
    assert found[np.array([most - 2, most - 1, most])].tolist() == [most - 2, most - 1, most - 1]
