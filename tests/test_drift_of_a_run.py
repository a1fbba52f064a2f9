"""From recording to drift: a real server is recorded, its contract derived, the server changes, and drift says how."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.contract.command import main as contract
from conformance.contract.file import read
from conformance.drift.command import main as drift
from conformance.drift.document import Document
from conformance.drift.finding import Who
from conformance.shapes.change import Impact
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from tests.whole_run import KEY, Ran, Runner, run

__all__ = ["run"]

ASKED = ("--capability", "chat.basic", "--capability", "chat.stream.*", "--capability", "models.*", "--level", "may")
NO_INDEX = "stream-choice-index-missing"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The base URL of a server that knows our key."""
    with running(KEY, table()) as url:
        yield url


def recorded(run: Runner, base_url: str, *deviations: str) -> Ran:
    """Record a server under one name; with deviations it is the same server after it has changed."""
    path = f"/~{','.join(deviations)}/v1" if deviations else "/v1"
    return run.at(base_url.removesuffix("/v1") + path, "--name", "gate", *ASKED)


def drifted(root: Path, ran: Ran) -> tuple[int, Document]:
    code = drift(["--target", "gate", "--run", str(ran.folder), "--issues", "issues"])
    return code, Document.model_validate_json((root / "reports/drift/gate/drift.json").read_bytes())


def test_a_server_that_changes_is_told_from_one_that_does_not(
    run: Runner, server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run.root)
    assert recorded(run, server).code == 0
    assert contract(["--target", "gate"]) == 0

    code, same = drifted(run.root, recorded(run, server))
    assert code == 0, same.findings
    assert same.findings == []

    code, changed = drifted(run.root, recorded(run, server, NO_INDEX))
    assert code == 1
    assert "BREAKING" in capsys.readouterr().out
    (breaking,) = [one for one in changed.findings if one.impact is Impact.BREAKING]
    assert breaking.id == "cause:missing:ChatCompletionChunkChoice/index"
    assert breaking.moved.who is Who.VENDOR
    assert any("choices[].index`: gone" in part for part in breaking.parts)
    (issue,) = (run.root / "issues").iterdir()
    text = issue.read_text(encoding="utf-8")
    assert "| `chat.stream" in text
    assert "req" in text
    assert "- **Required:** " in text
    assert "\n```sh\ncurl " in text
    assert KEY not in text


@pytest.mark.long  # the whole suite is judged
def test_committed_recordings_make_a_contract(run: Runner, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run.root)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    options = run.target("gate", server)
    assert run(*options, "--mode", "record", *ASKED).code == 0
    shutil.rmtree("reports")
    assert contract([*options, "--from", "cassettes"]) == 0
    held = read("gate")
    assert held.sources[0].mode == "replay"
    assert held.exchanges["chat.basic/hello"].statuses == [200]


def test_a_server_that_cannot_be_reached_any_more_is_not_accused(
    run: Runner, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.root)
    assert recorded(run, server).code == 0
    assert contract(["--target", "gate"]) == 0
    code, found = drifted(run.root, recorded(run, server, "there-is-nothing-here"))
    assert code == 6
    assert found.findings == []
