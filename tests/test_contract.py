"""The contract of a target: stable, without what changes from run to run, and only of what was observed there."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from conformance.compare.side import sides
from conformance.contract import document
from conformance.contract.command import main
from conformance.contract.derive import derive
from conformance.contract.document import contract_json
from conformance.contract.file import read, write
from conformance.log.records import Run
from conformance.wire.verdict import UsageError, Verdict
from tests.compared import COMPLETION, DONE, faithful, gateway, made, streamed
from tests.runs import json_answer, run, write_log

HELLO, STREAMED = "chat.basic/hello[hello]", "chat.basic/hello[streamed]"


def contract(*runs: Run) -> document.Contract:
    return derive(sides([str(one.folder) for one in runs], Path.cwd()))


def completing(folder: Path, body: dict[str, Any], **facts: Any) -> Run:
    answers = {"hello": json_answer(json.dumps(body).encode()), "streamed": streamed(done=True)}
    return made(folder, {}, answers, [], **facts)


def test_a_contract_holds_status_headers_shape_and_the_order_of_events(tmp_path: Path) -> None:
    found = contract(faithful(tmp_path / "a"))
    hello, stream = (found.exchanges[label] for label in sorted(found.exchanges))
    assert hello.statuses == [200]
    assert hello.operation == "POST chat/completions"
    assert hello.headers == {"content-type": "once", "x-request-id": "once"}
    assert hello.shape is not None
    assert hello.shape["$.choices[].message.role"] == "once string: assistant"
    assert stream.events == [["content", "usage", "[DONE]"]]
    assert found.checks[DONE].verdicts == [Verdict.CONFORMS]
    assert found.checks[DONE].edition == "e1"


def test_no_value_of_a_response_is_in_a_contract(tmp_path: Path) -> None:
    body = {**COMPLETION, "id": "chatcmpl-1234567", "created": 1790000000, "model": "small-2-secret"}
    text = contract_json(contract(completing(tmp_path / "a", body)))
    assert not re.search(r"chatcmpl-|1790000000|small-2-secret|\bHi\b|r-1\b", text)


def test_two_runs_with_other_values_give_the_same_text_but_for_their_names(tmp_path: Path) -> None:
    first = completing(tmp_path / "a", {**COMPLETION, "id": "one"})
    second = completing(tmp_path / "b", {**COMPLETION, "id": "another"})
    assert contract_json(contract(first)) == contract_json(contract(second))


def test_what_is_missing_in_one_of_two_runs_is_sometimes_there(tmp_path: Path) -> None:
    without = {name: value for name, value in COMPLETION.items() if name != "id"}
    found = contract(completing(tmp_path / "a", COMPLETION), completing(tmp_path / "b", without))
    hello = next(one for one in found.exchanges.values() if one.form == "body")
    assert hello.samples == 2
    assert hello.shape is not None
    assert hello.shape["$.id"] == "sometimes string"
    assert hello.shape["$.object"].startswith("always")


def test_verdicts_that_tell_nothing_are_not_part_of_a_contract(tmp_path: Path) -> None:
    found = contract(made(tmp_path / "a", {DONE: Verdict.INCONCLUSIVE}, {"streamed": streamed(done=True)}, []))
    assert DONE not in found.checks


def test_causes_are_kept_with_the_checks_that_show_them(tmp_path: Path) -> None:
    found = contract(gateway(tmp_path / "a"))
    assert found.causes["chat.stream.done/last_event_is_done"].checks == [DONE]


def test_a_rehearsal_never_becomes_a_contract(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rehearsed alpha"):
        contract(faithful(tmp_path / "a", mode="rehearse"))


def test_a_run_that_was_cut_never_becomes_a_contract(tmp_path: Path) -> None:
    whole = faithful(tmp_path / "a")
    write_log(run(whole.folder, whole.header.targets, [*whole.exchanges, *whole.results], footer=False))
    with pytest.raises(UsageError, match="was cut"):
        contract(whole)


def test_another_host_by_the_name_of_a_known_target_never_becomes_its_contract(tmp_path: Path) -> None:
    found = faithful(tmp_path / "a")
    facts = found.header.targets[0].model_copy(update={"name": "google", "base_url": "http://127.0.0.1:9/v1"})
    write_log(run(found.folder, [facts], []))
    with pytest.raises(UsageError, match="by the name of google"):
        contract(found)


def test_a_contract_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = contract(gateway(tmp_path / "a"))
    write(found, tmp_path / "contracts")
    assert read("alpha", tmp_path / "contracts") == found


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(("umask", "file", "folder"), [(0o022, 0o644, 0o755), (0o077, 0o600, 0o700)])
def test_a_contract_is_for_whom_the_umask_lets_read_it(tmp_path: Path, umask: int, file: int, folder: int) -> None:
    found = contract(gateway(tmp_path / "a"))
    before = os.umask(umask)
    try:
        path = write(found, tmp_path / "contracts")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == file
    assert stat.S_IMODE(path.parent.stat().st_mode) == folder


def test_a_damaged_contract_is_named_with_its_place(tmp_path: Path) -> None:
    path = write(contract(faithful(tmp_path / "a")), tmp_path)
    path.write_text(path.read_text().replace("once array", "once anything"))
    with pytest.raises(UsageError, match="choices"):
        read("alpha", tmp_path)
    path.write_text('{"contract_version": 3}')
    with pytest.raises(UsageError, match="not a contract"):
        read("alpha", tmp_path)
    with pytest.raises(UsageError, match="make it: python -m conformance contract --target beta"):
        read("beta", tmp_path)


def test_the_command_writes_the_contract_and_says_what_it_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faithful(tmp_path / "a")
    assert main(["--target", "alpha", "--from", str(tmp_path / "a"), "--output", str(tmp_path / "c")]) == 0
    assert "alpha: 2 exchanges, 2 of them with a shape" in capsys.readouterr().out
    assert main(["--target", "beta", "--from", str(tmp_path / "a"), "--output", str(tmp_path / "c")]) == 4
    assert "beta" in capsys.readouterr().err


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / "conformance/contract/contract.schema.json"
    command = "python -m conformance.contract.document > conformance/contract/contract.schema.json"
    assert committed.read_text(encoding="utf-8") == document.schema(), command
