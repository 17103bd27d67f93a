"""Is this installation whole? Libraries, extras, and a small run with worker processes."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata

from msgspec import Struct

from pipeline import native, run
from pipeline.errors import PipelineError
from pipeline.expression import expression
from pipeline.wording import DISTRIBUTION, installing
from pipeline.write import verify
from pipeline.write.scratch import scratch

OLDEST = (3, 11)
NEWEST = (3, 13)
"""The last Python that the tests are run on"""
_REQUIREMENT = expression(r"(?P<name>[A-Za-z0-9._-]+)[^;]*(?:;(?P<when>.*))?\Z", re.DOTALL)
_EXTRA = expression(r"""extra\s*==\s*["']([^"']+)["']""")
_BEFORE = expression(r"""python_version\s*<\s*["'](\d+)\.(\d+)["']""")
_PAGE = (
    "<html><body><ul><li><a href='/'>Home</a></li></ul><article><h1>The ferry</h1>"
    "<p>The ferry leaves the small harbour at nine and comes back before the evening tide, the crew says.</p>"
    "</article></body></html>"
)


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: str
    is_bad: bool = False


def examine() -> Iterator[Finding]:
    """Look at one thing after another."""
    yield _python()
    yield from _libraries()
    yield _kernels()
    yield _trial()


def _python() -> Finding:
    here = sys.version_info[:2]
    version = sys.version.split()[0]
    if here < OLDEST:
        return Finding("Python", f"{version} is too old: needs {OLDEST[0]}.{OLDEST[1]}", is_bad=True)
    newer = f", newer than what is tested ({NEWEST[0]}.{NEWEST[1]})" if here > NEWEST else ""
    return Finding("Python", version + newer)


def _libraries() -> Iterator[Finding]:
    """The libraries that are needed, and for each extra whether it is there."""
    modules: dict[str, list[str]] = {}
    for module, distributions in metadata.packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(_normal(distribution), []).append(module)
    extras: dict[str, list[str]] = {}
    for requirement in metadata.requires(DISTRIBUTION) or ():
        found = _REQUIREMENT.match(requirement)
        if found is None:
            continue
        name, when = found["name"].rstrip(), found["when"] or ""
        extra, before = _EXTRA.search(when), _BEFORE.search(when)
        if before and sys.version_info[:2] >= (int(before[1]), int(before[2])):
            continue
        if extra:
            extras.setdefault(extra[1], []).append(name)
        else:
            problem = _problem(name, modules)
            yield Finding(name, problem or metadata.version(name), is_bad=problem is not None)
    for extra_name, names in sorted(extras.items()):
        problems = [f"{name}: {problem}" for name in names if (problem := _problem(name, modules))]
        missing = f"not there ({'; '.join(problems)}); {installing(extra_name)}"
        yield Finding(f"extra {extra_name}", missing if problems else ", ".join(names))


def _problem(name: str, modules: Mapping[str, list[str]]) -> str | None:
    """Why a library cannot be used."""
    names = modules.get(_normal(name))
    if not names:
        return "is not installed"
    try:
        for module in names:
            if not module.startswith("_"):
                importlib.import_module(module)
    except Exception as error:  # a library of another platform or version raises whatever it likes
        return f"cannot be imported: {type(error).__name__}: {error}"
    return None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _kernels() -> Finding:
    """Whether what is compiled at installation is there: without it everything works, more slowly."""
    if native.kernels is not None:
        return Finding("compiled kernels", "there")
    why = "no C compiler at installation, or installed before an update; everything works, more slowly"
    return Finding("compiled kernels", f"not there: {'PIPELINE_NATIVE=0' if native.is_off() else why}")


def _trial() -> Finding:
    """Clean two pages with two worker processes, and verify the output."""
    with scratch() as folder:
        given, out = folder / "in", folder / "out"
        given.mkdir()
        for name in ("a.html", "b.html"):
            (given / name).write_text(_PAGE, encoding="utf-8")
        try:
            summary = run.clean([given], out, workers=2, fresh=True)
            problems = verify.audit(out, [str(given)]).problems
        except PipelineError as error:
            return Finding("a run over two pages", str(error), is_bad=True)
    if problems or summary.counts["documents"] != 2:
        return Finding("a run over two pages", "; ".join(problems) or f"gave {dict(summary.counts)}", is_bad=True)
    return Finding("a run over two pages", "is verified")
