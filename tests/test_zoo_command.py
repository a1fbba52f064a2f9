"""Ten deviations through the whole command: the short way of the score is the true one."""

from collections.abc import Iterator

import pytest

from conformance.plan.select import names_check
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.wire.verdict import Verdict
from tests.whole_run import Runner, run

__all__ = ["run"]

TEN = (
    "chat-response-id-missing",
    "chat-second-choice-empty",
    "embeddings-base64-big-endian",
    "embeddings-vectors-of-neighbours",
    "error-fastapi-detail-404",
    "finish-reason-length-reported-as-stop",
    "models-listed-twice",
    "stream-cumulative-content",
    "stream-tool-delta-index-missing",
    "tool-choice-named-ignored",
)


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """The address of a simulator that serves all deviations, without a path."""
    with running(None, table()) as url:
        yield url.removesuffix("/v1")


@pytest.mark.parametrize("name", TEN)
def test_the_whole_command_finds_it_too(name: str, root: str, run: Runner) -> None:
    (entry,) = [entry for entry in entries() if entry.id == name]
    roles = ("thinking=sim-thinking", "embedding=sim-embedding", "image=sim-image", "audio=sim-audio")
    models = [argument for role in roles for argument in ("--model", role)]
    capabilities = sorted({pattern.partition("/")[0] for pattern in entry.caught_by})
    selected = [argument for capability in capabilities for argument in ("--capability", capability)]
    ran = run.whole("--base-url", f"{root}/~{name}/v1", "--model", "sim-chat", *models, *selected, "--cost", "all")
    red = [one.check for one in ran.run.results if one.verdict is Verdict.DEVIATES]
    assert any(names_check(pattern, check) for pattern in entry.caught_by for check in red), ran.said[-900:]
