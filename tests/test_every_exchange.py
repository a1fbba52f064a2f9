"""The checks that every exchange has: what an ending, a media type and a content coding say of a server."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.transport import test_every_exchange as built_in
from conformance.definition.check import Check, check_of
from conformance.judge.judge import Judgement, judge
from conformance.wire.exchange import Attempt, Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests.fakes import OWED, answer, asking, observed, silent, spec, without_response

ASKED = spec("asked", OWED)
CONFORMS, DEVIATES, INCONCLUSIVE, ERROR = Verdict.CONFORMS, Verdict.DEVIATES, Verdict.INCONCLUSIVE, Verdict.ERROR
THREE = (Attempt("nothing received"),) * 3


def bound(name: str) -> Check:
    found = check_of(getattr(built_in, f"test_{name}"))
    assert found is not None
    return found.of(ASKED)


def judged(name: str, exchange: Exchange) -> Judgement:
    return judge(bound(name), {"exchange": exchange}, claimed=False)


def verdicts(exchange: Exchange) -> tuple[Verdict, ...]:
    """Return the verdicts on status, media type and body."""
    return tuple(judged(name, exchange).verdict for name in ("status", "media_type", "body_is_whole"))


def late(came_ms: float, **changes: Any) -> Exchange:
    """Return an exchange whose last byte came so long after it was sent, and that was ended at 120 s."""
    response = replace(answer(b'{"cut'), at_ms=(came_ms,))
    return observed(
        **{"response": response, "ending": Ending.DEADLINE, "reason": "said", "deadline_s": 120.0, **changes}
    )


def test_what_is_not_http_deviates_in_one_check_and_is_named() -> None:
    found = without_response(Ending.NOT_HTTP, "a header line is not valid (RFC 9112, section 5)")
    assert verdicts(found) == (DEVIATES, INCONCLUSIVE, INCONCLUSIVE)
    status = judged("status", found)
    assert status.reason == "the response is not HTTP/1.1: a header line is not valid (RFC 9112, section 5)"
    assert status.findings == ("ending:not-http",)


def test_a_server_that_closes_three_times_of_three_deviates_in_one_check() -> None:
    found = without_response(
        Ending.CLOSED, "the server closed the connection without a response", attempts=THREE, ours=False
    )
    assert verdicts(found) == (DEVIATES, INCONCLUSIVE, INCONCLUSIVE)
    status = judged("status", found)
    assert status.reason == (
        "the server closed the connection without a response, 3 of 3 times, while other requests got a response"
    )
    assert status.findings == ("ending:closed",)


@pytest.mark.parametrize("tries", [0, 1, 2])
def test_a_server_that_was_not_asked_three_times_is_not_accused_of_closing(tries: int) -> None:
    found = without_response(Ending.CLOSED, attempts=THREE[:tries])
    assert verdicts(found) == (INCONCLUSIVE, INCONCLUSIVE, INCONCLUSIVE)


def test_what_could_not_be_reached_is_never_the_servers() -> None:
    assert verdicts(silent()) == (ERROR, ERROR, ERROR)


def test_silence_after_headers_deviates_when_nothing_else_was_asked() -> None:
    body = judged("body_is_whole", late(25_000))
    assert (body.verdict, body.findings) == (DEVIATES, ("ending:deadline",))
    assert body.reason == "silence after headers: said"


@pytest.mark.parametrize(("beside", "others"), [(1, "1 other request of ours"), (3, "3 other requests of ours")])
def test_a_deadline_beside_other_requests_of_ours_proves_nothing(beside: int, others: str) -> None:
    body = judged("body_is_whole", late(25_000, beside=beside))
    assert (body.verdict, body.reason) == (INCONCLUSIVE, f"not finished within 120 s beside {others}")


@pytest.mark.parametrize("came_ms", [90_000, 119_900, 120_500])
def test_what_was_still_arriving_is_slow_and_not_wrong(came_ms: float) -> None:
    body = judged("body_is_whole", late(came_ms))
    assert body.verdict is INCONCLUSIVE
    assert body.reason == "too slow for the deadline of 120 s; --deadline S gives it more time"


def test_a_recording_without_its_deadline_accuses_nobody_of_silence() -> None:
    assert judged("body_is_whole", late(25_000, deadline_s=None)).verdict is INCONCLUSIVE


@pytest.mark.parametrize("ending", [Ending.OPEN, Ending.ENDLESS])
def test_a_stream_that_does_not_end_deviates_when_nothing_else_was_asked(ending: Ending) -> None:
    alone, beside = observed(ending=ending, reason="said"), observed(ending=ending, reason="said", beside=2)
    body = judged("body_is_whole", alone)
    assert (body.verdict, body.reason, body.findings) == (DEVIATES, "said", (f"ending:{ending}",))
    body = judged("body_is_whole", beside)
    assert (body.verdict, body.reason) == (INCONCLUSIVE, "said, beside 2 other requests of ours")


@pytest.mark.parametrize("ending", [Ending.PEER, Ending.SIZE])
def test_what_broke_off_deviates(ending: Ending) -> None:
    body = judged("body_is_whole", observed(ending=ending, reason="said", beside=3))
    assert (body.verdict, body.reason) == (DEVIATES, "the response broke off: said")


def test_a_coding_that_was_not_requested_is_named_when_the_body_cannot_be_read() -> None:
    body = judged("body_is_whole", observed(response=answer(b"\x8b\x01", headers={"content-encoding": "BR"})))
    assert (body.verdict, body.reason) == (DEVIATES, "the body is encoded as `br`, which was not requested")
    good = observed(response=answer(headers={"content-encoding": "identity"}))
    assert judged("body_is_whole", good).verdict is CONFORMS


def test_each_of_several_media_types_must_be_right() -> None:
    for other, expected in (("Application/JSON", CONFORMS), ("text/plain", DEVIATES)):
        found = observed(response=answer(headers={"Content-Type": other}))
        assert judged("media_type", found).verdict is expected


@pytest.mark.parametrize("status", [400, 500])
def test_a_refusal_that_does_not_say_it_is_json_breaks_no_json(status: int) -> None:
    crash = observed(b"Internal Server Error", status, "text/plain", expects=frozenset({status}))
    assert judged("body_is_whole", crash).verdict is CONFORMS
    assert judged("media_type", crash).verdict is DEVIATES
    broken = judged("body_is_whole", observed(b"Internal Server Error", status, expects=frozenset({status})))
    assert broken.reason.endswith("it is application/json: 'Internal Server Error'")
    assert broken.findings == ("not-json:chat/completions",)


def test_nobody_reads_the_body_of_a_preflight() -> None:
    for status, media in ((200, "application/json"), (400, "text/plain")):
        found = observed(b"OK", status, media, request=Request("OPTIONS", "/chat/completions"))
        assert judged("body_is_whole", found).verdict is not DEVIATES


@pytest.mark.parametrize("media", ["text/event-stream", "application/json", "text/plain"])
def test_an_event_that_is_not_json_is_named_with_its_beginning(media: str) -> None:
    body = judged(
        "body_is_whole", observed(b"data: {}\n\ndata: oops\n\n", media_type=media, request=asking(stream=True))
    )
    assert body.verdict is DEVIATES
    assert body.reason.startswith("event 1 of ")
    assert "'oops'" in body.reason


def test_a_stream_of_another_media_type_is_read_and_is_one_finding() -> None:
    found = observed(b": hi\n\ndata: {}\n\n", media_type="", request=asking(stream=True))
    assert len(found.chunks) == 1
    assert judged("media_type", found).findings == ("media-type:chat/completions (stream)",)


def test_a_served_invalid_request_is_told_in_its_own_words() -> None:
    found = observed(invalid=True, about="A chat request without `model`; nothing else.", expects=frozenset({400}))
    assert judged("status", found).reason == "a chat request without `model` is served with status 200, expected 400"


def test_the_status_of_a_rejected_request_is_asked_for_by_the_page_about_errors() -> None:
    check = check_of(built_in.test_status)
    assert check is not None
    rejected, served = (check.of(spec(expects=frozenset({status}))) for status in (400, 200))
    assert rejected.says.url == "https://platform.openai.com/docs/guides/error-codes"
    assert served.says.url == "https://www.rfc-editor.org/rfc/rfc9110#section-15.3"


def test_an_empty_rejection_is_said_to_lack_the_error_object_and_not_a_media_type() -> None:
    nothing = observed(response=replace(answer(b"", 415), headers=()), expects=frozenset({415}))
    assert judged("media_type", nothing).reason == (
        "the body is empty where an `error` object as application/json is expected"
    )
