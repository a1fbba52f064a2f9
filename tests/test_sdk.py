"""What a user of the official client gets from named answers."""

import json
from typing import Any

import pytest

from conformance.lens.lens import compared, lens, worst
from conformance.lens.view import Outcome
from conformance.wire.exchange import Exchange
from conformance.wire.request import get, post
from conformance.wire.response import Ending
from tests.fakes import answer, asking, listed, observed, silent, unsent

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
CALL = {"id": "call_1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}


def completion(finish: str | None = "stop", usage: Any = USAGE, **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": "Hello.", **message}
    choice = {"index": 0, "message": said, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m-1", "choices": [choice], "usage": usage}


def events(*deltas: dict[str, Any], finish: str | None = "stop", done: bool = True) -> bytes:
    ends: list[tuple[dict[str, Any], str | None]] = [({}, finish)] if finish else []
    lines = []
    for delta, reason in [*((delta, None) for delta in deltas), *ends]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m-1", "choices": [choice]}
        lines.append(f"data: {json.dumps(chunk)}\n\n")
    return "".join([*lines, "data: [DONE]\n\n" * done]).encode()


def streamed(body: bytes, media_type: str = "text/event-stream", **changes: Any) -> Exchange:
    return observed(request=asking(stream=True), response=answer(body, 200, media_type), **changes)


def refused(body: Any, status: int = 400) -> Exchange:
    return observed(body, status, expects=frozenset({400}))


PLAIN = observed(completion())
STREAM = streamed(events({"role": "assistant", "content": "Hel"}, {"content": "lo."}))
TOOLS = streamed(events({"tool_calls": [{"index": 0, **CALL}]}, finish="tool_calls"))
ENVELOPE = {"message": "No.", "type": "invalid_request_error", "code": "bad", "param": "model"}
REFUSAL = refused({"error": ENVELOPE})


@pytest.mark.parametrize("exchange", [PLAIN, STREAM, TOOLS])
def test_a_faithful_answer_survives(exchange: Exchange) -> None:
    assert lens(exchange).outcome is Outcome.SURVIVES
    assert compared(exchange, exchange).outcome is Outcome.SURVIVES


NO_INDEX = events({"tool_calls": [CALL]}, finish="tool_calls")
MEETINGS: dict[str, tuple[Exchange, Exchange, str]] = {
    "another-id": (observed({**completion(), "id": ""}), PLAIN, "survives"),
    "no-text": (observed(completion(content=None)), PLAIN, "loses data silently: create: no text"),
    "another-text": (observed(completion(content="Hi")), PLAIN, "loses data silently: create: other text"),
    "no-usage": (observed(completion(usage=None)), PLAIN, "loses data silently: create: no usage"),
    "no-finish": (observed(completion(finish=None)), PLAIN, "loses data silently: create: no finish reason"),
    "no-calls": (
        observed(completion()),
        observed(completion(tool_calls=[CALL])),
        "loses data silently: create: no tool",
    ),
    "no-choices": (observed({**completion(), "choices": []}), PLAIN, "raises IndexError: create"),
    "choices-null": (observed({**completion(), "choices": None}), PLAIN, "raises TypeError: create"),
    "html": (observed(b"<html>", media_type="text/html"), PLAIN, "raises AttributeError: create"),
    "refused": (REFUSAL, PLAIN, "raises BadRequestError: create"),
    "json-for-a-stream": (streamed(b'{"a": 1}', "application/json"), STREAM, "loses data silently: loop: no text"),
    "zero-bytes": (streamed(b""), STREAM, "loses data silently: loop: no text, no finish reason, no chunks"),
    "no-done": (streamed(events({"content": "Hello."}, done=False)), STREAM, "survives"),
    "cut": (
        streamed(events({"content": "Hel"}, finish=None, done=False)),
        STREAM,
        "loses data silently: loop: other text",
    ),
    "broken-off": (
        streamed(events({"content": "Hel"}, finish=None, done=False), ending=Ending.PEER),
        STREAM,
        "raises API",
    ),
    "no-tool-index": (streamed(NO_INDEX), TOOLS, "raises TypeError: stream helper"),
    "data-no-json": (streamed(b"data: nothing\n\n"), STREAM, "raises JSONDecodeError: loop"),
    "served-not-refused": (PLAIN, REFUSAL, "loses data silently: create: no error, where BadRequestError is right"),
    "other-status": (refused({"error": ENVELOPE}, 500), REFUSAL, "raises InternalServerError: create"),
    "flat-error": (
        refused({"error": "No."}),
        REFUSAL,
        "loses data silently: create: no code, no type, no param, no mess",
    ),
}


@pytest.mark.parametrize(("found", "faithful", "said"), MEETINGS.values(), ids=MEETINGS)
def test_what_a_user_gets_beside_the_faithful_answer(found: Exchange, faithful: Exchange, said: str) -> None:
    assert str(compared(found, faithful)).startswith(said)


def test_what_is_drawn_anew_for_each_answer_is_no_loss() -> None:
    warm = asking(temperature=1.5)
    good, other = (observed(completion(content=text), request=warm) for text in ("Hello.", "Good day."))
    assert compared(other, good).outcome is Outcome.SURVIVES
    assert compared(observed(completion(content=None), request=warm), good).outcome is Outcome.LOSES


def test_an_error_is_mapped_with_its_values() -> None:
    found = lens(REFUSAL)
    assert (found.outcome, found.raised) == (Outcome.RAISES, "BadRequestError")
    shown = {"code": "bad", "type": "invalid_request_error", "param": "model", "message": True, "request id": False}
    assert found.views["create"].got == shown


def test_the_lens_of_one_exchange_names_what_no_good_answer_lacks() -> None:
    assert str(lens(streamed(b""))).startswith("loses data silently: loop: no chunks, no finish reason, no text")


def test_models_and_embeddings_are_looked_at() -> None:
    assert lens(listed("m-1")).views["list"].got == {"models": ["m-1"]}
    vectors = {
        "object": "list",
        "data": [{"index": 0, "embedding": [0.5]}],
        "model": "m",
        "usage": {"prompt_tokens": 1},
    }
    request = post("/embeddings", {"model": "m", "input": "a"})
    assert lens(observed(vectors, request=request)).outcome is Outcome.SURVIVES
    assert lens(observed({**vectors, "data": []}, request=request)).raised == "ValueError"


def test_what_a_user_does_not_call_is_not_looked_at() -> None:
    for exchange in (silent(), unsent(), observed(request=get("/elsewhere")), streamed(b"", ending=Ending.STOPPED)):
        assert lens(exchange).outcome is Outcome.UNSEEN
        assert compared(exchange, PLAIN).outcome is Outcome.UNSEEN


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"[" * 100_000, b"data: {}\n\n", b"null", b'{"choices": [7]}', b"\x1f\x8b"]
)
@pytest.mark.parametrize("encoding", ["identity", "gzip", "snappy"])
@pytest.mark.parametrize("path", ["/chat/completions", "/responses", "/embeddings"])
def test_nothing_raises_whatever_comes(body: bytes, encoding: str, path: str) -> None:
    headers = {"content-encoding": encoding, "x-odd": "\u2028\r"}
    for json_body in ({"stream": path != "/embeddings"}, {}):
        exchange = observed(request=post(path, json_body), response=answer(body, headers=headers))
        assert lens(exchange).outcome is not Outcome.UNSEEN


def test_the_worst_of_those_that_differ_most_is_told() -> None:
    pairs = [(PLAIN, PLAIN)] * 5 + [(observed(completion(content=None)), PLAIN)]
    assert worst(pairs).outcome is Outcome.LOSES
    assert worst([]).outcome is Outcome.UNSEEN
