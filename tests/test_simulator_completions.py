"""The simulator's legacy completions, and the chat completions that it stores."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from conformance.schemas import schema
from conformance.simulator.app.server import running
from conformance.wire import sse

KEY = "sk-test-0123456789"


def refused(answer: httpx2.Response, status: int, param: str | None, code: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["param"], error["code"]) == (param, code), error


COUNT = "Count from 1 to 20, separated by commas."


def ask(http: httpx2.Client, prompt: Any = COUNT, **options: Any) -> dict[str, Any]:
    answer = http.post("/completions", json={"model": "sim-chat", "prompt": prompt, **options})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def texts(body: dict[str, Any]) -> list[str]:
    return [choice["text"] for choice in body["choices"]]


def test_an_answer_has_openais_keys(http: httpx2.Client) -> None:
    body = ask(http)
    assert schema.load("Completion").valid(body)
    assert body.keys() == {"id", "object", "created", "model", "system_fingerprint", "choices", "usage"}
    assert body["id"].startswith("cmpl-")
    assert body["object"] == "text_completion"
    [choice] = body["choices"]
    assert choice.keys() == {"text", "index", "logprobs", "finish_reason"}
    assert choice["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 16
    assert body["usage"]["total_tokens"] == body["usage"]["prompt_tokens"] + 16


def test_limit_and_stop(http: httpx2.Client) -> None:
    whole = ask(http, max_tokens=100)
    assert whole["choices"][0]["finish_reason"] == "stop"
    assert texts(whole)[0].endswith("19, 20")
    cut = ask(http, max_tokens=100, stop=["7"])
    assert texts(cut) == ["1, 2, 3, 4, 5, 6, "]
    assert cut["choices"][0]["finish_reason"] == "stop"
    assert ask(http, model="sim-thinking")["usage"]["completion_tokens"] == 16


def test_each_prompt_has_its_choices(http: httpx2.Client) -> None:
    body = ask(http, [COUNT, "Repeat this word and nothing else: KIWI"], n=2, max_tokens=3)
    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2, 3]
    assert texts(body) == ["1, 2", "1, 2", "KIWI", "KIWI"]


def test_prompts_may_be_tokens(http: httpx2.Client) -> None:
    assert ask(http, [1, 2, 3])["usage"]["prompt_tokens"] == 3
    body = ask(http, [[1, 2, 3], [4, 5]], echo=True)
    assert body["usage"]["prompt_tokens"] == 5
    assert [text[:4] for text in texts(body)] == [" 1 2", " 4 5"]


def test_echo_repeats_the_prompt(http: httpx2.Client) -> None:
    body = ask(http, echo=True, max_tokens=0)
    assert texts(body) == [COUNT]
    assert body["usage"]["completion_tokens"] == 0
    assert texts(ask(http, echo=True))[0] == COUNT + texts(ask(http))[0]


@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("alternatives", [0, 1, 5])
def test_logprobs_have_their_legacy_form(http: httpx2.Client, alternatives: int, echo: bool) -> None:  # noqa: FBT001
    body = ask(http, logprobs=alternatives, echo=echo)
    logprobs = body["choices"][0]["logprobs"]
    text = texts(body)[0]
    assert "".join(logprobs["tokens"]) == text
    for token, offset in zip(logprobs["tokens"], logprobs["text_offset"], strict=True):
        assert text[offset : offset + len(token)] == token
    assert len(logprobs["token_logprobs"]) == len(logprobs["tokens"])
    assert (logprobs["token_logprobs"][0] is None) == echo
    if alternatives:
        assert all(len(ranked) == alternatives for ranked in logprobs["top_logprobs"] if ranked is not None)
    else:
        assert logprobs["top_logprobs"] is None


def test_best_of_is_counted(http: httpx2.Client) -> None:
    body = ask(http, best_of=3, n=1)
    assert len(body["choices"]) == 1
    assert body["usage"]["completion_tokens"] == 48


@pytest.mark.parametrize("options", [{}, {"n": 2}, {"echo": True, "logprobs": 2}, {"max_tokens": 100}, {"logprobs": 0}])
def test_a_stream_tells_the_same(http: httpx2.Client, options: dict[str, Any]) -> None:
    plain = ask(http, **options)
    asked = {"model": "sim-chat", "prompt": COUNT, "stream": True, "stream_options": {"include_usage": True}}
    events = sse.parse(http.post("/completions", json={**asked, **options}).content).events
    assert events[-1].data == "[DONE]"
    chunks = [json.loads(event.data) for event in events[:-1]]
    assert (chunks[-1]["choices"], chunks[-1]["usage"]) == ([], plain["usage"])
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert all(chunk["usage"] is None for chunk in chunks[:-1])
    for choice in plain["choices"]:
        parts = [part for chunk in chunks for part in chunk["choices"] if part["index"] == choice["index"]]
        assert "".join(part["text"] for part in parts) == choice["text"]
        assert [part["finish_reason"] for part in parts if part["finish_reason"]] == [choice["finish_reason"]]
        assert parts[-1]["finish_reason"]
        if choice["logprobs"]:
            told = [token for part in parts for token in (part["logprobs"] or {"tokens": []})["tokens"]]
            assert told == choice["logprobs"]["tokens"]


REFUSALS: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({"prompt": []}, 400, "prompt", "empty_array"),
    ({"prompt": [1, "a"]}, 400, "prompt", "invalid_type"),
    ({"prompt": {}}, 400, "prompt", "invalid_type"),
    ({"prompt": ["a"] * 129}, 400, "prompt", "array_above_max_length"),
    ({"prompt": "word " * 9000}, 400, "prompt", "context_length_exceeded"),
    ({"max_tokens": 9000}, 400, "prompt", "context_length_exceeded"),
    ({"logprobs": 6}, 400, "logprobs", "integer_above_max_value"),
    ({"n": 3, "best_of": 2}, 400, "best_of", None),
    ({"best_of": 2, "stream": True}, 400, "best_of", None),
    ({"stream_options": {}}, 400, "stream_options", None),
    ({"messages": []}, 400, "messages", "unknown_parameter"),
    ({"prompt": None}, 400, "prompt", "missing_required_parameter"),
    ({"model": "nope"}, 404, None, "model_not_found"),
    ({"model": "sim-embedding"}, 404, "model", None),
]


@pytest.mark.parametrize(("change", "status", "param", "code"), REFUSALS, ids=lambda value: str(value)[:40])
def test_refusals(
    http: httpx2.Client, change: dict[str, Any], status: int, param: str | None, code: str | None
) -> None:
    refused(http.post("/completions", json={"model": "sim-chat", "prompt": COUNT, **change}), status, param, code)


def test_the_client_completes(client: openai.OpenAI) -> None:
    plain = client.completions.create(model="sim-chat", prompt=COUNT, logprobs=2, suffix=".")
    assert plain.choices[0].finish_reason == "length"


def test_the_client_streams(base_url: str) -> None:
    # A strict client (openai 3.52) takes no chunk without a reason, and only the last one has one.
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        stream = client.completions.create(model="sim-chat", prompt="Count from 1 to 3.", stream=True)
        assert "".join(chunk.choices[0].text for chunk in stream) == "1, 2, 3"


# Stored chat completions

HELLO = "Say hello in one short sentence."


@pytest.fixture
def fresh() -> Iterator[httpx2.Client]:
    """Give a client of an endpoint that has stored nothing yet."""
    with running() as url, httpx2.Client(base_url=url, headers={"Authorization": "Bearer x"}) as client:
        yield client


def keep(fresh: httpx2.Client, **options: Any) -> dict[str, Any]:
    body = {"model": "sim-chat", "messages": [{"role": "user", "content": HELLO}], "store": True, **options}
    answer: dict[str, Any] = fresh.post("/chat/completions", json=body).json()
    return answer


def ids(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [chat["id"] for chat in answer.json()["data"]]


def test_a_stored_completion_is_retrieved(fresh: httpx2.Client) -> None:
    plain = keep(fresh, metadata={"a": "b"}, temperature=0)
    kept = fresh.get(f"/chat/completions/{plain['id']}").json()
    assert schema.load("ChatCompletion").valid(kept)
    assert {key: kept[key] for key in plain} == plain
    assert (kept["metadata"], kept["temperature"], kept["tools"]) == ({"a": "b"}, 0, None)


def test_what_is_not_stored_is_not_retrieved(fresh: httpx2.Client) -> None:
    for store in (False, None):
        refused(fresh.get(f"/chat/completions/{keep(fresh, store=store)['id']}"), 404, "completion_id", None)


def test_a_streamed_completion_is_stored_too(fresh: httpx2.Client) -> None:
    body = {"model": "sim-chat", "messages": [{"role": "user", "content": HELLO}], "store": True, "stream": True}
    assert fresh.post("/chat/completions", json=body).status_code == 200
    [kept] = fresh.get("/chat/completions").json()["data"]
    assert kept["choices"] == keep(fresh)["choices"]


def test_completions_are_listed_by_model_and_metadata(fresh: httpx2.Client) -> None:
    first, second = keep(fresh, metadata={"a": "b", "c": "d"}), keep(fresh, model="sim-thinking", metadata={"a": "x"})
    assert ids(fresh.get("/chat/completions")) == [first["id"], second["id"]]
    assert ids(fresh.get("/chat/completions", params={"order": "desc", "limit": 1})) == [second["id"]]
    assert ids(fresh.get("/chat/completions", params={"model": "sim-thinking"})) == [second["id"]]
    assert ids(fresh.get("/chat/completions", params={"metadata[a]": "b", "metadata[c]": "d"})) == [first["id"]]
    assert ids(fresh.get("/chat/completions", params={"metadata[a]": "b", "metadata[c]": "x"})) == []
    assert fresh.get("/chat/completions").json().keys() == {"object", "data", "first_id", "last_id", "has_more"}


def test_metadata_is_changed_and_nothing_else(fresh: httpx2.Client) -> None:
    path = f"/chat/completions/{keep(fresh, metadata={'a': 'b'})['id']}"
    before = fresh.get(path).json()
    changed = fresh.post(path, json={"metadata": {"c": "d"}}).json()
    assert changed == {**before, "metadata": {"c": "d"}} == fresh.get(path).json()
    assert fresh.post(path, json={"metadata": None}).json()["metadata"] == {}
    refused(fresh.post(path, json={}), 400, "metadata", "missing_required_parameter")
    refused(fresh.post(path, json={"metadata": {}, "model": "x"}), 400, "model", "unknown_parameter")
    refused(fresh.post(path, json={"metadata": {"a": 1}}), 400, "metadata.a", "invalid_type")
    refused(fresh.post("/chat/completions/none", json={"metadata": {}}), 404, "completion_id", None)


def test_messages_are_listed(fresh: httpx2.Client) -> None:
    parts = [{"type": "text", "text": HELLO}]
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": parts, "name": "ada"}]
    path = f"/chat/completions/{keep(fresh, messages=messages)['id']}/messages"
    listed = fresh.get(path).json()
    assert [(one["role"], one["content"], one["name"], one["content_parts"]) for one in listed["data"]] == [
        ("system", "Be short.", None, None),
        ("user", None, "ada", parts),
    ]
    assert len({one["id"] for one in listed["data"]}) == 2
    assert fresh.get(path, params={"after": listed["first_id"]}).json()["data"] == listed["data"][1:]
    refused(fresh.get("/chat/completions/none/messages"), 404, "completion_id", None)


def test_a_deleted_completion_is_gone(fresh: httpx2.Client) -> None:
    name = keep(fresh)["id"]
    path = f"/chat/completions/{name}"
    assert fresh.delete(path).json() == {"object": "chat.completion.deleted", "id": name, "deleted": True}
    refused(fresh.get(path), 404, "completion_id", None)
    refused(fresh.delete(path), 404, "completion_id", None)


def test_the_client_keeps_completions(base_url: str) -> None:
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0, _strict_response_validation=True) as client:
        made = client.chat.completions.create(
            model="sim-chat", messages=[{"role": "user", "content": HELLO}], store=True, metadata={"a": "b"}
        )
        assert client.chat.completions.retrieve(made.id).choices == made.choices
        assert [one.id for one in client.chat.completions.list(metadata={"a": "b"}, limit=1)] == [made.id]
        assert client.chat.completions.update(made.id, metadata={"c": "d"}).metadata == {"c": "d"}
        # A strict client (openai 3.52) knows stored messages of the assistant only, and lists the user's.
        lenient = client.with_options(_extra_kwargs={"_strict_response_validation": False})
        assert [one.content for one in lenient.chat.completions.messages.list(made.id)] == [HELLO]
        assert client.chat.completions.delete(made.id).deleted
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.retrieve(made.id)
