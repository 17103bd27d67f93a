"""What each reader makes of an output, in the environment it is installed in.

    python readers.py READER OUT OUTPUT SCHEMA

Prints `rows VALUES`: how many rows it has read, and how many of the last row's fields it has as something else than null.
`SCHEMA` is the file that `pipeline schema OUTPUT --for READER` wrote, where the reader takes one. Nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def pandas_(out: Path, name: str, schema: str) -> list[Any]:
    import pandas as pd

    return pd.read_json(out / f"{name}.jsonl", lines=True).to_dict("records")


def polars_(out: Path, name: str, schema: str) -> list[Any]:
    import polars as pl

    known: dict[str, Any] = {}
    exec(schema, known)
    return pl.read_ndjson(out / f"{name}.jsonl", schema=known["schema"]).to_dicts()


def duckdb_(out: Path, name: str, schema: str) -> list[Any]:
    import duckdb

    read = f"read_json('{out / name}.jsonl', format='newline_delimited', columns={schema})"
    found = duckdb.sql(f"FROM {read}")
    names = found.columns
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def datasets_(out: Path, name: str, schema: str) -> list[Any]:
    from datasets import load_dataset

    known: dict[str, Any] = {}
    exec(schema, known)
    files = str(out / f"{name}.jsonl")
    return list(load_dataset("json", data_files=files, split="train", features=known["features"]))


def datasets_stream(out: Path, name: str, schema: str) -> list[Any]:
    from datasets import load_dataset

    return list(load_dataset(str(out), name, split="train", streaming=True))


def datasets_folder(out: Path, name: str, schema: str) -> list[Any]:
    from datasets import load_dataset

    return list(load_dataset(str(out), name, split="train"))


def arrow(out: Path, name: str, schema: str) -> list[Any]:
    import pyarrow.dataset as ds

    known: dict[str, Any] = {}
    exec(schema, known)
    return ds.dataset(sorted(map(str, out.glob(f"{name}-*.parquet"))), schema=known["schema"]).to_table().to_pylist()


def spark(out: Path, name: str, schema: str) -> list[Any]:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    rows = session.read.json(str(out / f"{name}.jsonl"))
    return [row.asDict(recursive=True) for row in rows.collect()]


def langchain(out: Path, name: str, schema: str) -> list[Any]:
    from langchain_community.document_loaders import JSONLoader

    key = "text" if name == "documents" else None
    loader = JSONLoader(out / f"{name}.jsonl", jq_schema=".", content_key=key, text_content=False, json_lines=True)
    return [{"text": one.page_content, **one.metadata} for one in loader.load()]


def llama_index(out: Path, name: str, schema: str) -> list[Any]:
    from llama_index.readers.json import JSONReader

    found = JSONReader(is_jsonl=True, levels_back=None, clean_json=False).load_data(str(out / f"{name}.jsonl"))
    return [{"text": one.text} for one in found]


def datatrove(out: Path, name: str, schema: str) -> list[Any]:
    from datatrove.pipeline.readers import JsonlReader

    reader = JsonlReader(str(out), glob_pattern=f"{name}.jsonl", text_key="text", id_key="id")
    return [{"text": one.text, "id": one.id, **one.metadata} for one in reader()]


READERS: Mapping[str, Callable[[Path, str, str], list[Any]]] = {
    "pandas": pandas_,
    "polars": polars_,
    "duckdb": duckdb_,
    "datasets": datasets_,
    "datasets_folder": datasets_folder,
    "datasets_stream": datasets_stream,
    "arrow": arrow,
    "spark": spark,
    "langchain": langchain,
    "llama_index": llama_index,
    "datatrove": datatrove,
}


def main() -> None:
    """Read one output with one reader."""
    reader, out, name, schema = sys.argv[1:]
    rows = READERS[reader](Path(out), name, schema and Path(schema).read_text())
    last = rows[-1] if rows else {}
    print(json.dumps({"rows": len(rows), "values": sum(value is not None for value in last.values())}))


if __name__ == "__main__":
    main()
