"""Recorded requests at another endpoint: what is sent again, and what differs."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.__main__ import main
from conformance.foreign.exchange import Found, found_in
from conformance.foreign.recorded import Recorded
from conformance.foreign.write import recording_of
from conformance.record.recording import Recording
from conformance.resend.differences import Difference, differences
from conformance.resend.requests import Again
from conformance.shapes.change import Impact
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.targets.secrets import Secrets
from conformance.wire.request import Request
from conformance.wire.response import Response

KEY = "sk-local-8fh2Kd01LmQz7Tr5Xw9b"
THEIRS = "sk-proj-Zk3mQ9vB2tYx7LwP4cRd"
CALL = {"id": "call_old123", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}


def completion(*, finish: str = "stop", text: str | None = "Hello.", calls: list[Any] | None = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": text} | ({"tool_calls": calls} if calls else {})
    return {
        "id": "chatcmpl-Ab12Cd34Ef56Gh78",
        "object": "chat.completion",
        "created": 1790000000,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 20, "total_tokens": 40},
    }


def recording(body: Any, *, status: int = 200, **asked: Any) -> Recording:
    """Return the recording of a chat request, with a body of the response."""
    found = Recorded(
        method="POST",
        url="https://a.test/v1/chat/completions",
        request_headers=(),
        request_body=json.dumps({"model": "m", "messages": [], **asked}).encode(),
        status=status,
        headers=(("content-type", "application/json"),),
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
    )
    (one,) = found_in([found.of("a.json", 1)])
    assert isinstance(one, Found), one
    return recording_of(one.exchange, one.base_url, "a", Secrets())


def whats(older: Recording, newer: Recording) -> dict[str, Difference]:
    return {one.what: one for one in differences(older, newer)}


def test_the_same_response_with_other_words_does_not_differ() -> None:
    assert not whats(recording(completion()), recording(completion(text="Good morning to you.")))


def test_a_call_that_is_not_made_any_more_breaks() -> None:
    found = whats(recording(completion(finish="tool_calls", text=None, calls=[CALL])), recording(completion()))
    assert found["functions called"] == Difference(Impact.BREAKING, "functions called", "get_weather", "none")
    assert found["why it ended"].after == "stop"
    assert list(found)[:2] == ["why it ended", "functions called"]


def test_json_that_was_requested_and_does_not_come_breaks() -> None:
    asked: dict[str, Any] = {"response_format": {"type": "json_object"}}
    found = whats(recording(completion(text="{}"), **asked), recording(completion(text="Sure: {}"), **asked))
    assert found["text"].impact is Impact.BREAKING


def test_a_request_that_is_rejected_now_breaks_and_says_why() -> None:
    rejection = {"error": {"message": "No `seed` here.", "type": "invalid_request_error", "param": None, "code": None}}
    found = whats(recording(completion()), recording(rejection, status=400))
    assert found == {"status": Difference(Impact.BREAKING, "status", "200", "400: No `seed` here.")}


def test_a_stream_in_the_place_of_a_body_breaks() -> None:
    streamed = recording(b'data: {"choices": []}\n\ndata: [DONE]\n\n', stream=True)
    assert whats(recording(completion(), stream=True), streamed)["form"].impact is Impact.BREAKING


def test_counts_that_are_far_apart_are_told_and_break_nothing() -> None:
    newer = completion() | {"usage": {"prompt_tokens": 200, "completion_tokens": 20, "total_tokens": 220}}
    assert whats(recording(completion()), recording(newer))["input tokens"].impact is Impact.COSMETIC


# What is sent


def test_ids_that_the_new_endpoint_gave_take_the_place_of_recorded_ones() -> None:
    again = Again({"*": "new-model", "old-embedding": "new-embedding"})

    def response(value: Any) -> Response:
        return Response(200, (("content-type", "application/json"),), json.dumps(value).encode(), (1,), (1.0,), 1.0)

    again.learn(
        response({"id": "resp_old1", "output": [CALL]}), response({"id": "r-9", "output": [CALL | {"id": "c-1"}]})
    )
    asked = {
        "model": "m",
        "previous_response_id": "resp_old1",
        "input": [{"call_id": "call_old123", "text": "resp_old1x"}],
    }
    sent = again.request(Request("POST", "/responses", json=asked))
    assert sent.json == {
        "model": "new-model",
        "previous_response_id": "r-9",
        "input": [{"call_id": "c-1", "text": "resp_old1x"}],
    }
    assert again.request(Request("GET", "/responses/resp_old1?stream=true")).path == "/responses/r-9?stream=true"
    assert (
        again.request(Request("POST", "/embeddings", json={"model": "old-embedding"})).json["model"] == "new-embedding"
    )


def cassette(*asked: dict[str, Any]) -> str:
    rows = [
        {
            "method": "POST",
            "url": "https://old.test/v1/chat/completions",
            "request_headers": {"authorization": f"Bearer {THEIRS}"},
            "request": {"model": "old-model", **one},
            "status": 200,
            "headers": {"content-type": "application/json"},
            "body": completion(),
        }
        for one in asked
    ]
    return "\n".join(map(json.dumps, rows))


HELLO = {"messages": [{"role": "user", "content": f"Say hello. My key is {THEIRS}."}]}


def test_nothing_is_sent_before_it_is_confirmed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text(cassette(HELLO), encoding="utf-8")
    # Nobody listens there: who sends is found out.
    assert main(["resend", str(tmp_path), "--base-url", "http://127.0.0.1:9/v1", "--model", "sim-chat"]) == 0
    said = capsys.readouterr().out
    assert "1 request to http://127.0.0.1:9/v1 (models: sim-chat); 40 tokens were counted when recorded" in said
    assert "nothing was sent: --send sends them" in said


@pytest.mark.parametrize(("deviation", "code"), [("", 0), ("/~chat-known-param-rejected-frequency-penalty", 1)])
def test_requests_are_sent_to_another_endpoint_and_compared(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    deviation: str,
    code: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THE_KEY", KEY)
    (tmp_path / "a.jsonl").write_text(cassette(HELLO, HELLO | {"seed": 7}), encoding="utf-8")
    with running(KEY, table()) as url:
        base = url.replace("/v1", f"{deviation}/v1")
        command = ["resend", "a.jsonl", "--base-url", base, "--model", "old-model=sim-chat", "--api-key-env", "THE_KEY"]
        assert main([*command, "--output", "runs", "--send"]) == code, capsys.readouterr().out
    said = capsys.readouterr().out
    assert f"of 2 requests {2 - code} go on as recorded, {code} break" in said
    (page,) = tmp_path.rglob("resent.md")
    assert page.stat().st_mode & 0o077 == 0
    written = b"".join(path.read_bytes() for path in tmp_path.joinpath("runs").rglob("*") if path.is_file())
    assert KEY.encode() not in written
    assert THEIRS.encode() not in written, "a key in a recorded request must not be sent to another endpoint"
