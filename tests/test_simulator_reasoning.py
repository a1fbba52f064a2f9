"""The simulator's model that always reasons: what it refuses, and what its answers look like."""

import json
from typing import Any

import httpx2
import pytest

MODEL = "sim-reasoning"
HELLO = [{"role": "user", "content": "Say hello."}]


def ask(http: httpx2.Client, **options: Any) -> httpx2.Response:
    return http.post("/chat/completions", json={"model": MODEL, "messages": HELLO, **options})


REFUSED = {
    "max_tokens": (64, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion"),
    "temperature": (0, "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1)"),
    "top_p": (0.5, "Unsupported parameter: 'top_p' is not supported with this model."),
    "presence_penalty": (1, "Unsupported parameter: 'presence_penalty' is not supported with this model."),
    "frequency_penalty": (1, "Unsupported parameter: 'frequency_penalty' is not supported with this model."),
    "stop": ("7", "Unsupported parameter: 'stop' is not supported with this model."),
    "logprobs": (True, "Unsupported parameter: 'logprobs' is not supported with this model."),
    "logit_bias": ({"1734": -1}, "Unsupported parameter: 'logit_bias' is not supported with this model."),
    "reasoning_effort": ("none", "Unsupported value: 'none' is not supported with this model. Supported values are:"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_with_reasoning_is_refused(http: httpx2.Client, name: str) -> None:
    value, text = REFUSED[name]
    refused = ask(http, **{name: value})
    error = refused.json()["error"]
    assert refused.status_code == 400
    assert error["message"].startswith(text)
    assert (error["param"], error["type"]) == (name, "invalid_request_error")
    assert error["code"] == ("unsupported_value" if "value" in text[:20] else "unsupported_parameter")


def test_default_values_are_taken(http: httpx2.Client) -> None:
    defaults = {"temperature": 1, "top_p": 1, "n": 1, "presence_penalty": 0, "frequency_penalty": 0}
    assert ask(http, **defaults).status_code == 200


def test_some_models_keep_their_log_probabilities_to_themselves(http: httpx2.Client) -> None:
    refused = ask(http, model="sim-reasoning-mini", logprobs=True)
    told = {"message": "You are not allowed to request logprobs from this model", "param": None, "code": None}
    assert refused.status_code == 403
    assert refused.json()["error"] == {**told, "type": "invalid_request_error"}


def test_an_answer_has_neither_log_probabilities_nor_a_fingerprint(http: httpx2.Client) -> None:
    body = ask(http).json()
    assert "logprobs" not in body["choices"][0]
    assert body["system_fingerprint"] is None
    assert body["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert "reasoning_content" not in body["choices"][0]["message"]
    for line in ask(http, stream=True).text.splitlines():
        if line.startswith("data: {"):
            chunk = json.loads(line[6:])
            assert chunk["system_fingerprint"] is None
            assert all("logprobs" not in part for part in chunk["choices"])


def test_it_can_be_cut_while_it_reasons(http: httpx2.Client) -> None:
    body = ask(http, max_completion_tokens=16).json()
    assert body["choices"][0]["message"]["content"] == ""
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 16


def test_too_little_room_to_reason_is_refused(http: httpx2.Client) -> None:
    refused = ask(http, max_completion_tokens=8)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith("Could not finish the message because max_tokens or model")


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"temperature": 0.5}, "temperature"),
        ({"top_p": 0.5}, "top_p"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"include": ["message.output_text.logprobs"]}, "include"),
        ({"reasoning": {"effort": "none"}}, "reasoning.effort"),
    ],
)
def test_the_responses_api_refuses_the_same(http: httpx2.Client, options: dict[str, Any], param: str) -> None:
    refused = http.post("/responses", json={"model": MODEL, "input": "Say hello.", **options})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("options", [{"enable_thinking": True}, {"extra_body": {}}])
def test_dialects_of_other_vendors_are_unknown(http: httpx2.Client, options: dict[str, Any]) -> None:
    assert ask(http, **options).status_code == 400
