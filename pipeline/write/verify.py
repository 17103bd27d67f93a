"""Does an output folder hold together? Every hash, every tiling, every offset, every exact figure, checked afresh."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct, field

from pipeline import ledger
from pipeline.errors import InputError, UsageError
from pipeline.model import Edit
from pipeline.read import files, reading
from pipeline.records import FILES, MAX_PASSAGE_TEXT, DocumentRecord, EditRecord, Source
from pipeline.text.decode import decoder as decode
from pipeline.write import claims, formats, totals
from pipeline.write.keys import Keys
from pipeline.write.links import Links
from pipeline.write.output import Output, file_problem, restored
from pipeline.write.receipts import Receipts
from pipeline.write.sources import Sources
from pipeline.write.struck import MOST_ALARMS, Shares, source_of, struck_from

MAX_PROBLEMS = 100


class Audit(Struct):
    """What was checked, and what was found wrong: one sentence a problem, naming file and record."""

    documents: int = 0
    edits: int = 0
    chars: int = 0
    """Characters of all sources, every one either kept or in the ledger."""
    unaccounted: int = 0
    problems: list[str] = field(default_factory=list)


def audit(out: Path, against: Sequence[str] = ()) -> Audit:
    """Check the output folder `out`, and with `against` also that it belongs to these inputs.

    Raises:
        UsageError: `out` is not the output of a finished run.
    """
    output = Output(out)
    result = Audit()
    for problem in _problems(output, against, result):
        result.problems.append(problem)
        if len(result.problems) == MAX_PROBLEMS:
            result.problems.append(f"more than {MAX_PROBLEMS} problems; stopped counting")
            break
    return result


def _problems(output: Output, against: Sequence[str], result: Audit) -> Iterator[str]:
    try:
        yield from _of_output(output, result)
    except UsageError as error:  # a file of records that cannot be read to its end: no more can be said of the others
        if str(error) not in result.problems:
            yield str(error)
    if against:
        yield from _inputs(output, against)


def _of_output(output: Output, result: Audit) -> Iterator[str]:
    yield from totals.listing(output.manifest, output.path)
    yield from _files(output)
    with closing(Sources()) as sources:
        met = _Met(sources, Receipts(output))
        yield from _documents(output, result, met)
        yield from _clusters(output, met.paragraphs, met.standing, sources)
        yield from _linked(output, met.links)
        yield from met.receipts.problems(met.links)
        yield from _passages(output, sources, met.links)
    alarms = met.shares.alarms()
    if alarms[:MOST_ALARMS] != output.manifest.struck:
        yield "manifest: `struck` does not say what was struck from which source"
    yield from met.sums.problems(output.manifest, len(alarms))
    yield from met.sums.inputs(output.manifest, output.records("failures"))


class _Met(Struct):
    """What the documents were found to have, to which the other outputs and the manifest refer."""

    sources: Sources
    receipts: Receipts
    paragraphs: Keys = field(default_factory=Keys)
    standing: Keys = field(default_factory=Keys)
    """Of the paragraphs, those that are not taken out as copies"""
    shares: Shares = field(default_factory=Shares)
    sums: totals.Totals = field(default_factory=totals.Totals)
    links: Links = field(default_factory=Links)

    def add(self, record: DocumentRecord, removed: Sequence[EditRecord]) -> None:
        """Take a document and its edits into account, but for its source."""
        self.receipts.add(record)
        self.shares.add(record, source_of(record), struck_from(removed))
        self.sums.add(record, removed)
        self.links.add(record, removed)
        for edit in removed:
            if edit.evidence.paragraph_id:
                self.paragraphs.add(record.id, edit.evidence.paragraph_id)
        for paragraph in record.blocks:
            name = record.paragraph_id(paragraph)
            self.standing.add(record.id, name)
            self.paragraphs.add(record.id, name)


def _documents(output: Output, result: Audit, met: _Met) -> Iterator[str]:
    """Check the documents one by one, and put into `met` what they have."""
    last, number = None, -1
    for record, removed in output.ledgers():
        result.documents += 1
        result.edits += len(removed)
        name = f"documents, {record.source}"
        if record.source == last:
            yield f"{name}: stands twice"
        if record.number <= number:
            yield f"{name}: has the number {record.number}, which is not above the last"
        last, number = record.source, record.number
        met.add(record, removed)
        try:
            source = restored(record, removed)
        except ValueError as error:
            result.unaccounted += record.metadata.chars_in
            met.sources.add(record.id, "")
            yield f"removed, {record.source}: {error}"
            continue
        met.sources.add(record.id, source)
        result.chars += len(source)
        result.unaccounted += abs(record.metadata.chars_in - len(source))
        for problem in _document(record, removed, source):
            yield f"{name}: {problem}"
    listed = sum(item.records or 0 for item in output.manifest.outputs if formats.output_name(item.path) == "removed")
    if listed != result.edits:
        yield f"removed: has {listed} edits, of which {result.edits} stand behind their document's"


def _files(output: Output) -> Iterator[str]:
    for item in output.manifest.outputs:
        path = output.path / item.path
        if problem := file_problem(output.path, item):
            yield problem
        if not path.is_file():
            continue
        if item.records is None or formats.output_name(item.path) not in FILES:
            continue
        try:
            count = sum(1 for _ in formats.read(path))
        except UsageError as error:
            yield str(error)
            continue
        if count != item.records:
            yield f"{item.path}: has {count} records; the manifest says {item.records}"


def _document(record: DocumentRecord, removed: Sequence[EditRecord], source: str) -> Iterator[str]:
    meta, text = record.metadata, record.text
    if len(source) != meta.chars_in:
        yield f"text and ledger give {len(source)} characters of source; chars_in says {meta.chars_in}"
    if len(text) != meta.chars_out:
        yield f"text has {len(text)} characters; chars_out says {meta.chars_out}"
    if record.created != meta.date:
        yield f"was created {record.created}; its date is {meta.date}"
    if not unicodedata.is_normalized("NFC", text):
        yield "text is not in Unicode Normalization Form C"
    edits = [one.edit for one in removed]
    yield from _ledger(record, removed, source, edits)
    expected = hashlib.sha256(f"{record.source}\0{meta.sha256}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    if record.id != expected:
        yield "id does not follow from source and sha256"
    if meta.media_type == "text/plain":
        try:
            data = decode.encode(source, meta.encoding, edits)
        except (ValueError, LookupError) as error:
            yield f"source cannot be encoded again: {error}"
        else:
            if hashlib.sha256(data).hexdigest() != meta.sha256:
                yield "the restored bytes have another SHA-256 than the input"
    yield from _spans(record, source, edits)


def _ledger(record: DocumentRecord, removed: Sequence[EditRecord], source: str, edits: Sequence[Edit]) -> Iterator[str]:
    try:
        if ledger.apply(source, edits) != record.text:
            yield "the ledger applied to the source does not give the text"
    except ValueError as error:
        yield str(error)
    for edit in removed:
        place = edit.evidence.place
        if place is not None and not place.start <= place.end <= len(source):
            yield f"the edit at {edit.start} names a place beyond the source, {place.start} to {place.end}"
        if source[edit.start : edit.end] != edit.text:
            yield f"the edit at {edit.start} does not quote the source"
        elif problem := claims.problem(edit, source) or claims.untrue_field(edit, record):
            yield f"the edit {edit.rule!r} at {edit.start} {problem}"


def _spans(record: DocumentRecord, source: str, edits: Sequence[Edit]) -> Iterator[str]:
    if problem := _blocks_problem(record):
        yield problem
    to_source = ledger.OffsetMap(edits)
    for paragraph in record.blocks:
        span = (to_source.start(paragraph.start), to_source.end(paragraph.end))
        if span != (paragraph.src_start, paragraph.src_end):
            yield f"paragraph {paragraph.id}: source offsets should be {span}"
    for caption in record.captions:
        if caption.src_end > len(source):
            yield f"caption at {caption.src_start} ends beyond the source"
        if " ".join(source[caption.src_start : caption.src_end].split()) != " ".join(caption.text.split()):
            yield f"caption at {caption.src_start} does not quote the source"


def _clusters(
    output: Output,
    paragraphs: Keys,
    standing: Keys,
    sources: Sources,
) -> Iterator[str]:
    may_be_older = bool(output.manifest.against)

    def is_there(document_id: str, paragraph_id: str | None) -> bool:
        if (document_id, paragraph_id) in paragraphs if paragraph_id is not None else document_id in sources:
            return True
        # It may stand in the other run's output, which may have the same document, cleaned otherwise.
        is_of_document = paragraph_id is not None and paragraph_id.startswith(document_id)
        return may_be_older and (document_id not in sources or is_of_document)

    for cluster in output.records("clusters"):
        name = f"clusters, {cluster.cluster_id}"
        members = [(member.document_id, member.paragraph_id) for member in cluster.members]
        if len(members) != cluster.size or (len(set(members)) != len(members) and not may_be_older):
            yield f"{name}: size is {cluster.size}, members are {len(members)}"
        canonical = (cluster.canonical.document_id, cluster.canonical.paragraph_id)
        if canonical not in members:
            yield f"{name}: the canonical member is not among the members"
        if cluster.level == "paragraph" and not may_be_older and not any(member in standing for member in members):
            yield f"{name}: no member stands in a text any more"
        for member in members:
            if not is_there(*member):
                yield f"{name}: member {member} does not exist"
    for pair in output.records("pairs"):
        for side in ("a", "b"):
            place = (pair[side]["document_id"], pair[side]["paragraph_id"])
            if not is_there(*place):
                yield f"pairs: {pair[side]} does not exist"


def _linked(output: Output, links: Links) -> Iterator[str]:
    """Clusters and documents say the same; of a run that was held against another, members may stand there."""
    if output.manifest.against:
        return
    for cluster in output.records("clusters"):
        yield from links.cluster(cluster)
    yield from links.unmet()


def _passages(output: Output, sources: Sources, links: Links) -> Iterator[str]:
    may_be_older = bool(output.manifest.against)
    for passage in output.records("passages"):
        for side in ("a", "b"):
            place = passage[side]
            if may_be_older and place.document_id not in sources:
                continue
            end = min(place.end, place.start + MAX_PASSAGE_TEXT)
            if sources.slice(place.document_id, place.start, end) != place.text:
                yield f"passages: the text at {place.source}:{place.start} does not quote the source"
            if not links.has(place.document_id, place.source):
                yield f"passages: {place.source} is not the source of {place.document_id}"
        if not may_be_older:
            for problem in links.passage(passage):
                yield f"passages: that of {passage.a.source}:{passage.a.start} {problem}"
        if passage.earliest:
            yield from _earliest(passage.earliest, sources, links, may_be_older)


def _earliest(first: Source, sources: Sources, links: Links, may_be_older: bool) -> Iterator[str]:
    if may_be_older and first.document_id not in sources:
        return
    if not links.has(first.document_id, first.source):
        yield f"passages: {first.source} is not the source of {first.document_id}"
    elif not links.is_of(first.document_id, first.date):
        yield f"passages: {first.source} is not of {first.date}"


def _inputs(output: Output, against: Sequence[str]) -> Iterator[str]:
    listed = {item.source: item for item in output.manifest.inputs}
    for entry in files.find(against, exclude=output.path, follow=True):
        item = listed.pop(entry.source, None)
        if item is None:
            yield f"{entry.source}: is an input, but the manifest does not know it"
            continue
        if item.sha256 is None:  # it could not be read then
            continue
        try:
            sha256, _ = reading.digest(entry)
        except InputError:
            continue
        if sha256 != item.sha256:
            yield f"{entry.source}: has changed since the run"
    for name in listed:
        yield f"{name}: the manifest lists it, but it is not among the inputs"


def _blocks_problem(record: DocumentRecord) -> str | None:
    """What is wrong with the blocks of a record: they are its text, with one or two line breaks between them."""
    text, at, last = record.text, 0, -1
    for number, block in enumerate(record.blocks):
        if not block.id.isdecimal() or int(block.id) <= last:
            return f"block {block.id!r} is not called by a number above the last"
        last = int(block.id)
        if (
            text[at : block.start] not in (("",) if number == 0 else BREAKS)
            and text[at : block.start].strip(" \t") != "\n"
        ):
            return f"between block {block.id} and the one before it stands {text[at : block.start]!r}"
        at = block.end
    return None if at == len(text) else f"the text goes on behind its last block, from {at}"


BREAKS = ("\n\n", "\n")
"""What may stand between two blocks."""
