"""Sending until there is an answer that can be judged: alone, after trouble, and when to stop."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from conformance.definition.exchange_spec import ExchangeKey
from conformance.record.recording import Sent
from conformance.requests import get
from conformance.send.count import RequestCount
from conformance.send.gate import Gate
from conformance.send.health import HANGS, IN_A_ROW
from conformance.send.transport import Sending, Transport
from conformance.send.tries import ALONE_A_RUN, HOPELESS, Sender, Tried
from conformance.targets.target import Limits
from conformance.wire.request import Request
from conformance.wire.response import Ending
from tests.fakes import answer, error, spec, target

SENT = Sent("GET", "http://127.0.0.1:9/v1/fake", (), b"")
KEY = ExchangeKey("fake", spec("asked"))
GOOD = Sending(SENT, answer(), Ending.COMPLETE)
REFUSED = Sending(None, None, Ending.UNREACHABLE, "connection refused")
CLOSED = Sending(SENT, None, Ending.CLOSED, "closed before a response")
SILENT = Sending(SENT, None, Ending.SILENT, "no response within 5 s")
CUT = Sending(SENT, answer(), Ending.DEADLINE, "not finished within 5 s")


def refusal(status: int, wish: str | None = None) -> Sending:
    headers = {} if wish is None else {"retry-after": wish}
    return Sending(SENT, answer(error("no"), status, headers=headers), Ending.COMPLETE)


@dataclass
class Served:
    """A sender of which the transport is a function of the path and of how many requests are in flight."""

    serve: Callable[[str, int], Sending]
    limits: Limits = field(default_factory=lambda: Limits(in_flight=8, per_minute=0))
    requests: RequestCount = field(default_factory=RequestCount)
    asked: list[tuple[str, int]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    inside: int = 0

    def __post_init__(self) -> None:
        self.target = target()

    async def send(self, request: Request, *, stop_after: int | None = None) -> Sending:  # noqa: ARG002
        """Answer after all that are sent together have arrived."""
        self.inside += 1
        most = 0
        try:
            for _ in range(20):
                await asyncio.sleep(0)
                most = max(most, self.inside)
            self.asked.append((request.path, most))
            return self.serve(request.path, most)
        finally:
            self.inside -= 1

    def all(self, *paths: str, together: bool = True) -> list[Tried]:
        """Send a request to each path, together or one after the other."""

        async def noted(seconds: float) -> None:
            self.slept.append(seconds)
            await asyncio.sleep(0)

        async def go() -> list[Tried]:
            gate = Gate(self.limits, sleep=noted)
            sender = Sender(
                cast("Transport", self), gate, self.requests, sleep=noted, jitter=lambda: 1.0, tell=self.said.append
            )
            if together:
                return list(await asyncio.gather(*(sender.send(KEY, get(path)) for path in paths)))
            return [await sender.send(KEY, get(path)) for path in paths]

        return asyncio.run(go())


def slow_beside_others(brought: Sending) -> Callable[[str, int], Sending]:
    return lambda _, inside: brought if inside > 1 else GOOD


@pytest.mark.parametrize("brought", [SILENT, CUT])
def test_what_times_out_beside_others_is_asked_again_alone(brought: Sending) -> None:
    served = Served(slow_beside_others(brought))
    found = served.all("/a", "/b", "/c")
    assert [tried.sending for tried in found] == [GOOD] * 3
    assert [tried.beside for tried in found] == [0, 0, 0]
    assert "beside 2 others" in found[0].attempts[0]


def test_only_so_many_are_asked_again_alone_and_the_rest_says_that_it_was_not() -> None:
    served = Served(slow_beside_others(CUT), Limits(in_flight=8, per_minute=0, fixed=True))
    found = served.all(*"abcdefgh")
    assert len([tried for tried in found if tried.sending is GOOD]) == ALONE_A_RUN
    assert [tried.beside for tried in found if tried.sending is CUT] == [7, 7, 7]


def test_what_times_out_alone_is_not_asked_again() -> None:
    served = Served(lambda _, __: CUT)
    (found,) = served.all("/a")
    assert (found.sending, found.beside, len(served.asked)) == (CUT, 0, 1)


def test_a_time_out_halves_what_is_in_flight_and_says_so() -> None:
    served = Served(slow_beside_others(SILENT))
    served.all(*"abcdefgh")
    assert served.said[0] == "fake: a request timed out; at most 4 requests at once from now on"
    assert "/asked: no response within 5 s; asked again alone (1 of 5)" in served.said[1]


def test_a_connection_closed_three_times_while_others_work_is_the_servers() -> None:
    served = Served(lambda path, _: CLOSED if path == "/bad" else GOOD)
    good, bad, _ = served.all("/good", "/bad", "/more")
    assert (good.sending, bad.sending.ending, len(bad.attempts)) == (GOOD, Ending.CLOSED, 3)


def test_a_connection_closed_where_nothing_else_is_asked_is_looked_at_once_more() -> None:
    served = Served(lambda path, _: GOOD if path == "/models" else CLOSED)
    (found,) = served.all("/bad")
    assert found.sending.ending is Ending.CLOSED
    assert [path for path, _ in served.asked] == ["/bad"] * 3 + ["/models"]


def test_a_connection_that_is_always_closed_is_an_endpoint_that_cannot_be_reached() -> None:
    (found,) = Served(lambda _, __: CLOSED).all("/bad")
    assert found.sending.ending is Ending.UNREACHABLE


def test_after_an_outage_in_the_middle_nothing_more_is_sent() -> None:
    alive = iter([True] * 2 + [False] * 100)
    served = Served(lambda _, __: GOOD if next(alive) else REFUSED)
    found = served.all(*"abcdefgh", together=False)
    assert [tried.sending.ending for tried in found] == [
        *[Ending.COMPLETE] * 2,
        *[Ending.UNREACHABLE] * IN_A_ROW,
        *[Ending.UNSENT] * 3,
    ]
    assert served.asked[-1][0] == "/models"
    assert "nothing is received from" in found[-1].sending.reason
    assert "--resume" in found[-1].sending.reason
    assert len(served.said) == 1


def test_one_dead_path_is_not_an_outage() -> None:
    served = Served(lambda path, _: REFUSED if path == "/dead" else GOOD)
    found = served.all("/a", "/dead", "/dead", "/dead", "/dead", "/b", together=False)
    assert found[-1].sending is GOOD


def test_an_endpoint_that_limits_us_for_good_is_left_alone() -> None:
    served = Served(lambda _, __: refusal(429, "30"))
    found = served.all(*"abcdefg", together=False)
    assert [len(tried.attempts) for tried in found] == [3] * IN_A_ROW + [0] * 4
    assert "limits us (429)" in found[-1].sending.reason
    assert len(served.asked) == 3 * IN_A_ROW
    assert "fake: waiting 30 s, as the endpoint asks for (429)" in served.said


def test_a_server_error_that_stays_is_not_waited_for_again_and_again() -> None:
    served = Served(lambda _, __: refusal(500))
    found = served.all(*"abcdef", together=False)
    assert [len(tried.attempts) for tried in found] == [3] * HOPELESS + [1] * 3


def test_no_more_than_the_limit_is_sent_whatever_comes() -> None:
    served = Served(lambda _, __: REFUSED, requests=RequestCount(4))
    served.all(*"abcdef")
    assert len(served.asked) == 4


def test_a_server_that_hangs_for_good_is_left_alone() -> None:
    served = Served(lambda path, _: GOOD if path in {"/models", "/first"} else SILENT)
    found = served.all("/first", *"abcdefghij", together=False)
    assert [tried.sending.ending for tried in found] == [
        Ending.COMPLETE,
        *[Ending.SILENT] * HANGS,
        *[Ending.UNSENT] * (10 - HANGS),
    ]
    assert [path for path, _ in served.asked].count("/models") == 1
    assert "nothing came within the deadline of" in found[-1].sending.reason


def test_a_server_that_hangs_everywhere_is_an_outage() -> None:
    served = Served(lambda path, _: GOOD if path == "/first" else SILENT)
    found = served.all("/first", *"abcdef", together=False)
    assert [tried.sending.ending for tried in found[1:]] == [*[Ending.SILENT] * IN_A_ROW, *[Ending.UNSENT] * 3]
    assert "nothing is received from" in found[-1].sending.reason


def test_a_slow_server_that_still_sends_is_not_left_alone() -> None:
    arriving = Sending(SENT, replace(answer(), at_ms=(4900.0,)), Ending.DEADLINE, "still arriving")
    served = Served(lambda _, __: arriving)
    found = served.all(*"abcdefghij", together=False)
    assert {tried.sending.ending for tried in found} == {Ending.DEADLINE}
