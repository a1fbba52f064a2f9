"""The real source: slots, retries, attempts, limits, polling."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from conformance import Exchange, Target
from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.afford import RequestLimit
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.sources import RunEngine
from conformance.targets.target import Limits
from conformance.wire.capability import Level
from conformance.wire.response import Ending
from tests import hostile
from tests.hostile import Behaviour, Server, serving
from tests.sources import counted, created, keys, parallel, polled, timed, used

# The real source: slots, retries, attempts, limits.


def chosen(server: Server, tmp_path: Path, *, max_requests: int | None = None, **limits: Any) -> RunOptions:
    named = Target(
        name="t",
        title="t",
        base_url=server.base_url,
        models={"chat": "m"},  # type: ignore[dict-item]
        limits=Limits(**{"in_flight": 8, "per_minute": 0, "deadline_s": 20, **limits}),
    )
    return RunOptions((ChosenTarget(named, "live"),), (), Level.MAY, RequestLimit(None, None), max_requests, tmp_path)


def performed(
    behaviour: Behaviour, tmp_path: Path, order: list[ExchangeKey], **options: Any
) -> tuple[list[Exchange], Server]:
    with serving(behaviour) as server:
        engine = RunEngine(chosen(server, tmp_path, **options), tmp_path, order, {})
        engine.start(look_ahead=None)
        try:
            return [engine.wait(key) for key in order], server
        finally:
            engine.stop()


GOOD = hostile.json_answer({"id": "id-1"})


def outcomes(exchange: Exchange) -> list[str]:
    return [attempt.outcome for attempt in exchange.attempts]


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_a_busy_endpoint_is_asked_again(status: int, tmp_path: Path) -> None:
    busy = hostile.envelope("busy", status, retry_after="0")
    (found,), server = performed(hostile.in_turn(busy, GOOD), tmp_path, keys(created))
    assert (found.status, outcomes(found), len(server.seen)) == (200, [str(status), "200"], 2)


@pytest.mark.parametrize("status", [400, 401, 404, 501])
def test_a_refusal_is_not_asked_again(status: int, tmp_path: Path) -> None:
    (found,), server = performed(hostile.envelope("no", status), tmp_path, keys(created))
    assert (found.status, outcomes(found), len(server.seen)) == (status, [str(status)], 1)


def test_a_dead_connection_is_tried_again(tmp_path: Path) -> None:
    (found,), server = performed(hostile.in_turn(hostile.hang_up, GOOD), tmp_path, keys(created))
    assert found.status == 200
    assert len(server.seen) == 2
    first, second = outcomes(found)
    assert first.startswith("nothing received, closed: ")
    assert second == "200"


def test_a_stream_that_broke_is_not_asked_again(tmp_path: Path) -> None:
    (found,), server = performed(hostile.parts(b"data: 1\n\n", after="cut"), tmp_path, keys(created))
    assert (found.ending, len(server.seen)) == (Ending.PEER, 1)


def test_an_endpoint_that_limits_us_for_ever_is_given_up(tmp_path: Path) -> None:
    (found,), server = performed(hostile.envelope("busy", 429, retry_after="0"), tmp_path, keys(created))
    assert (found.status, outcomes(found), len(server.seen)) == (429, ["429"] * 3, 3)


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
        engine = RunEngine(chosen(running, tmp_path), tmp_path, order, {})
        engine.start(look_ahead=None)
        for key in order:
            engine.wait(key)
        engine.stop()
    assert beside == [1] * 10
    assert running.most_in_flight >= 3


def test_a_second_look_finds_the_first_ones_recording(tmp_path: Path) -> None:
    with serving(GOOD) as server:
        for _ in range(2):
            engine = RunEngine(chosen(server, tmp_path), tmp_path, keys(counted), {})
            engine.start(look_ahead=None)
            found = [engine.wait(key) for key in keys(counted)]
            engine.stop()
    assert len(server.seen) == 3
    assert all((tmp_path / exchange.evidence).is_file() for exchange in found)


def test_what_is_cut_off_by_stopping_is_not_written(tmp_path: Path) -> None:
    with serving(hostile.stall(hostile.head(200, [("content-length", "10")]) + b"12345")) as server:
        engine = RunEngine(chosen(server, tmp_path), tmp_path, keys(created), {})
        engine.start(look_ahead=None)
        assert server.arrived.wait(10)
        lines, requests = engine.stop()
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
