"""What is taken of one response, and what is left out because it would be too much."""

import gzip
import json
import tracemalloc

import pytest

from conformance.record.bounds import KEPT, KEPT_ENCODED, MAX_LINES, MAX_VALUES, bounded
from conformance.record.recording import Recording, Sent
from conformance.wire.coding import LARGEST_RATIO
from conformance.wire.exchange import Exchange
from conformance.wire.request import post
from conformance.wire.response import MAX_DECODED, Ending, Response
from conformance.wire.weight import weight
from tests.fakes import provenance

SENT = Sent("POST", "http://127.0.0.1:9/v1/fake", (), b"")


def recorded(body: bytes, *, encoding: str | None = None, ending: Ending = Ending.COMPLETE) -> Recording:
    headers = (("content-encoding", encoding),) if encoding else ()
    response = Response(200, headers, body, sizes=(len(body),), at_ms=(1.0,))
    return Recording(SENT, response, provenance(ending=ending))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"data:\n\n" * (MAX_LINES // 2 + 1), "more than 100,000 lines"),
        (b":\r\n" * (MAX_LINES + 1), "more than 100,000 lines"),
        (b"\r" * (MAX_LINES + 1), "more than 100,000 lines"),
        (b"[" * (MAX_VALUES + 1), "more than 2,000,000 values"),
        (b"[" + b"{}," * MAX_VALUES + b"{}]", "more than 2,000,000 values"),
    ],
    ids=["events", "comments", "blank-lines", "nested", "objects"],
)
def test_of_a_body_that_holds_too_much_the_beginning_is_kept(body: bytes, why: str) -> None:
    taken = bounded(recorded(body))
    assert (taken.provenance.ending, taken.provenance.reason) == (Ending.SIZE, why)
    assert (taken.response.body, taken.response.sizes) == (body[:KEPT], (KEPT,))
    assert bounded(taken) == taken


@pytest.mark.parametrize(
    "body",
    [b"", b"data: {}\r\n\r\n" * (MAX_LINES // 2), b"," * MAX_VALUES, b"x" * 1_000_000],
    ids=["nothing", "events", "values", "long"],
)
def test_what_is_within_the_bounds_is_taken_as_it_is(body: bytes) -> None:
    recording = recorded(body)
    assert bounded(recording) is recording


def test_what_unpacks_to_too_much_is_not_unpacked_again() -> None:
    bomb = gzip.compress(b" " * (MAX_DECODED + 1))
    taken = bounded(recorded(bomb, encoding="gzip"))
    assert (taken.provenance.ending, taken.provenance.reason) == (
        Ending.SIZE,
        f"a body of {len(bomb):,} bytes unpacks to more than {LARGEST_RATIO * len(bomb):,} bytes",
    )
    assert len(taken.response.body) == KEPT_ENCODED
    assert len(taken.response.decoded) < 2_000_000


def test_a_file_may_hold_any_bytes() -> None:
    recording = recorded(b"\n," * MAX_VALUES)
    assert bounded(recording, file=True) is recording


def test_what_was_too_large_already_keeps_its_reason() -> None:
    taken = bounded(recorded(b"\n" * 300_000, ending=Ending.SIZE))
    assert (taken.provenance.reason, len(taken.response.body)) == ("", KEPT)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"[" + b"{}," * 9_999 + b"{}]", "application/json"),
        (json.dumps({f"key-{number}": [number] for number in range(9_999)}).encode(), "application/json"),
        (b"data:{}\n\n" * 9_999, "text/event-stream"),
        (b":\n" * 9_999, "text/event-stream"),
        (b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n' * 999, "text/event-stream"),
    ],
    ids=["objects", "keys", "events", "comments", "chunks"],
)
def test_a_parsed_response_takes_no_more_than_its_weight(body: bytes, media_type: str) -> None:

    response = Response(200, (("content-type", media_type),), body)
    exchange = Exchange("a/b", "a", frozenset({200}), post("/x", {}), response)
    tracemalloc.start()
    try:
        if media_type == "application/json":
            assert exchange.document
        elif response.stream.events:
            assert exchange.chunks
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) + taken <= weight(response)


def test_a_packed_body_weighs_what_it_unpacks_to() -> None:
    body = b"[" + b"1," * 100_000 + b"1]"
    packed = Response(200, (("content-encoding", "gzip"),), gzip.compress(body))
    assert weight(Response(200, (), body)) < weight(packed) < weight(Response(200, (), body)) + len(packed.body) + 1
