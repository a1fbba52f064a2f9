"""How late our own event loop was while an exchange went on; with a clock of its own, no test waits for anything."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from conformance.send.lag import EVERY_S, Watchdog


@dataclass
class FakeClock:
    """A clock that stands until it is set."""

    now: float = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def lag_of(*steps: Callable[[FakeClock, Watchdog], None], began: float = 100.0) -> float:
    """Return the lag, in milliseconds, of an exchange during which some steps happen, and whose response then began."""

    async def exchange() -> float:
        clock = FakeClock()
        dog = Watchdog(clock)
        with dog.watching() as lag:
            for step in steps:
                step(clock, dog)
        return lag.ms(began)

    return asyncio.run(exchange())


def on_time(clock: FakeClock, dog: Watchdog) -> None:
    clock.now += EVERY_S
    dog.woke()


def late(clock: FakeClock, dog: Watchdog) -> None:
    clock.now += EVERY_S + 0.08
    dog.woke()


def blocked(clock: FakeClock, _: Watchdog) -> None:
    clock.now += EVERY_S + 0.2


def test_a_loop_that_wakes_in_time_has_no_lag() -> None:
    assert lag_of(on_time, on_time) == pytest.approx(0.0, abs=1e-6)


def test_the_largest_lag_counts() -> None:
    assert lag_of(late, on_time) == pytest.approx(80.0)


def test_a_loop_that_is_still_late_when_the_exchange_ends_counts() -> None:
    assert lag_of(on_time, blocked) == pytest.approx(200.0)


def test_what_was_late_long_before_the_response_began_does_not_count() -> None:
    assert lag_of(late, *[on_time] * 5, began=100.0 + 0.08 + 5 * EVERY_S) == pytest.approx(0.0, abs=1e-6)


def test_what_was_late_right_before_the_response_began_counts() -> None:
    assert lag_of(late, on_time, began=100.0 + 0.08 + 2 * EVERY_S) == pytest.approx(80.0)


def test_nothing_is_left_when_nothing_is_in_flight() -> None:
    async def exchange() -> set[str]:
        with Watchdog().watching():
            pass
        await asyncio.sleep(0)
        return {task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()}

    assert asyncio.run(exchange()) == set()
