"""The budget of a run: when nothing more is sent, and what is said of what was not."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.definition.exchange_spec import ExchangeKey
from conformance.run.bounds import Bounds
from conformance.run.sources import RunEngine
from conformance.send.budget import Budget, shown, written_in
from conformance.wire.exchange import Exchange
from conformance.wire.response import Ending
from tests import hostile
from tests.hostile import Behaviour, serving
from tests.sources import counted, created, keys, used
from tests.test_live import chosen

ANSWER = hostile.json_answer({"id": "id-1", "padding": "x" * 5000})


class Clock:
    """A clock that is set by hand, in seconds."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_without_limits_nothing_is_refused() -> None:
    budget = Budget()
    budget.wrote(10**15)
    assert budget.refuses() is None
    assert budget.left_s() is None


def test_the_disk_is_over_when_it_is_reached() -> None:
    budget = Budget(disk=2 * 1024**3, written=1)
    budget.wrote(2 * 1024**3 - 2)
    assert budget.refuses() is None
    budget.wrote(1)
    assert budget.refuses() == "the recordings of this run reached 2 GiB (--max-disk)"


def test_minutes_begin_with_the_first_request() -> None:
    clock = Clock()
    budget = Budget(minutes=0.5, run="20260101T000000Z-t", clock=clock)
    clock.now += 3600
    assert budget.refuses() is None
    clock.now += 29
    assert (budget.refuses(), budget.left_s()) == (None, 1)
    clock.now += 1
    expected = "0.5 minutes of sending are over (--max-minutes); go on with --resume 20260101T000000Z-t"
    assert (budget.refuses(), budget.left_s()) == (expected, 0)


@pytest.mark.parametrize(
    ("size", "says"), [(10, "10 bytes"), (1024, "1 KiB"), (1536 * 1024, "1.5 MiB"), (2 * 1024**3, "2 GiB")]
)
def test_bytes_are_shown_to_people(size: int, says: str) -> None:
    assert shown(size) == says


def performed(
    behaviour: Behaviour, folder: Path, order: list[ExchangeKey], bounds: Bounds, **limits: Any
) -> tuple[list[Exchange], int]:
    with serving(behaviour) as server:
        options = replace(chosen(server, folder, **limits), bounds=bounds)
        engine = RunEngine(options, folder, order, {})
        engine.start(look_ahead=None)
        try:
            return [engine.wait(key) for key in order], len(server.seen)
        finally:
            engine.stop()


def test_when_the_disk_is_over_nothing_more_is_sent(tmp_path: Path) -> None:
    found, requests = performed(ANSWER, tmp_path, keys(counted, created), Bounds(disk=9_000), in_flight=1)
    assert requests == 2
    assert [one.ending for one in found].count(Ending.COMPLETE) == 2
    unsent = [one for one in found if one.ending is Ending.UNSENT]
    assert {one.reason for one in unsent} == {"the recordings of this run reached 8.789 KiB (--max-disk)"}
    assert not any(one.ours for one in unsent)
    assert written_in(tmp_path / "exchanges") >= 9_000


def test_a_run_that_is_resumed_counts_what_lies_there(tmp_path: Path) -> None:
    performed(ANSWER, tmp_path, keys(created), Bounds(disk=10**9))
    found, requests = performed(ANSWER, tmp_path, keys(created, used), Bounds(disk=1024))
    assert ([one.ending for one in found], requests) == ([Ending.COMPLETE, Ending.UNSENT], 0)


def test_when_the_minutes_are_over_who_waits_for_the_rate_waits_no_longer(tmp_path: Path) -> None:
    """At one request a minute the three would take two minutes."""
    order = keys(counted)
    found, requests = performed(ANSWER, tmp_path, order, Bounds(minutes=0.02), in_flight=1, per_minute=1)
    assert requests == 1
    says = f"0.02 minutes of sending are over (--max-minutes); go on with --resume {tmp_path.name}"
    assert [one.reason for one in found if one.ending is Ending.UNSENT] == [says, says]


def test_what_is_in_flight_when_the_minutes_are_over_comes_to_its_end(tmp_path: Path) -> None:
    async def slow(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        await ANSWER(seen, writer)

    (found,), _ = performed(slow, tmp_path, keys(created), Bounds(minutes=0.005))
    assert found.status == 200
