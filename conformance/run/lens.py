"""
Gives the responses of a kept run to several clients, offline, and says in its log and reports who breaks.

Of each recorded exchange in which a check deviates, every client gets the recorded bytes; the simulator's faithful
response to the same request comes first, and a call that does not survive that one tells nothing. Exit codes: 0; 4
wrong use.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from conformance.alive import alive
from conformance.causes.gather import causes
from conformance.definition.exchange_spec import ExchangeSpec
from conformance.files import replace_file
from conformance.judge.budget import in_time
from conformance.lens.controls import faithful
from conformance.lens.driver import Command, Driver, read_commands
from conformance.lens.lens import views_of
from conformance.lens.survey import Told, survey
from conformance.lens.view import Outcome, View
from conformance.log import records
from conformance.log.harm import PYTHON, PYTHON_TITLE, Client
from conformance.log.records import ExchangeLine, Run
from conformance.plan import loader
from conformance.report.breaks import shown_breaks
from conformance.run.damage import places_of, recorded
from conformance.run.folder import RUNS, find
from conformance.run.write_reports import write_reports
from conformance.wire.exchange import Exchange
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError, Verdict

USAGE = 4
EACH_S = 300.0
MOST = 400
SHOWN = 30
_WORDS: Mapping[Outcome, Literal["survives", "raises", "loses"]] = {
    Outcome.SURVIVES: "survives",
    Outcome.RAISES: "raises",
    Outcome.LOSES: "loses",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Give a run to all clients, write its log and its reports again, say who breaks; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        run = records.read(find(options.run, Path.cwd(), options.runs))
        commands = read_commands(options.clients) if options.clients else {}
        told = given_to_clients(run, commands, options.clients.parent if options.clients else Path.cwd())
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    rewrite(run, told)
    for line in summary(records.read(run.folder), told):
        sys.stdout.write(f"{visible(line)}\n")
    sys.stdout.write(f"Matrix  {write_reports(run.folder)}\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance lens", description=text, epilog=more)
    add = made.add_argument
    add("run", metavar="RUN", help="a run's folder or its name")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    add(
        "--clients",
        type=lambda name: Path(name).resolve(),
        metavar="FILE",
        help="a list of clients besides the official Python one; `nox -s lens` installs them and gives its own",
    )
    return made


def given_to_clients(run: Run, commands: Mapping[str, Command], folder: Path) -> list[Client]:
    """Return what users of all clients get, a line for each client and deviating exchange."""
    specs = {spec.id: spec for spec in loader.load().specs}
    deviating = [result for result in run.results if result.verdict is Verdict.DEVIATES]
    found = [line for line in places_of(deviating, run.every_exchange) if _is_good(line, specs)][:MOST]
    controls = faithful((specs[line.id], _case(line, specs[line.id])) for line in found) if found else {}
    with ExitStack() as stack:
        drivers = [stack.enter_context(Driver(name, command, folder)) for name, command in commands.items()]
        with alive(f"giving {len(found)} responses to {len(drivers) + 1} clients"):
            lines = [told for line in found for told in _told(run, line, specs[line.id], controls, drivers)]
        for driver in drivers:
            if driver.lost:
                sys.stdout.write(
                    f"{driver.command.title} {visible(driver.lost)}: what it did not tell is not counted\n"
                )
    return lines


def _is_good(line: ExchangeLine, specs: Mapping[str, ExchangeSpec]) -> bool:
    """Tell whether a response was to be a good one and says so: what clients raise for a refusal is by design."""
    spec = specs.get(line.id)
    if spec is None or line.status is None or line.status >= 400:
        return False
    return any(status < 400 for status in spec.expected(_case(line, spec)))


def _case(line: ExchangeLine, spec: ExchangeSpec) -> str:
    """Return the case of an exchange; a line shows a variant behind it, which is about the target's own models."""
    return next((case for case in spec.cases if line.case == case or line.case.startswith(f"{case},")), "")


def _told(
    run: Run,
    line: ExchangeLine,
    spec: ExchangeSpec,
    controls: Mapping[tuple[str, str], Exchange],
    drivers: Sequence[Driver],
) -> Iterator[Client]:
    """Yield what each client's user gets of one exchange; nothing where it cannot be told."""
    control = controls[line.id, _case(line, spec)]
    try:
        with in_time(EACH_S):
            exchange = recorded(run.folder, line, spec)
            found, good = (_views(one, drivers) for one in (exchange, control))
    except Exception:  # noqa: BLE001  what cannot be read or is too slow is not told
        return
    titles = {
        PYTHON: (PYTHON_TITLE, f"openai {run.header.client.removeprefix('openai ')}"),
        **{one.name: (one.command.title, _version(one)) for one in drivers},
    }
    for name, told in survey(found, good).items():
        if told.outcome in _WORDS:
            yield _line(line, name, *titles[name], told)


def _views(exchange: Exchange, drivers: Sequence[Driver]) -> dict[str, Mapping[str, View]]:
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


def summary(run: Run, told: Sequence[Client]) -> Iterator[str]:
    """Yield what each client made of the run, and the causes by which some client breaks, the worst first."""
    for client, title in dict.fromkeys((one.client, one.title) for one in told):
        counts = Counter(one.outcome for one in told if one.client == client)
        yield f"{title}: {', '.join(f'{outcome} {count}' for outcome, count in sorted(counts.items()))}"
    for facts in run.header.targets:
        breaking = [cause for cause in causes(run, facts.name) if cause.breaks]
        for cause in breaking[:SHOWN]:
            yield f"  {cause.sentence[:200]}"
            yield f"      {shown_breaks(cause)[:600]}"
        if len(breaking) > SHOWN:
            yield f"  ... and {len(breaking) - SHOWN} more, in the matrix"
