"""Every exchange once, in the right order, within the limits; what cannot be sent is not sent, and says why."""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from conformance import (
    MUST,
    Capability,
    Exchange,
    Inconclusive,
    Request,
    Target,
    Until,
    delete,
    exchange,
    get,
    post,
    user,
)
from conformance.answer import Answer, Ending
from conformance.capability import Level
from conformance.choices import Choices, TargetChoice
from conformance.conduct import Performance, Place
from conformance.engine import Engine
from conformance.plan import Limit, ordered
from conformance.spec import ExchangeSpec, Key
from conformance.spool import unsent
from conformance.target import Limits
from tests import hostile
from tests.hostile import Behaviour, Server, serving

ENGINE = Capability("engine.test", MUST, "what the engine is tested with")
WORDS = {"one": 1, "two": 2, "three": 3}


@exchange(ENGINE)
def created(target: Target) -> Request:
    """A thing is made."""
    return post("/things", {"model": target.model("chat")})


@exchange(ENGINE)
def used(created: Exchange) -> Request:
    """The thing is used, by its id."""
    return get(f"/things/{created.at('id', str)}")


@exchange(ENGINE)
def used_again(used: Exchange) -> Request:
    """What came of the use is used."""
    return get(f"/uses/{used.at('id', str)}")


@exchange(ENGINE, last=True)
def removed(created: Exchange) -> Request:
    """The thing is taken away."""
    return delete(f"/things/{created.at('id', str)}")


@exchange(ENGINE, each=WORDS)
def counted(row: int) -> Request:
    """One request for each word."""
    return get(f"/count/{row}")


@exchange(ENGINE)
def followed(counted: Exchange) -> Request:
    """One more request for each of those."""
    return get(f"/follow/{counted.at('id', str)}")


@exchange(ENGINE, each=WORDS, together=True)
def parallel(row: int) -> Request:
    """All at the same time."""
    return get(f"/parallel/{row}")


@exchange(ENGINE, alone=True)
def timed() -> Request:
    """Nothing else is in flight."""
    return get("/timed")


@exchange(ENGINE, preflight=True)
def asked_first(target: Target) -> Request:
    """Asked before everything else."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user("Hello")]})


@exchange(ENGINE, until=Until(lambda answer: answer.at("done", bool), every_s=0.01, limit_s=0.2))
def polled() -> Request:
    """Asked again until it is done."""
    return get("/done")


@exchange(ENGINE)
def buggy() -> Request:
    """A request whose function has a bug."""
    nothing: dict[str, str] = {}
    return get(nothing["path"])


@exchange(ENGINE)
def undecided() -> Request:
    """A request that cannot be made."""
    raise Inconclusive("there is nothing to ask for")


TARGET = Target(name="t", title="t", base_url="http://127.0.0.1:1/v1", models={"chat": "m"})  # type: ignore[dict-item]


def keys(*specs: ExchangeSpec) -> list[Key]:
    return ordered(Key("t", spec, case) for spec in specs for case in (spec.cases or ("",)))


@dataclass
class FakeSource:
    """Answers from memory. `answers` are by exchange name; what is named in `held` waits until `release` is set."""

    answers: Mapping[str, Answer | Exchange] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    obtained: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    together: int = 0
    most_together: int = 0
    closed: bool = False
    release: asyncio.Event = field(default_factory=asyncio.Event)
    holding: threading.Event = field(default_factory=threading.Event)

    async def obtain(self, key: Key, request: Request) -> Exchange:
        """Note who asks, and answer."""
        name = f"{key.spec.name}[{key.case}]" if key.case else key.spec.name
        self.obtained.append(name)
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            if key.spec.name in self.held:
                self.holding.set()
                await self.release.wait()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        finally:
            self.together -= 1
        found = self.answers.get(key.spec.name, good())
        if isinstance(found, Exchange):
            return found
        return Exchange(key.spec.id, "engine.test", key.spec.expects, request, found, case=key.case, target="t")

    async def close(self) -> None:
        """Note that it is over."""
        self.closed = True


def good(status: int = 200, body: bytes = b'{"id": "id-1"}') -> Answer:
    return Answer(status, (("content-type", "application/json"),), body)


@contextmanager
def engine(
    source: FakeSource, order: Sequence[Key], preflight: Sequence[Key] = (), look_ahead: int | None = None
) -> Iterator[Engine]:
    started = Engine({"t": TARGET}, order, preflight={"t": list(preflight)}, look_ahead=look_ahead)

    async def opened() -> Mapping[str, FakeSource]:
        return {"t": source}

    started.start(opened)
    try:
        yield started
    finally:
        started.stop()


def obtained(source: FakeSource, order: Sequence[Key], **options: Any) -> dict[str, Exchange]:
    with engine(source, order, **options) as running:
        return {key.label.partition("/")[2]: running.wait(key) for key in order}


# Once, and in order.


def test_what_many_build_on_is_sent_once_and_first() -> None:
    source = FakeSource()
    order = keys(used_again, used, removed)
    found = obtained(source, [*order, *order])
    assert sorted(source.obtained) == ["created", "removed", "used", "used_again"]
    assert source.obtained.index("created") < source.obtained.index("used") < source.obtained.index("used_again")
    assert found["used"].sent.path == "/things/id-1"


def test_clean_up_comes_after_all_users() -> None:
    source = FakeSource()
    obtained(source, [*keys(removed), *keys(used_again, used)])
    assert source.obtained[-1] == "removed"


def test_clean_up_comes_even_when_a_user_fails() -> None:
    source = FakeSource({"used": good(500)})
    found = obtained(source, keys(removed, used_again, used))
    assert source.obtained == ["created", "used", "removed"]
    assert found["removed"].status == 200


def test_cases_are_followed_each_by_its_own() -> None:
    source = FakeSource()
    found = obtained(source, keys(followed))
    assert sorted(source.obtained) == sorted(f"{name}[{case}]" for name in ("counted", "followed") for case in WORDS)
    assert found["followed[two]"].case == "two"


def test_waiting_from_many_threads_sends_once() -> None:
    source = FakeSource()
    (key,) = keys(created)
    with engine(source, [key]) as running:
        threads = [threading.Thread(target=running.wait, args=(key,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert source.obtained == ["created"]


# What is not sent says why.


@pytest.mark.parametrize(
    ("dependency", "why"),
    [
        (good(404), "answered 404"),
        (good(204), "answered 204"),
        (replace(unsent(keys(created)[0], "no luck"), ending=Ending.UNREACHABLE), "has no answer (no luck)"),
        (
            Exchange("x/y", "x", frozenset({200}), answer=good(), ending=Ending.PEER, reason="cut"),
            "broke off (cut)",
        ),
        (
            Exchange("x/y", "x", frozenset({200}), answer=good(), ending=Ending.DEADLINE, reason="slow"),
            "broke off (slow)",
        ),
    ],
    ids=["refused", "other-success", "nothing", "cut", "stalled"],
)
def test_what_builds_on_a_failed_exchange_is_not_sent(dependency: Answer | Exchange, why: str) -> None:
    source = FakeSource({"created": dependency})
    found = obtained(source, keys(used_again))
    assert source.obtained == ["created"]
    assert found["used"].ending is Ending.UNSENT
    assert found["used"].reason.startswith("it builds on ")
    assert why in found["used"].reason
    assert found["used_again"].reason.startswith("it builds on engine.test/used, which has no answer (it builds on ")


@pytest.mark.parametrize("ours", [True, False])
def test_whose_fault_it_is_goes_along_the_chain(ours: bool) -> None:  # noqa: FBT001
    dependency = replace(unsent(keys(created)[0], "why"), ours=ours)
    found = obtained(FakeSource({"created": dependency}), keys(used_again))
    assert (found["used"].ours, found["used_again"].ours) == (ours, ours)


@pytest.mark.parametrize("body", [b"{}", b'{"id": 7}', b"[]", b"not json", b""])
def test_what_cannot_be_built_from_an_answer_is_not_sent(body: bytes) -> None:
    source = FakeSource({"created": good(body=body)})
    found = obtained(source, keys(used))
    assert source.obtained == ["created"]
    assert (found["used"].ending, found["used"].ours) == (Ending.UNSENT, False)
    assert found["used"].reason


def test_a_request_that_cannot_be_made_says_why() -> None:
    source = FakeSource()
    found = obtained(source, keys(undecided))
    assert (source.obtained, found["undecided"].reason) == ([], "there is nothing to ask for")


def test_a_bug_in_an_exchange_is_our_error_and_stops_nothing_else() -> None:
    source = FakeSource()
    found = obtained(source, keys(buggy, created))
    assert source.obtained == ["created"]
    assert (found["buggy"].ending, found["buggy"].ours) == (Ending.UNSENT, True)
    assert found["buggy"].reason == "bug in the suite, or trouble on this machine: KeyError: 'path'"


# Together, ahead, stopped.


def test_cases_that_belong_together_overlap() -> None:
    source = FakeSource(held=frozenset({"parallel"}))
    order = keys(created, parallel)
    with engine(source, order) as running:
        assert source.holding.wait(10)
        running._loop.call_soon_threadsafe(source.release.set)
        for key in order:
            running.wait(key)
    assert source.most_together == len(WORDS)


def test_the_look_ahead_is_bounded() -> None:
    source = FakeSource()
    order = keys(created, counted, used, used_again, timed)
    with engine(source, order, look_ahead=2) as running:
        assert source.obtained == []
        running.wait(order[0])
        running.wait(order[1])
        assert len(source.obtained) <= 3
    assert set(source.obtained) <= {"created", "counted[one]", "counted[two]"}


def test_without_a_bound_everything_is_started_at_once() -> None:
    source = FakeSource(held=frozenset({"counted", "created"}))
    order = keys(created, counted)
    with engine(source, order) as running:
        assert source.holding.wait(10)
        running._loop.call_soon_threadsafe(source.release.set)
        running.wait(order[0])
        running.wait(order[-1])
    assert source.most_together == 4


def test_stopping_cancels_what_is_in_flight_and_keeps_what_came() -> None:
    source = FakeSource(held=frozenset({"counted"}))
    order = keys(created, counted)
    with engine(source, order) as running:
        running.wait(Key("t", created))
        assert source.holding.wait(10)
        assert [key.label for key, _ in running.finished()] == ["engine.test/created"]
        running.stop()
    assert sorted(source.cancelled) == ["counted[one]", "counted[three]", "counted[two]"]
    assert source.closed
    running.stop()


# Preflight.


def test_nothing_is_sent_before_the_preflight_is_answered() -> None:
    source = FakeSource(held=frozenset({"asked_first"}))
    first = keys(asked_first)
    with engine(source, [*first, *keys(created)], first) as running:
        assert source.holding.wait(10)
        assert source.obtained == ["asked_first"]
        running._loop.call_soon_threadsafe(source.release.set)
        running.wait(Key("t", created))
    assert source.obtained == ["asked_first", "created"]


def test_a_failed_preflight_stops_everything_with_one_reason() -> None:
    source = FakeSource({"asked_first": good(401, b'{"error": {"message": "bad key"}}')})
    order = keys(asked_first, created, used, counted)
    found = obtained(source, order, preflight=keys(asked_first))
    assert source.obtained == ["asked_first"]
    (reason,) = {exchange.reason for exchange in found.values()}
    assert reason.startswith("preflight of t: the key is refused (401)")
    assert all(exchange.ours and exchange.ending is Ending.UNSENT for exchange in found.values())


# The real source: slots, retries, attempts, limits.


def chosen(server: Server, tmp_path: Path, *, max_requests: int | None = None, **limits: Any) -> Choices:
    named = Target(
        name="t",
        title="t",
        base_url=server.base_url,
        models={"chat": "m"},  # type: ignore[dict-item]
        limits=Limits(**{"in_flight": 8, "per_minute": 0, "deadline_s": 20, **limits}),
    )
    return Choices((TargetChoice(named, "live"),), (), Level.MAY, Limit(None, None), max_requests, tmp_path)


def performed(behaviour: Behaviour, tmp_path: Path, order: list[Key], **options: Any) -> tuple[list[Exchange], Server]:
    with serving(behaviour) as server:
        performance = Performance(chosen(server, tmp_path, **options), Place(str(tmp_path)), order, {})
        performance.start(look_ahead=None)
        try:
            return [performance.wait(key) for key in order], server
        finally:
            performance.stop()


GOOD = hostile.json_answer({"id": "id-1"})


def outcomes(exchange: Exchange) -> list[str]:
    return [attempt.outcome for attempt in exchange.attempts]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_endpoint_is_asked_again(status: int, tmp_path: Path) -> None:
    busy = hostile.envelope("busy", status, retry_after="0")
    (found,), server = performed(hostile.in_turn(busy, GOOD), tmp_path, keys(created))
    assert (found.status, outcomes(found), len(server.seen)) == (200, [str(status), "200"], 2)


@pytest.mark.parametrize("status", [400, 401, 404, 500, 501])
def test_a_refusal_is_not_asked_again(status: int, tmp_path: Path) -> None:
    (found,), server = performed(hostile.envelope("no", status), tmp_path, keys(created))
    assert (found.status, outcomes(found), len(server.seen)) == (status, [str(status)], 1)


def test_a_dead_connection_is_tried_again(tmp_path: Path) -> None:
    (found,), server = performed(hostile.in_turn(hostile.hang_up, GOOD), tmp_path, keys(created))
    assert found.status == 200
    assert len(server.seen) == 2
    first, second = outcomes(found)
    assert first.startswith("nothing received, unreachable: ")
    assert second == "200"


def test_a_stream_that_broke_is_not_asked_again(tmp_path: Path) -> None:
    (found,), server = performed(hostile.parts(b"data: 1\n\n", after="cut"), tmp_path, keys(created))
    assert (found.ending, len(server.seen)) == (Ending.PEER, 1)


def test_an_endpoint_that_limits_us_for_ever_is_given_up(tmp_path: Path) -> None:
    (found,), server = performed(hostile.envelope("busy", 429, retry_after="0"), tmp_path, keys(created))
    assert (found.status, outcomes(found), len(server.seen)) == (429, ["429"] * 3, 3)


@pytest.mark.parametrize("wish", ["99999", "inf", "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_an_endpoint_that_wants_us_to_wait_for_very_long_is_given_up(wish: str, tmp_path: Path) -> None:
    (found,), server = performed(hostile.envelope("busy", 429, retry_after=wish), tmp_path, keys(created))
    assert (found.status, len(server.seen)) == (429, 1)


@pytest.mark.parametrize("wish", ["-5", "nan", "Fri, 31 Dec 1999 23:59:59 GMT", "0.0"])
def test_an_odd_wish_to_wait_is_no_crash(wish: str, tmp_path: Path) -> None:
    busy = hostile.envelope("busy", 429, retry_after=wish)
    (found,), server = performed(hostile.in_turn(busy, GOOD), tmp_path, keys(created))
    assert (found.status, len(server.seen)) == (200, 2)


def test_the_limit_of_requests_counts_retries(tmp_path: Path) -> None:
    busy = hostile.envelope("busy", 429, retry_after="0")
    found, server = performed(busy, tmp_path, keys(counted), max_requests=4)
    assert len(server.seen) == 4
    assert all(exchange.ending is Ending.UNSENT or exchange.status == 429 for exchange in found)
    assert any("--max-requests" in exchange.reason for exchange in found)


def test_no_more_are_in_flight_than_the_limit(tmp_path: Path) -> None:
    async def slow(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        await GOOD(seen, writer)

    _, server = performed(slow, tmp_path, keys(created, counted, parallel, timed), in_flight=2)
    assert (server.most_in_flight, len(server.seen)) == (2, 8)


def test_alone_is_alone(tmp_path: Path) -> None:
    beside: list[int] = []

    async def watch(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        for _ in range(10):
            await asyncio.sleep(0.005)
            if seen.path.endswith("/timed"):
                beside.append(running.in_flight)
        await GOOD(seen, writer)

    with serving(watch) as running:
        order = keys(timed, created, counted, parallel, used)
        performance = Performance(chosen(running, tmp_path), Place(str(tmp_path)), order, {})
        performance.start(look_ahead=None)
        for key in order:
            performance.wait(key)
        performance.stop()
    assert beside == [1] * 10
    assert running.most_in_flight >= 3


def test_a_second_look_finds_the_first_ones_recording(tmp_path: Path) -> None:
    with serving(GOOD) as server:
        for _ in range(2):
            performance = Performance(chosen(server, tmp_path), Place(str(tmp_path)), keys(counted), {})
            performance.start(look_ahead=None)
            found = [performance.wait(key) for key in keys(counted)]
            performance.stop()
    assert len(server.seen) == 3
    assert all((tmp_path / exchange.evidence).is_file() for exchange in found)


def test_what_is_cut_off_by_stopping_is_not_written(tmp_path: Path) -> None:
    with serving(hostile.stall(hostile.head(200, [("content-length", "10")]) + b"12345")) as server:
        performance = Performance(chosen(server, tmp_path), Place(str(tmp_path)), keys(created), {})
        performance.start(look_ahead=None)
        assert server.arrived.wait(10)
        lines, requests = performance.stop()
        assert server.hung_up.wait(10)
    assert (lines, requests) == ([], 1)
    assert [path for path in tmp_path.rglob("*") if path.suffix in {".json", ".failed"}] == []


def test_polling_ends_when_the_condition_is_met(tmp_path: Path) -> None:
    waiting, done = hostile.json_answer({"done": False}), hostile.json_answer({"done": True})
    (found,), server = performed(hostile.in_turn(waiting, waiting, done), tmp_path, keys(polled))
    assert (found.at("done", bool), len(server.seen)) == (True, 3)


def test_polling_ends_when_its_time_is_up(tmp_path: Path) -> None:
    (found,), server = performed(hostile.json_answer({"done": False}), tmp_path, keys(polled))
    assert found.at("done", bool) is False
    assert 2 <= len(server.seen) <= 22


@pytest.mark.parametrize("body", [b"[[[", b"{}", b'{"done": "yes"}', b""])
def test_polling_ends_at_an_answer_that_cannot_be_read(body: bytes, tmp_path: Path) -> None:
    (found,), server = performed(hostile.answer(body), tmp_path, keys(polled))
    assert (found.status, found.received.body, len(server.seen)) == (200, body, 1)
