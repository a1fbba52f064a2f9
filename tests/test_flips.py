"""How often verdicts flip, told from kept runs: the rate that a fake flaky endpoint has lies in the interval."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance.compare.side import Side
from conformance.drift.flips import ENOUGH, Told, flips, main
from conformance.log.records import Result, assemble
from conformance.samples.counted import Samples
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.wire.verdict import Verdict
from tests import runs
from tests.whole_run import CORE, Runner, run

__all__ = ["run"]

GOOD, BAD, UNTOLD = Verdict.CONFORMS, Verdict.DEVIATES, Verdict.INCONCLUSIVE
ROLE = "chat.basic/hello/role_is_assistant"


def ran(number: int, *results: Result, **facts: Any) -> Side:
    """The side of a run on a day of its own."""
    made = runs.run(Path(f"run-{number}"), [runs.target(**facts)], results)
    header = made.header.model_copy(update={"started": runs.STARTED + timedelta(days=number)})
    return Side("alpha", assemble(made.folder, header, results), header.targets[0])


def told(verdicts: Sequence[Verdict]) -> Told:
    (found,) = flips([ran(number, runs.result(verdict)) for number, verdict in enumerate(verdicts)])
    return found


def test_a_flip_is_a_verdict_unlike_the_one_before() -> None:
    (check,) = told([GOOD, BAD, BAD, UNTOLD, BAD, GOOD]).checks
    assert (check.flips, check.pairs, check.deviating) == (2, 4, 3)


def test_below_ten_verdicts_no_rate_is_told() -> None:
    assert not told([GOOD, BAD] * (ENOUGH // 2 - 1)).enough
    assert told([GOOD, BAD] * (ENOUGH // 2)).enough


@pytest.mark.parametrize("seed", range(5))
def test_the_rate_of_a_flaky_endpoint_lies_in_the_interval(seed: int) -> None:
    share, chance = 0.3, random.Random(seed)
    (check,) = told([BAD if chance.random() < share else GOOD for _ in range(200)]).checks
    assert check.rate.low < 2 * share * (1 - share) < check.rate.high


def test_the_samples_of_a_run_count_each() -> None:
    sampled = runs.result(BAD, samples=Samples.of([GOOD, BAD, GOOD, UNTOLD]), flaky=True)
    (found,) = flips([ran(1, sampled), ran(2, runs.result(GOOD))])
    assert (found.checks[0].flips, found.checks[0].pairs) == (2, 3)


def test_what_asked_nothing_and_what_asked_other_models_is_left_out_and_told() -> None:
    replay = ran(1, runs.result(BAD), mode="replay")
    other = ran(2, runs.result(BAD), models={"chat": "large-1"})
    (found,) = flips([replay, other, ran(3, runs.result(GOOD))])
    assert (found.runs, len(found.left_out)) == (1, 2)
    assert found.checks[0].verdicts == (GOOD,)


def test_another_edition_of_a_check_is_another_check() -> None:
    (found,) = flips([ran(1, runs.result(BAD, edition="e0")), ran(2, runs.result(GOOD))])
    assert found.checks[0].verdicts == (GOOD,)


def test_the_command_shows_the_rate_of_a_flaky_endpoint_with_its_interval(
    run: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(None, table()) as base_url:
        ran = run.at(base_url.replace("/v1", "/~chat-native-role-and-fields@0.5:1/v1"), *CORE, "--samples", "12")
    assert ran.code == 0, ran.said
    capsys.readouterr()
    assert main([str(ran.folder), "--output", str(run.root / "flips.md")]) == 0
    assert "2 of 7 checks flipped" in capsys.readouterr().out
    written = (run.root / "flips.md").read_text()
    assert "flip rate (95 %)" in written
    assert "role_is_assistant` |" in written
    assert "5 checks never flipped in 11 pairs or more: their flip rate is at most 26% (95 %)." in written


def test_too_few_verdicts_end_with_6_and_wrong_use_with_4(tmp_path: Path) -> None:
    one = runs.run(tmp_path / "a", [runs.target()], [runs.result(GOOD)])
    one.folder.mkdir()
    runs.write_log(one)
    assert main([str(tmp_path), "--output", str(tmp_path / "flips.md")]) == 6
    assert main([str(tmp_path / "none"), "--output", str(tmp_path / "flips.md")]) == 4
