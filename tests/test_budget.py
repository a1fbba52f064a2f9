"""Judging ends in time, and leaves no trace in the process."""

import re
import signal
import threading
from contextlib import suppress

import pytest

from conformance.judge.budget import SECONDS, in_time
from conformance.judge.judge import Judgement, judge
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Verdict
from tests.fakes import EXTRA, check, observed, spec

asked = spec("asked")
posix = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no alarm")


def searches_for_ever(asked: Exchange) -> None:
    """`text` does not match a pattern that tries every way."""
    assert re.search(r"(a|a)+b", asked.at("text", str)) is None


def swallows(asked: Exchange) -> None:
    """`text` can be read, whatever happens."""
    for _ in iter(int, 1):
        with suppress(Exception):
            searches_for_ever(asked)


class Swallowing:
    """A value whose `repr` never ends; pytest's own takes whatever is raised in there."""

    def __repr__(self) -> str:
        searches_for_ever(observed({"text": "a" * 60}))
        return ""


def shows(asked: Exchange) -> None:
    """`text` is shown."""
    with suppress(BaseException):
        repr(Swallowing())
    searches_for_ever(asked)


def is_well(asked: Exchange) -> None:
    """`text` is a string."""
    asked.at("text", str)


def judged(function: object, seconds: float = SECONDS) -> Judgement:
    arguments = {"asked": observed({"text": "a" * 60})}
    subject = check(function, EXTRA)  # type: ignore[arg-type]
    return judge(subject, arguments, claimed=True, within=lambda: in_time(seconds))


@posix
@pytest.mark.parametrize("function", [searches_for_ever, swallows, shows])
def test_what_takes_too_long_is_our_fault(function: object) -> None:
    found = judged(function, seconds=0.05)
    assert found == Judgement(Verdict.ERROR, "the suite gave up: judging took longer than 0.05 s")


@posix
@pytest.mark.parametrize(("function", "seconds"), [(is_well, SECONDS), (searches_for_ever, 0.05)])
def test_the_alarm_is_left_as_it_was(function: object, seconds: float) -> None:
    def own(*_: object) -> None:
        pass

    before = signal.signal(signal.SIGALRM, own)
    try:
        judged(function, seconds)
        assert signal.getsignal(signal.SIGALRM) is own
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


@posix
def test_an_alarm_of_somebody_else_is_left_alone() -> None:
    signal.setitimer(signal.ITIMER_REAL, 600)
    try:
        assert judged(is_well).verdict is Verdict.CONFORMS
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_another_thread_has_no_budget_and_judges_all_the_same() -> None:
    found: list[Judgement] = []
    thread = threading.Thread(target=lambda: found.append(judged(is_well)))
    thread.start()
    thread.join()
    assert [judgement.verdict for judgement in found] == [Verdict.CONFORMS]
