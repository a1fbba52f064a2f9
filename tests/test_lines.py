from datetime import date
from typing import Any

import pytest

from conformance.judge.judge import Judgement
from conformance.log.exit_code import exit_code, fails
from conformance.log.known import known, stale_findings
from conformance.log.lines import exchange_line, result
from conformance.log.outline import outline
from conformance.log.records import Known, NotRun
from conformance.plan.expand import Selected
from conformance.targets.target import KnownDeviation
from conformance.wire.capability import Level
from conformance.wire.exchange import Attempt, Exchange
from conformance.wire.request import Key as Carried
from conformance.wire.request import get, post
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import runs
from tests.fakes import EXTRA, OWED, USUAL, check, claim, key, observed, silent, spec, target, unsent

TODAY = date(2026, 11, 21)
SINCE = date(2026, 10, 1)
DEVIATES = Judgement(Verdict.DEVIATES, "no", ("missing:A/b",))
CONFORMS = Judgement(Verdict.CONFORMS)
NOT_RUN = NotRun(target="alpha", id="x", why="dear", tokens=1, checks=1)

asked = spec("asked")
table = spec("table", each={"a": 1, "a.b": 2})


def holds(asked: Exchange) -> None:
    """`asked` is looked at."""


def each_holds(table: Exchange) -> None:
    """`table` is looked at."""


def entry(**changes: Any) -> KnownDeviation:
    return KnownDeviation(**{"reason": "reported", "since": SINCE, **changes})


def item(*entries: KnownDeviation, function: Any = holds, case: str = "", **more: Any) -> Selected:
    return Selected(check(function, **more), target(known_deviations=entries), case, {"asked": key(asked)})


@pytest.mark.parametrize(
    ("entries", "judgement", "expected"),
    [
        ([], DEVIATES, None),
        ([{"check": "fake.owed/asked/holds"}], DEVIATES, "known"),
        ([{"check": "fake.owed/*"}], DEVIATES, "known"),
        ([{"check": "fake.owed/asked/hold"}], DEVIATES, None),
        ([{"check": "fake.owed/asked/holds"}], CONFORMS, "stale"),
        ([{"check": "fake.owed/asked/holds"}], Judgement(Verdict.INCONCLUSIVE, "?"), None),
        ([{"check": "fake.owed/asked/holds"}], Judgement(Verdict.UNSUPPORTED, "404"), None),
        ([{"check": "fake.owed/asked/holds"}], Judgement(Verdict.ERROR, "bug"), None),
        ([{"check": "fake.owed/asked/holds", "expires": date(2026, 11, 20)}], DEVIATES, None),
        ([{"check": "fake.owed/asked/holds", "expires": date(2026, 11, 21)}], DEVIATES, "known"),
        ([{"check": "fake.owed/asked/holds", "expires": date(2026, 11, 20)}], CONFORMS, None),
        ([{"check": "fake.owed/asked/old_name"}], DEVIATES, "known"),
        ([{"check": "fake.owed/asked/old_name"}], CONFORMS, "stale"),
        ([{"finding": "missing:A/b"}], DEVIATES, "known"),
        ([{"finding": "missing:A/b"}], CONFORMS, None),
        ([{"finding": "missing:A/*"}], DEVIATES, None),
        ([{"finding": "missing:A/b", "expires": date(2026, 1, 1)}], DEVIATES, None),
        ([{"finding": "missing:A/b"}], Judgement(Verdict.DEVIATES, "no", ("missing:A/b", "missing:A/c")), None),
        (
            [{"finding": "missing:A/b"}, {"finding": "missing:A/c"}],
            Judgement(Verdict.DEVIATES, "no", ("missing:A/b", "missing:A/c")),
            "known",
        ),
        ([{"finding": "missing:A/b"}], Judgement(Verdict.DEVIATES, "no"), None),
    ],
)
def test_what_a_target_file_knows(entries: list[dict[str, Any]], judgement: Judgement, expected: str | None) -> None:
    selected = item(*(entry(**facts) for facts in entries), former=("asked/old_name",))
    found = known(selected, judgement, TODAY)
    assert found == (Known(reason="reported", since="2026-10-01", stale=expected == "stale") if expected else None)


def test_the_brackets_of_a_case_stand_for_themselves() -> None:
    name = "fake.owed/table[a.b]/each_holds"
    selected = item(entry(check=name), function=each_holds, case="a.b")
    assert selected.id == name
    assert known(selected, DEVIATES, TODAY) is not None
    other = item(entry(check=name), function=each_holds, case="a")
    assert known(other, DEVIATES, TODAY) is None
    every = item(entry(check="fake.owed/table[*]/each_holds"), function=each_holds, case="a")
    assert known(every, DEVIATES, TODAY) is not None


def test_an_entry_for_a_finding_that_a_whole_run_has_not_seen_is_stale() -> None:
    entries = (entry(finding="missing:A/b"), entry(finding="missing:A/gone"), entry(check="x"))
    found = [runs.result(Verdict.DEVIATES, target="fake", findings=["missing:A/b"])]
    assert stale_findings(target(known_deviations=entries), found) == [entries[1]]
    elsewhere = [runs.result(Verdict.DEVIATES, target="other", findings=["missing:A/gone", "missing:A/b"])]
    assert stale_findings(target(known_deviations=entries), elsewhere) == list(entries[:2])


EXPLAINED = Known(reason="r", since="2026-01-01")
STALE = Known(reason="r", since="2026-01-01", stale=True)


@pytest.mark.parametrize(
    ("verdict", "changes", "failing"),
    [
        (Verdict.CONFORMS, {}, False),
        (Verdict.CONFORMS, {"known": STALE}, True),
        (Verdict.DEVIATES, {}, True),
        (Verdict.DEVIATES, {"gating": False}, False),
        (Verdict.DEVIATES, {"known": EXPLAINED}, False),
        (Verdict.ERROR, {}, False),
        (Verdict.ERROR, {"gating": False, "level": Level.MAY}, False),
        (Verdict.INCONCLUSIVE, {}, False),
        (Verdict.INCONCLUSIVE, {"level": Level.SHOULD}, False),
        (Verdict.UNRECORDED, {}, False),
        (Verdict.UNRECORDED, {"level": Level.MAY}, False),
        (Verdict.UNSUPPORTED, {"level": Level.SHOULD}, False),
    ],
)
def test_what_makes_a_run_fail(verdict: Verdict, changes: dict[str, Any], *, failing: bool) -> None:
    one = runs.result(verdict, **changes)
    assert fails(one) is failing
    code = exit_code([runs.result(), one, runs.result()], [], must_left_out=False, stale=False)
    assert code == (1 if failing else 6 if verdict is Verdict.ERROR else 0)


@pytest.mark.parametrize(
    ("results", "not_run", "must_left_out", "stale", "code"),
    [
        (1, 0, False, False, 0),
        (1, 1, False, False, 0),
        (1, 1, True, False, 6),
        (1, 0, False, True, 1),
        (0, 0, False, False, 5),
        (0, 1, False, False, 6),
        (0, 1, True, False, 6),
    ],
)
def test_the_table_of_exit_codes(results: int, not_run: int, code: int, *, must_left_out: bool, stale: bool) -> None:
    found = exit_code([runs.result()] * results, [NOT_RUN] * not_run, must_left_out=must_left_out, stale=stale)
    assert found == code


def test_a_result_says_who_owes_what_and_where_it_was_seen() -> None:
    exchanges = [observed(evidence="exchanges/a.json"), silent(id="fake.owed/other")]
    found = result(item(capability=USUAL), DEVIATES, {"asked": exchanges[0], "other": exchanges[1]}, 1.26)
    assert (found.check, found.statement) == ("fake.usual/asked/holds", "holds")
    assert found.requirement == "`asked` is looked at."
    assert (found.level, found.gating, found.verdict) == (Level.SHOULD, True, Verdict.DEVIATES)
    assert (found.reason, found.findings) == ("no", ["missing:A/b"])
    assert (found.exchanges, found.evidence) == (["fake.owed/asked", "fake.owed/other"], ["exchanges/a.json"])
    assert (found.source, found.duration_ms, found.known) == ("observed, a fake", 1.3, None)
    assert len(found.edition) == 12


def test_a_claim_makes_a_result_gating() -> None:
    for claimed in ((), (claim("fake.extra"),)):
        selected = Selected(check(holds, EXTRA), target(claims=claimed), "", {"asked": key(asked)})
        assert result(selected, CONFORMS, {}, 0).gating is bool(claimed)


@pytest.mark.parametrize(
    ("decides", "fields", "parameter"),
    [
        ("", {"user": "me"}, ""),
        ("chat: stop", {}, "chat: stop"),
        ("chat: {case}", {"user": "me"}, "chat: user"),
        ("chat: {case}", {"temperature": None}, ""),
    ],
)
def test_a_result_says_which_parameter_its_check_decides(decides: str, fields: Any, parameter: str) -> None:
    selected = item(decides=decides, effect_seen=False, case="user")
    found = result(selected, CONFORMS, {"asked": observed(request=post("/chat", fields))}, 0)
    assert (found.parameter, found.effect_seen) == (parameter, False)


@pytest.mark.parametrize("invalid", [True, False])
def test_an_exchange_that_is_invalid_on_purpose_says_so(invalid: bool) -> None:  # noqa: FBT001
    assert exchange_line(key(spec("asked", invalid=invalid)), outline(observed()), resumed=False).invalid is invalid


def test_an_exchange_is_logged_with_what_it_cost() -> None:
    sent = observed(attempts=(Attempt("503"), Attempt("200")), evidence="e", case="c")
    found = exchange_line(key(asked, "c"), outline(sent), resumed=True)
    assert (found.status, found.ending, found.tokens, found.total_ms) == (200, Ending.COMPLETE, 3, 5.0)
    assert (found.attempts, found.resumed, found.evidence, found.case) == (["503", "200"], True, "e", "c")
    assert found.key is Carried.VALID


def test_an_exchange_with_another_key_is_logged_with_that() -> None:
    for carried in Carried:
        sent = observed(request=get("/models", key=carried))
        assert exchange_line(key(asked), outline(sent), resumed=False).key is carried


@pytest.mark.parametrize(
    "exchange",
    [
        silent(),
        unsent(),
        observed(b"{cut"),
        observed([1]),
        observed({"usage": None}),
        observed({"usage": {"total_tokens": True}}),
        observed({"usage": {"total_tokens": "3"}}),
        observed(b"data: {}\n\n", media_type="text/event-stream"),
        observed({"usage": {"total_tokens": 3}}, 500),
    ],
)
def test_a_bill_that_cannot_be_read_is_unknown(exchange: Exchange) -> None:
    found = exchange_line(key(asked), outline(exchange), resumed=False)
    assert found.tokens is None
    assert found.ending is exchange.ending
    assert (found.status is None) is (exchange.response is None)


def test_a_check_that_every_endpoint_owes_is_a_must() -> None:
    assert result(item(capability=OWED), CONFORMS, {}, 0).level is Level.MUST


def test_what_a_judgement_names_is_as_printable_as_its_reason() -> None:
    judgement = Judgement(Verdict.DEVIATES, "no", ("missing:\u202eA",), "over \x1b", ("asked[\u202e]",))
    line = result(item(), judgement, {"asked": observed()}, 1)
    assert (line.findings, line.note, line.places) == (["missing:\ufffdA"], "over \ufffd", ["asked[\ufffd]"])
