"""
What deviates is asked again, alone and after everything else, to tell chance from habit.

Nothing that conforms is asked again. What is known or flaky already is not either: it decides nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.budget import in_time
from conformance.judge.judge import judge
from conformance.log.confirmation import Confirmation
from conformance.log.records import Result
from conformance.log.sums import dollars_of
from conformance.log.writer import Log
from conformance.plan.expand import Selected
from conformance.plan.order import chain, closure
from conformance.run.judging import exchanges_of
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.sources import RunEngine
from conformance.samples.counted import Samples
from conformance.wire.exchange import without_sample
from conformance.wire.verdict import Verdict

PLACES = 3
"""Of a check of a kind, so many of the responses that deviate are asked for again."""


def confirm(
    options: RunOptions, log: Log, items: Iterable[Selected], engine: RunEngine | None, tell: Callable[[str], None]
) -> None:
    """
    Ask again what deviates in a run, as often as its options say, judge what comes, and write it into the log.

    `items` are the checks of the run and others, `engine` is what has sent in this process, `tell` says something to
    whoever watches the run. All bounds of the run hold.
    """
    doubted = _doubted(log.results, items)
    if not doubted:
        return
    rounds = range(options.samples + 1, options.samples + options.confirm + 1)
    keys = closure(key.sampled(sample) for sample in rounds for item in doubted for key in item.keys)
    asking = {chosen.target.name for chosen in options.targets if chosen.mode != "replay"}
    if requests := sum(key.target in asking for key in keys):
        tell(f"{_number(doubted)} asked again alone: at most {requests} requests")
    sent = log.requests + (engine.requests if engine else 0)
    again = RunEngine(_alone(_left(options, log, engine)), log.folder, keys, {}, before=sent, tell=tell)
    again.start(look_ahead=None)
    try:
        log.confirm([_confirmed(again, item, rounds) for item in doubted])
    finally:
        log.add_exchanges(*again.stop())


def _doubted(results: Sequence[Result], items: Iterable[Selected]) -> list[Selected]:
    """Return the checks to ask again, each with the exchanges that it deviates in."""
    by_id = {(item.target.name, item.id): item for item in items}
    by_label = {(key.target, key.label): key for item in by_id.values() for key in chain(item.keys)}
    doubted = []
    for result in results:
        item = by_id.get((result.target, result.check))
        if item is not None and result.verdict is Verdict.DEVIATES and not result.flaky and result.known is None:
            places = [by_label.get((result.target, without_sample(place))) for place in result.places[:PLACES]]
            doubted.append(_at(item, [key for key in places if key is not None]))
    return doubted


def _at(item: Selected, places: Sequence[ExchangeKey]) -> Selected:
    """Return a check of a kind on these exchanges alone; one on named exchanges takes what it takes."""
    if item.check.kind is None or not places:
        return item
    return replace(item, arguments=dict.fromkeys(item.arguments, tuple(places)))


def _confirmed(engine: RunEngine, item: Selected, rounds: Sequence[int]) -> Confirmation:
    samples = Samples.of([_verdict(engine, item.sampled(sample)) for sample in rounds])
    return Confirmation(target=item.target.name, check=item.id, samples=samples)


def _verdict(engine: RunEngine, item: Selected) -> Verdict:
    claimed = item.target.claimed(item.check.capability)
    return judge(item.check, exchanges_of(engine, item), claimed=claimed, within=in_time).verdict


def _left(options: RunOptions, log: Log, engine: RunEngine | None) -> RunOptions:
    """Return the options with what is left of the run's minutes and dollars."""
    bounds = options.bounds
    minutes = None if bounds.minutes is None else max(0.0, bounds.minutes - log.minutes)
    spent = max(engine.spending.spent if engine else 0.0, dollars_of(log.exchanges.values()) or 0.0)
    return replace(options, bounds=replace(bounds, minutes=minutes, spent=spent))


def _alone(options: RunOptions) -> RunOptions:
    """Return the options with one request in flight to each target, and never more."""

    def one(chosen: ChosenTarget) -> ChosenTarget:
        limits = chosen.target.limits.model_copy(update={"in_flight": 1, "most_in_flight": 0, "fixed": True})
        return replace(chosen, target=chosen.target.model_copy(update={"limits": limits}))

    return replace(options, targets=tuple(map(one, options.targets)))


def _number(doubted: Sequence[Selected]) -> str:
    return "1 check that deviates is" if len(doubted) == 1 else f"{len(doubted)} checks that deviate are"
