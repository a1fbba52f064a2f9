"""A response without secrets: heads, bodies, and what a client puts together from pieces."""

import gzip
import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.record.bounds import MAX_LINES
from conformance.record.redacted import JOINED, redacted
from conformance.targets.secrets import Secrets
from conformance.wire import sse
from conformance.wire.response import Response
from tests.fakes import SECRET, answer

ONE = Secrets.of([SECRET])
CUTS = st.lists(st.integers(1, len(SECRET) - 1), min_size=1, max_size=len(SECRET), unique=True)


def pieces(cuts: list[int]) -> list[str]:
    return [SECRET[start:end] for start, end in pairwise([0, *sorted(cuts), len(SECRET)])]


def streamed(*events: object) -> Response:
    """Return a stream of JSON events, each a chunk of HTTP."""
    parts = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    sizes = tuple(map(len, parts))
    return Response(
        200, (("content-type", "text/event-stream"),), b"".join(parts), sizes, tuple(map(float, sizes)), 1.0
    )


def streamed_of(body: bytes) -> Response:
    return Response(200, (("content-type", "text/event-stream"),), body, (len(body),), (1.0,), 1.0)


def delta(**told: object) -> dict[str, object]:
    return {"id": "c-1", "choices": [{"index": 0, "delta": told, "finish_reason": None}], "usage": None}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def told(response: Response) -> str:
    """Return all texts of a stream, joined."""
    return "".join(text for event in response.stream.events for text in strings(json.loads(event.data)))


@given(CUTS, st.sampled_from(["content", "refusal", "reasoning", "reasoning_content"]))
def test_a_key_that_is_split_over_deltas_is_blanked_out_in_each(cuts: list[int], name: str) -> None:
    before = streamed(delta(role="assistant"), *(delta(**{name: piece}) for piece in pieces(cuts)), delta())
    clean, count = redacted(before, ONE)
    assert count == 1
    assert (clean.sizes, clean.at_ms, clean.headers) == (before.sizes, before.at_ms, before.headers)
    assert len(clean.body) == len(before.body)
    assert len(clean.stream.events) == len(before.stream.events)
    assert SECRET not in told(clean)
    assert not any(piece in told(clean) for piece in pieces(cuts) if len(piece) > 3)


def test_a_key_that_is_escaped_and_split_is_found() -> None:
    body = "".join(
        f'data: {{"delta": "{piece}"}}\n\n'
        for piece in ["".join(f"\\u{ord(c):04x}" for c in SECRET[:9]), SECRET[9:20], SECRET[20:]]
    )
    clean, count = redacted(answer(body.encode(), media_type="text/event-stream"), ONE)
    assert count == 1
    assert SECRET not in told(clean)


@pytest.mark.parametrize(
    "event",
    [
        lambda piece: {"type": "response.output_text.delta", "output_index": 0, "delta": piece},
        lambda piece: delta(tool_calls=[{"index": 0, "function": {"arguments": piece}}]),
        lambda piece: {"deeply": [{"nested": [[{"text": piece}]]}]},
    ],
    ids=["responses", "tool-call", "anything"],
)
def test_a_key_is_found_wherever_its_pieces_stand(event: object) -> None:
    assert callable(event)
    clean, count = redacted(streamed(*(event(piece) for piece in pieces([5, 11, 21]))), ONE)
    assert count == 1
    assert SECRET not in told(clean)


def test_keys_of_two_choices_that_take_turns_are_found() -> None:
    turns = [
        {"choices": [{"index": index, "delta": {"content": piece}}]}
        for piece in pieces([4, 8, 12, 16, 20, 24])
        for index in (0, 1)
    ]
    clean, count = redacted(streamed(*turns), ONE)
    assert count >= 1
    for index in (0, 1):
        chunks = [json.loads(event.data)["choices"][0] for event in clean.stream.events]
        assert SECRET[:8] not in "".join(chunk["delta"]["content"] for chunk in chunks if chunk["index"] == index)


@pytest.mark.parametrize("field", ["data", "event", "id", ""])
def test_a_key_that_is_split_over_the_fields_of_events_is_found(field: str) -> None:
    lines = [f"{field}: {piece}\ndata: {{}}\n\n" for piece in pieces([9, 20])]
    if field == "data":
        lines = [f"data: {piece}\n" for piece in pieces([9, 20])]
    before = answer("".join(lines).encode(), media_type="text/event-stream")
    clean, count = redacted(before, ONE)
    assert count == 1
    assert not any(piece.encode() in clean.body for piece in pieces([9, 20]))
    assert len(sse.parse(clean.body).events) == len(before.stream.events)


def test_a_key_in_headers_is_found_in_names_in_values_and_over_lines() -> None:
    headers = {
        "x-request-id": SECRET,
        f"x-ratelimit-{SECRET.lower()}": "1",
        "x-ratelimit-a": SECRET[:12],
        "x-ratelimit-b": SECRET[12:],
        "location": f"https://x.example/?k={SECRET}",
        "server": "nginx",
    }
    clean, count = redacted(answer(headers=headers), ONE)
    assert count == 4
    text = repr(clean.headers).lower()
    assert SECRET.lower() not in text
    assert SECRET[12:].lower() not in text
    assert clean.header("server") == "nginx"
    assert [len(name) + len(value) for name, value in clean.headers[1:]] == [
        len(n) + len(v) for n, v in headers.items()
    ]


def test_a_compressed_body_that_holds_a_key_is_unpacked_and_another_is_not() -> None:
    for text, unpacked in ((SECRET, True), ("nothing", False)):
        packed = answer(gzip.compress(text.encode(), mtime=0), headers={"content-encoding": "gzip"})
        clean, count = redacted(packed, ONE)
        assert count == int(unpacked)
        assert (clean.header("content-encoding") is None) is unpacked
        assert (clean == packed) is not unpacked
        assert len(clean.body) == sum(clean.sizes)


def test_a_response_without_a_secret_is_the_same_response() -> None:
    before = streamed(*(delta(content=word) for word in ["an", "answer", "that", "tells", "nothing"]))
    assert redacted(before, ONE) == (before, 0)
    assert redacted(before, ONE)[0] is before
    assert redacted(before, Secrets())[0] is before


def test_of_a_text_with_too_many_pieces_what_is_kept_is_searched_as_ever_and_the_rest_for_whole_keys() -> None:
    halves = [delta(content=SECRET[:7]), delta(content=SECRET[7:])]
    kept, rest = streamed(*halves).body, b'["' + SECRET.encode() + b'"]'
    many = b"\n" * (MAX_LINES + 1)
    clean, count = redacted(answer(kept + many + b" " * JOINED + rest), ONE)
    assert count == 2
    assert SECRET not in told(streamed_of(clean.body[: len(kept)]))
    assert SECRET.encode() not in clean.body


@given(st.binary(max_size=200))
def test_no_bytes_raise_and_none_are_lost(data: bytes) -> None:
    for body in (data, b"data: " + data, b'{"a": "' + data):
        clean, count = redacted(answer(body), ONE)
        assert (clean.body, count) == (body, 0)


@pytest.mark.parametrize(
    "bomb",
    [
        b'"\\"' * 20_000,
        b"[" * 50_000,
        b'{"a":' * 20_000,
        b"\\" * 50_000,
        b"%25" * 20_000,
        b"&amp;" * 20_000,
        SECRET[:-1].encode() * 2_000,
        b"\\u005c" * 20_000,
        b"data: [" * 20_000,
        b'"' * 50_000,
        SECRET.encode() * 2_000,
    ],
)
def test_a_bomb_ends(bomb: bytes) -> None:
    clean, _ = redacted(answer(bomb), ONE)
    assert len(clean.body) == len(bomb)
