"""All outputs as Parquet files, alone or as a data set that `load_dataset` of Hugging Face takes."""

from __future__ import annotations

from pathlib import Path

from pipeline.export.staged import staged
from pipeline.records import FILES
from pipeline.write import card
from pipeline.write.formats import RecordFiles
from pipeline.write.output import Output, finished


def parquet(out: Path, folder: Path) -> int:
    """Write every output of an output folder to `folder` as `NAME-00000.parquet` and so on; return how many rows there are.

    Raises:
        UsageError: `out` is not the output of a finished run, or a library is missing.
        OutputError: the files cannot be written.
    """
    output = finished(out)
    with staged(folder, [f"{name}-[0-9]*.parquet" for name in FILES]) as staging:
        return sum(_write(output, name, staging) for name in FILES)


def dataset(out: Path, folder: Path) -> int:
    """Write `NAME/train-00000-of-00001.parquet` for every output that has rows, and a card; return how many rows there are.

    `load_dataset` takes no part that has no rows, so it is not named.

    Raises:
        UsageError: `out` is not the output of a finished run, or a library is missing.
        OutputError: the files cannot be written.
    """
    output = finished(out)
    rows: dict[str, int] = {}
    languages: set[str] = set()
    with staged(folder, [f"{name}/train-*.parquet" for name in FILES]) as staging:
        for name in FILES:
            part = staging / name
            part.mkdir()
            if not (count := _write(output, name, part)):
                for path in part.iterdir():
                    path.unlink()
                continue
            rows[name] = count
            files = sorted(part.iterdir())
            for number, path in enumerate(files):
                path.rename(part / f"train-{number:05d}-of-{len(files):05d}.parquet")
        for record in output.records("documents"):
            languages.add(record.metadata.language or "")
        (staging / card.NAME).write_text(card.dataset(rows, sorted(languages - {""})), encoding="utf-8")
    return sum(rows.values())


def _write(output: Output, name: str, folder: Path) -> int:
    """Write one output to numbered files in `folder`; return how many rows they have."""
    with RecordFiles(folder, name, "parquet") as files:
        for record in output.records(name):
            files.write(record)
    return sum(one.records or 0 for one in files.written)
