"""What a gateway's account says of a run, held against what its responses said."""

import json

import pytest

from conformance.log.account import Account, Logged, Spent
from conformance.operations import ask
from conformance.operations.entries import Unreadable, entries, quota
from conformance.operations.held import Terms, compare
from conformance.targets.load import parse
from conformance.targets.operations import LogFields
from conformance.wire.verdict import UsageError
from tests.gateway import GRANTED, TOKEN, USER, Gateway, described, doubled, serving
from tests.whole_run import CORE, Ran, Runner, run

__all__ = ["run"]

KEY = "sk-gate-Zq8mB2xT7LpW0123456789"

PROMISE = """
[[claims]]
id = "A1"
capabilities = ["ops.account_api"]
statement = "The dashboard shows each request with model, tokens, status and cost."
document = "https://gate.example/docs"
"""


@pytest.fixture(autouse=True)
def _in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "PAUSE_S", 0.0)


def ran_at(run: Runner, monkeypatch: pytest.MonkeyPatch, gate: Gateway, more: str = "", **environ: str) -> Ran:
    """Run the core of chat on a gateway whose account is described, with its keys in the environment."""
    for name, value in {"GATE_KEY": gate.key, "GATE_ACCOUNT": TOKEN, "GATE_USER": USER, **environ}.items():
        monkeypatch.setenv(name, value)
    with serving(gate):
        (run.root / "gate.toml").write_text(described(gate, more), encoding="utf-8")
        return run("--target", "gate.toml", *CORE)


def told(ran: Ran) -> Account:
    (account,) = ran.run.accounts
    return account


def test_an_honest_account_agrees_with_usage(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = ran_at(run, monkeypatch, Gateway(KEY), PROMISE)
    account = told(ran)
    assert (ran.code, account.log, account.differing) == (0, "", [])
    assert account.held
    assert {(one.standing, one.by) for one in account.held} == {("agrees", "request id")}
    assert account.quota is not None
    assert account.quota.available == GRANTED - (account.quota.used or 0) < GRANTED


def test_what_is_billed_beyond_usage_is_named_and_changes_no_exit_code(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = ran_at(run, monkeypatch, Gateway(KEY, doubled))
    assert ran.code == 0
    first = next(one for one in told(ran).held if one.spent.exchange == "chat.basic/hello")
    assert first.standing == "differs"
    assert first.spent.output is not None
    assert f"{2 * first.spent.output:,} output tokens in the log, {first.spent.output:,} in `usage`" in first.says


def test_it_ends_with_1_where_the_vendor_promises_such_a_log(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = ran_at(run, monkeypatch, Gateway(KEY, doubled), PROMISE)
    assert ran.code == 1
    assert "ops.account_api" in ran.said


def test_without_request_ids_time_and_tokens_make_the_pairs(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    account = told(ran_at(run, monkeypatch, Gateway(KEY, ids=False)))
    assert {one.standing for one in account.held} == {"agrees"}
    assert {one.by for one in account.held} == {"tokens and time"}


def test_without_request_ids_what_is_billed_beyond_usage_shows_in_the_sums(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(ran_at(run, monkeypatch, Gateway(KEY, doubled, ids=False))).differing


def test_another_model_in_the_log_is_named(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    account = told(ran_at(run, monkeypatch, Gateway(KEY, renamed="cheaper")))
    assert any("the log names the model cheaper" in said for said in account.differing)


def test_neither_token_nor_header_is_kept_or_said(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.dumps({"success": False, "message": f"you sent {TOKEN} and {USER}"}).encode()
    ran = ran_at(run, monkeypatch, Gateway(KEY, raw=raw))
    files = [path for path in ran.folder.rglob("*") if path.is_file()]
    for secret in (TOKEN, USER, KEY):
        assert secret not in ran.said
        assert not [path for path in files if secret.encode() in path.read_bytes()]
    assert told(ran).log.startswith("the vendor's log was rejected: you sent ")


def test_without_the_account_s_token_the_log_is_not_asked(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gateway(KEY)
    account = told(ran_at(run, monkeypatch, gate, GATE_ACCOUNT=""))
    assert set(gate.asked) == {"/api/usage/token"}
    assert account.log == "the account's token is not set: GATE_ACCOUNT"
    assert account.quota is not None


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>",
        b"[" * 100_000,
        b'{"data": 7}',
        b'{"data": {"items": [1, null, {"quota": 1e999, "prompt_tokens": -1, "model_name": {}}]}}',
        b'{"data": [' + b"{}," * 5000 + b"{}]}",
    ],
    ids=["web page", "deep", "no entries", "strange entries", "many entries"],
)
def test_a_hostile_log_ends_in_words(run: Runner, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    ran = ran_at(run, monkeypatch, Gateway(KEY, raw=raw))
    assert ran.code == 0, ran.said
    assert told(ran).differing == []


def spent(number: int, **changes: object) -> Spent:
    at = 1000.0 + 100 * number
    told = {"exchange": f"a/{number}", "models": ["m"], "status": 200, "input": 10 + number, "output": 5}
    return Spent.model_validate({**told, "began": at - 1, "ended": at, **changes})


def logged(number: int, **changes: object) -> Logged:
    told = {"model": "m", "input": 10 + number, "output": 5, "at": 1000.0 + 100 * number, "status": "2"}
    return Logged.model_validate({**told, **changes})


def test_an_entry_alone_at_its_time_is_of_the_only_exchange_near_it() -> None:
    (one, other) = compare([spent(0), spent(1)], [logged(0), logged(1, output=50)]).held
    assert (one.standing, one.by) == ("agrees", "tokens and time")
    assert (other.standing, other.by) == ("differs", "time")


def test_of_two_exchanges_at_one_time_the_sums_are_told() -> None:
    near = {"began": 1000, "ended": 1001}
    compared = compare([spent(0, **near), spent(1, **near)], [logged(0, output=7), logged(1, output=7, at=1001)])
    assert {one.standing for one in compared.held} == {"untold"}
    assert compared.totals == ("m, 2 requests: 21 + 14 tokens in the log, 21 + 10 in `usage`",)


def test_what_others_of_the_account_send_accuses_nobody() -> None:
    near = {"began": 1000, "ended": 1001}
    others = [logged(number, output=9, at=1000.0) for number in range(3)]
    assert compare([spent(0, **near), spent(1, **near)], others).totals == ()


def test_a_rejected_request_that_is_billed_differs() -> None:
    refused = spent(0, status=400, input=None, output=None, request_id="r")
    (one,) = compare([refused], [logged(0, request_id="r", cost=12)]).held
    assert one.standing == "differs"
    assert "rejected with 400, and the log bills it" in one.says
    (one,) = compare([refused], [logged(0, request_id="r", input=0, output=0, cost=0, status="5")], Terms(("2",))).held
    assert one.standing == "agrees"


def test_a_cost_beyond_the_prices_of_the_file_differs() -> None:
    terms = Terms(("2",), units_per_dollar=500_000)
    (one,) = compare([spent(0, dollars=0.001, request_id="r")], [logged(0, request_id="r", cost=500)], terms).held
    assert one.standing == "agrees"
    (one,) = compare([spent(0, dollars=0.001, request_id="r")], [logged(0, request_id="r", cost=900)], terms).held
    assert one.says == "$0.001800 in the log, $0.001000 by `usage` and the prices of the target's file"


def test_a_model_by_its_day_is_the_same_model() -> None:
    (one,) = compare([spent(0, models=["m", "m-2026-01-01"])], [logged(0, model="m-2026-01-01")]).held
    assert one.standing == "agrees"


def test_entries_stand_in_items_or_in_an_array() -> None:
    row = {"model_name": "m", "quota": 3, "type": 2}
    for document in ({"data": {"items": [row]}}, {"data": [row]}, {"data": {"data": [row]}}):
        ((_, entry),) = entries(document, LogFields())
        assert (entry.model, entry.cost, entry.status) == ("m", 3, "2")
    assert entries({"success": True, "data": {"items": None}}, LogFields()) == []


def test_a_quota_that_tells_nothing_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="total_available"):
        quota({"data": {}})


def test_the_account_is_asked_at_hosts_of_the_target_alone() -> None:
    text = described(Gateway(KEY, base_url="http://127.0.0.1:1/v1"), 'base_url = "https://other.example"')
    with pytest.raises(UsageError, match="hosts"):
        parse(text, "gate", "gate.toml")


def test_the_quota_is_told_before_anything_is_sent(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = ran_at(run, monkeypatch, Gateway(KEY))
    assert f"gate: the quota of the key has {GRANTED:,} left" in ran.said


def test_a_merge_costs_nothing_so_it_tells_no_quota(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"GATE_KEY": KEY, "GATE_ACCOUNT": TOKEN, "GATE_USER": USER}.items():
        monkeypatch.setenv(name, value)
    with serving(gate := Gateway(KEY)):
        (run.root / "gate.toml").write_text(described(gate), encoding="utf-8")
        shard = run("--target", "gate.toml", *CORE, "--shard", "1/1")
        merged = run("--merge", shard.folder.name, "--target", "gate.toml")
    assert (shard.code, merged.code) == (0, 0)
    assert "the quota of the key has" in shard.said
    assert "the quota of the key has" not in merged.said


def test_a_quota_below_the_cost_of_the_run_is_told(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    prices = f"""
units_per_dollar = {GRANTED * 1000}
[prices."sim-chat"]
input = 1000
output = 1000
dated = 2026-11-27
source = "https://gate.example/pricing"
"""
    assert "$0.00, and the run may cost $0." in ran_at(run, monkeypatch, Gateway(KEY), prices).said
