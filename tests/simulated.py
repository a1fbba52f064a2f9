"""The suite's checks with the exchanges of the faithful simulator, started for those that are asked for."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from conformance.judge.judge import Judgement, judge
from conformance.plan import loader
from conformance.plan.afford import RequestLimit
from conformance.plan.expand import Selected, expand
from conformance.plan.order import closure
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.sources import RunEngine
from conformance.run.triggers import others_at
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.targets.keys import Keys
from conformance.targets.load import load
from conformance.wire.capability import MAY
from conformance.wire.exchange import Exchange, Exchanges
from conformance.wire.verdict import Verdict
from conformance.zoo.dressing import KEY, gateway

TARGET = "simulator"


@cache
def every_check() -> tuple[Selected, ...]:
    """Return every check of the suite, for each of its cases and models, on the simulator. Nothing is sent."""
    target, loaded = load(TARGET, {}), loader.load()
    return tuple(item for check in loaded.checks for item in expand(check, target, loaded.specs))


@contextmanager
def simulating(items: Sequence[Selected]) -> Iterator["Simulated"]:
    """Start the simulator and send what these checks need, while the context is open."""
    with (
        tempfile.TemporaryDirectory() as folder,
        gateway() as target,
        running(KEY, table(), Path(target.upstream_record)) as url,
    ):
        told = target.model_copy(update={"base_url": url, "hosts": ("127.0.0.1",)})
        live = ChosenTarget(told, "live")
        options = RunOptions((live,), (), MAY, RequestLimit(None, None), None, Path(folder))
        options = replace(options, keys=Keys({TARGET: KEY}), others=Keys(others_at({TARGET: KEY})))
        keys = closure(key for item in items for key in item.keys)
        engine = RunEngine(options, Path(folder), keys, {})
        engine.start(look_ahead=None)
        try:
            yield Simulated(engine, items)
        finally:
            engine.stop()


def arguments_of(engine: RunEngine, item: Selected) -> dict[str, Exchange | Exchanges]:
    """Return the exchanges that a check takes, by argument: of a kind, all of its target."""
    if item.check.kind is not None:
        every = tuple(engine.wait(key) for key in engine.keys_of(item.target.name, sample=1))
        return dict.fromkeys(item.arguments, every)
    return {
        name: tuple(engine.wait(key) for key in keys) if isinstance(keys, tuple) else engine.wait(keys)
        for name, keys in item.arguments.items()
    }


class Simulated:
    """Checks, and the exchanges of a running simulator that they need."""

    def __init__(self, engine: RunEngine, items: Sequence[Selected]) -> None:
        self._engine = engine
        self._items = items
        self._broken: dict[str, Judgement] = {}

    def exchanges(self) -> Iterator[Exchange]:
        """Yield every exchange that the checks take, once."""
        for key in dict.fromkeys(key for item in self._items for key in item.keys):
            yield self._engine.wait(key)

    def arguments(self, item: Selected) -> dict[str, Exchange | Exchanges]:
        """Return the exchanges that a check takes, by argument."""
        return arguments_of(self._engine, item)

    def conforms(self, item: Selected) -> str:
        """Judge the simulator's own answers; return "", or what is wrong with the verdict."""
        found = judge(item.check, arguments_of(self._engine, item), claimed=True)
        return "" if found.verdict is Verdict.CONFORMS else f"{found.verdict}: {found.reason}"

    def deviates(self, item: Selected) -> str:
        """Judge the check's counterexample; return "", or what is wrong with the verdict."""
        if item.check.counterexample is None:
            return "it has no counterexample"
        found = self._judged(item)
        if found.verdict is not Verdict.DEVIATES:
            return f"{found.verdict}: {found.reason or 'nothing is wrong with the counterexample'}"
        return "" if found.reason and found.findings else "it deviates without a reason or a finding"

    def reasons(self) -> dict[str, str]:
        """Return why each counterexample deviates, by the id of its check."""
        return {item.id: self._judged(item).reason for item in self._items if item.check.counterexample is not None}

    def _judged(self, item: Selected) -> Judgement:
        """Judge the counterexample of a check that has one, once."""
        if item.id not in self._broken:
            assert item.check.counterexample is not None
            broken = item.check.counterexample.apply(arguments_of(self._engine, item))
            self._broken[item.id] = judge(item.check, broken, claimed=True)
        return self._broken[item.id]
