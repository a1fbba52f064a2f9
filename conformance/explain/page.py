"""The page of one check, as plain text: every section is a heading and lines below it."""

import inspect
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.explain.difference import difference
from conformance.explain.evidence import newest
from conformance.explain.sent import BODY, shown
from conformance.plan.expand import Selected
from conformance.plan.order import chain
from conformance.send.unkept import arguments, sent
from conformance.simulator.app.server import running
from conformance.simulator.deviations.entry import Entry, Severity
from conformance.targets.load import load
from conformance.wire.exchange import Exchange
from conformance.wire.text import cut, printable
from conformance.zoo.dressing import KEY, confined
from conformance.zoo.proof import killers_of

BREAKS = 5
ENTRIES = 12
INDENT = "  "


def page(item: Selected, every: Sequence[Selected], runs: Path, width: int) -> str:
    """Return the page of a check for lines of `width` characters; `every` is the whole plan."""
    entries = _gravest_first(killers_of(item, every))
    exchanges, broken = _on_the_simulator(item)
    sections = (
        (item.id, _requirement(item, width)),
        ("Why it matters", _why(entries, width)),
        ("What is sent", _sent(exchanges, width)),
        ("What deviates, for example", _deviates(exchanges, broken, width)),
        ("Deviations of the zoo that break it", _zoo(entries, width)),
        ("Not checked", _wrapped(_not_checked(item), width)),
        ("Newest evidence", _evidence(item, runs, width)),
    )
    told = ((head, list(lines)) for head, lines in sections)
    return "\n\n".join("\n".join([head, *lines]) for head, lines in told if lines) + "\n"


def _on_the_simulator(item: Selected) -> tuple[dict[ExchangeKey, Exchange], list[Exchange]]:
    """Return what the simulator answers to all that is sent for a check, and the exchanges of its counterexample."""
    base = load("simulator", {})
    with running(KEY) as base_url:
        dressed = confined([], base_url, base, [item])
        (moved,) = dressed.items
        with sent({dressed.target.name: dressed.target}, moved.keys, KEY) as engine:
            got = {key: engine.wait(key) for key in chain(moved.keys)}
    if item.check.counterexample is None:
        return got, []
    changed = item.check.counterexample.apply(arguments(moved, got))
    return got, [one for value in changed.values() for one in (value if isinstance(value, tuple) else (value,))]


def _requirement(item: Selected, width: int) -> Iterator[str]:
    check = item.check
    gating = "a new deviation fails a run" if item.check.owed.rank < 2 else "it fails a run only of who claims it"
    yield from _wrapped(check.requirement, width)
    yield f"{INDENT}Level   {check.owed.upper()}: {gating}"
    yield f"{INDENT}Source  {check.says}"
    yield f"{INDENT}        {check.says.url}"
    if check.kind is not None:
        conditions = " and ".join(condition.text for condition in check.when)
        where = f", to a request in which {conditions}" if conditions else ""
        yield from _wrapped(f"Judges every {check.kind.title} of a run{where}.", width)


def _why(entries: Sequence[Entry], width: int) -> Iterator[str]:
    for entry in list({entry.breaks: entry for entry in entries}.values())[:BREAKS]:
        yield from _wrapped(f"- {entry.breaks}", width)
        yield from (f"{INDENT}  {link}" for link in entry.links[:2])


def _sent(exchanges: dict[ExchangeKey, Exchange], width: int) -> Iterator[str]:
    yield f"{INDENT}export BASE_URL=http://127.0.0.1:8000/v1 API_KEY=...   # the simulator and its models: put in yours"
    got = list(exchanges.values())
    for head, command in shown(got):
        yield from _wrapped(f"# {head}", width)
        if command:
            yield f"{INDENT}{command}"
    if any(f"@{BODY}-" in command.replace('"', "") for _, command in shown(got)):
        yield f"{INDENT}# `{BODY}-...` stands for a file or a long body; the evidence page of a run has it beside it"
    if any(key.spec.needs for key in exchanges):
        yield f"{INDENT}# ids in later requests come from earlier responses"


def _deviates(exchanges: dict[ExchangeKey, Exchange], broken: Sequence[Exchange], width: int) -> Iterator[str]:
    good = {exchange.label: exchange for exchange in exchanges.values()}
    changed = [one for one in broken if good[one.label] != one]
    for one in changed[:1]:
        yield f"{INDENT}{one.label}, the simulator's response (-) and one that deviates (+):"
        yield from (f"{INDENT}{line}" for line in difference(good[one.label], one, width - len(INDENT)))
    if len(changed) > 1:
        yield f"{INDENT}and likewise in {len(changed) - 1} more"


def _zoo(entries: Sequence[Entry], width: int) -> Iterator[str]:
    for entry in entries[:ENTRIES]:
        seen = "seen" if entry.seen else "invented"
        yield from _wrapped(f"{entry.id} ({entry.severity}, {seen}): {entry.says}", width)
    if len(entries) > ENTRIES:
        yield f"{INDENT}and {len(entries) - ENTRIES} more"


def _not_checked(item: Selected) -> str:
    """Return what the file of a check says that it does not check, or an empty text."""
    module = inspect.getmodule(item.check.function)
    found = re.search(r"Not checked:\s*(.*?)(?=\n\n|\Z)", inspect.getdoc(module) or "", re.DOTALL)
    return found[1] if found else ""


def _evidence(item: Selected, runs: Path, width: int) -> Iterator[str]:
    found = newest(item.id, runs)
    for one in found:
        reason = f": {cut(printable(one.reason), 200)}" if one.reason else ""
        yield from _wrapped(f"{one.day} UTC  {printable(one.target)}  {one.verdict}{reason}", width)
        if one.breaks:
            yield from _wrapped(f"- {cut(printable(one.breaks), 600)}", width)
        yield f"{INDENT}  {printable(one.path)}"
    if not found:
        yield f"{INDENT}none: no run below {printable(str(runs))} holds this check"


def _gravest_first(entries: Sequence[Entry]) -> list[Entry]:
    order = list(Severity)
    return sorted(entries, key=lambda entry: (order.index(entry.severity), not entry.seen))


def _wrapped(text: str, width: int) -> list[str]:
    """Return a text in indented lines; addresses and ids are never broken."""
    hanging = INDENT * 2 if text.startswith(("- ", "# ")) else INDENT
    return textwrap.wrap(
        " ".join(text.split()),
        width,
        initial_indent=INDENT,
        subsequent_indent=f"{INDENT}# " if text.startswith("# ") else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
