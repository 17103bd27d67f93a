"""Dates in many notations, and what is no date."""

from __future__ import annotations

import pytest

from pipeline.meta import dates


@pytest.mark.parametrize(
    "text",
    [
        "May 3, 2019", "3 May 2019", "3rd of May, 2019", "Sept", "2019-05-03", "2019-05-03T10:00:00Z", "2019/5/3", "3. Mai 2019",
        "3 mai 2019", "3 de mayo de 2019", "3 de maio de 2019", "3 maggio 2019", "3 mei 2019", "3 maja 2019", "3 мая 2019",
        "3 Μαΐου 2019", "2019年5月3日", "2019년 5월 3일", "3 مايو 2019", "03.05.2019", "3 maj 2019", "3 Mayıs 2019",
    ],
)  # fmt: skip
def test_notations(text: str) -> None:
    if text == "Sept":
        assert dates.find("Sept. 3, 2019")[0].iso == "2019-09-03"
    else:
        (found,) = dates.find(f"Published {text}.")
        assert found.iso == "2019-05-03"


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2019",
        "03-04-2019",
        "31 February 2019",
        "May 2019",
        "1234-05-03",
        "2019-05-033",
        "version 2019-05",
        "12.34.2019",
        "no digits",
    ],
)
def test_no_date(text: str) -> None:
    assert dates.find(text) == ()


def test_an_unambiguous_slash_date() -> None:
    for text in ("25/12/2019 or 12/25/2019", "25-12-2019 or 12-25-2019"):
        assert [match.iso for match in dates.find(text)] == ["2019-12-25", "2019-12-25"]
    assert [match.iso for match in dates.find("7/7/2019, 12/12/2019, 12/13/2019, 13/12/2019")] == [
        "2019-07-07", "2019-12-12", "2019-12-13", "2019-12-13",
    ]  # fmt: skip


def test_a_day_first_where_dots_part_it() -> None:
    assert [match.iso for match in dates.find("03.04.2019, 12.11.2019")] == ["2019-04-03", "2019-11-12"]


@pytest.mark.parametrize("gap", [" ", "\n\t ", " " * 40, "\u00a0"])
def test_a_month_is_known_however_far_off_its_day_stands(gap: str) -> None:
    (found,) = dates.find(f"It was in the sept of an empty month that nobody saw. September.{gap}3, 2019 it ended.")
    assert found.iso == "2019-09-03"


def test_whatever_is_a_date_may_be_one() -> None:
    """What is asked first, since it is cheaper, of all months, however they are written."""
    for name in dates._months():
        for month in {
            name,
            name.upper(),
            name.title(),
            name.replace("ı", "i").replace("s", "S"),
            name.replace("i", "ı"),
        }:
            for text in (
                f"3 {month} 2019",
                f"3-{month}-2019",
                f"{month} 3, 2019",
                f"({month}. 3rd 2019)",
                f"3de {month} 2019",
            ):
                if dates._pattern().search(text):
                    assert dates._may_have(text), text
    for text in ("2019-05-03", "2019/5/3", "03.05.2019"):
        assert dates._may_have(text)
    assert not dates._may_have("The best 10 films of 2019")
