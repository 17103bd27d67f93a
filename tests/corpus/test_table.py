"""Tables on disk: what goes in comes out, and damage anywhere is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from mmap import mmap
from pathlib import Path

import numpy as np
import pytest

from pipeline.corpus import table
from pipeline.corpus.table import Blobs, Table
from pipeline.errors import OutputError


def sample() -> Table:
    return {
        "number": np.arange(5, dtype=np.int64),
        "pair": np.arange(10, dtype=np.uint32).reshape(5, 2),
        "text": Blobs.of([b"one", b"", b"three", b"\xff", b"five"]),
    }


def large() -> Table:
    """So much that it is worth compressing."""
    number = np.arange(300, dtype=np.int64)
    return {"number": number, "text": Blobs.of([f"line {i}".encode() for i in range(300)]), "few": number[:1]}


def values(rows: Table) -> dict[str, object]:
    return {name: list(column) if isinstance(column, Blobs) else column.tolist() for name, column in rows.items()}


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    table.write(tmp_path / "a", sample())
    assert values(table.read(tmp_path / "a", check=True)) == values(sample())
    assert values(table.read(tmp_path / "a", ["pair"])) == {"pair": values(sample())["pair"]}
    part = values(table.stretch(table.read(tmp_path / "a"), 1, 4))
    assert part == {name: column[1:4] for name, column in values(sample()).items()}  # type: ignore[index]
    table.write(tmp_path / "empty", {})
    assert table.read(tmp_path / "empty") == {}


def test_what_is_compressed_comes_out_the_same_and_takes_less_space(tmp_path: Path) -> None:
    table.write(tmp_path / "plain", large())
    table.write(tmp_path / "less", large(), compressed=True)
    assert values(table.read(tmp_path / "less", check=True)) == values(large())
    assert 2 * (tmp_path / "less").stat().st_size < (tmp_path / "plain").stat().st_size


def test_columns_that_rise_are_kept_as_steps(tmp_path: Path) -> None:
    """And come out the same where they fall, or where a step is more than the type holds."""
    rising = np.cumsum(np.arange(30_000) % 7 + 1, dtype=np.int64)
    wild = np.tile(np.array([127, -128, 0, 100], dtype=np.int8), 700)
    unsigned = np.tile(np.array([0, 2**64 - 1, 5], dtype=np.uint64), 200)
    for name, column in (("rising", rising), ("wild", wild), ("unsigned", unsigned)):
        table.write(tmp_path / "plain", {name: column}, compressed=True)
        table.write(tmp_path / "steps", {name: column}, compressed=True, steps=(name,))
        read = table.array(table.read(tmp_path / "steps", check=True), name)
        assert read.dtype == column.dtype
        assert read.tolist() == column.tolist()
        if name == "rising":
            assert (tmp_path / "steps").stat().st_size < 0.8 * (tmp_path / "plain").stat().st_size


def test_to_ask_whether_a_column_is_there_decompresses_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t"
    table.write(path, {"text": Blobs.of([b"harbour " * 5000])})
    stored = table.Stored(path)
    monkeypatch.setattr(table.Stored, "_array", None)
    assert "text" in stored
    assert "words" not in stored


def test_only_columns_that_are_asked_for_are_decompressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table.write(tmp_path / "less", large(), compressed=True)
    real = table._stored
    asked: list[str] = []

    def stored(mapped: mmap, base: int, entry: Mapping[str, object]) -> table.Array:
        asked.append(str(entry["name"]))
        return real(mapped, base, entry)

    monkeypatch.setattr(table, "_stored", stored)
    opened = table.Stored(tmp_path / "less")
    assert table.rows(opened) == 300
    assert asked == []
    assert opened["number"] is opened["number"]
    assert asked == ["number"]
    monkeypatch.setattr(table, "MOST_IN_MEMORY", 1000)
    opened = table.Stored(tmp_path / "less")
    assert np.array_equal(opened["number"], opened["number"])
    assert asked == ["number"] * 3, "what is large does not stay in memory"


def test_to_ask_how_long_byte_strings_are_decompresses_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.write(tmp_path / "less", large(), compressed=True)
    lengths = [len(one) for one in table.blobs(large(), "text")]
    opened = table.Stored(tmp_path / "less")
    real = table.Stored._array
    asked: list[str] = []

    def array(self: table.Stored, entry: Mapping[str, object]) -> table.Array:
        asked.append(str(entry["part"]))
        return real(self, entry)

    monkeypatch.setattr(table.Stored, "_array", array)
    assert table.sizes(opened, "text").tolist() == lengths
    assert asked == ["offsets"]
    assert table.sizes({**opened}, "text").tolist() == lengths
    assert table.sizes(opened, "text").tolist() == lengths  # of a column that is in memory by now
    assert asked.count("offsets") == 2


@pytest.mark.parametrize("value", [b"", b"short", b"\0\1\xff", bytes(range(256)) * 40])
def test_a_byte_string_comes_out_as_it_went_in(value: bytes) -> None:
    packed = table.compress(value)
    assert table.decompress(packed) == value
    assert len(packed) <= len(value) + 1


@pytest.mark.parametrize(("sample", "compressed"), [(sample, False), (large, True)])
def test_damage_anywhere_is_seen(tmp_path: Path, sample: Callable[[], Table], compressed: bool) -> None:
    path = tmp_path / "a"
    table.write(path, sample(), compressed=compressed)
    whole = path.read_bytes()
    seen = 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        if table.is_intact(path):
            assert values(table.read(path)) == values(sample()), "only between columns may damage be missed"
        else:
            seen += 1
    assert seen > len(whole) // 2
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert not table.is_intact(path)
        with pytest.raises(ValueError, match="table"):
            table.read(path)
    path.write_bytes(bytes(len(whole)))
    assert not table.is_intact(path)


def test_what_cannot_be_written_says_where_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="taken: cannot be written"):
        table.write(tmp_path / "taken", sample())
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
