"""What several tests of the harness share: the suite's exchanges with the simulator, obtained once."""

from collections.abc import Iterator

import httpx2
import openai
import pytest
from hypothesis import settings

from conformance.plan import loader
from conformance.plan.plan import Limit, Selected, closure, expand
from conformance.run.choices import Choices, TargetChoice
from conformance.run.conduct import Performance, as_started, open_place
from conformance.simulator.app.server import running
from conformance.targets.target import load
from conformance.wire.exchange import Exchange, Exchanges

pytest_plugins = ["pytester"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # no test depends on timing, and a busy machine is slow

SIMULATOR_KEY = "sk-test-0123456789"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """The base URL of a simulator of its own."""
    with running(SIMULATOR_KEY) as url:
        yield url


@pytest.fixture(scope="module")
def http(base_url: str) -> Iterator[httpx2.Client]:
    """A plain client of that simulator."""
    with httpx2.Client(base_url=base_url, headers={"Authorization": f"Bearer {SIMULATOR_KEY}"}) as client:
        yield client


@pytest.fixture(scope="module")
def client(base_url: str) -> Iterator[openai.OpenAI]:
    """The official client, strict, of that simulator."""
    with openai.OpenAI(
        api_key=SIMULATOR_KEY, base_url=base_url, max_retries=0, _strict_response_validation=True
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Simulated"]:
    """Every check of the suite with the exchanges of the faithful simulator."""
    root = tmp_path_factory.mktemp("simulated")
    target = load("simulator", {})
    choices = Choices((TargetChoice(target, "live"),), (), "may", Limit(None, None), None, root)  # type: ignore[arg-type]
    place, servers = open_place(choices, workers=1)
    try:
        choices = as_started(choices, place)
        loaded = loader.load()
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
        return self.performance.arguments(item)
