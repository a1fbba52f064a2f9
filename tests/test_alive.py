"""What takes long says so at least each ten seconds; told by a clock that is a fake."""

import io
import time
from types import SimpleNamespace

import pytest

from conformance.alive import QUIET_S, Alive, alive
from conformance.cli import watching
from conformance.cli.watching import Watching


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


class FakeAlive(Alive):
    """Looks only when it is told to."""

    def start(self) -> None:
        """Start no thread."""


def seconds(clock: Clock, looking: Alive, number: int) -> None:
    """Let time pass, with a look each second."""
    for _ in range(number):
        clock.now += 1
        looking.look()


def test_something_is_said_at_least_each_ten_seconds() -> None:
    clock, said = Clock(), list[str]()
    looking = Alive(lambda: "at work", said.append, clock=clock)
    seconds(clock, looking, 7)
    assert said == []
    seconds(clock, looking, 23)
    assert said == ["at work (8 s)", "at work (16 s)", "at work (24 s)"]
    assert QUIET_S + 1 < 10  # a look may come a second late


def test_who_is_heard_says_nothing_more() -> None:
    clock, said = Clock(), list[str]()
    looking = Alive(lambda: "at work", said.append, clock=clock)
    for _ in range(9):
        seconds(clock, looking, 7)
        looking.heard()
    assert said == []


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (io.StringIO(), "1 of 2 (9 s)\n2 of 2 (18 s)\n"),
        (Terminal(), "\r1 of 2 (9 s)\x1b[K\r2 of 2 (18 s)\x1b[K\r\x1b[K"),
    ],
    ids=["pipe", "terminal"],
)
def test_a_terminal_shows_one_line_and_a_pipe_several(
    stream: io.StringIO, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, numbers = Clock(), iter("12")
    monkeypatch.setattr("conformance.alive.Alive", lambda words, write: FakeAlive(words, write, clock=clock))
    with alive(lambda: f"{next(numbers)} of 2", stream) as looking:
        for _ in range(2):
            clock.now += 9
            looking.look()
    assert stream.getvalue() == expected


def test_what_was_quick_leaves_nothing_on_a_terminal() -> None:
    stream = Terminal()
    with alive("at work", stream):
        pass
    assert stream.getvalue() == ""


def test_the_thread_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.alive.QUIET_S", 0)
    monkeypatch.setattr("conformance.alive._LOOK_S", 0.01)
    stream = io.StringIO()
    with alive("at work", stream):
        while not stream.getvalue():
            time.sleep(0.01)
    assert stream.getvalue().startswith("at work (0 s)\n")


def test_a_run_says_at_which_stage_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, said = Clock(), list[str]()
    made: list[FakeAlive] = []

    def make(words: object, write: object) -> FakeAlive:
        made.append(FakeAlive(words, write, clock=clock))  # type: ignore[arg-type]
        return made[0]

    monkeypatch.setattr(watching, "Alive", make)
    run = Watching(said.append)
    stages = (
        str,  # it has begun
        run.pytest_collection,
        lambda: run.pytest_collection_finish(SimpleNamespace(items=["one", "other"])),
        lambda: run.pytest_runtest_logreport(SimpleNamespace(when="call")),
        run.pytest_sessionfinish,
    )
    for stage in stages:
        stage()
        clock.now += 10
        made[0].look()
    assert [line.rpartition(" (")[0] for line in said] == [
        "starting",
        "collecting",
        "waiting for responses: 0 of 2 checks are judged",
        "waiting for responses: 1 of 2 checks are judged",
        "closing the run and writing its reports",
    ]
