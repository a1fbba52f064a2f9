"""A replay of recordings that are older than they may be says so, and was not measured."""

from datetime import UTC, datetime, timedelta

import pytest

from conformance.run.options import ChosenTarget, outdated
from tests.fakes import target
from tests.whole_run import BASIC, Runner, run

__all__ = ["run"]


def replayed(days: float) -> ChosenTarget:
    return ChosenTarget(target(name="gate"), "replay", recorded=datetime.now(UTC) - timedelta(days))


@pytest.mark.parametrize(("age", "days", "lines"), [(9, 7, 1), (6, 7, 0), (900, None, 0)])
def test_recordings_are_outdated_when_they_are_older_than_so_many_days(
    age: float, days: float | None, lines: int
) -> None:
    said = list(outdated([replayed(age)], days))
    assert len(said) == lines
    assert all("--mode record" in one for one in said)


def test_what_is_asked_now_has_no_age() -> None:
    assert list(outdated([ChosenTarget(target(name="gate"), "live")], 1)) == []


def test_an_old_replay_ends_with_6_and_its_verdicts(run: Runner) -> None:
    ran = run("--target", "simulator", *BASIC)
    assert ran.code == 0
    again = run("--from", str(ran.folder), "--max-age", "0.0000001", *BASIC)
    assert again.code == 6
    assert "the recordings of simulator are of" in again.said
    assert {verdict.value for verdict in again.verdicts.values()} == {"conforms"}
    assert run("--from", str(ran.folder), "--max-age", "7", *BASIC).code == 0


def test_an_age_is_for_a_replay(run: Runner) -> None:
    ran = run("--target", "simulator", "--mode", "live", "--max-age", "7", *BASIC)
    assert ran.code == 4
    assert "--max-age is about recordings" in ran.said
