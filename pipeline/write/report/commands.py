"""Commands for a reader to copy: the one that made the output, those that try again what failed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.model import Failure
from pipeline.read.interface import container

_OPTIONS = {
    "favor": "--favor",
    "extractor": "--extractor",
    "input_format": "--input-format",
    "threshold": "--threshold",
    "copy_action": "--copies",
    "added": "--added",
    "document_cpu": "--document-cpu",
    "document_wall": "--document-wall",
    "document_memory": "--document-memory",
}
_FLAGS = {"cleaning": "--no-cleaning", "matching": "--no-matching"}
_LISTS = {"fields": "--field {}", "rules": "--rules FILE"}

_REMEDIES = {
    "cpu-limit": " --document-cpu 120",
    "wall-limit": " --document-wall 240",
    "memory-limit": " --document-memory 8G",
    "outside": " --follow",
}


def run(config: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    """Return the command that gives the same output for the same inputs, whose names it does not know."""
    return " ".join(("pipeline clean INPUTS OUT", *_words(config, defaults)))


def _words(config: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[str]:
    needs_file = False
    for name, value in config.items():
        if value == defaults[name]:
            continue
        if name in _OPTIONS:
            yield f"{_OPTIONS[name]} {shlex.quote(str(value))}"
        elif name in _FLAGS:
            yield _FLAGS[name]
        elif name in _LISTS:
            yield from (_LISTS[name].format(shlex.quote(item)) for item in value)
        else:
            needs_file = True
    if needs_file:
        yield "--config FILE"


def retry(failure: Failure) -> str:
    """Return the command that reads again the file that a failure belongs to, given in the folder of the inputs."""
    name = container(failure.source)
    return f"pipeline clean {shlex.quote(name)} retry/{_REMEDIES.get(failure.error, '')}"


def why(source: str) -> str:
    """Return the command that explains every line of a document."""
    return f"pipeline why OUT {shlex.quote(source)}"
