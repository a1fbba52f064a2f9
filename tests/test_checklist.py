"""The checklist before traffic goes over a route, and the account, as the pages of a run show them."""

import csv
from pathlib import Path
from typing import Any

from conformance.claims.observed import Standing, claims
from conformance.definition import catalogue
from conformance.log.account import Account, HeldEntry, Logged, Quota, Spent
from conformance.log.documents import Rehearsed, Stated
from conformance.log.records import TargetFacts
from conformance.operations.checklist import Ticked, checklist, steps
from conformance.operations.models import listed, named
from conformance.record import cassette
from conformance.report.operations.requests import Requests, requests_csv
from conformance.report.operations.section import operations_html, operations_markdown
from conformance.report.write import write
from conformance.targets.target import ClaimKind
from conformance.wire.verdict import Verdict
from tests import runs

SPENT = Spent(
    exchange="chat.basic/hello", request_id="r-1", models=["m"], status=200, input=7, output=5, began=1000, ended=1001
)
DOUBLED = HeldEntry(
    spent=SPENT,
    logged=Logged(request_id="r-1", model="m", input=7, output=10, cost=17),
    standing="differs",
    by="request id",
    says="10 output tokens in the log, 5 in `usage`",
)
AGREES = DOUBLED.model_copy(update={"standing": "agrees", "says": ""})


def account(*held: HeldEntry, **changes: Any) -> Account:
    return Account(target="alpha", entries=len(held), held=list(held), **changes)


def ticked(folder: Path, *lines: Any, facts: TargetFacts | None = None) -> dict[str, Ticked]:
    facts = facts or runs.target()
    return {row.step.id: row.ticked for row in checklist(runs.run(folder, [facts], lines), facts)}


def test_there_are_ten_steps_of_capabilities_that_exist() -> None:
    known = {node.id for node in catalogue.load().nodes}
    assert len(steps()) == 10
    assert {name for step in steps() for name in step.capabilities} <= known


def test_a_run_without_results_leaves_every_step_to_a_person(tmp_path: Path) -> None:
    assert set(ticked(tmp_path).values()) == {Ticked.PERSON}


def test_a_step_is_done_when_its_checks_conform_and_failed_when_one_deviates(tmp_path: Path) -> None:
    found = ticked(
        tmp_path,
        runs.result(),
        runs.result(Verdict.DEVIATES, capability="errors.unknown_model", check="errors.unknown_model/a/b"),
        runs.result(Verdict.INCONCLUSIVE, capability="chat.schema.core", check="chat.schema.core/a/b"),
    )
    assert (found["chat"], found["bad_model"], found["shape"]) == (Ticked.DONE, Ticked.FAILED, Ticked.PERSON)


def test_a_rehearsal_has_done_nothing(tmp_path: Path) -> None:
    rehearsed = Rehearsed(target="alpha", base_url="https://alpha.example/v1", models={}, variable="ALPHA_KEY")
    facts = runs.target("alpha-rehearsal", mode="rehearse", rehearsed=rehearsed)
    found = ticked(tmp_path, runs.result(target=facts.name), facts=facts)
    assert set(found.values()) == {Ticked.PERSON}


def test_the_account_decides_two_of_the_steps(tmp_path: Path) -> None:
    limited = Quota(granted=10, used=3, available=7, unlimited=False)
    good = ticked(tmp_path / "good", account(AGREES, quota=limited))
    assert (good["log"], good["quota"]) == (Ticked.DONE, Ticked.DONE)
    bad = ticked(tmp_path / "bad", account(DOUBLED, quota=Quota(available=0, unlimited=True)))
    assert (bad["log"], bad["quota"]) == (Ticked.FAILED, Ticked.PERSON)
    assert ticked(tmp_path / "unread", account(log="it returned 500"))["log"] is Ticked.PERSON


def test_each_step_has_its_command(tmp_path: Path) -> None:
    facts = runs.target(variable="ALPHA_KEY")
    rows = {row.step.id: row.command for row in checklist(runs.run(tmp_path, [facts], []), facts)}
    assert rows["key"] == "export ALPHA_KEY=..."
    assert rows["chat"] == (
        "nox -s conformance -- --base-url https://alpha.example/v1 --name alpha --model chat=small-2 "
        "--model embedding=embed-1 --api-key-env ALPHA_KEY --capability 'chat.basic'"
    )
    assert not [command for command in rows.values() if "{" in command]


def test_the_matrix_shows_the_checklist_and_what_differs(tmp_path: Path) -> None:
    made = runs.run(tmp_path, [runs.target()], [runs.result(), account(DOUBLED)])
    page, text = str(operations_html(made, {})), operations_markdown(made, {})
    for shown in (page, text):
        assert "Send one short chat prompt" in shown
        assert "10 output tokens in the log" in shown
    assert "4. [x]" in text
    assert "6. [ ] **failed**" in text


def test_a_server_on_this_machine_has_no_checklist(tmp_path: Path) -> None:
    made = runs.run(tmp_path, [runs.target(base_url="http://127.0.0.1:8080/v1")], [])
    assert operations_markdown(made, {}) == str(operations_html(made, {})) == ""


def test_what_others_sent_stays_text(tmp_path: Path) -> None:
    hostile = DOUBLED.model_copy(update={"says": runs.HOSTILE})
    page = str(operations_html(runs.run(tmp_path, [runs.target()], [account(hostile)]), {}))
    assert "<script>" not in page
    assert "<img" not in page


def test_the_requests_of_a_run_stand_in_a_file_for_a_person(tmp_path: Path) -> None:
    line = runs.recorded(tmp_path, runs.json_answer(b'{"usage": {"prompt_tokens": 7, "completion_tokens": 5}}'))
    write(runs.run(tmp_path, [runs.target()], [line]))
    rows = list(csv.DictReader((tmp_path / "requests.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["exchange"], row["input tokens"], row["output tokens"]) for row in rows] == [(line.label, "7", "5")]


def test_no_cell_is_a_formula() -> None:
    text = requests_csv(
        {"alpha": Requests([SPENT.model_copy(update={"request_id": '=cmd|"/c calc"!A1', "models": ["@m"]})])}
    )
    (row,) = csv.DictReader(text.splitlines())
    assert (row["request id"][:2], row["model"]) == ("'=", "'@m")


def test_a_statement_about_the_log_is_confirmed_or_contradicted_by_it(tmp_path: Path) -> None:
    said = Stated(
        target="alpha", id="A1", statement="It shows.", kind=ClaimKind.OPERATIONAL, beyond=["ops.account_api"]
    )
    for told, standing in (
        (account(AGREES), Standing.CONFIRMED),
        (account(DOUBLED), Standing.CONTRADICTED),
        (account(log="it returned 500"), Standing.NOTHING),
    ):
        (one,) = claims(runs.run(tmp_path / standing.name, [runs.target()], [said, told]))
        assert one.held[0].standing is standing


def test_the_models_of_a_run_are_held_against_the_endpoint_s_list(tmp_path: Path) -> None:
    body = b'{"data": [{"id": "small-2"}, {"id": "embed-2"}, 7, {"id": null}]}'
    url = "https://alpha.example/v1/models"
    line = runs.recorded(tmp_path, runs.json_answer(body), b"", method="GET", url=url)
    ids = listed(cassette.read(tmp_path / line.evidence, tmp_path))
    assert ids == ["small-2", "embed-2"]
    alias = SPENT.model_copy(update={"models": ["small-2", "another"]})
    chat, embedding = named(runs.target(), ids, [alias])
    assert chat.words == "chat small-2: listed; responses call it another"
    assert embedding.words == "embedding embed-1: not listed, near: embed-2, and it gave no response"


def test_a_model_by_its_day_is_no_other_model() -> None:
    (chat, _) = named(
        runs.target(), ["small-2"], [SPENT.model_copy(update={"models": ["small-2", "small-2-2026-01-01"]})]
    )
    assert chat.words == "chat small-2: listed"
