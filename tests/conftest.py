"""What several tests of the harness share: a simulator and its clients."""

import os
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import settings
from xdist.scheduler.loadfile import LoadFileScheduling

from conformance.cli.watching import Watching
from conformance.plan import loader
from conformance.plan.loader import Suite
from conformance.simulator.app.server import running
from tests.simulated import Simulated, every_check, simulating

pytest_plugins = ["pytester"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # no test depends on timing, and a busy machine is slow

SIMULATOR_KEY = "sk-test-0123456789"

SHARING = ("test_every_check", "test_checks_of_kinds", "test_own_requests")
"""The files that look at every response of the simulator: it is asked once for all of them, in one process."""

ALL = "*"

LONGEST = (*SHARING, "test_patterns", "test_hostile", "test_plugin", "test_own_checks", "test_faults")
"""The files that take more than 20 s; they are handed out first, so that no process works alone in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, whatever the number of their tests."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


def pytest_configure(config: pytest.Config) -> None:
    """Let the tests say how far they are, where no dot comes for a while: processes collect half a minute."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Watching(reporter.write_line, "testing", "tests are done"), "watching")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take half more processes than cores: tests wait a third of their time, for deadlines and for processes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + cores // 2


class Sharing(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
    """Keeps a file in one process, and those that share what they ask of the simulator too."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "every response" if file.rpartition("/")[2].removesuffix(".py") in SHARING else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing | None:
    """Take ours where files stay in one process."""
    return Sharing(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def suite() -> Suite:
    """The whole suite, imported once for all runs in this process."""
    return loader.load()


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
def simulated(request: pytest.FixtureRequest) -> Iterator[Simulated]:
    """The suite on the simulator, asked once for what the chosen tests name: checks, capabilities, or all."""
    users = [item for item in request.session.items if "simulated" in getattr(item, "fixturenames", ())]
    asked = set().union(*(_asked(item) for item in users))
    with simulating([item for item in every_check() if {item.id, item.check.capability.id, ALL} & asked]) as started:
        yield started


def _asked(item: pytest.Item) -> set[str]:
    """Return the ids of the checks or capabilities that a test looks at."""
    callspec = getattr(item, "callspec", None)
    if "everything" in getattr(item, "fixturenames", ()) or callspec is None:
        return {ALL}
    return {callspec.params.get("check_id") or callspec.params.get("capability") or ALL}
