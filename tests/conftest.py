"""What several tests of the harness share: the suite's exchanges with the simulator, obtained once."""

from collections.abc import Iterator

import pytest

from conformance import suite
from conformance.choices import Choices, TargetChoice
from conformance.conduct import Performance, as_started, open_place
from conformance.exchange import Exchange, Exchanges
from conformance.plan import Limit, Selected, closure, expand
from conformance.target import load

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Simulated"]:
    """Every check of the suite with the exchanges of the faithful simulator."""
    root = tmp_path_factory.mktemp("simulated")
    target = load("simulator", {})
    choices = Choices((TargetChoice(target, "live"),), (), "may", Limit(None, None), None, root)  # type: ignore[arg-type]
    place, servers = open_place(choices, workers=1)
    try:
        choices = as_started(choices, place)
        loaded = suite.load()
        target = choices.targets[0].target
        selected = [item for check in loaded.checks for item in expand(check, target, loaded.specs)]
        keys = closure(key for item in selected for key in item.keys)
        performance = Performance(choices, place, keys, {})
        performance.start(look_ahead=None)
        try:
            yield Simulated(performance, selected)
        finally:
            performance.stop()
    finally:
        for server in servers:
            server.stop()


class Simulated:
    """The suite on the simulator."""

    def __init__(self, performance: Performance, selected: list[Selected]) -> None:
        self.performance = performance
        self.selected = selected

    def arguments(self, item: Selected) -> dict[str, Exchange | Exchanges]:
        """Return the exchanges that a check takes."""
        wait = self.performance.wait
        return {
            name: tuple(wait(key) for key in keys) if isinstance(keys, tuple) else wait(keys)
            for name, keys in item.arguments.items()
        }
