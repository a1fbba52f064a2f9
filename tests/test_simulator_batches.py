"""The simulator's batches."""

import json
from typing import Any, Literal

import httpx2
import openai
import pytest

from conformance.schemas import schema


def refused(answer: httpx2.Response, status: int, param: str | None, code: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["param"], error["code"]) == (param, code), error


CHAT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
HELLO = {"model": "sim-chat", "messages": [{"role": "user", "content": "Repeat this word and nothing else: KIWI"}]}


def line(name: str, body: Any = HELLO, **change: Any) -> bytes:
    return json.dumps({"custom_id": name, "method": "POST", "url": CHAT, "body": body, **change}).encode()


def upload(http: httpx2.Client, *lines: bytes, purpose: str = "batch") -> str:
    sent = http.post("/files", data={"purpose": purpose}, files={"file": ("a.jsonl", b"\n".join(lines))})
    file: str = sent.json()["id"]
    return file


def create(http: httpx2.Client, file: str, **change: Any) -> httpx2.Response:
    body = {"input_file_id": file, "endpoint": CHAT, "completion_window": "24h", **change}
    return http.post("/batches", json={key: value for key, value in body.items() if value is not None})


def started(http: httpx2.Client, *lines: bytes, **change: Any) -> dict[str, Any]:
    answer = create(http, upload(http, *lines), **change)
    assert answer.status_code == 200, answer.text
    batch: dict[str, Any] = answer.json()
    assert batch["status"] == "validating"
    return batch


def look(http: httpx2.Client, batch: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = http.get(f"/batches/{batch['id']}").json()
    assert schema.load("Batch").valid(seen), seen
    return seen


def lines_of(http: httpx2.Client, file: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in http.get(f"/files/{file}/content").text.splitlines()]


def test_a_batch_is_answered_at_the_second_look(http: httpx2.Client) -> None:
    batch = started(http, line("a"), line("b"), b"", metadata={"k": "v"})
    running_ = look(http, batch)
    assert (running_["status"], running_["request_counts"]) == (
        "in_progress",
        {"total": 2, "completed": 0, "failed": 0},
    )
    done = look(http, batch)
    assert (done["status"], done["request_counts"]) == ("completed", {"total": 2, "completed": 2, "failed": 0})
    assert done["created_at"] <= done["in_progress_at"] <= done["finalizing_at"] <= done["completed_at"]
    assert (done["model"], done["metadata"], done["error_file_id"]) == ("sim-chat", {"k": "v"}, None)
    told = lines_of(http, done["output_file_id"])
    assert [one["custom_id"] for one in told] == ["a", "b"]
    for one in told:
        assert one.keys() == {"id", "custom_id", "response", "error"}
        assert one["response"].keys() == {"status_code", "request_id", "body"}
        assert one["response"]["status_code"] == 200
        assert schema.load("ChatCompletion").valid(one["response"]["body"])
        assert one["response"]["body"]["choices"][0]["message"]["content"] == "KIWI"
    total = sum(one["response"]["body"]["usage"]["total_tokens"] for one in told)
    assert done["usage"]["total_tokens"] == total
    assert look(http, batch) == done
    assert http.get(f"/files/{done['output_file_id']}").json()["purpose"] == "batch_output"


def test_refused_requests_stand_in_the_error_file(http: httpx2.Client) -> None:
    bad = [line("bad", {**HELLO, "temperature": 5}), line("stream", {**HELLO, "stream": True})]
    batch = started(http, line("good"), *bad)
    look(http, batch)
    done = look(http, batch)
    assert done["request_counts"] == {"total": 3, "completed": 1, "failed": 2}
    told = lines_of(http, done["error_file_id"])
    assert [(one["custom_id"], one["response"]["status_code"]) for one in told] == [("bad", 400), ("stream", 400)]
    assert told[0]["response"]["body"]["error"]["param"] == "temperature"


@pytest.mark.parametrize(
    ("endpoint", "body", "model"),
    [
        ("/v1/responses", {"model": "sim-thinking", "input": "Hello."}, "sim-thinking"),
        ("/v1/completions", {"model": "sim-chat", "prompt": "Hello."}, "sim-chat"),
        ("/v1/embeddings", {"model": "sim-embedding", "input": "Hello."}, "sim-embedding"),
        ("/v1/moderations", {"input": "Hello."}, "sim-moderation"),
    ],
)
def test_other_endpoints(http: httpx2.Client, endpoint: str, body: dict[str, Any], model: str) -> None:
    batch = started(http, line("a", body, url=endpoint), endpoint=endpoint)
    look(http, batch)
    done = look(http, batch)
    assert (done["status"], done["model"]) == ("completed", model)
    assert done["usage"]["total_tokens"] == done["usage"]["input_tokens"] + done["usage"]["output_tokens"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (b"{", "invalid_json_line"),
        (b"[]", "invalid_type"),
        (b"\xff", "invalid_json_line"),
        (line("b", url="/v1/embeddings"), "mismatched_endpoint"),
        (line("b", method="GET"), "invalid_value"),
        (line("b", body="x"), "invalid_type"),
        (line("a"), "duplicate_custom_id"),
        (b'{"custom_id": "b"}', "missing_required_parameter"),
    ],
)
def test_a_bad_file_makes_the_batch_fail(http: httpx2.Client, wrong: bytes, code: str) -> None:
    failed = look(http, started(http, line("a"), wrong))
    assert failed["status"] == "failed"
    assert failed["failed_at"]
    [error] = failed["errors"]["data"]
    assert (error["code"], error["line"]) == (code, 2)
    assert look(http, failed) == failed


def test_an_empty_file_makes_the_batch_fail(http: httpx2.Client) -> None:
    assert look(http, started(http, b" "))["errors"]["data"][0]["code"] == "empty_file"


def test_a_batch_is_cancelled(http: httpx2.Client) -> None:
    batch = started(http, line("a"))
    path = f"/batches/{batch['id']}/cancel"
    assert [http.post(path).json()["status"] for _ in range(2)] == ["cancelling"] * 2
    cancelled = look(http, batch)
    assert (cancelled["status"], cancelled["output_file_id"]) == ("cancelled", None)
    other = started(http, line("a"))
    look(http, other)
    look(http, other)
    refused(http.post(f"/batches/{other['id']}/cancel"), 409, None, None)


def test_refusals(http: httpx2.Client) -> None:
    file = upload(http, line("a"))
    refused(create(http, "file-none"), 400, "input_file_id", None)
    refused(create(http, upload(http, line("a"), purpose="user_data")), 400, "input_file_id", None)
    refused(create(http, file, endpoint="/v1/nope"), 400, "endpoint", "invalid_value")
    refused(create(http, file, completion_window="1h"), 400, "completion_window", "invalid_value")
    refused(create(http, file, endpoint=None), 400, "endpoint", "missing_required_parameter")
    refused(http.get("/batches/batch_none"), 404, None, None)
    refused(http.post("/batches/batch_none/cancel"), 404, None, None)


def test_the_client_runs_a_batch(client: openai.OpenAI) -> None:
    file = client.files.create(file=("a.jsonl", line("a")), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    statuses = [client.batches.retrieve(batch.id).status for _ in range(2)]
    assert statuses == ["in_progress", "completed"]
    done = client.batches.retrieve(batch.id)
    assert done.output_file_id
    assert json.loads(client.files.content(done.output_file_id).text)["custom_id"] == "a"
    other = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    assert client.batches.cancel(other.id).status == "cancelling"
    assert [one.id for one in client.batches.list(limit=1)][:2] == [other.id, batch.id]
