"""Templates are learned again where documents, or what copies are found by, have changed, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import Config, clean
from pipeline.config import Favor
from pipeline.corpus import kept_templates, plan
from pipeline.corpus.cache import CachedShard, Outcome
from pipeline.judge import templates
from pipeline.model import Failure
from pipeline.read.outputs import PRIVATE
from tests.conftest import outputs
from tests.judge.test_templates import SLOGAN, story, write


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A number for each time that templates are learned."""
    times: list[int] = []
    real = plan.learn_templates

    def noted(*given: object) -> object:
        times.append(len(times))
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(plan, "learn_templates", noted)
    return times


def test_templates_are_learned_where_something_has_changed(tmp_path: Path, learned: list[int]) -> None:
    write(tmp_path / "in", {f"gazette/{number}.txt": [*story(number), SLOGAN] for number in range(5)})

    def is_learned(config: Config) -> bool:
        before = len(learned)
        clean([tmp_path / "in"], tmp_path / "out", config, workers=0)
        after = len(learned)
        clean([tmp_path / "in"], tmp_path / "fresh", config, workers=0, fresh=True)
        assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")
        assert len(list((tmp_path / "out" / PRIVATE).rglob(f"*{kept_templates.SUFFIX}"))) == 1
        return after > before

    assert is_learned(Config())
    assert not is_learned(Config(threshold=0.9))
    assert is_learned(Config(document_threshold=0.2))
    assert is_learned(Config(favor="recall"))
    assert is_learned(Config())
    write(tmp_path / "in", {"gazette/3.txt": [*story(9), SLOGAN]})
    assert is_learned(Config())
    (kept,) = (tmp_path / "out" / PRIVATE).rglob(f"*{kept_templates.SUFFIX}")
    kept.write_bytes(kept.read_bytes()[:-1])
    assert is_learned(Config(threshold=0.9))


@pytest.mark.parametrize(("reason", "is_kept"), [("encoding", True), ("cpu-limit", False), ("unforeseen", False)])
def test_no_templates_are_kept_of_a_document_that_may_be_another_the_next_time(reason: str, is_kept: bool) -> None:
    failure = Failure("a.txt", "judge", reason, "it is so")
    shard = CachedShard(Path("/store/shard"), (Outcome("a.txt", None, 9, 1, (failure,), {}),))
    assert (kept_templates.name([shard], Config()) is not None) == is_kept


@pytest.mark.parametrize("favor", ["auto", "precision", "recall"])
def test_lines_that_few_documents_have_are_left_out_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, favor: Favor
) -> None:
    """Lines in as many documents as count, one more and one less: the templates are those among all lines."""
    least = templates.least_groups(favor)
    pages = {f"gazette/{number}.txt": [*story(number)] for number in range(12)}
    for many in (least - 1, least, least + 1):
        for number in range(many):
            pages[f"gazette/{number}.txt"].append(f"{SLOGAN} {'x' * many}")
    write(tmp_path / "in", pages)
    found: list[dict[str, bytes]] = []
    for bits in (20, 1):
        monkeypatch.setattr(plan, "_FORM_BITS", bits)
        clean([tmp_path / "in"], tmp_path / str(bits), Config(favor=favor), workers=0, fresh=True)
        found.append(outputs(tmp_path / str(bits)))
    assert found[0] == found[1]
    assert b'"template"' in found[0]["removed.jsonl"]
