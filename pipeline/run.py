"""One run: inputs, plan, engine and output put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline import __version__
from pipeline.config import Config
from pipeline.engines import local
from pipeline.engines.interface import Engine
from pipeline.sinks import folder, records
from pipeline.sources import files, reading

Say = Callable[[int, str], None]
"""Called with a level of verbosity (0 always, 1 with -v, 2 with -vv) and a sentence."""

DEFAULT = Config()
IN_PROCESS_BYTES = 2_000_000
"""Less input than this is cleaned before a worker process would have started."""
SHARD_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did."""

    out: Path
    counts: Mapping[str, int]

    def as_json(self) -> str:
        """The counts as one line of JSON."""
        return orjson.dumps({"out": str(self.out), **self.counts}).decode()

    def as_text(self) -> str:
        """The counts as two lines for a reader."""
        c = self.counts
        share = 100 * c["chars_out"] / c["chars_in"] if c["chars_in"] else 100
        lines = [
            f"{c['documents']} documents, {c['chars_in']:,} characters in, {c['chars_out']:,} kept ({share:.0f}%), "
            f"{c['edits']:,} edits",
            f"{c['clusters']} clusters of near-duplicates, {c['passages']} shared passages, "
            f"{c['failures']} failures -> {self.out}",
        ]
        return "\n".join(lines)


def clean(
    inputs: Sequence[str | Path],
    out: str | Path,
    config: Config = DEFAULT,
    *,
    workers: int | None = None,
    force: bool = False,
    say: Say = lambda level, message: None,
) -> Summary:
    """Clean `inputs` (files, folders, or `-` for standard input) into the folder `out`.

    Raises:
        UsageError: an input does not exist, or the configuration is wrong.
        OutputError: `out` cannot be written or belongs to somebody else.
    """
    out = Path(out)
    options = reading.read_options(config.input_format, config.fields)
    entries = files.find([str(item) for item in inputs], exclude=out)
    with folder.hold(out, force=force) as output:
        # NumPy and the rules take most of a short run's time: imported only when there is work to do.
        from pipeline import compare, plan

        plan.rule_book(config.rules)
        shards = [plan.Shard(tuple(parts), config) for parts in reading.shards(entries, SHARD_BYTES, options)]
        outcomes: list[plan.Outcome] = []
        for done in _engine(entries, workers, output.scratch).map(plan.clean_shard, shards):
            for outcome in done:
                say(2, f"{outcome.source}: {outcome.status}")
                if outcomes and outcomes[-1].source == outcome.source:
                    outcome = outcomes.pop() + outcome
                outcomes.append(outcome)
            say(1, f"{len(outcomes)} of {len(entries)} inputs cleaned")
        documents = sorted((d for outcome in outcomes for d in outcome.documents), key=lambda d: (d.source, d.id))
        shared = compare.compare(documents, config)
        documents = [plan.without_copies(document, shared, config) for document in documents]
        counts = _write(output, outcomes, documents, shared, config)
    return Summary(out, counts)


def _engine(entries: Sequence[files.Entry], workers: int | None, scratch: Path) -> Engine:
    workers = workers or local.default_workers()
    if workers == 1 or sum(entry.size for entry in entries) < IN_PROCESS_BYTES:
        return local.InProcess()
    return local.Processes(workers, scratch)


def _write(
    output: folder.OutputFolder, outcomes: Sequence[Any], documents: Sequence[Any], shared: Any, config: Config
) -> dict[str, int]:
    from pipeline.sinks import report

    failures = [records.failure(failure) for outcome in outcomes for failure in outcome.failures]
    tally = report.Tally()
    with output.writer("documents.jsonl") as to_documents, output.writer("removed.jsonl") as to_removed:
        for document in documents:
            duplicate_of = shared.duplicate_of.get(document.id)
            to_documents.write(records.document(document, shared.memberships, duplicate_of))
            for record in records.removed(document):
                to_removed.write(record)
            tally.add(document, duplicate_of)
    for name, rows in (
        ("clusters", shared.clusters),
        ("pairs", shared.pairs),
        ("passages", shared.passages),
        ("failures", failures),
    ):
        with output.writer(f"{name}.jsonl") as writer:
            for row in rows:
                writer.write(row)
    counts = {
        "inputs": len(outcomes),
        "documents": len(documents),
        "chars_in": sum(document.chars_in for document in documents),
        "chars_out": sum(len(document.text) for document in documents),
        "edits": sum(len(document.edits) for document in documents),
        "paragraphs": sum(len(document.paragraphs) for document in documents),
        "clusters": len(shared.clusters),
        "pairs": len(shared.pairs),
        "passages": len(shared.passages),
        "failures": len(failures),
    }
    with output.writer("report.html", records=False) as writer:
        texts = _canonical_texts(documents, shared.clusters)
        shown = [{**cluster, "text": texts[cluster["cluster_id"]]} for cluster in shared.clusters[: report.MAX_ROWS]]
        writer.write_bytes(report.render(tally, counts, shown, shared.passages, failures).encode())
    output.publish(
        {
            "schema_version": records.SCHEMA_VERSION,
            "pipeline_version": __version__,
            "config": config.as_dict(),
            "config_fingerprint": config.fingerprint,
            "inputs": [
                {"source": o.source, "sha256": o.sha256, "bytes": o.bytes, "status": o.status} for o in outcomes
            ],
            "outputs": [
                {"path": o.path, "sha256": o.sha256, "bytes": o.bytes, "records": o.records} for o in output.outputs
            ],
            "counts": counts,
        }
    )
    return counts


def _canonical_texts(documents: Sequence[Any], clusters: Sequence[records.Record]) -> dict[str, str]:
    by_id = {document.id: document for document in documents}
    texts: dict[str, str] = {}
    for cluster in clusters:
        document = by_id[cluster["canonical"]["document_id"]]
        paragraph_id = cluster["canonical"]["paragraph_id"]
        paragraph = next((p for p in document.paragraphs if p.id == paragraph_id), None)
        texts[cluster["cluster_id"]] = (
            document.text[paragraph.start : paragraph.end] if paragraph else document.metadata.title or document.source
        )
    return texts
