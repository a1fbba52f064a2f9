"""Two nights, by the commands that a user types: each severity, each of those who may have moved, several at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.contract import file as contracts
from conformance.contract.command import main as contract
from conformance.contract.document import Contract
from conformance.drift.command import main as drift
from conformance.drift.document import Change, Document
from conformance.drift.finding import Who
from conformance.shapes.change import Impact
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.wire.verdict import Verdict
from tests.whole_run import KEY, Ran, Runner, run

__all__ = ["run"]

ASKED = ("--capability", "chat.basic", "--capability", "chat.stream.*", "--level", "may")
NEXT_DAY = ("chat-native-role-and-fields", "request-id-is-missing", "stream-names-another-model")
NO_INDEX = "stream-choice-index-missing"
INDEX = "missing:ChatCompletionChunkChoice/index"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The base URL of a server that knows our key."""
    with running(KEY, table()) as url:
        yield url


def night(run: Runner, base_url: str, *deviations: str) -> Ran:
    """Measure a server under one name; with deviations it is the same server after it has changed."""
    path = f"/~{','.join(deviations)}/v1" if deviations else "/v1"
    return run.whole.at(base_url.removesuffix("/v1") + path, "--name", "gate", "--capability", "headers.*", *ASKED)


def drifted(root: Path, ran: Ran) -> tuple[int, dict[str, Change]]:
    code = drift(["--target", "gate", "--run", str(ran.folder), "--issues", "issues"])
    held = Document.model_validate_json((root / "reports/drift/gate/drift.json").read_bytes())
    return code, {change.id: change for change in held.findings}


def test_three_changes_of_one_night_are_told_apart(
    run: Runner, server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run.root)
    night(run, server)
    assert contract(["--target", "gate"]) == 0
    code, found = drifted(run.root, night(run, server, *NEXT_DAY))
    assert code == 1
    told = {name: (change.impact, change.moved.who) for name, change in found.items()}
    assert told == {
        "cause:chat.stream.equals_nonstream/model_is_the_same_streamed": (Impact.BREAKING, Who.UNKNOWN),
        "shape:POST chat/completions:$.choices[].message.role:other-values": (Impact.BREAKING, Who.VENDOR),
        "shape:POST chat/completions:$.usageMetadata:new": (Impact.ADDITIVE, Who.VENDOR),
        "cause:missing:header/x-request-id": (Impact.COSMETIC, Who.VENDOR),
    }
    said = capsys.readouterr().out
    assert said.count("BREAKING") == len(list((run.root / "issues").iterdir())) == 2
    role = next(path for path in (run.root / "issues").iterdir() if "role" in path.name).read_text(encoding="utf-8")
    assert "- **Before:** `always string: assistant`\n- **Now:** `always string: model`" in role
    assert "curl -sS" in role
    assert "/v1/chat/completions" in role


def edited(held: Contract, *, check: bool, reference: bool) -> Contract:
    """The contract as if the index had been there, told by an older check, or by an older reference."""
    shown = held.causes[INDEX].checks
    old = {"verdicts": [Verdict.CONFORMS]} | ({"edition": "older"} if check else {})
    sources = [source.model_copy(update={"schemas": "older"} if reference else {}) for source in held.sources]
    return held.model_copy(
        update={
            "checks": held.checks | {name: held.checks[name].model_copy(update=old) for name in shown},
            "causes": {name: cause for name, cause in held.causes.items() if name != INDEX},
            "sources": sources,
        }
    )


def test_a_new_check_or_reference_is_told_from_a_server_that_moved(
    run: Runner, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.root)
    ran = night(run, server, NO_INDEX)
    assert contract(["--target", "gate"]) == 0
    held = contracts.read("gate")
    assert drifted(run.root, ran) == (0, {})
    for check, reference, who in (
        (True, False, Who.CHECK),
        (False, True, Who.REFERENCE),
        (True, True, Who.UNKNOWN),
        (False, False, Who.UNKNOWN),
    ):
        contracts.write(edited(held, check=check, reference=reference))
        code, found = drifted(run.root, ran)
        assert code == 1
        assert {name: change.moved.who for name, change in found.items()} == {f"cause:{INDEX}": who}
