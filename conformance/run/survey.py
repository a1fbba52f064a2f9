"""What users of several clients get of a kept run: of each of its deviating responses, beside the faithful one."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conformance.alive import alive
from conformance.definition.exchange_spec import ExchangeSpec
from conformance.files import replace_file
from conformance.judge.budget import in_time
from conformance.lens.controls import faithful
from conformance.lens.cuts import said, unnoticed
from conformance.lens.driver import Command, Driver
from conformance.lens.lens import views_of
from conformance.lens.survey import Told, survey
from conformance.lens.view import Outcome, View
from conformance.log import records
from conformance.log.harm import PYTHON, PYTHON_TITLE, Client
from conformance.log.records import ExchangeLine, Run
from conformance.plan import loader
from conformance.run.damage import places_of, recorded
from conformance.wire.exchange import Exchange
from conformance.wire.response import Ending
from conformance.wire.text import visible
from conformance.wire.verdict import Verdict

EACH_S = 300.0
"""So long one response may take with all clients, in seconds."""

MOST = 400
"""So many responses of a run are looked at."""

CUT = 3
"""So many streams of each operation are given to clients cut too."""

TOLD = frozenset({Ending.COMPLETE, Ending.PEER})
"""Responses that ended by themselves: of one that we gave up, nobody knows what a client would have made of it."""

_WORDS: Mapping[Outcome, Literal["survives", "raises", "loses"]] = {
    Outcome.SURVIVES: "survives",
    Outcome.RAISES: "raises",
    Outcome.LOSES: "loses",
}


def given_to_clients(run: Run, commands: Mapping[str, Command], folder: Path) -> list[Client]:
    """Return what users of all clients get, a line for each client and deviating exchange."""
    specs = {spec.id: spec for spec in loader.load().specs}
    deviating = [result for result in run.results if result.verdict is Verdict.DEVIATES]
    found = [line for line in places_of(deviating, run.every_exchange) if _is_good(line, specs)][:MOST]
    controls = faithful((specs[line.id], _case(line, specs[line.id])) for line in found) if found else {}
    words = f"giving {len(found)} responses to {len(commands) + 1} clients"
    cut = _first_streams(found)
    with started(commands, folder) as drivers, alive(words):
        lens = _Lens(run, controls, drivers)
        return [told for line in found for told in lens.told(line, specs[line.id], cut=line in cut)]


def _first_streams(lines: Sequence[ExchangeLine]) -> list[ExchangeLine]:
    """Return a few streams of each operation: they are given to the clients cut, too, which takes its time."""
    streams: dict[str, list[ExchangeLine]] = {}
    for line in lines:
        if line.facts is not None and line.facts.streamed:
            streams.setdefault(line.facts.operation, []).append(line)
    return [line for of_operation in streams.values() for line in of_operation[:CUT]]


@contextmanager
def started(commands: Mapping[str, Command], folder: Path) -> Iterator[list[Driver]]:
    """Start the clients of a list while the block runs, and say in the end who did not tell all."""
    with ExitStack() as stack:
        drivers = [stack.enter_context(Driver(name, command, folder)) for name, command in commands.items()]
        yield drivers
    for driver in drivers:
        if driver.lost:
            sys.stdout.write(f"{driver.command.title} {visible(driver.lost)}: what it did not tell is not counted\n")


def _is_good(line: ExchangeLine, specs: Mapping[str, ExchangeSpec]) -> bool:
    """Tell whether a response was to be a good one and says so: what clients raise for a refusal is by design."""
    spec = specs.get(line.id)
    if spec is None or line.status is None or line.status >= 400 or line.ending not in TOLD:
        return False
    return any(status < 400 for status in spec.expected(_case(line, spec)))


def _case(line: ExchangeLine, spec: ExchangeSpec) -> str:
    """Return the case of an exchange; a line shows a variant behind it, which is about the target's own models."""
    return next((case for case in spec.cases if line.case == case or line.case.startswith(f"{case},")), "")


@dataclass(frozen=True)
class _Lens:
    """A run, the faithful exchanges by id and case, and the clients that are running."""

    run: Run
    controls: Mapping[tuple[str, str], Exchange]
    drivers: Sequence[Driver]

    def told(self, line: ExchangeLine, spec: ExchangeSpec, *, cut: bool) -> Iterator[Client]:
        """Yield what each client's user gets of one exchange; nothing where it cannot be told."""
        control = self.controls[line.id, _case(line, spec)]
        try:
            with in_time(EACH_S):
                exchange = recorded(self.run.folder, line, spec)
                found, good = (views_by_client(one, self.drivers) for one in (exchange, control))
                cuts = self._cuts(exchange, control) if cut else {}
        except Exception:  # noqa: BLE001  what cannot be read or is too slow is not told
            return
        titles = {
            PYTHON: (PYTHON_TITLE, f"openai {self.run.header.client.removeprefix('openai ')}"),
            **{one.name: (one.command.title, _version(one)) for one in self.drivers},
        }
        for name, told in survey(found, good).items():
            if told.outcome in _WORDS:
                yield _line(line, name, *titles[name], told).model_copy(update={"cuts": cuts.get(name, "")})

    def _cuts(self, exchange: Exchange, control: Exchange) -> dict[str, str]:
        """Return by client what is said of the stream when it is cut, beside the faithful one."""
        every: dict[str, Callable[[Exchange], Mapping[str, View]]] = {PYTHON: views_of}
        every |= {driver.name: driver.views for driver in self.drivers}
        told = {name: unnoticed(exchange, views) for name, views in every.items()}
        return {name: said(found, unnoticed(control, every[name])) for name, found in told.items() if _any(found)}


def _any(found: Mapping[str, tuple[int, int]]) -> bool:
    return any(count for count, _ in found.values())


def views_by_client(exchange: Exchange, drivers: Sequence[Driver]) -> dict[str, Mapping[str, View]]:
    """Return what each call of each client gives, by the client's name."""
    return {PYTHON: views_of(exchange, deep=True), **{driver.name: driver.views(exchange) for driver in drivers}}


def _version(driver: Driver) -> str:
    return ", ".join(f"{name} {version}" for name, version in driver.versions.items())[:200]


def _line(line: ExchangeLine, name: str, title: str, version: str, told: Told) -> Client:
    return Client(
        target=line.target,
        exchange=line.label,
        client=name,
        title=title,
        version=version,
        outcome=_WORDS[told.outcome],
        raised=told.raised,
        reason=told.reason,
        calls={call: str(one)[:300] for call, one in told.calls.items()},
    )


def rewrite(run: Run, told: Sequence[Client]) -> None:
    """Write a run's log again, with what was told of clients; the older line about the same stays out."""
    path = run.folder / records.LOG
    again = {(one.target, one.exchange, one.client) for one in told}
    kept: list[bytes] = []
    end: list[bytes] = []
    for text in path.read_bytes().splitlines(keepends=True):
        line = records.line_of(text)
        if isinstance(line, Client) and (line.client != PYTHON or (line.target, line.exchange, line.client) in again):
            continue
        (end if isinstance(line, records.Footer) else kept).append(text)
    replace_file(path, b"".join([*kept, *(records.dump(one).encode() for one in told), *end]))
