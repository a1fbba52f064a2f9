"""
What every Python driver shares. A driver is run as `python DRIVER.py BASE_URL`.

It runs its cases over each API and with each model, and prints one line of JSON for each: `case` such as
`chat/sim-chat/tool`, `outcome`, and what the client said where it failed.
"""

import asyncio
import inspect
import itertools
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pydantic import BaseModel

LIMIT_S = 60
MODELS = ("sim-chat", "sim-thinking")
APIS = ("chat", "responses")

HELLO = "Say hello in one short sentence."
WEATHER = "What is the weather in Paris? Use get_weather."
BOTH = "What is the weather and what is the time in Paris? Use get_weather and get_time."
PERSON = "Give a person with a name and an age."
RESULTS = {"get_weather": "18 degrees and sunny", "get_time": "14:30"}


class Person(BaseModel):
    """A person."""

    name: str
    age: int


class Report(BaseModel):
    """The weather in a city."""

    city: str
    weather: str


class Tools:
    """The tools of one case: plain functions, and which of them the client has run, in order."""

    def __init__(self) -> None:
        self.run: list[str] = []

    def get_weather(self, city: str) -> str:
        """Get the weather in a city."""
        return self._result("get_weather", city)

    def get_time(self, city: str) -> str:
        """Get the time in a city."""
        return self._result("get_time", city)

    def _result(self, name: str, city: str) -> str:
        expect(city == "Paris", f"{name} is called with {city!r}")
        self.run.append(name)
        return RESULTS[name]

    def expect(self, *names: str, told: str) -> None:
        """Hold the case to the tools that must have run once each, and the last text to what they returned."""
        expect(sorted(self.run) == sorted(names), f"the tools run are {self.run}")
        for name in names:
            expect(RESULTS[name] in told, f"the result of {name} is not in {told!r}")


def expect(condition: object, said: str) -> None:
    """Raise `AssertionError` with what was seen, unless the condition is true."""
    if not condition:
        raise AssertionError(said)


def main(
    cases: Sequence[Callable[[Any], Any]], model: Callable[[str, str, str], Any], apis: Sequence[str] = APIS
) -> None:
    """Run each case on what `model` makes of API, model name and base URL. One that fails does not stop the others."""
    stay_here()
    # One loop for all: clients keep connections of a loop that has ended, and complain of them.
    with asyncio.Runner() as loop:
        for api, name, case in itertools.product(apis, MODELS, cases):
            said = _run(case, model, (api, name, sys.argv[1]), loop)
            tell(f"{api}/{name}/{case.__name__.replace('_', '-')}", "fails" if said else "passes", said)


def tell(case: str, outcome: str, said: str = "") -> None:
    """Print what came of a case."""
    print(json.dumps({"case": case, "outcome": outcome, "said": said}), flush=True)  # noqa: T201  what is asked for


def _run(
    case: Callable[[Any], Any],
    model: Callable[[str, str, str], Any],
    arguments: tuple[str, str, str],
    loop: asyncio.Runner,
) -> str:
    """Run a case within the limit, and return what the client said against it; nothing if it passed."""
    try:
        with limited():
            running = case(model(*arguments))
            if inspect.iscoroutine(running):
                loop.run(running)
    except Exception as error:  # noqa: BLE001  whatever a client raises is what it says
        return f"{type(error).__name__}: {error}"
    return ""


@contextmanager
def limited() -> Iterator[None]:
    """Give the block its time. Raises `TimeoutError` in it."""
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(LIMIT_S)
    try:
        yield
    finally:
        signal.alarm(0)


def stay_here() -> None:
    """Refuse, from now on, what would leave this machine: no client may tell anybody that it is run."""
    sys.addaudithook(_refuse_strangers)


def _out_of_time(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise TimeoutError(f"not done after {LIMIT_S} s")


def _refuse_strangers(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in {"127.0.0.1", "::1"}:
        raise PermissionError(f"a connection to {arguments[1]} is not allowed")
    if event == "socket.getaddrinfo" and arguments[0] not in {"127.0.0.1", "localhost", None}:
        raise PermissionError(f"looking up {arguments[0]} is not allowed")
