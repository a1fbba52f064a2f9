import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from conformance.judge.judge import Judgement, judge
from conformance.judge.reason import MAX_REASON
from conformance.plan import loader
from conformance.wire.exchange import Exchange, Exchanges
from conformance.wire.json_value import Document
from conformance.wire.request import Key, get, post
from conformance.wire.response import Ending
from conformance.wire.verdict import Deviation, HarnessError, Inconclusive, Unrecorded, Unsupported, Verdict
from tests.fakes import EXTRA, OWED, check, error, observed, silent, spec, unsent, without_response

asked = spec("asked")
first = spec("first")
second = spec("second")

CONFORMS, UNSUPPORTED, UNRECORDED = Verdict.CONFORMS, Verdict.UNSUPPORTED, Verdict.UNRECORDED
INCONCLUSIVE, DEVIATES, ERROR = Verdict.INCONCLUSIVE, Verdict.DEVIATES, Verdict.ERROR

NO_ROUTE = observed(error("Not Found"), 404, request=post("/embeddings", {"model": "m-1", "input": "x"}))
NO_TOOLS = observed(error("`tools` is not supported"), 400, request=post("/x", {"model": "m-1", "tools": []}))
NO_MODEL = observed(error("The model `m-1` does not exist", code="model_not_found"), 404)


def holds(asked: Exchange) -> None:
    """`usage.total_tokens` is 3."""
    assert asked.at("usage.total_tokens", int) == 3


def holds_of_any(asked: Exchange) -> None:
    """`asked` may be anything."""


def has_status_200(asked: Exchange) -> None:
    """`status` is 200."""
    assert asked.status == 200, f"status {asked.status}"


def verdict(
    exchange: Exchange, function: Callable[..., None] = holds, *, claimed: bool = True, **more: Any
) -> Judgement:
    return judge(check(function, EXTRA, **more), {"asked": exchange}, claimed=claimed)


def raising(what: BaseException) -> Judgement:
    def test(asked: Exchange) -> None:  # noqa: ARG001
        raise what

    return verdict(observed(), test)


@pytest.mark.parametrize(
    ("exchange", "claimed", "unclaimed", "words"),
    [
        (observed(), CONFORMS, CONFORMS, ""),
        (observed({"usage": {"total_tokens": 4}}), DEVIATES, DEVIATES, "`usage.total_tokens` is 4, expected 3"),
        (observed({}), DEVIATES, DEVIATES, "`usage.total_tokens` is missing"),
        (observed({"usage": {"total_tokens": "3"}}), DEVIATES, DEVIATES, "'3' (string), not an integer"),
        (observed(b"<p>"), INCONCLUSIVE, INCONCLUSIVE, "is not JSON: expecting value"),
        (NO_ROUTE, INCONCLUSIVE, UNSUPPORTED, "404"),
        (observed(error("no"), 405), INCONCLUSIVE, UNSUPPORTED, "405"),
        (observed(b"", 501), INCONCLUSIVE, UNSUPPORTED, "501"),
        (NO_TOOLS, INCONCLUSIVE, UNSUPPORTED, "400"),
        (observed(error("bad request"), 400), INCONCLUSIVE, INCONCLUSIVE, "returned 400, expected 200"),
        (observed(error("oops"), 500), INCONCLUSIVE, INCONCLUSIVE, "returned 500, expected 200"),
        (observed(b"", 302), INCONCLUSIVE, INCONCLUSIVE, "returned 302, expected 200"),
        (observed(error("bad key"), 401), ERROR, ERROR, "the key was rejected (401): 'bad key'"),
        (observed(error("forbidden"), 403), ERROR, ERROR, "the key was rejected (403)"),
        (observed(error("slow down"), 429), ERROR, ERROR, "the endpoint limits us (429): 'slow down'"),
        (NO_MODEL, ERROR, ERROR, "the model was rejected (404)"),
        (silent("connection refused"), ERROR, ERROR, "nothing was received: connection refused"),
        (without_response(Ending.NOT_HTTP), INCONCLUSIVE, INCONCLUSIVE, "fake.owed/asked has no response: why"),
        (without_response(Ending.CLOSED), INCONCLUSIVE, INCONCLUSIVE, "fake.owed/asked has no response: why"),
        (unsent("no response", below=without_response(Ending.CLOSED)), INCONCLUSIVE, INCONCLUSIVE, "has no response"),
        (unsent("it builds on x"), INCONCLUSIVE, INCONCLUSIVE, "was not sent: it builds on x"),
        (unsent("x answered 500", below=observed(b"", 500)), INCONCLUSIVE, INCONCLUSIVE, "500"),
        (unsent("x answered 404", below=NO_ROUTE), INCONCLUSIVE, UNSUPPORTED, "404"),
        (unsent("x answered 404", below=NO_MODEL), ERROR, ERROR, "the model was rejected"),
        (unsent("x is empty", below=observed()), INCONCLUSIVE, INCONCLUSIVE, "was not sent: x is empty"),
        (unsent("preflight: no", ours=True), ERROR, ERROR, "preflight: no"),
        (unsent("no cassette", ending=Ending.UNRECORDED), UNRECORDED, UNRECORDED, "no cassette"),
        (observed(ending=Ending.PEER, reason="closed"), INCONCLUSIVE, INCONCLUSIVE, "broke off: closed"),
        (observed(ending=Ending.DEADLINE, reason="late"), INCONCLUSIVE, INCONCLUSIVE, "broke off: late"),
        (observed(ending=Ending.SIZE, reason="large"), INCONCLUSIVE, INCONCLUSIVE, "broke off: large"),
        (observed(ending=Ending.STOPPED, reason="as planned"), CONFORMS, CONFORMS, ""),
    ],
)
def test_the_table_of_verdicts(exchange: Exchange, claimed: Verdict, unclaimed: Verdict, words: str) -> None:
    for promised, expected in ((True, claimed), (False, unclaimed)):
        found = verdict(exchange, claimed=promised)
        assert found.verdict is expected
        assert words in found.reason
        assert (found.reason == "") is (expected is CONFORMS)
        assert bool(found.findings) is (expected is DEVIATES)


@pytest.mark.parametrize(
    ("exchange", "claimed", "unclaimed"),
    [
        (NO_ROUTE, DEVIATES, UNSUPPORTED),
        (NO_TOOLS, DEVIATES, UNSUPPORTED),
        (observed(error("oops"), 500), DEVIATES, DEVIATES),
        (observed(error("bad key"), 401), ERROR, ERROR),
        (observed(error("slow"), 429), ERROR, ERROR),
        (NO_MODEL, ERROR, ERROR),
        (silent(), ERROR, ERROR),
        (observed(ending=Ending.PEER, reason="closed"), CONFORMS, CONFORMS),
    ],
)
def test_a_check_of_any_status_sees_what_the_others_do_not(
    exchange: Exchange, claimed: Verdict, unclaimed: Verdict
) -> None:
    assert verdict(exchange, has_status_200, any_status=True, claimed=True).verdict is claimed
    assert verdict(exchange, has_status_200, any_status=True, claimed=False).verdict is unclaimed


def test_a_wrong_status_is_one_finding() -> None:
    """The status check deviates; what lies behind it is inconclusive, whatever the body says."""
    wrong = observed({"usage": {"total_tokens": 99}}, 202)
    status = verdict(wrong, has_status_200, any_status=True)
    assert (status.verdict, status.findings) == (DEVIATES, ("fake.extra/has_status_200",))
    assert verdict(wrong).verdict is INCONCLUSIVE


def test_a_status_that_is_expected_is_no_refusal() -> None:
    denied = observed(error("no key"), 401, expects=frozenset({401, 403}))
    assert verdict(denied, holds_of_any).verdict is CONFORMS
    limited = observed(error("wait"), 429, expects=frozenset({429}))
    assert verdict(limited, holds_of_any).verdict is CONFORMS


@pytest.mark.parametrize("key", [Key.WRONG, Key.NONE])
def test_a_refusal_of_a_key_that_is_none_is_not_our_fault(key: Key) -> None:
    refused = observed(error("no"), 403, expects=frozenset({401}), request=get("/models", key=key))
    assert verdict(refused).verdict is INCONCLUSIVE


@pytest.mark.parametrize(
    ("raised", "expected", "reason"),
    [
        (Unsupported("declined"), UNSUPPORTED, "declined"),
        (Unrecorded("gap"), UNRECORDED, "gap"),
        (Inconclusive("this model cannot"), INCONCLUSIVE, "this model cannot"),
        (AssertionError("no"), DEVIATES, "no"),
        (AssertionError(), DEVIATES, "the requirement is not met"),
        (Deviation("no"), DEVIATES, "no"),
        (HarnessError("our fault"), ERROR, "our fault"),
    ],
)
def test_the_class_of_an_exception_is_the_verdict(raised: BaseException, expected: Verdict, reason: str) -> None:
    found = raising(raised)
    assert (found.verdict, found.reason) == (expected, reason)


@pytest.mark.parametrize("bug", [KeyError("usage"), TypeError("no"), ZeroDivisionError(), RecursionError(), OSError()])
def test_a_bug_in_a_check_never_counts_against_a_target(bug: Exception) -> None:
    found = raising(bug)
    assert found.verdict is ERROR
    assert found.reason.startswith(f"bug in the suite: {type(bug).__name__}: ")
    assert "(test, line " in found.reason
    assert found.findings == ()


def test_a_check_that_is_not_about_what_it_takes_is_a_bug() -> None:
    assert judge(check(holds), {"other": observed()}, claimed=True).verdict is ERROR


def test_interrupting_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt):
        raising(KeyboardInterrupt())


def test_the_causes_of_a_deviation_are_its_findings() -> None:
    assert raising(Deviation("no", findings=("missing:A/b", "missing:A/c"))).findings == ("missing:A/b", "missing:A/c")
    assert raising(Deviation("no", finding="missing:A/b")).findings == ("missing:A/b",)
    assert raising(AssertionError("no")).findings == ("fake.extra/test",)
    assert verdict(observed({})).findings == ("missing:chat/completions/usage",)


def test_a_reason_is_one_bounded_printable_line() -> None:
    found = raising(AssertionError("a\n  b\r\n\n\x1b[2Jc\u202e\ud800" + "x" * 10_000))
    assert found.reason.startswith("a b \\u001b[2Jc\\u202e\\ud800xxx")
    assert found.reason.isprintable()
    assert len(found.reason) == MAX_REASON


def says_its_own(asked: Exchange) -> None:
    """`usage.total_tokens` is 3."""
    tokens = asked.at("usage.total_tokens", int)
    assert [tokens] == [3], f"{tokens} tokens\nof {[each for each in (3,) if each != tokens]}"


def test_a_message_of_our_own_is_shown_without_what_pytest_adds() -> None:
    assert verdict(observed({"usage": {"total_tokens": 4}}), says_its_own).reason == "4 tokens of [3]"


def all_hold(asked: Exchanges) -> None:
    """All hold."""
    for exchange in asked:
        assert exchange.status == 200


def over(
    *exchanges: Exchange, function: Callable[..., None] = all_hold, claimed: bool = True, **more: Any
) -> Judgement:
    made = check(function, OWED, **more)
    return judge(made, {"asked": exchanges}, claimed=claimed)


def test_a_check_over_many_says_how_many_it_could_judge() -> None:
    assert over(observed(), observed(), observed()) == Judgement(CONFORMS, note="over 3 of 3 exchanges")
    found = over(observed(), silent(), unsent(), observed(error("oops"), 500), observed(error("wait"), 429))
    assert found == Judgement(CONFORMS, note="over 1 of 5 exchanges")


def test_a_check_over_many_deviates_when_one_does() -> None:
    wrong = observed({}, 201, expects=frozenset({200, 201}))
    found = over(observed(), silent(), wrong)
    assert (found.verdict, found.note) == (DEVIATES, "over 2 of 3 exchanges")


def test_a_check_over_many_that_could_judge_none_says_why_of_the_first() -> None:
    assert over(unsent("the limit"), silent()).verdict is INCONCLUSIVE
    assert over(silent(), unsent()).verdict is ERROR
    assert over(NO_ROUTE, NO_ROUTE, claimed=False).verdict is UNSUPPORTED
    assert over().reason == "no exchange to judge"


def test_an_exchange_that_cannot_be_judged_stops_a_check_of_several() -> None:
    def both(first: Exchange, second: Exchange) -> None:  # noqa: ARG001
        """Both."""
        raise AssertionError("never reached")

    found = judge(check(both), {"first": observed(), "second": silent("gone")}, claimed=True)
    assert (found.verdict, "gone" in found.reason) == (ERROR, True)


def test_every_check_was_loaded_with_pytests_rewriting() -> None:
    plain = [
        made.function.__qualname__ for made in loader.load().checks if "@pytest_ar" not in made.function.__globals__
    ]
    assert plain == []


OUTSIDE_PYTEST = """
import json
from conformance.plan import loader
from conformance.judge.judge import judge
from tests.fakes import observed
made = next(c for c in loader.load().checks if c.statement == "short_completion_ends_with_stop")
print(judge(made, {"hello": observed({"choices": [{"finish_reason": "length"}]})}, claimed=True).reason)
"""


def test_a_plain_assert_of_a_check_has_a_message_outside_pytest_too(pytestconfig: pytest.Config) -> None:
    said = subprocess.run(
        [sys.executable, "-c", OUTSIDE_PYTEST], capture_output=True, text=True, cwd=pytestconfig.rootpath, check=True
    )
    assert said.stdout == "`choices.0.finish_reason` is 'length', expected 'stop'\n"


def test_what_a_check_looked_at_is_shown_with_its_place() -> None:
    chunk = Document({"a": 1}, place="chunk 2")

    def test(asked: Exchange) -> None:  # noqa: ARG001
        chunk.at("b", int)

    assert verdict(observed(), test).reason == "`b` of chunk 2 is missing: chunk 2 is an object with a"
