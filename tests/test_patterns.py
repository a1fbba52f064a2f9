"""
Every pattern that reads text of others takes linear time, whatever the text.

Without this, ten kilobytes of an answer hang a run: Python's `re` tries every way to match, and has no limit of time.
What is measured is CPU time of this thread, best of several, and its growth alone; what takes a few milliseconds for
64 kB is linear.
"""

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from tests.bombs import GENERAL, Bomb, bombs
from tests.patterns import Found, patterns

PACKAGES = ("causes", "checks", "judge", "log", "media", "report", "wire")
FOUND = [found for package in PACKAGES for found in patterns(package)]

SMALL, LARGE = 16_384, 65_536
MOST = 8
"""How many times longer the larger text may take. Linear is 4, quadratic 16; what leaves a cache is between them."""
UNSEEN_S = 0.005
"""What takes less for the larger text is not measured: no growth shows in it."""
GIVE_UP_S = 1.5
"""CPU seconds after which one bomb is slow enough."""
TRIES = 5


class TooSlow(BaseException):
    """One text took too long."""


@contextmanager
def cpu_seconds(limit: float) -> Iterator[None]:
    """Raise `TooSlow` when the process has used so much CPU time. Windows has no such timer: a bad pattern hangs."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def raise_it(_: int, __: FrameType | None) -> None:
        raise TooSlow

    previous = signal.signal(signal.SIGVTALRM, raise_it)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def seconds(found: Found, text: Any) -> float:
    started = time.thread_time()
    for method in sorted(found.methods & {"search", "match", "fullmatch"}):
        getattr(found.pattern, method)(text)
    if found.methods & {"findall", "finditer", "sub", "split"}:
        for _ in found.pattern.finditer(text):
            pass
    return time.thread_time() - started


def growth(found: Found, bomb: Bomb) -> float:
    """Return how many times longer the larger text takes; 0 when too little to say, infinite when it never ends."""
    small, large = (_as_pattern(found, bomb.text(size)) for size in (SMALL, LARGE))
    try:
        with cpu_seconds(GIVE_UP_S):
            if (slow := seconds(found, large)) < UNSEEN_S:
                return 0
            fast = seconds(found, small)
            for _ in range(TRIES):
                if slow <= MOST * fast:
                    break
                fast, slow = min(fast, seconds(found, small)), min(slow, seconds(found, large))
    except TooSlow:
        return float("inf")
    return slow / fast if slow >= UNSEEN_S else 0


def _as_pattern(found: Found, text: str) -> str | bytes:
    return text.encode("utf-8", "replace") if isinstance(found.pattern.pattern, bytes) else text


def slow_bombs(found: Found) -> Iterator[str]:
    """Yield every bomb that takes more than linear time."""
    for bomb in {*GENERAL, *bombs(found.pattern)}:
        if (times := growth(found, bomb)) > MOST:
            yield f"{bomb}: {times:.0f} times longer for 4 times the text"


def test_the_patterns_are_found() -> None:
    places = {found.place.partition(":")[0] for found in FOUND}
    assert {"wire/leaks.py", "media/base64.py", "judge/refusals.py", "checks/chat/stream/test_trouble.py"} <= places


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.place)
def test_a_pattern_takes_linear_time(found: Found) -> None:
    assert next(slow_bombs(found), None) is None


HOSTS_OF_OLD = r"\b[\w-]+(?:\.[\w-]+)*\.(?:svc\.cluster\.local|compute\.internal|docker\.internal)\b"
"""What `wire/leaks.py` had: 8 kB of `a.a.a` took seconds."""


@pytest.mark.parametrize(
    "pattern",
    [
        HOSTS_OF_OLD,
        r"\d+\s*,\s*\d+",
        r"data:([a-z]{1,20}/[a-z0-9.+-]{1,40})(?:;[^;,\s]{1,80})*;base64,([A-Za-z0-9+/=_-]+)",
        r"(a|aa)+b",
    ],
)
def test_a_pattern_that_does_not_is_found(pattern: str) -> None:
    assert next(slow_bombs(Found("", re.compile(pattern), frozenset({"search"}))), None) is not None
