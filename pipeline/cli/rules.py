"""`pipeline rules list|show|test`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options, terminal
from pipeline.errors import UsageError
from pipeline.wording import plural, suggestion

if TYPE_CHECKING:
    from pipeline.answers import RuleAnswer
    from pipeline.judge.rules.rule import Rule


@click.group()
def command() -> None:
    """Look at and test boilerplate rules."""


@command.command("list")
@options.as_json("a line for each")
def list_rules(as_json: bool) -> None:
    """Print the built-in rules: id, category, verdict, and why each exists."""
    from pipeline.judge.rules.files import builtin_rules

    for rule in builtin_rules():
        if as_json:
            terminal.say_row(answer(rule))
            continue
        terminal.say(f"{rule.id:32} {rule.category:12} {rule.verdict:6} {rule.why}")


@command.command("show")
@click.argument("rule_id", metavar="RULE")
@options.as_json("it")
def show_rule(rule_id: str, as_json: bool) -> None:
    """Print a built-in rule: why it exists, where it holds, its phrases and patterns."""
    from pipeline.judge.rules.files import builtin_rules

    rules = {rule.id: rule for rule in builtin_rules()}
    if rule_id not in rules:
        raise UsageError(f"no built-in rule is called {rule_id!r}{suggestion(rule_id, rules)}")
    rule = rules[rule_id]
    if as_json:
        terminal.say_row(answer(rule))
        return
    terminal.say_styled(
        [(rule.id, "strong"), (f"  {rule.category}, {rule.verdict}, {rule.scope}, {rule.where}", "plain")]
    )
    terminal.say(f"  {rule.why}")
    for name, values in (("near", rule.near), ("sites", rule.sites)):
        if values:
            terminal.say(f"  {name}: {', '.join(values)}")
    for name, table in (("phrases", rule.phrases), ("patterns", rule.patterns)):
        for language, lines in table.items():
            terminal.say_styled([(f"{name}.{language}", "note")])
            terminal.say("\n".join(f"  {line}" for line in lines))
    for name, examples in (("matches", rule.matches), ("misses", rule.misses)):
        terminal.say_styled([(name, "note")])
        terminal.say("\n".join(f"  {line}" for line in examples))


def answer(rule: Rule) -> RuleAnswer:
    """A rule as `--json` says it."""
    from pipeline.answers import RuleAnswer

    return RuleAnswer(
        id=rule.id,
        category=rule.category,
        verdict=rule.verdict,
        scope=rule.scope,
        where=rule.where,
        why=rule.why,
        near=tuple(rule.near),
        sites=tuple(rule.sites),
        phrases={language: tuple(lines) for language, lines in rule.phrases.items()},
        patterns={language: tuple(lines) for language, lines in rule.patterns.items()},
        matches=tuple(rule.matches),
        misses=tuple(rule.misses),
    )


@command.command("test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True), metavar="[FILE]...")
@options.as_json("the result")
def test_rules(files: tuple[Path, ...], as_json: bool) -> None:
    """Check the examples of the rule FILEs (- for standard input), or of the built-in rules: exit code 1 where one does not
    hold."""
    from pipeline.answers import RulesTestAnswer
    from pipeline.config import read_rules
    from pipeline.judge.rules import files as rule_files

    found: list[Rule] = []
    read_rules(files, lambda text, name: found.extend(rule_files.parse(text, name)))
    found = found if files else list(rule_files.builtin_rules())
    problems = rule_files.check(found)
    if as_json:
        terminal.say_row(RulesTestAnswer(rules=len(found), problems=tuple(problems)))
        sys.exit(1 if problems else 0)
    for problem in problems:
        terminal.say(problem, error=True)
    terminal.say(
        f"{plural(len(found), 'rule')}: " + (plural(len(problems), "problem") if problems else "all examples hold")
    )
    sys.exit(1 if problems else 0)
