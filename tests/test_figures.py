"""What a page says in figures is what the code goes by: each sentence stands there with the value that is in force."""

from __future__ import annotations

import pytest

from pipeline.config import Config
from pipeline.corpus import packs, plan
from pipeline.corpus.engines import resources
from pipeline.export import chunks
from pipeline.judge import belonging, choose, templates, threads
from pipeline.judge.rules import book, context, rule, subject
from pipeline.match import indexes, settings
from pipeline.match.core import bands, candidates, relation, seeds
from pipeline.read import compression, extra, interface, members
from pipeline.read.formats import json_values
from pipeline.records import MAX_PASSAGE_TEXT, SCHEMA_VERSION
from pipeline.write import formats, struck
from pipeline.write.report import matrix, page, ring, sample, sections, sharing
from tests.conftest import ROOT

PASSAGE = settings.passage_rules(Config())
DEFAULT = Config()
MIB, GIB = 1 << 20, 1 << 30
WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 8: "eighth", 10: "ten"}

SAID: dict[str, list[str]] = {
    "formats": [
        f"`schema_version` is {SCHEMA_VERSION}.",
        f"archives in archives too ({WORDS[members.MAX_DEPTH]} deep)",
        f"more than {interface.MAX_EXPANDED // GIB} GiB and {members.MAX_RATIO} times the size of the input",
        f"a document of more than {interface.MAX_DOCUMENT // MIB} MiB (a JSON file that is one value: {json_values.MAX_VALUE // MIB})",
        f"A shard holds {formats.SHARD_BYTES // MIB} MB of records",
        f"nested more than {extra.DEEPEST} deep is cut",
    ],
    "rules": [
        f"({rule.USUAL_CHARS} unless you say otherwise)",
        f"Above {book.MAX_CHARS:,} characters a line is always prose",
        f"Holds only within {WORDS[context.NEAR_LINES]} lines",
        f"and at least {WORDS[subject.LEAST]}, are on privacy",
        f"stand in {WORDS[templates.MIN_GROUPS['auto']]} such groups",
        f"among its first or last {WORDS[templates.EDGE_LINES]} lines",
        f"a line of {templates.HEADING_CHARS} characters and more that stands in {WORDS[templates.MANY_GROUPS]} groups",
    ],
    "matching": [
        f"Every paragraph of {WORDS[packs.MIN_WORDS]} words and more",
        f"runs of {DEFAULT.shingle_words} words (a shorter text is one shingle",
        f"`--threshold`, {DEFAULT.threshold}.",
        f"so that {bands.RECALL} of the pairs at the threshold itself are found",
        "{} bands of {} at 0.7, ".format(*bands.choose_bands(0.7)),
        "{} of {} at 0.5 (whole documents)".format(*bands.choose_bands(DEFAULT.document_threshold)),
        "{} of {} at 0.3".format(*bands.choose_bands(0.3)),
        f"Where fewer than {plan.GOOD_RECALL} are expected to be found",
        f"A bucket of up to {candidates.ALL_PAIRS} texts gives all its pairs",
        f"get some {candidates.ENOUGH} partners more",
        f"but at least {DEFAULT.containment} of one is in the other",
        f"every run of {WORDS[relation.RECEIPT_WORDS]} words of it stands in the paragraph that is kept",
        f"**Seeds** are all runs of {PASSAGE.k} words. One found in at most {seeds.FEW} places",
        f"So does one in at most {seeds.SEVERAL}, but",
        f"is the same in more than {seeds.FEW} of them",
        f"if it stands in at most {seeds.RARE} places",
        f"up to {PASSAGE.gap} words changed, dropped or put in between",
        f"if it has {PASSAGE.run} words in a row",
        f"words in a row need {PASSAGE.margin:.0f} bits",
        f"several runs with edits in between {PASSAGE.edited_margin:.0f}",
        f"Quotation marks count {PASSAGE.quotation_bits:.0f} bits on either side, an ellipsis {PASSAGE.ellipsis_bits:.0f}",
        f"a floor: {PASSAGE.least_words:.0f} words",
        f"{PASSAGE.least_plain} of them without a capital letter",
        f"Where more than {seeds.FEW} documents share a run",
        f"where it stands in more than {seeds.FEW} places, its",
        f"and {seeds.REPEATS} more with the last",
        f"With the {WORDS[indexes.MOST_PARTS]} such addition",
    ],
    "model": [
        f"a chain over the document pays {choose.SWITCH} for every change",
        f"text from {choose.UNNAMED} on: no cruft, no cut",
        f"a heading right above text from {belonging.HEADING} on",
        f"a list from {belonging.LIST} on that stands between blocks",
        f"from {belonging.NESTED} on; in an article",
        f"in a line or two below a quotation, from {belonging.SIGNED} on",
        f"a table right below text from {belonging.TABLE} on",
        f"a paragraph amid text, from {belonging.BESIDE_CODE} on, beside code",
        f"what scores {threads.BESIDE} below is not",
    ],
    "report": [
        f"At most {page.MAX_BYTES // 1_000_000} MB. Up to {sample.MOST_LISTED:,} documents are listed",
        f"up to {sample.MAX_SOURCE:,} characters of each",
        f"{sharing.MOST_FAMILIES} quotes, {sharing.MOST_CLUSTERS} clusters with {sharing.MOST_MEMBERS} members each",
        f"{matrix.MOST_ROWS} sources in the matrix, {ring.MOST_NODES} in the ring with their {ring.MOST_EDGES} strongest ties",
        f"the first {sections.FIRST_ROWS} documents, {sections.FIRST_WHOLE} of them whole, and the first "
        f"{WORDS[sections.FIRST_CARDS]} quotes and clusters",
    ],
    "scale": [
        f"up to {plan.ONE_WORKER_BYTES // 1_000_000} MB | one worker process",
        f"one for each {resources.PROCESS_BYTES // 1_000_000} MB, less one",
        f"by default of {resources.SHARE:.0%} of what is free",
        f"may take {DEFAULT.document_cpu:.0f} seconds of processor time (`--document-cpu`), {DEFAULT.document_wall:.0f} by the clock",
        f"{DEFAULT.document_memory // GIB} GB (`--document-memory`",
        f"a shard, {plan.SHARD_BYTES // 1_000_000} MB of input",
    ],
    "reference": [
        f"`--max-chars INTEGER RANGE` | Of chunks: so many characters at most. [default: {chunks.MAX_CHARS}]",
        f"of a passage of more than {MAX_PASSAGE_TEXT:,} characters, so many",
        f"those that lost most first; {struck.MOST_ALARMS} at most",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_figures(name: str) -> None:
    text = " ".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8").split()).lower()
    assert [one for one in SAID[name] if one.lower() not in text] == []


def test_figures_that_pages_say_in_words() -> None:
    assert (members.MAX_MEMBERS, compression._MAX_RATIO) == (1_000_000, members.MAX_RATIO)  # more than a million files
    assert (subject.SHARE, struck.ALARM) == (0.5, 0.5)  # half, more than half
    assert PASSAGE.least_similarity == 0.75  # three quarters of what is spanned
    assert belonging.MAIN == 30  # three tenths of it
    assert 1 - templates.TEXT_OUTSIDE == 0.75  # three quarters of its places
