"""The simulator's plain chat answers."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from conformance.checks.common.fixtures import base64_of, data_url
from conformance.simulator.app.server import running

KEY = "sk-test-0123456789"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with running(KEY) as url, httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}) as client:
        yield client


def ask(http: httpx2.Client, text: str, **options: Any) -> dict[str, Any]:
    return talk(http, [{"role": "user", "content": text}], **options)


def talk(http: httpx2.Client, messages: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    answer = http.post("/chat/completions", json={"model": "sim-chat", "messages": messages, **options})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def content(body: dict[str, Any], index: int = 0) -> str:
    text: str = body["choices"][index]["message"]["content"]
    return text


COUNT = "Count from 1 to 20, separated by commas."
ASK = "What is the code word? Answer with that word only."
WORD = {"type": "text", "text": "The code word is KIWI-7."}


def test_models_are_listed_and_retrieved(http: httpx2.Client) -> None:
    listed = http.get("/models").json()
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == [
        "sim-chat",
        "sim-thinking",
        "sim-reasoning",
        "sim-reasoning-mini",
        "sim-embedding",
    ]
    for model in listed["data"]:
        assert http.get(f"/models/{model['id']}").json() == model
        assert set(model) == {"id", "object", "created", "owned_by"}


def test_an_answer_has_openais_keys(http: httpx2.Client) -> None:
    body = ask(http, "Say hello in one short sentence.")
    assert body["object"] == "chat.completion"
    assert body["id"].startswith("chatcmpl-")
    assert body["model"] == "sim-chat"
    choice = body["choices"][0]
    assert set(choice) == {"index", "message", "logprobs", "finish_reason"}
    assert choice["finish_reason"] == "stop"
    assert choice["message"].keys() == {"role", "content", "refusal", "annotations"}
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_the_same_request_gives_the_same_answer_with_another_id(http: httpx2.Client) -> None:
    first, second = ask(http, "Tell me something.", n=2), ask(http, "Tell me something.", n=2)
    assert first["choices"] == second["choices"]
    assert first["usage"] == second["usage"]
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Count from 3 to 6, separated by commas.", "3, 4, 5, 6"),
        ("Repeat this word and nothing else: KIWI", "KIWI"),
        ("Repeat this word and nothing else: Grüße, 東京 🦜👩‍🚀", "Grüße, 東京 🦜👩‍🚀"),
        (ASK, "I do not know any code word."),
        (f"The code word is PLUM. {ASK}", "PLUM"),
    ],
)
def test_the_scripted_model_follows_its_rules(http: httpx2.Client, text: str, answer: str) -> None:
    assert content(ask(http, text)) == answer


@pytest.mark.parametrize(
    "before",
    [
        [{"role": "system", "content": "The code word is KIWI-7."}],
        [{"role": "developer", "content": [WORD]}],
        [{"role": "user", "content": "The code word is PLUM."}, {"role": "assistant", "content": [WORD]}],
        [{"role": "user", "content": [{"type": "text", "text": "Listen."}, WORD]}],
        [
            {"role": "system", "content": "The code word is PLUM."},
            {"role": "system", "content": "The code word is KIWI-7."},
        ],
    ],
)
def test_the_code_word_told_last_is_known(http: httpx2.Client, before: list[dict[str, Any]]) -> None:
    assert content(talk(http, [*before, {"role": "user", "content": ASK}])) == "KIWI-7"


def test_string_and_parts_are_the_same_question(http: httpx2.Client) -> None:
    whole, parts = ask(http, COUNT), talk(http, [{"role": "user", "content": [{"type": "text", "text": COUNT}]}])
    assert whole["choices"] == parts["choices"]
    assert whole["usage"] == parts["usage"]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": data_url("word.png"), "detail": "low"}},
        {"type": "input_audio", "input_audio": {"data": base64_of("spoken.wav"), "format": "wav"}},
        {"type": "file", "file": {"file_data": data_url("word.pdf"), "filename": "a.pdf"}},
    ],
)
def test_attachments_are_accepted_and_counted(http: httpx2.Client, part: dict[str, Any]) -> None:
    text = {"type": "text", "text": COUNT}
    with_part = talk(http, [{"role": "user", "content": [text, part]}])
    assert with_part["usage"]["prompt_tokens"] > ask(http, COUNT)["usage"]["prompt_tokens"]


def test_n_gives_numbered_choices_and_multiplies_the_tokens(http: httpx2.Client) -> None:
    one, three = ask(http, COUNT), ask(http, COUNT, n=3)
    assert [choice["index"] for choice in three["choices"]] == [0, 1, 2]
    assert three["usage"]["completion_tokens"] == 3 * one["usage"]["completion_tokens"]
    assert three["usage"]["prompt_tokens"] == one["usage"]["prompt_tokens"]


@pytest.mark.parametrize("stop", ["7", ["7"], ["19", " 7", "8"], ["\n", "7"]])
def test_stop_ends_before_the_marker(http: httpx2.Client, stop: Any) -> None:
    body = ask(http, COUNT, stop=stop)
    assert content(body).rstrip() == "1, 2, 3, 4, 5, 6,"
    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["usage"]["completion_tokens"] < ask(http, COUNT)["usage"]["completion_tokens"]


def test_empty_stop_lists_change_nothing(http: httpx2.Client) -> None:
    assert ask(http, COUNT, stop=[])["choices"] == ask(http, COUNT, stop=None)["choices"] == ask(http, COUNT)["choices"]


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize("model", ["sim-chat", "sim-thinking"])
def test_limits_are_exact(http: httpx2.Client, name: str, model: str) -> None:
    whole = ask(http, COUNT, model=model)
    size = whole["usage"]["completion_tokens"]
    for limit in (1, 2, 5, size - 1):
        body = ask(http, COUNT, model=model, **{name: limit})
        assert body["usage"]["completion_tokens"] == limit
        assert body["choices"][0]["finish_reason"] == "length"
        assert content(whole).startswith(content(body))
    for limit in (size, size + 1):
        assert ask(http, COUNT, model=model, **{name: limit})["choices"] == whole["choices"]


def test_thinking_is_counted_and_may_use_up_the_limit(http: httpx2.Client) -> None:
    body = ask(http, COUNT, model="sim-thinking")
    plain = ask(http, COUNT)["usage"]["completion_tokens"]
    reasoning = body["usage"]["completion_tokens_details"]["reasoning_tokens"]
    assert reasoning > 0
    assert body["usage"]["completion_tokens"] == plain + reasoning
    cut = ask(http, COUNT, model="sim-thinking", max_completion_tokens=reasoning)
    assert cut["choices"][0]["message"]["content"] == ""
    assert cut["choices"][0]["finish_reason"] == "length"


def test_effort_orders_the_reasoning(http: httpx2.Client) -> None:
    spent = [
        ask(http, COUNT, model="sim-thinking", reasoning_effort=effort)["usage"]["completion_tokens_details"]
        for effort in ("none", "minimal", "low", "medium", "high", "xhigh", "max")
    ]
    tokens = [details["reasoning_tokens"] for details in spent]
    assert tokens[0] == 0
    assert tokens == sorted(set(tokens))


def test_verbosity_orders_the_length_of_open_answers(http: httpx2.Client) -> None:
    lengths = [len(content(ask(http, "Tell me something.", verbosity=level))) for level in ("low", "medium", "high")]
    assert lengths == sorted(set(lengths))


def test_a_zero_temperature_gives_one_answer_and_a_seed_chooses_another(http: httpx2.Client) -> None:
    cold = ask(http, "Tell me something.", temperature=0, n=3)
    assert len({content(cold, index) for index in range(3)}) == 1
    warm = {content(ask(http, "Tell me something.", temperature=1, seed=seed)) for seed in range(3)}
    assert len(warm) == 3


@pytest.mark.parametrize("alternatives", [None, 0, 1, 5, 20])
def test_logprobs_describe_every_token(http: httpx2.Client, alternatives: int | None) -> None:
    body = ask(http, "Repeat this word and nothing else: Zürich 🦜", logprobs=True, top_logprobs=alternatives)
    entries = body["choices"][0]["logprobs"]["content"]
    assert "".join(entry["token"] for entry in entries) == content(body)
    assert len(entries) == body["usage"]["completion_tokens"]
    for entry in entries:
        assert entry["logprob"] <= 0
        assert bytes(entry["bytes"]).decode() == entry["token"]
        assert len(entry["top_logprobs"]) == (alternatives or 0)
        likely = [other["logprob"] for other in entry["top_logprobs"]]
        assert likely == sorted(likely, reverse=True)
        assert len({other["token"] for other in entry["top_logprobs"]}) == len(likely)


@pytest.mark.parametrize(
    ("sent", "echoed"), [(None, "default"), ("auto", "default"), ("flex", "flex"), ("fast", "priority")]
)
def test_the_service_tier_is_named(http: httpx2.Client, sent: str | None, echoed: str) -> None:
    assert ask(http, COUNT, service_tier=sent)["service_tier"] == echoed


def test_parameters_without_visible_effect_are_accepted(http: httpx2.Client) -> None:
    silent = {
        "frequency_penalty": 0,
        "presence_penalty": -2,
        "logit_bias": {"50256": -100},
        "metadata": {"a": "b"},
        "store": False,
        "user": "u",
        "safety_identifier": "s",
        "prompt_cache_key": "k",
        "modalities": ["text"],
        "response_format": {"type": "text"},
        "top_p": 1,
    }
    assert ask(http, COUNT, **silent)["choices"] == ask(http, COUNT)["choices"]


def test_longer_conversations_cost_more(http: httpx2.Client) -> None:
    counts = [ask(http, "word " * size)["usage"]["prompt_tokens"] for size in (1, 10, 100)]
    assert counts == sorted(set(counts))
    two = talk(http, [{"role": "system", "content": "Be short."}, {"role": "user", "content": COUNT}])
    assert two["usage"]["prompt_tokens"] > ask(http, COUNT)["usage"]["prompt_tokens"]


def test_json_mode_gives_json(http: httpx2.Client) -> None:
    body = ask(http, "Say hello as JSON.", response_format={"type": "json_object"})
    assert isinstance(json.loads(content(body)), dict)


def test_structured_output_follows_its_schema(http: httpx2.Client) -> None:
    schema = {
        "type": "object",
        "properties": {"word": {"type": "string"}, "size": {"enum": [3, 4]}},
        "required": ["word", "size"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "out", "strict": True, "schema": schema}}
    body = ask(http, f"The code word is PLUM. {ASK}", response_format=wanted)
    assert json.loads(content(body)) == {"word": "PLUM", "size": 3}
