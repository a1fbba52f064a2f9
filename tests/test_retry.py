"""When a request is sent again, and after how long."""

from datetime import UTC, datetime

import pytest

from conformance.send.retry import LONGEST_WAIT_S, TRIES, retry_after, wait_before_next
from conformance.send.transport import Sending
from conformance.wire.response import Ending, Response
from tests.fakes import answer, error

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
GOOD = frozenset({200})
WRONG = frozenset({400, 422})
NEVER = None


def answered(status: int, wish: str | None = None) -> Response:
    return answer(error("wait"), status, headers={} if wish is None else {"retry-after": wish})


def wait(status: int, wish: str | None = None, expects: frozenset[int] = GOOD, tries: int = 1) -> float | None:
    return wait_before_next(Sending(None, answered(status, wish), Ending.COMPLETE), expects, tries, NOW)


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("20", 20),  # what Azure OpenAI asks for
        ("0.5", 0.5),
        ("60", 60),
        ("Sat, 21 Nov 2026 12:00:07 GMT", 7),
        ("Sat, 21 Nov 2026 14:00:07 +0200", 7),
        ("Saturday, 21-Nov-26 12:00:07 GMT", 7),  # the old form, which RFC 9110 lets a client accept
    ],
)
def test_a_busy_endpoint_is_given_the_time_that_it_asks_for(wish: str, seconds: float) -> None:
    assert wait(429, wish) == seconds


@pytest.mark.parametrize("wish", ["61", "86400", "99999999999", "inf", "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_who_wants_us_to_wait_for_very_long_is_given_up(wish: str) -> None:
    assert wait(429, wish) is NEVER
    assert wait(429, str(LONGEST_WAIT_S)) == LONGEST_WAIT_S


@pytest.mark.parametrize("wish", ["-5", "-inf", "nan", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_time_that_is_over_is_no_wait(wish: str) -> None:
    assert wait(429, wish) == 0


@pytest.mark.parametrize("wish", [None, "", "soon", "1m0s", "6ms", "2026-11-21T12:00:07Z", "Sat, 21 Nov 2026 12:00:07"])
def test_without_a_wish_that_can_be_read_the_waits_grow(wish: str | None) -> None:
    assert retry_after(answered(429, wish), NOW) is None
    assert [wait(429, wish, tries=tries) for tries in range(1, TRIES)] == [1, 2]


def test_what_was_tried_often_enough_is_given_up() -> None:
    assert wait(429, "0", tries=TRIES - 1) == 0
    assert wait(429, "0", tries=TRIES) is NEVER
    nothing = Sending(None, None, Ending.UNREACHABLE, "connection refused")
    assert wait_before_next(nothing, GOOD, TRIES, NOW) is NEVER


@pytest.mark.parametrize("expects", [GOOD, WRONG])
def test_when_nothing_was_received_the_waits_are_short_and_grow(expects: frozenset[int]) -> None:
    nothing = Sending(None, None, Ending.UNREACHABLE, "connection refused")
    assert [wait_before_next(nothing, expects, tries, NOW) for tries in range(1, TRIES)] == [0.5, 1]
    assert wait_before_next(nothing, expects, 1, NOW, 0.75) == 0.375


@pytest.mark.parametrize(
    ("status", "right", "wrong"),
    [
        (200, NEVER, NEVER),
        (302, NEVER, NEVER),
        (400, NEVER, NEVER),
        (401, NEVER, NEVER),
        (404, NEVER, NEVER),
        (408, 1, 1),
        (409, 1, NEVER),
        (429, 1, 1),  # a limit meets a wrong request as well, and hides how it is answered
        (500, 1, NEVER),
        (501, NEVER, NEVER),
        (502, 1, NEVER),  # a server error is no answer to a wrong request: that is the finding
        (503, 1, NEVER),
        (504, 1, NEVER),
        (505, NEVER, NEVER),
        (529, 1, NEVER),
    ],
)
def test_only_passing_trouble_is_asked_again(status: int, right: float | None, wrong: float | None) -> None:
    assert wait(status) == right
    assert wait(status, expects=WRONG) == wrong


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_status_that_is_expected_is_the_answer(status: int) -> None:
    assert wait(status, "0", expects=frozenset({200, status})) is NEVER


@pytest.mark.parametrize("ending", [Ending.PEER, Ending.DEADLINE, Ending.SIZE])
def test_an_answer_that_broke_off_is_judged_and_not_asked_for_again(ending: Ending) -> None:
    assert wait_before_next(Sending(None, answered(200), ending, "cut"), GOOD, 1, NOW) is NEVER


@pytest.mark.parametrize("ending", [Ending.UNSENT, Ending.DEADLINE])
def test_without_an_answer_only_the_unreachable_is_tried_again(ending: Ending) -> None:
    assert wait_before_next(Sending(None, None, ending, "why"), GOOD, 1, NOW) is NEVER


def test_milliseconds_are_milliseconds_and_come_first() -> None:
    asked = answer(error("wait"), 429, headers={"retry-after-ms": "250", "retry-after": "7"})
    assert retry_after(asked, NOW) == 0.25


@pytest.mark.parametrize(
    ("status", "says", "again"), [(503, "false", False), (400, "true", True), (302, "true", False)]
)
def test_an_endpoint_may_say_whether_asking_again_helps(status: int, says: str, *, again: bool) -> None:
    said = answer(error("wait"), status, headers={"x-should-retry": says})
    assert (wait_before_next(Sending(None, said, Ending.COMPLETE), GOOD, 1, NOW) is not NEVER) is again
