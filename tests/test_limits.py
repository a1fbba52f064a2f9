import asyncio
from collections.abc import Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.send.gate import Gate, Passing
from conformance.send.shared import SharedCount, SharedGate
from conformance.targets.target import Limits

BOUND_S = 20.0
"""No test waits for this; it only ends one that hangs."""


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        """Return what time it is."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds

    def gate(self, limits: Limits) -> Gate:
        """Return a gate that goes by it."""
        return Gate(limits, clock=self.monotonic, sleep=self.sleep)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def finished(work: Coroutine[Any, Any, Any]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(BOUND_S):
            await work

    asyncio.run(bounded())


async def settle() -> None:
    """Let every task go as far as it can without time passing."""
    for _ in range(50):
        await asyncio.sleep(0)


class Visitors:
    """Tasks that go through a gate and stay until they are told to leave."""

    def __init__(self, gate: Passing) -> None:
        self.gate = gate
        self.inside: list[str] = []
        self.order: list[str] = []
        self.most = 0
        self.leave: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def send(self, *names: str, alone: bool = False) -> None:
        """Let visitors queue up."""
        for name in names:
            self.leave[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._visit(name, alone=alone))

    async def _visit(self, name: str, *, alone: bool) -> None:
        async with self.gate.through(alone=alone):
            self.order.append(name)
            self.inside.append(name)
            self.most = max(self.most, len(self.inside))
            await self.leave[name].wait()
            self.inside.remove(name)

    async def let_out(self, *names: str) -> None:
        """Let visitors leave, and the next ones in."""
        for name in names:
            self.leave[name].set()
        await settle()

    async def everybody(self) -> None:
        """Let all come and leave."""
        for leave in self.leave.values():
            leave.set()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


def through(limits: Limits, waits: list[float], clock: Clock, tokens: int = 0) -> list[float]:
    """Return when each of a row of visitors starts, of whom each comes some time after the start of the one before."""
    starts = []

    async def go() -> None:
        gate = clock.gate(limits)
        for wait in waits:
            clock.now += wait
            async with gate.through(tokens=tokens):
                starts.append(clock.now)

    finished(go())
    return starts


def test_no_more_than_allowed_are_inside() -> None:
    async def go() -> None:
        visitors = Visitors(Gate(Limits(in_flight=3, per_minute=0)))
        visitors.send(*"abcdefgh")
        await settle()
        assert visitors.inside == ["a", "b", "c"]
        await visitors.let_out("b")
        assert visitors.inside == ["a", "c", "d"]
        await visitors.everybody()
        assert visitors.most == 3
        assert visitors.order == [*"abcdefgh"]

    finished(go())


def test_who_is_alone_waits_for_the_others_and_keeps_them_out() -> None:
    async def go() -> None:
        visitors = Visitors(Gate(Limits(in_flight=3, per_minute=0)))
        visitors.send("a", "b")
        await settle()
        visitors.send("alone", alone=True)
        await settle()
        visitors.send("c", "d")
        await settle()
        assert visitors.inside == ["a", "b"]
        await visitors.let_out("a")
        assert visitors.inside == ["b"]
        await visitors.let_out("b")
        assert visitors.inside == ["alone"]
        await visitors.let_out("alone")
        assert visitors.inside == ["c", "d"]
        await visitors.everybody()

    finished(go())


def test_several_who_want_to_be_alone_go_one_after_the_other() -> None:
    async def go() -> None:
        visitors = Visitors(Gate(Limits(in_flight=4, per_minute=0)))
        visitors.send("x", "y", "z", alone=True)
        visitors.send("a")
        await settle()
        for _ in range(4):
            assert len(visitors.inside) == 1
            await visitors.let_out(*visitors.inside)
        assert sorted(visitors.order) == ["a", "x", "y", "z"]
        await visitors.everybody()

    finished(go())


def test_who_wants_to_be_alone_is_not_overtaken_for_ever() -> None:
    async def go() -> None:
        visitors = Visitors(Gate(Limits(in_flight=2, per_minute=0)))
        visitors.send("0", "1")
        await settle()
        visitors.send("alone", alone=True)
        await settle()
        for number in range(2, 12):
            visitors.send(str(number))
        for number in range(4):
            await visitors.let_out(str(number))
        assert "alone" in visitors.order[:4]
        await visitors.everybody()
        assert len(visitors.order) == 13

    finished(go())


@pytest.mark.parametrize(("before", "alone"), [("a", True), ("ax", True), ("ax", False)])
def test_who_gives_up_waiting_takes_no_place_along(before: str, *, alone: bool) -> None:
    async def go() -> None:
        visitors = Visitors(Gate(Limits(in_flight=2, per_minute=0)))
        visitors.send(*before)
        await settle()
        visitors.send("gone", alone=alone)
        await settle()
        assert visitors.inside == [*before]
        visitors.tasks["gone"].cancel()
        await settle()
        await visitors.let_out(*before)
        visitors.send("b", "c")
        await settle()
        assert visitors.inside == ["b", "c"]
        await visitors.everybody()

    finished(go())


def test_a_failure_inside_frees_the_place() -> None:
    async def go() -> None:
        gate = Gate(Limits(in_flight=1, per_minute=0))
        for alone in (False, True, False):
            with pytest.raises(OSError, match="refused"):
                async with gate.through(alone=alone):
                    raise OSError("refused")
        async with gate.through():
            pass

    finished(go())


def test_without_a_rate_nobody_waits(clock: Clock) -> None:
    assert through(Limits(in_flight=4, per_minute=0), [0.0] * 20, clock) == [1000.0] * 20
    assert clock.slept == []


def test_as_many_as_may_be_in_flight_start_at_once_and_the_rest_evenly(clock: Clock) -> None:
    starts = through(Limits(in_flight=4, per_minute=30), [0.0] * 8, clock)
    assert starts == [1000.0] * 4 + [1002.0, 1004.0, 1006.0, 1008.0]


def test_after_a_pause_the_next_may_go_at_once_again(clock: Clock) -> None:
    starts = through(Limits(in_flight=2, per_minute=60), [0.0] * 4 + [100.0, 0.0, 0.0], clock)
    assert starts == [1000.0, 1000.0, 1001.0, 1002.0, 1102.0, 1102.0, 1103.0]


@given(st.integers(1, 8), st.integers(1, 600), st.lists(st.floats(0, 90), min_size=1, max_size=60))
def test_in_no_minute_more_start_than_the_rate_and_one_flight(
    in_flight: int, per_minute: int, waits: list[float]
) -> None:
    starts = through(Limits(in_flight=in_flight, per_minute=per_minute), waits, Clock())
    assert all(before <= after for before, after in pairwise(starts))
    for first in starts:
        within = [start for start in starts if first <= start < first + 59.999]
        assert len(within) <= per_minute + in_flight


def test_tokens_are_spaced_like_requests(clock: Clock) -> None:
    limits = Limits(in_flight=4, per_minute=0, tokens_per_minute=600)
    assert through(limits, [0.0] * 4, clock, tokens=50) == [1000.0, 1005.0, 1010.0, 1015.0]


def test_who_is_in_flight_beside_is_counted(clock: Clock) -> None:
    async def go() -> None:
        gate = clock.gate(Limits(in_flight=3, per_minute=0))
        async with gate.through() as first:
            assert first.beside == 0
            async with gate.through() as second:
                assert (first.beside, second.beside) == (1, 1)
            async with gate.through() as third:
                assert (first.beside, third.beside) == (1, 1)
        async with gate.through(alone=True) as alone:
            assert alone.beside == 0

    finished(go())


def shared(folder: Path, *, in_flight: int = 2, per_minute: int = 0) -> SharedGate:
    return SharedGate(Limits(in_flight=in_flight, per_minute=per_minute), folder)


async def looked(seconds: float = 0.15) -> None:
    """Let whoever looks at files look several times."""
    await asyncio.sleep(seconds)


def test_two_processes_together_have_no_more_in_flight_than_one(tmp_path: Path) -> None:
    async def go() -> None:
        here, there = Visitors(shared(tmp_path)), Visitors(shared(tmp_path))
        here.send("a", "b", "c")
        there.send("d", "e")
        for _ in range(5):
            await looked()
            assert len(here.inside) + len(there.inside) <= 2
            for visitors in (here, there):
                await visitors.let_out(*visitors.inside[:1])
        await asyncio.gather(here.everybody(), there.everybody())
        assert len(here.order) + len(there.order) == 5

    finished(go())


def test_who_is_alone_is_alone_in_all_processes(tmp_path: Path) -> None:
    async def go() -> None:
        here, there = Visitors(shared(tmp_path)), Visitors(shared(tmp_path))
        here.send("a")
        await looked()
        there.send("alone", alone=True)
        await looked()
        here.send("b")
        await looked()
        assert (here.inside, there.inside) == (["a"], [])
        await here.let_out("a")
        await looked()
        assert (here.inside, there.inside) == ([], ["alone"])
        await there.let_out("alone")
        await looked()
        assert here.inside == ["b"]
        await here.everybody()

    finished(go())


def test_a_pause_that_one_process_is_asked_for_holds_in_the_other(tmp_path: Path) -> None:
    async def go() -> None:
        here, there = shared(tmp_path), Visitors(shared(tmp_path))
        here.pause(600)
        there.send("a")
        await looked()
        assert there.inside == []
        there.tasks["a"].cancel()

    finished(go())


def test_processes_take_together_no_more_than_the_limit(tmp_path: Path) -> None:
    here, there = SharedCount(tmp_path / "n", 3), SharedCount(tmp_path / "n", 3)
    assert [here.take(), there.take(), here.take(), there.take(), here.take()] == [True, True, True, False, False]
    assert (here.taken, there.taken) == (2, 1)


@pytest.mark.parametrize("per_minute", [0, 600])
def test_when_the_endpoint_asks_for_a_pause_nothing_starts_before_its_end(clock: Clock, per_minute: int) -> None:
    starts = []

    async def go() -> None:
        gate = clock.gate(Limits(in_flight=4, per_minute=per_minute))
        async with gate.through():
            gate.pause(30.0)
        gate.pause(5.0)
        for _ in range(3):
            async with gate.through():
                starts.append(clock.now)

    finished(go())
    assert starts[0] == 1030.0
    assert starts[-1] < 1031.0
