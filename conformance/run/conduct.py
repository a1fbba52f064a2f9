"""
Conducting one run: the folder, the servers, the engine, the log, the reports.

The plugin calls this from pytest's hooks. Under xdist the controller keeps the folder, the servers and the log; each
worker has an engine of its own.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from conformance.definition.exchange_spec import Key
from conformance.log import records
from conformance.log.book import exchange_line, stale_findings
from conformance.log.command import without_header_values
from conformance.log.exit_code import exit_code
from conformance.log.records import ExchangeLine, Footer, Header, NotRun, Result, TargetFacts
from conformance.plan.plan import Selected, ordered
from conformance.record.cassette import replace_file
from conformance.record.replay import Replay
from conformance.record.spool import EXCHANGES, Spool
from conformance.run.choices import CASSETTES, RUNS, Choices, TargetChoice
from conformance.send import local_server
from conformance.send.engine import Engine, Source
from conformance.send.rate import Gate
from conformance.targets.target import Target
from conformance.wire.exchange import Exchange, Exchanges

LOOK_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Place:
    """What a worker must know of a run: its folder, where started servers listen, and how many workers there are."""

    folder: str
    urls: dict[str, str] = field(default_factory=dict)
    workers: int = 1


def open_place(choices: Choices, *, workers: int) -> tuple[Place, list[local_server.Running]]:
    """
    Make the run's folder and start the servers that its targets name.

    The key of a started server goes into our own environment, under a name that `as_started` knows.
    """
    folder = choices.resume or choices.root / RUNS / choices.name
    number = 2
    while not choices.resume and folder.exists():
        folder = choices.root / RUNS / f"{choices.name}-{number}"
        number += 1
    folder.mkdir(parents=True, exist_ok=True)
    Spool(folder).forget_failures()
    running: dict[str, local_server.Running] = {}
    try:
        for choice in choices.targets:
            if choice.target.server is not None and choice.mode != "replay":
                running[choice.target.name] = local_server.start(choice.target)
    except BaseException:
        for started in running.values():
            started.stop()
        raise
    for name, started in running.items():
        os.environ[_key_env(name)] = started.key
    urls = {name: started.base_url for name, started in running.items()}
    return Place(str(folder), urls, workers), list(running.values())


def _key_env(name: str) -> str:
    return f"CONFORMANCE_KEY_{name.upper().replace('-', '_').replace('.', '_')}"


def server_keys(place: Place | None) -> dict[str, str]:
    """Return the keys of the started servers, by variable: workers are started before we know them."""
    return {name: os.environ[name] for name in map(_key_env, place.urls if place else ())}


def as_started(choices: Choices, place: Place) -> Choices:
    """Return the choices with the base URLs of the started servers."""

    def with_url(choice: TargetChoice) -> TargetChoice:
        url = place.urls.get(choice.target.name)
        if url is None:
            return choice
        changes = {"base_url": url, "hosts": ("127.0.0.1",), "key_env": _key_env(choice.target.name)}
        return replace(choice, target=choice.target.model_copy(update=changes))

    return replace(choices, targets=tuple(with_url(choice) for choice in choices.targets))


class Performance:
    """The engine of one process and the sources it asks."""

    def __init__(self, choices: Choices, place: Place, keys: Sequence[Key], preflight: Mapping[str, list[Key]]) -> None:
        self._choices = choices
        self._place = place
        self._targets = {choice.target.name: choice.target for choice in choices.targets}
        self._keys = ordered(keys)
        self._preflight = {
            choice.target.name: preflight.get(choice.target.name, [])
            for choice in choices.targets
            if choice.mode != "replay"
        }
        self._engine: Engine | None = None
        self._live: list[Any] = []
        self._all: dict[str, dict[Key, Exchange]] = {}

    def start(self, *, look_ahead: int | None) -> None:
        """Start sending."""
        self._engine = Engine(self._targets, self._keys, preflight=self._preflight, look_ahead=look_ahead)
        self._engine.start(self._open)

    async def _open(self) -> Mapping[str, Source]:
        return {choice.target.name: self._source(choice) for choice in self._choices.targets}

    def _source(self, choice: TargetChoice) -> Source:
        target = choice.target
        folder = Path(self._place.folder)
        if choice.mode == "replay":
            assert choice.cassettes is not None
            return Replay(choice.cassettes, record_command(target), folder)
        from conformance.send.live import Budget, Live  # noqa: PLC0415  a replay does not import the official client
        from conformance.send.transport import Transport  # noqa: PLC0415

        live = Live(
            transport=Transport(target, os.environ),
            spool=Spool(folder),
            gate=Gate(target.limits, share=self._place.workers),
            budget=Budget(self._choices.max_requests),
            retries=not (self._choices.max_requests and self._place.workers > 1),
            suite=version("conformance"),
            client=version("openai"),
        )
        self._live.append(live)
        return live

    def wait(self, key: Key) -> Exchange:
        """Return an exchange; blocks until it is there."""
        assert self._engine is not None
        return self._engine.wait(key)

    def arguments(self, item: Selected) -> dict[str, Exchange | Exchanges]:
        """Return the exchanges that a check takes, by argument; blocks until they are there."""
        if item.check.kind is not None:
            name = item.target.name
            if name not in self._all:
                self._all[name] = {key: self.wait(key) for key in self._keys if key.target == name}
            return {argument: tuple(self._all[name].values()) for argument in item.arguments}
        return {
            name: tuple(self.wait(key) for key in keys) if isinstance(keys, tuple) else self.wait(keys)
            for name, keys in item.arguments.items()
        }

    def stop(self) -> tuple[list[ExchangeLine], int]:
        """End everything, and return the log's lines for the exchanges and how many requests this process sent."""
        if self._engine is None:
            return [], 0
        resumed = self._choices.resume is not None
        lines = [exchange_line(key, exchange, resumed=resumed) for key, exchange in self._engine.finished()]
        self._engine.stop()
        return lines, sum(live.budget.sent for live in self._live)


def record_command(target: Target) -> str:
    """Return the command that records a target again."""
    return f"nox -s conformance -- --target {target.name} --mode record"


class Log:
    """The log of a run while it is written. Results are written as they come, so that a cut run keeps them."""

    def __init__(self, folder: Path, facts: Sequence[TargetFacts], command: Sequence[str]) -> None:
        self.folder = folder
        self.results: list[Result] = []
        self.exchanges: dict[tuple[str, str, str], ExchangeLine] = {}
        self.not_run: list[NotRun] = []
        self.requests = 0
        header = Header(
            run=folder.name,
            suite=version("conformance"),
            client=version("openai"),
            started=datetime.now(UTC),
            command=without_header_values(command),
            targets=list(facts),
        )
        self._file = (folder / records.LOG).open("w", encoding="utf-8")
        self._write(header)

    def _write(self, line: Any) -> None:
        self._file.write(records.dump(line))
        self._file.flush()

    def add(self, result: Result) -> None:
        """Write a result."""
        self.results.append(result)
        self._write(result)

    def add_exchanges(self, lines: Sequence[ExchangeLine], requests: int) -> None:
        """Take the exchanges of one process; of those that several processes looked at, one line is kept."""
        for line in lines:
            self.exchanges.setdefault((line.target, line.id, line.case), line)
        self.requests += requests

    def close(self, *, status: int, choices: Choices, must_left_out: bool, whole: bool) -> int:
        """Write exchanges and footer; return the exit code. `status` is pytest's own."""
        for line in [*self.exchanges.values(), *self.not_run]:
            self._write(line)
        stale = whole and any(stale_findings(choice.target, self.results) for choice in choices.targets)
        own = exit_code(self.results, self.not_run, must_left_out=must_left_out, stale=stale)
        code = status if status in {2, 3, 4} else own
        footer = Footer(
            finished=datetime.now(UTC),
            exit_code=code,
            requests=self.requests,
            verdicts=records.counts(self.results),
            interrupted=status == 2,
        )
        self._write(footer)
        self._file.close()
        return code


def promote(choices: Choices, log: Log, *, whole: bool, partial: bool) -> list[str]:
    """
    Turn the recordings of a `record` run into the targets' cassettes; return what was done, in words.

    Nothing is kept of a run that was cut or had an error: half a recording is none. `partial`: only a part of the
    suite was run, so the cassettes of the rest stay.
    """
    said = []
    for choice in choices.targets:
        if choice.mode != "record":
            continue
        name = choice.target.name
        errors = [r for r in log.results if r.target == name and r.verdict == "error"]
        if not whole or errors:
            why = f"{len(errors)} errors, the first: {errors[0].reason}" if errors else "the run was cut"
            said.append(f"{name}: nothing recorded, because the run was not whole ({why})")
            continue
        source, goal = log.folder / EXCHANGES / name, choices.root / CASSETTES / name
        fresh = sorted(source.rglob("*.json"))
        if not choices.filtered and not partial:
            shutil.rmtree(goal, ignore_errors=True)
        for path in fresh:
            copy = goal / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        said.append(f"{name}: {len(fresh)} cassettes recorded in {CASSETTES / name}")
    return said


def write_reports(folder: Path) -> str:
    """Write every report of a run; return the path of the matrix, or why there is none."""
    from conformance.report.write import write  # noqa: PLC0415  only at the end of a run

    matrix = write(records.read(folder))
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as summary:
            summary.write(matrix.with_suffix(".md").read_text(encoding="utf-8") + "\n")
    return str(matrix)


def left_out(selected: Sequence[Selected], keys: set[Key]) -> tuple[list[NotRun], bool]:
    """Return the log's lines for what was left out because of its cost, and whether a MUST is among it."""
    lines = []
    for key in sorted(keys, key=lambda k: k.label):
        users = [item for item in selected if key in item.keys]
        lines.append(
            NotRun(
                target=key.target,
                id=key.label,
                why="it does not fit into the limit of requests or tokens",
                tokens=key.spec.cost,
                checks=len(users),
            )
        )
    must = any(item.check.owed == "must" and keys & set(item.keys) for item in selected)
    return lines, must


def write_pointer(pointer: str | None, folder: str) -> None:
    """Tell whoever started us where the run's folder is."""
    if pointer:
        Path(pointer).write_text(folder + "\n", encoding="utf-8")


def announce(folder: Path, lines: Sequence[str]) -> None:
    """Leave the bill where the process that has the terminal finds it (under xdist only workers have the plan)."""
    replace_file(folder / ".bill", json.dumps(list(lines)).encode())


def announced(folder: Path) -> list[str]:
    """Return the bill that a worker left."""
    path = folder / ".bill"
    found: list[str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return found
