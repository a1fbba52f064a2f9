"""The real source without a network: what it does with what its transport brings."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from conformance import Exchange, Request, Until, exchange
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.record.bounds import KEPT
from conformance.record.recording import Sent
from conformance.record.spool import Spool
from conformance.requests import get
from conformance.send.count import RequestCount
from conformance.send.gate import Gate
from conformance.send.live import Live
from conformance.send.transport import Sending, Transport
from conformance.send.tries import Sender
from conformance.targets.secrets import Secrets
from conformance.targets.target import Limits
from conformance.wire.response import Ending, Response
from tests.fakes import OWED, SECRET, answer, error, spec, target

ASKED = spec("asked")
SENT = Sent("GET", "http://127.0.0.1:9/v1/fake", (), b"")


@exchange(OWED, expects=400)
def wrong() -> Request:
    """A wrong request."""
    return get("/wrong")


@exchange(OWED, until=Until(lambda answer: answer.at("done", bool), every_s=0.25, limit_s=0.5))
def polled() -> Request:
    """Asked again until it is done."""
    return get("/done")


class FakeTransport:
    """Brings what it was given, in turn, the last for ever; counts how often it was asked."""

    def __init__(self, *brought: Sending, keys: tuple[str, ...] = ()) -> None:
        self.target = target()
        self.keys = keys
        self.secrets = Secrets.of(keys)
        self.asked = 0
        self._brought = brought

    async def send(self, request: Request, *, stop_after: int | None = None) -> Sending:  # noqa: ARG002
        """Return the next."""
        self.asked += 1
        return self._brought[min(self.asked, len(self._brought)) - 1]


class NotedGate(Gate):
    """A gate that notes how long everything is to pause."""

    def __init__(self) -> None:
        super().__init__(Limits(in_flight=8, per_minute=0))
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        """Note it, and wait for nothing."""
        self.pauses.append(seconds)


@dataclass
class Asked:
    """What came of asking once, and what was done meanwhile. `slept` and `pauses` are in seconds."""

    found: Exchange
    requests: int
    slept: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    @property
    def outcomes(self) -> list[str]:
        """Return the outcome of each try."""
        return [attempt.outcome for attempt in self.found.attempts]


def ask(folder: Path, definition: ExchangeSpec, *brought: Sending, keys: tuple[str, ...] = ()) -> Asked:
    transport, gate, slept = FakeTransport(*brought, keys=keys), NotedGate(), list[float]()

    async def noted(seconds: float) -> None:
        slept.append(seconds)

    sender = Sender(cast("Transport", transport), gate, RequestCount(), sleep=noted, jitter=lambda: 1.0)
    live = Live(sender, Spool(folder), "0.1.0", "3.52.0", sleep=noted)
    found = asyncio.run(live.obtain(ExchangeKey("fake", definition), get("/fake")))
    return Asked(found, transport.asked, slept, gate.pauses)


def brings(given: Response, ending: Ending = Ending.COMPLETE) -> Sending:
    return Sending(SENT, given, ending)


def busy(status: int = 429, wish: str | None = None) -> Sending:
    return brings(answer(error("busy"), status, headers={} if wish is None else {"retry-after": wish}))


GOOD = brings(answer())
REFUSED = brings(answer(error("wrong"), 400))
NOTHING = Sending(None, None, Ending.UNREACHABLE, "connection refused")


def test_between_the_tries_it_waits_and_so_do_all_others(tmp_path: Path) -> None:
    asked = ask(tmp_path, ASKED, busy(), busy(503), GOOD)
    assert (asked.outcomes, asked.slept, asked.pauses) == (["429", "503", "200"], [1, 2], [1, 2])


def test_it_waits_as_long_as_it_is_asked_to(tmp_path: Path) -> None:
    asked = ask(tmp_path, ASKED, busy(wish="7"), GOOD)
    assert (asked.slept, asked.pauses) == ([7], [7])


def test_where_nothing_answers_the_others_need_not_wait(tmp_path: Path) -> None:
    asked = ask(tmp_path, ASKED, NOTHING, NOTHING, GOOD)
    assert (asked.found.status, asked.slept, asked.pauses) == (200, [0.5, 1], [])


def test_a_wrong_request_that_meets_a_rate_limit_is_asked_again(tmp_path: Path) -> None:
    asked = ask(tmp_path, wrong, busy(), REFUSED)
    assert (asked.outcomes, asked.found.status) == (["429", "400"], 400)


def test_a_wrong_request_that_meets_a_server_error_is_not(tmp_path: Path) -> None:
    asked = ask(tmp_path, wrong, busy(503), REFUSED)
    assert (asked.outcomes, asked.found.status, asked.slept) == (["503"], 503, [])


def test_polling_asks_for_the_last_time_when_its_time_is_up(tmp_path: Path) -> None:
    asked = ask(tmp_path, polled, brings(answer({"done": False})))
    assert (asked.requests, asked.slept) == (3, [0.25, 0.25])


def test_of_a_body_that_is_too_large_only_the_beginning_is_kept(tmp_path: Path) -> None:
    body = b"x" * (3 * KEPT)
    asked = ask(tmp_path, ASKED, brings(answer(body), Ending.SIZE))
    assert asked.found.received.body == body[:KEPT]
    assert asked.found.received.sizes == (KEPT,)
    again = ask(tmp_path, ASKED, GOOD)
    assert (again.requests, again.found.received.body) == (0, body[:KEPT])


def test_a_body_of_good_size_is_kept_whole(tmp_path: Path) -> None:
    body = b"x" * (3 * KEPT)
    assert ask(tmp_path, ASKED, brings(answer(body))).found.received.body == body


def test_an_answer_with_our_key_is_a_leak_and_is_not_written(tmp_path: Path) -> None:
    """The transport did not find it."""
    leaking = ask(tmp_path, ASKED, brings(answer({"echo": SECRET})), keys=(SECRET,))
    assert (leaking.found.leaked, leaking.found.evidence) == (1, "")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()] == []
    assert list(tmp_path.rglob("*.json")) == []


def test_without_a_key_in_it_an_answer_is_no_leak(tmp_path: Path) -> None:
    asked = ask(tmp_path, ASKED, GOOD, keys=(SECRET,))
    assert (asked.found.leaked, (tmp_path / asked.found.evidence).is_file()) == (0, True)
