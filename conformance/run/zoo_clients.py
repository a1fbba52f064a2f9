"""Which client breaks by which deviation of the zoo: seen, not guessed, on what the simulator serves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from conformance.alive import alive
from conformance.lens.lens import beside, differing, drawn_of
from conformance.lens.survey import Told, survey
from conformance.lens.view import SEVERITY, Outcome, View
from conformance.report.markdown import code, words
from conformance.run.survey import TOLD
from conformance.send.unkept import sent
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry
from conformance.targets.load import load
from conformance.wire.exchange import Exchange
from conformance.zoo.dressing import KEY, dress, is_meant, parts, undressed
from conformance.zoo.looking import faithful

Views = Callable[[Exchange], Mapping[str, Mapping[str, View]]]


@dataclass(frozen=True, slots=True)
class Broken:
    """A deviation, and what users of each client get of the responses that it changes, by the client's name."""

    entry: Entry
    told: Mapping[str, Told] = field(default_factory=dict)


def broken_by(pattern: str, views: Views) -> list[Broken]:
    """Return what clients do with each deviation whose id a pattern names; `views` gives a response to all of them."""
    chosen = [one for one in entries() if one.function is not None and fnmatchcase(one.id, pattern)]
    base = load("simulator", {})
    plan = parts(base)
    found: list[Broken] = []
    with (
        running(KEY, table()) as base_url,
        alive(lambda: f"{len(found)} of {len(chosen)} deviations given to all clients"),
    ):
        good = faithful(undressed(chosen, base_url, base, plan))
        controls: dict[str, Mapping[str, Mapping[str, View]]] = {}
        for entry in chosen:
            dressed = dress([entry], base_url, base, plan)
            keys = dict.fromkeys(
                key for item in dressed.items if is_meant(item.id, entry.caught_by) for key in item.keys
            )
            with sent({dressed.target.name: dressed.target}, keys, KEY) as engine:
                got = [engine.wait(key) for key in keys if key.label in good]
            pairs = [(one, good[one.label]) for one in got if one.ending in TOLD]
            told: dict[str, Told] = {}
            for exchange, control in differing(pairs):
                if control.label not in controls:
                    controls[control.label] = views(control)
                for name, one in _told(exchange, control, views(exchange), controls[control.label]):
                    told[name] = max(told.get(name, one), one, key=_rank)
            found.append(Broken(entry, told))
    return found


def _told(
    exchange: Exchange,
    control: Exchange,
    found: Mapping[str, Mapping[str, View]],
    good: Mapping[str, Mapping[str, View]],
) -> Iterator[tuple[str, Told]]:
    """Yield what users get by client. Of the zoo it is known what a good response says: other text is wrong."""
    drawn = drawn_of(exchange.sent, control.sent)
    for name, told in survey(found, good).items():
        if told.outcome is not Outcome.SURVIVES:
            yield name, told
            continue
        calls = {call: beside(call, found[name][call], good[name][call], drawn) for call in told.calls}
        worst = max(calls.values(), key=lambda one: one.rank)
        yield name, Told(worst.outcome, worst.raised, worst.reason, calls)


def _rank(told: Told) -> int:
    return SEVERITY.index(told.outcome)


def table_of(found: Sequence[Broken], titles: Mapping[str, str]) -> Iterator[str]:
    """Yield a table in Markdown: a row for each deviation, those first where clients differ most."""
    yield f"| deviation | {' | '.join(map(words, titles.values()))} |"
    yield "|---" * (len(titles) + 1) + "|"
    for one in sorted(found, key=lambda one: (-len({told.outcome for told in one.told.values()}), one.entry.id)):
        cells = [_cell(one.told.get(name)) for name in titles]
        yield f"| {code(one.entry.id, in_table=True)} | {' | '.join(cells)} |"


def _cell(told: Told | None) -> str:
    if told is None or told.outcome is Outcome.UNSEEN:
        return "cannot be told"
    if told.outcome is Outcome.SURVIVES:
        return "survives"
    said = f"raises {told.raised}" if told.outcome is Outcome.RAISES else "loses"
    return f"**{words(said)}** ({words(told.reason[:120])})"
