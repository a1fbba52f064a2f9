"""
Recordings judged by the checks of today, in this process: without pytest, without reports, and nothing is sent.

It is what a replay does, without what makes it a run: who wants the verdicts alone has them in half the time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.log.records import ExchangeLine, Result
from conformance.plan.order import planned
from conformance.run import offering
from conformance.run.judging import SampledJudging
from conformance.run.options import RunOptions, is_chosen
from conformance.run.place import Place
from conformance.run.session import Session
from conformance.run.sources import RunEngine


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What came of replays: the result of each check and what became of each exchange, by target."""

    results: Mapping[str, Sequence[Result]]
    exchanges: Mapping[str, Sequence[ExchangeLine]]


def rejudged(options: RunOptions, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Rejudged:
    """
    Return what today's checks say of recordings.

    All targets of `options` are replayed. `folder` is an empty one of the caller's; what is read is kept there.
    `tell` hears what is being done.
    """
    assert all(chosen.mode == "replay" for chosen in options.targets)
    state = Session(options, Place(str(folder)))
    names = [chosen.target.name for chosen in options.targets]
    tell(f"judging the recordings of {', '.join(names)}")
    _ask_offers(state)
    everything = (state.owed(item) for chosen in options.targets for item in state.everything(chosen.target))
    selected = [item for item in everything if is_chosen(item, options)]
    # As in a run: a check of a kind reads every response, so it comes after all others.
    selected.sort(key=lambda item: item.check.kind is not None)
    keys = planned((key for item in selected for key in item.keys), {}, frozenset(), options.samples)
    engine = RunEngine(options, folder, keys, {})
    judging = SampledJudging(engine, selected, options.samples)
    engine.start(look_ahead=None)
    try:
        results = [judging.result(item) for item in selected]
    finally:
        lines, _ = engine.stop()
    return Rejudged(
        {name: [result for result in results if result.target == name] for name in names},
        {name: [line for line in lines if line.target == name] for name in names},
    )


def _ask_offers(state: Session) -> None:
    """Look up in the recordings what the targets offer: it decides what they owe."""
    targets = [chosen.target for chosen in state.options.targets]
    keys = [key for target in targets for key in offering.first_keys(target, state.specs)]
    engine = RunEngine(state.options, state.folder, keys, {})
    found = offering.ask(state.options, engine, state.specs, probes=False)
    offered = {
        target.name: [line.api for line in found.offered if line.target == target.name and line.offered]
        for target in targets
    }
    assert state.place is not None
    state.place = replace(state.place, offered=offered)
