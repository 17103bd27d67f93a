"""The templates of a corpus as a rule file that a person can read, edit, test and pass back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.config import Config
from pipeline.corpus import plan, stages
from pipeline.corpus.engines.resources import Resources
from pipeline.corpus.progress import Progress
from pipeline.judge import templates
from pipeline.judge.rules.book import MAX_CHARS
from pipeline.read import files, outputs, reading
from pipeline.write.scratch import scratch

EXAMPLES = 5


def learn(
    inputs: Sequence[str | Path], config: Config, workers: int | None = None, progress: Progress | None = None
) -> str:
    """The templates that stand in `inputs`, as the text of a rule file.

    Raises:
        UsageError: an input does not exist, or the configuration is wrong.
    """
    options = reading.options_of(config)
    progress = progress or Progress()
    entries = files.find(
        [str(item) for item in inputs], told=lambda folder: progress.say(0, outputs.passed_over(folder))
    )
    with scratch() as folder:
        entries = files.stored(entries, folder)
        with plan.engine(entries, Resources(workers), config, folder) as engine:
            cached, _ = plan.judge_shards(engine, entries, options, config, folder, progress)
            found = plan.learn_templates(engine, cached, config, folder)
            stages.write_templates(folder / "templates", found)
            texts: dict[int, tuple[str, str]] = {}
            for part in engine.map(
                stages.first_texts, [stages.Judged(one, folder / "templates", config) for one in cached]
            ):
                texts = part | texts
    by_site: dict[str, list[tuple[int, str]]] = {}
    of: dict[str, int] = {}
    for key, groups, size in zip(found.key.tolist(), found.groups.tolist(), found.of.tolist(), strict=True):
        if key not in texts:
            continue
        site, line = texts[key]
        by_site.setdefault(site, []).append((groups, line))
        of[site] = size
    everywhere = by_site.pop(templates.CORPUS, [])
    of_one_site = {line for lines in by_site.values() for line in lines}
    if beyond := [line for line in everywhere if line not in of_one_site]:
        by_site[templates.CORPUS] = beyond
    return "\n".join(_rule(site, lines, of[site]) for site, lines in sorted(by_site.items()))


def _rule(site: str, lines: list[tuple[int, str]], of: int) -> str:
    """One rule: the templates of a site, those of most pages first."""
    lines = [
        (groups, line) for groups, line in sorted(lines, key=lambda item: (-item[0], item[1])) if len(line) <= MAX_CHARS
    ]
    return "\n".join(_toml(site, lines, of)) + "\n"


def _toml(site: str, lines: list[tuple[int, str]], of: int) -> Iterator[str]:
    name = re.sub(r"[^a-z0-9]+", "-", site.lower()).strip("-")
    yield "[[rule]]"
    yield f'id = "template-{name or "corpus"}"'
    yield 'category = "template"'
    why = f"Stands in several unrelated pages of the {of} of {site or 'the corpus'}; `0` is any number"
    yield f"why = {_quoted(why)}"
    if site:
        yield f"sites = [{_quoted(site)}]"
    yield f"max_chars = {max(len(line) for _, line in lines)}"
    yield f"matches = [{', '.join(_quoted(line) for _, line in lines[:EXAMPLES])}]"
    yield "phrases.any = ["
    for groups, line in lines:
        yield f"  {_quoted(line)}, # {groups} pages"
    yield "]"


def _quoted(text: str) -> str:
    """`text` as a TOML string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)
