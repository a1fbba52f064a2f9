"""The engine: what is sent, in which order, and what is not."""

import asyncio
import threading
from dataclasses import replace

import pytest

from conformance import Exchange
from conformance.definition.exchange_spec import ExchangeKey
from conformance.record.spool import unsent
from conformance.wire.response import Ending, Response
from tests.sources import (
    WORDS,
    FakeSource,
    asked_first,
    buggy,
    counted,
    created,
    engine,
    followed,
    good,
    keys,
    obtained,
    parallel,
    removed,
    timed,
    undecided,
    used,
    used_again,
)

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


def test_clean_up_waits_for_the_users_of_users() -> None:
    source = FakeSource(held=frozenset({"used_again"}))
    order = keys(removed, used_again)

    async def release_late() -> None:
        for _ in range(100):
            await asyncio.sleep(0)  # a turn of the loop: time for a clean-up that does not wait
        source.release.set()

    with engine(source, order) as running:
        assert source.holding.wait(10)
        asyncio.run_coroutine_threadsafe(release_late(), running._loop).result(10)
        for key in order:
            running.wait(key)
    assert source.obtained == ["created", "used", "used_again", "removed"]
    assert source.most_together == 1, "the thing was taken away while it was used"


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


def test_a_sample_begins_when_all_of_the_one_before_is_there() -> None:
    source = FakeSource()
    first = keys(removed, used_again)
    obtained(source, [*first, *(key.sampled(2) for key in first)])
    assert source.obtained == ["created", "used", "used_again", "removed"] * 2


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
            Exchange("x/y", "x", frozenset({200}), response=good(), ending=Ending.PEER, reason="cut"),
            "broke off (cut)",
        ),
        (
            Exchange("x/y", "x", frozenset({200}), response=good(), ending=Ending.DEADLINE, reason="slow"),
            "broke off (slow)",
        ),
    ],
    ids=["refused", "other-success", "nothing", "cut", "stalled"],
)
def test_what_builds_on_a_failed_exchange_is_not_sent(dependency: Response | Exchange, why: str) -> None:
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


def test_the_models_of_a_role_do_not_wait_for_each_other() -> None:
    source = FakeSource(held=frozenset({"parallel"}))
    first = keys(parallel)
    others = [replace(key, variant="chat=other") for key in first]
    with engine(source, [*first, *others], look_ahead=len(first)) as running:
        waiting = threading.Thread(target=running.wait, args=(first[0],))
        waiting.start()
        assert source.holding.wait(10)
        running._loop.call_soon_threadsafe(source.release.set)
        waiting.join(10)
        assert {key.variant for key, _ in running.finished()} == {""}
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
        running.wait(ExchangeKey("t", created))
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
        running.wait(ExchangeKey("t", created))
    assert source.obtained == ["asked_first", "created"]


def test_a_failed_preflight_stops_everything_with_one_reason() -> None:
    source = FakeSource({"asked_first": good(401, b'{"error": {"message": "bad key"}}')})
    order = keys(asked_first, created, used, counted)
    found = obtained(source, order, preflight=keys(asked_first))
    assert source.obtained == ["asked_first"]
    (reason,) = {exchange.reason for exchange in found.values()}
    assert reason.startswith("preflight of t: the key is rejected (401)")
    assert all(exchange.ours and exchange.ending is Ending.UNSENT for exchange in found.values())
