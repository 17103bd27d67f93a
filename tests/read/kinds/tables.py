"""CSV as spreadsheets, data bases and libraries write it; Parquet and Arrow."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.read.kinds.kind import STORIES, kind

NAMES = ["id", "url", "title", "author", "date", "text"]
ROWS = [[story.record[name] for name in NAMES] for story in STORIES]
RECORDS = [story.record for story in STORIES]


def rows(**options: Any) -> str:
    out = io.StringIO()
    csv.writer(out, **options).writerows([NAMES, *ROWS])
    return out.getvalue()


def mysql(enclosed: str, separator: str, end: str) -> str:
    """As `SELECT ... INTO OUTFILE` writes it: what would end a field has a backslash before it."""

    def field(value: str) -> str:
        for sign in ("\\", enclosed, separator, "\n"):
            if sign and (sign != separator or not enclosed) and (sign != "\n" or not enclosed):
                value = value.replace(sign, "\\" + sign)
        return f"{enclosed}{value}{enclosed}"

    lines = [NAMES, *([*row[:-1], row[-1] + ' He said "no".'] for row in ROWS)]
    return "".join(separator.join(map(field, line)) + end for line in lines)


def postgres() -> str:
    """As `COPY ... TO` writes it, with a header."""
    lines = [NAMES, *([*row[:-1], row[-1].replace("\\", "\\\\").replace("\n", "\\n")] for row in ROWS)]
    return "".join("\t".join(line) + "\n" for line in lines)


CSV: dict[str, tuple[str, Callable[[], bytes]]] = {
    "CSV, commas": ("news.csv", lambda: rows().encode()),
    "CSV, line feeds": ("news.csv", lambda: rows(lineterminator="\n").encode()),
    "CSV, every field quoted": ("news.csv", lambda: rows(quoting=csv.QUOTE_ALL).encode()),
    "CSV, semicolons": ("news.csv", lambda: rows(delimiter=";").encode()),
    "CSV, bars": ("news.csv", lambda: rows(delimiter="|").encode()),
    "TSV": ("news.tsv", lambda: rows(delimiter="\t").encode()),
    "CSV called .txt": ("news.txt", lambda: rows(delimiter=";").encode()),
    "CSV of Excel, UTF-8": ("news.csv", lambda: b"\xef\xbb\xbf" + rows(delimiter=";").encode()),
    "CSV of Excel, windows-1252": ("news.csv", lambda: rows(delimiter=";").encode("cp1252")),
    "CSV of Excel, sep=": ("news.csv", lambda: b"\xef\xbb\xbfsep=;\r\n" + rows(delimiter=";").encode()),
    "Unicode text of Excel": ("news.txt", lambda: rows(delimiter="\t").encode("utf-16")),
    "CSV of Macintosh Excel": (
        "news.csv",
        lambda: rows(delimiter=";", lineterminator="\r", quoting=csv.QUOTE_ALL).encode("mac-roman"),
    ),
    "CSV of LibreOffice": ("news.csv", lambda: rows(lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).encode()),
    "CSV with lines above the header": (
        "news.csv",
        lambda: b"Search results\r\n\r\nQuery:,ferry\r\n" + rows().encode(),
    ),
    "CSV with a NUL byte": ("news.csv", lambda: rows().encode() + b'z,,,,,"An end, with\0."\r\n'),
    "CSV of PostgreSQL, text": ("news.tsv", lambda: postgres().encode()),
}
for _name, (_file, _data) in CSV.items():
    _stories = STORIES
    kind(_name, _file, "Python" if "of " not in _name else "hand")(
        lambda path, data=_data: path.write_bytes(data())  # type: ignore[misc]
    )
kind("CSV of MySQL", "news.csv", "hand", exact=False)(
    lambda path: path.write_text(mysql('"', ",", "\n"), encoding="utf-8")
)  # type: ignore[arg-type, return-value]
kind("TSV of MySQL", "news.txt", "hand", exact=False)(
    lambda path: path.write_text(mysql("", "\t", "\n"), encoding="utf-8")
)  # type: ignore[arg-type, return-value]


@kind("CSV by pandas", "news.csv", "pandas")
def _pandas(path: Path) -> None:
    import pandas as pd

    pd.DataFrame(RECORDS).to_csv(path)


@kind("CSV by Polars", "news.csv", "polars")
def _polars(path: Path) -> None:
    import polars as pl

    pl.DataFrame(RECORDS).write_csv(path)


@kind("CSV by DuckDB", "news.csv", "duckdb")
def _duckdb(path: Path) -> None:
    import duckdb
    import pandas as pd

    frame = pd.DataFrame(RECORDS)  # noqa: F841  # DuckDB looks for it
    duckdb.sql(f"COPY (SELECT * FROM frame) TO '{path}' (FORMAT csv)")


@kind("CSV by datasets", "news.csv", "datasets")
def _datasets(path: Path) -> None:
    import datasets

    datasets.Dataset.from_list(RECORDS).to_csv(path)


def _parquet(name: str, make: Callable[[], Any], **options: Any) -> None:
    def write(path: Path) -> None:
        from pyarrow import parquet

        parquet.write_table(make(), path, **options)

    kind(f"Parquet, {name}", "news.parquet", "pyarrow")(write)


def table(**changed: Any) -> Any:
    """The records as an Arrow table; some columns of other types."""
    import pyarrow as pa

    columns = {name: pa.array([record[name] for record in RECORDS]) for name in NAMES}
    return pa.table(columns | {name: change(columns[name]) for name, change in changed.items()})


def nested(kind_of: str) -> Any:
    """The records with all but the text in a column of structs, or of maps."""
    import pyarrow as pa

    inner = [{name: record[name] for name in NAMES if name != "text"} for record in RECORDS]
    text = pa.array([record["text"] for record in RECORDS])
    if kind_of == "map":
        column = pa.array([list(one.items()) for one in inner], pa.map_(pa.string(), pa.string()))
    else:
        column = pa.array(inner)
    return pa.table({"text": text, "metadata": column})


for _codec in ("snappy", "zstd", "gzip", "brotli", "lz4", "none"):
    _parquet(_codec, table, compression=_codec)
_parquet("dictionaries", lambda: table(author=lambda column: column.dictionary_encode()))
_parquet("large strings", lambda: table(text=lambda column: column.cast("large_string")))
_parquet("bytes", lambda: table(text=lambda column: column.cast("binary")))
_parquet("dates", lambda: table(date=lambda column: column.cast("date32")))
_parquet("timestamps", lambda: table(date=lambda column: column.cast("timestamp[ms]")))
_parquet(
    "paragraphs",
    lambda: table(text=lambda column: __import__("pyarrow").array([list(story.paragraphs) for story in STORIES])),
)
_parquet("structs", lambda: nested("struct"))
_parquet("maps", lambda: nested("map"))
_parquet("many row groups", table, row_group_size=1)


@kind("Parquet by pandas", "news.parquet", "pandas")
def _pandas_parquet(path: Path) -> None:
    import pandas as pd

    pd.DataFrame(RECORDS).to_parquet(path)


@kind("Parquet by Polars", "news.parquet", "polars")
def _polars_parquet(path: Path) -> None:
    import polars as pl

    pl.DataFrame(RECORDS).with_columns(pl.col("author").cast(pl.Categorical)).write_parquet(path)


@kind("Parquet by DuckDB", "news.parquet", "duckdb")
def _duckdb_parquet(path: Path) -> None:
    import duckdb
    import pandas as pd

    frame = pd.DataFrame(RECORDS)  # noqa: F841  # DuckDB looks for it
    duckdb.sql(f"COPY (SELECT * FROM frame) TO '{path}' (FORMAT parquet)")


@kind("Parquet by datasets", "news.parquet", "datasets")
def _datasets_parquet(path: Path) -> None:
    import datasets

    datasets.Dataset.from_list(RECORDS).to_parquet(path)


for _codec in ("uncompressed", "lz4", "zstd"):

    def _write_feather(path: Path, codec: str = _codec) -> None:
        from pyarrow import feather

        feather.write_feather(table(), str(path), compression=codec)

    kind(f"Feather, {_codec}", "news.feather", "pyarrow")(_write_feather)


@kind("Arrow stream", "news.arrows", "pyarrow")
def _stream(path: Path) -> None:
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table().schema) as writer:
        writer.write_table(table(), max_chunksize=1)


for _name, _categorical in (("", False), (", categories", True)):

    def _write_ipc(path: Path, categorical: bool = _categorical) -> None:
        import polars as pl

        frame = pl.DataFrame(RECORDS)
        (frame.with_columns(pl.col("title").cast(pl.Categorical)) if categorical else frame).write_ipc(path)

    def _write_ipc_stream(path: Path, categorical: bool = _categorical) -> None:
        import polars as pl

        frame = pl.DataFrame(RECORDS)
        (frame.with_columns(pl.col("title").cast(pl.Categorical)) if categorical else frame).write_ipc_stream(path)

    kind(f"Arrow file by Polars{_name}", "news.arrow", "polars")(_write_ipc)
    kind(f"Arrow stream by Polars{_name}", "news.arrow", "polars")(_write_ipc_stream)


@kind("Arrow stream of a saved data set", "data-00000-of-00001.arrow", "datasets")
def _saved(path: Path) -> None:
    import shutil
    import tempfile

    import datasets

    with tempfile.TemporaryDirectory() as folder:
        datasets.Dataset.from_list(RECORDS).save_to_disk(folder)
        shutil.copy(Path(folder) / path.name, path)
