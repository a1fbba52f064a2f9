from datetime import date
from typing import Any

import pytest

from conformance.definition.kind import Kind
from conformance.judge.judge import Judgement, Shown
from conformance.log.known import known, stale_findings
from conformance.log.lines import exchange_line, result
from conformance.log.outline import outline
from conformance.log.records import Known
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
        ([{"check": "fake.owed/asked/holds", "expires": TODAY, "sometimes": True}], DEVIATES, "known"),
        ([{"check": "fake.owed/asked/holds", "expires": TODAY, "sometimes": True}], CONFORMS, None),
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


PLACES = ("chat.basic/hello", "chat.tools/weather[*]")


@pytest.mark.parametrize(
    ("entries", "seen", "expected"),
    [
        ([PLACES], ("chat.basic/hello",), True),
        ([PLACES], ("chat.basic/hello", "chat.tools/weather[auto]"), True),
        ([PLACES], ("chat.basic/hello", "chat.basic/other"), False),
        ([PLACES[:1]], ("chat.tools/weather[auto]",), False),
        ([PLACES[:1], PLACES[1:]], ("chat.basic/hello", "chat.tools/weather[auto]"), True),
        ([()], ("anywhere",), True),
    ],
)
@pytest.mark.parametrize("what", [{"check": "fake.owed/asked/holds"}, {"finding": "missing:A/b"}])
def test_a_deviation_at_a_new_place_is_new(
    entries: list[Any],
    seen: tuple[str, ...],
    expected: bool,  # noqa: FBT001
    what: dict[str, Any],
) -> None:
    selected = item(*(entry(**what, places=places) for places in entries))
    judgement = Judgement(Verdict.DEVIATES, "no", ("missing:A/b",), places=seen)
    assert (known(selected, judgement, TODAY) is not None) is expected


def test_every_finding_must_be_known_in_every_place() -> None:
    both = Judgement(Verdict.DEVIATES, "no", ("missing:A/b", "missing:A/c"), places=PLACES[:1])
    one, other = (entry(finding=name, places=PLACES[:1]) for name in both.findings)
    assert known(item(one, other), both, TODAY) is not None
    assert known(item(one, entry(finding="missing:A/c", places=("elsewhere/x",))), both, TODAY) is None


def test_a_finding_must_be_known_only_where_it_shows() -> None:
    shown = (Shown("missing:A/b", "no", PLACES[:1]), Shown("missing:A/c", "no", PLACES[1:]))
    both = Judgement(Verdict.DEVIATES, "no", ("missing:A/b", "missing:A/c"), places=PLACES, shown=shown)
    entries = [entry(finding=one.finding, places=one.places) for one in shown]
    assert known(item(*entries), both, TODAY) is not None
    assert known(item(entries[0], entry(finding="missing:A/c", places=PLACES[:1])), both, TODAY) is None


@pytest.mark.parametrize(("case", "expected"), [("a", True), ("a.b", False)])
def test_the_place_of_a_check_on_named_exchanges_is_its_exchange(case: str, expected: bool) -> None:  # noqa: FBT001
    there = entry(check="fake.owed/table[*]/each_holds", places=("fake.owed/table[a]",))
    selected = Selected(check(each_holds), target(known_deviations=(there,)), case, {"table": key(table, case)})
    assert (known(selected, DEVIATES, TODAY) is not None) is expected
    assert (known(selected, CONFORMS, TODAY) is not None) is expected


def test_a_known_finding_that_shows_in_other_places_alone_is_stale() -> None:
    there = entry(finding="missing:A/b", places=PLACES)
    for places, stale in ((["chat.basic/hello"], []), (["chat.basic/other"], [there])):
        found = [runs.result(Verdict.DEVIATES, target="fake", findings=["missing:A/b"], places=places)]
        assert stale_findings(target(known_deviations=(there,)), found) == stale


def test_an_entry_for_a_finding_that_a_whole_run_has_not_seen_is_stale() -> None:
    now_and_then = entry(finding="missing:A/rare", expires=TODAY, sometimes=True)
    entries = (entry(finding="missing:A/b"), entry(finding="missing:A/gone"), entry(check="x"), now_and_then)
    found = [runs.result(Verdict.DEVIATES, target="fake", findings=["missing:A/b"])]
    assert stale_findings(target(known_deviations=entries), found) == [entries[1]]
    elsewhere = [runs.result(Verdict.DEVIATES, target="other", findings=["missing:A/gone", "missing:A/b"])]
    assert stale_findings(target(known_deviations=entries), elsewhere) == list(entries[:2])


def test_a_result_says_who_owes_what_and_where_it_was_seen() -> None:
    exchanges = [observed(evidence="exchanges/a.json"), silent(id="fake.owed/other")]
    found = result(item(capability=USUAL), DEVIATES, {"asked": exchanges[0], "other": exchanges[1]}, 1.26)
    assert (found.check, found.statement) == ("fake.usual/asked/holds", "holds")
    assert found.requirement == "`asked` is looked at."
    assert (found.level, found.gating, found.verdict) == (Level.SHOULD, True, Verdict.DEVIATES)
    assert (found.reason, found.findings) == ("no", ["missing:A/b"])
    assert (found.exchanges, found.evidence) == (["fake.owed/asked", "fake.owed/other"], ["exchanges/a.json"])
    assert (found.source, found.duration_ms, found.known) == ("observed 2026-11, a fake", 1.3, None)
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


chat_completion = Kind("chat_completion", "chat completion", "POST", "chat/completions", streamed=False)


def says(chat_completion: Exchange) -> None:
    """`chat_completion` is looked at."""


def swept() -> Selected:
    return Selected(check(says, witness=(asked,)), target(), "", {})


def said_at(*labels: str) -> dict[str, tuple[Exchange, ...]]:
    return {"chat_completion": tuple(observed(id=label, evidence=f"{label}.json") for label in labels)}


def test_a_result_of_a_kind_leads_to_the_first_response_that_deviates() -> None:
    judgement = Judgement(Verdict.DEVIATES, "no (2 of 3 responses, the first: c/2)", ("f",), places=("c/2", "c/1"))
    line = result(swept(), judgement, said_at("c/0", "c/1", "c/2"), 0.0)
    assert (line.exchanges, line.evidence) == (["c/2", "c/1"], ["c/2.json", "c/1.json"])


def test_a_result_of_a_kind_leads_to_what_its_reason_names() -> None:
    judgement = Judgement(Verdict.DEVIATES, "`id` of c/10 is that of c/1", ("f",))
    line = result(swept(), judgement, said_at("fake.owed/asked", "c/1", "c/10", "c/100"), 0.0)
    assert line.exchanges == ["c/10", "c/1", "fake.owed/asked"]


@pytest.mark.parametrize(
    ("reason", "first"),
    [
        ("b/two answered 400", "b/two"),
        ("b/two[x] answered 400", "a/one"),
        ("b/two: no; a/one: no", "b/two"),
        ("", "a/one"),
    ],
)
def test_a_result_leads_to_the_exchange_that_its_reason_names(reason: str, first: str) -> None:
    judgement = Judgement(Verdict.INCONCLUSIVE, reason)
    assert result(item(), judgement, said_at("a/one", "b/two"), 0.0).exchanges[0] == first
