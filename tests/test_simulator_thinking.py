"""The simulator's thinking model: four ways to ask for thoughts, where they come back, and signed tool calls."""

import json
from typing import Any

import httpx2
import openai
import pytest

KEY = "sk-test-0123456789"
MODEL = "sim-thinking"
SIGNING = "sim-signing"
EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": CITY}}]
WEATHER = {"role": "user", "content": "What is the weather in Paris and Rome? Use the tool."}


def ask(http: httpx2.Client, **options: Any) -> httpx2.Response:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Why is the sky dark at night?"}], **options}
    return http.post("/chat/completions", json=body)


def thought(http: httpx2.Client, **options: Any) -> tuple[int, str | None]:
    """Return the reasoning tokens, and the thoughts as far as they are told."""
    answer = ask(http, **options)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    message = body["choices"][0]["message"]
    assert message["content"]
    details = body["usage"]["completion_tokens_details"]
    assert details["reasoning_tokens"] <= body["usage"]["completion_tokens"]
    return details["reasoning_tokens"], message.get("reasoning_content")


def google(**config: Any) -> dict[str, Any]:
    return {"extra_body": {"google": {"thinking_config": config}}}


def test_effort_orders_the_hidden_tokens(http: httpx2.Client) -> None:
    spent = [thought(http, reasoning_effort=effort) for effort in EFFORTS]
    tokens = [one for one, _ in spent]
    assert tokens[0] == 0
    assert tokens == sorted(set(tokens))
    assert {text for _, text in spent} == {None}


ASKED: dict[str, dict[str, Any]] = {
    "top level": {"enable_thinking": True},
    "nested": {"extra_body": {"enable_thinking": True}},
    "include_thoughts": google(include_thoughts=True),
    "with a level": google(include_thoughts=True, thinking_level="low"),
    "with a budget": google(include_thoughts=True, thinking_budget=1024),
    "with an effort": {"enable_thinking": True, "reasoning_effort": "low"},
    "against the suffix": {"enable_thinking": True, "model": "sim-thinking-nothinking"},
}


@pytest.mark.parametrize("options", list(ASKED.values()), ids=list(ASKED))
def test_thoughts_are_told_when_they_are_asked_for(http: httpx2.Client, options: dict[str, Any]) -> None:
    tokens, text = thought(http, **options)
    assert tokens > 0
    assert text
    assert len(text.split()) > 3


SILENT: dict[str, dict[str, Any]] = {
    "off": {"enable_thinking": False},
    "nested off": {"extra_body": {"enable_thinking": False}},
    "no budget": google(include_thoughts=True, thinking_budget=0),
    "suffix": {"model": "sim-thinking-nothinking"},
    "none": {"reasoning_effort": "none", "enable_thinking": True},
    "off in spite of an effort": {"enable_thinking": False, "reasoning_effort": "high"},
}


@pytest.mark.parametrize("options", list(SILENT.values()), ids=list(SILENT))
def test_thinking_is_turned_off(http: httpx2.Client, options: dict[str, Any]) -> None:
    assert thought(http, **options) == (0, None)


def test_budget_level_and_suffix_order_the_tokens(http: httpx2.Client) -> None:
    low, high = thought(http, model="sim-thinking-low")[0], thought(http, model="sim-thinking-high")[0]
    assert low == thought(http, reasoning_effort="low")[0] < high
    levels = [thought(http, **google(thinking_level=level))[0] for level in ("minimal", "low", "medium", "high")]
    assert levels == sorted(set(levels))
    budgets = [thought(http, **google(thinking_budget=budget))[0] for budget in (0, 1, 1024, 8192, 24_576)]
    assert budgets == sorted(set(budgets))
    assert thought(http, **google(thinking_budget=-1)) == thought(http)


def test_the_answer_names_the_model_that_was_asked(http: httpx2.Client) -> None:
    assert ask(http, model="sim-thinking-high").json()["model"] == "sim-thinking-high"


def test_thoughts_come_before_the_content_in_a_stream(http: httpx2.Client) -> None:
    plain = ask(http, enable_thinking=True).json()["choices"][0]["message"]
    answer = ask(http, enable_thinking=True, stream=True)
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line and "[DONE]" not in line]
    deltas = [json.loads(line)["choices"][0]["delta"] for line in lines]
    thoughts = [index for index, delta in enumerate(deltas) if delta.get("reasoning_content")]
    words = [index for index, delta in enumerate(deltas) if delta.get("content")]
    assert 0 < thoughts[0] <= thoughts[-1] < words[0]
    assert "".join(delta.get("reasoning_content", "") for delta in deltas) == plain["reasoning_content"]
    assert "".join(delta.get("content") or "" for delta in deltas) == plain["content"]


def test_thoughts_may_use_up_the_limit(http: httpx2.Client) -> None:
    choice = ask(http, enable_thinking=True, max_completion_tokens=10).json()["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "")
    assert choice["message"]["reasoning_content"]


CONFIG = "extra_body.google.thinking_config"
REFUSED: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "two ways": (
        {"reasoning_effort": "low", **google(thinking_level="low")},
        "invalid_parameter_combination",
        "reasoning_effort",
    ),
    "level and budget": (
        google(thinking_level="low", thinking_budget=5),
        "invalid_parameter_combination",
        CONFIG,
    ),
    "junk level": (google(thinking_level="deep"), "invalid_value", f"{CONFIG}.thinking_level"),
    "text as budget": (
        google(thinking_budget="low"),
        "invalid_type",
        f"{CONFIG}.thinking_budget",
    ),
    "other spelling": (
        google(thinkingBudget=5),
        "unknown_parameter",
        f"{CONFIG}.thinkingBudget",
    ),
    "unknown": ({"extra_body": {"odd": 1}}, "unknown_parameter", "extra_body.odd"),
    "no boolean": ({"enable_thinking": "yes"}, "invalid_type", "enable_thinking"),
    "other model": ({"model": "sim-chat", "enable_thinking": True}, "unknown_parameter", "enable_thinking"),
    "nested, other model": (
        {"model": "sim-chat", "extra_body": {"enable_thinking": True}},
        "unknown_parameter",
        "extra_body",
    ),
    "unknown suffix": ({"model": "sim-thinking-deep"}, "model_not_found", ""),
}


@pytest.mark.parametrize(("options", "code", "param"), list(REFUSED.values()), ids=list(REFUSED))
def test_what_is_refused(http: httpx2.Client, options: dict[str, Any], code: str, param: str) -> None:
    answer = ask(http, **options)
    assert answer.status_code == (404 if code == "model_not_found" else 400)
    assert (answer.json()["error"]["code"], answer.json()["error"]["param"] or "") == (code, param)


def called(http: httpx2.Client, **options: Any) -> dict[str, Any]:
    answer = ask(http, **{"model": SIGNING, "messages": [WEATHER], "tools": TOOLS, **options})
    message: dict[str, Any] = answer.json()["choices"][0]["message"]
    return message


def replied(http: httpx2.Client, message: dict[str, Any], *more: dict[str, Any]) -> httpx2.Response:
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "18 degrees"} for call in message["tool_calls"]]
    return ask(http, model=SIGNING, messages=[WEATHER, message, *results, *more], tools=TOOLS)


def test_the_first_call_is_signed(http: httpx2.Client) -> None:
    first, second = called(http)["tool_calls"]
    assert first["extra_content"]["google"]["thought_signature"]
    assert "extra_content" not in second
    assert "extra_content" not in called(http, model="sim-chat")["tool_calls"][0]


def test_a_signed_call_goes_on(http: httpx2.Client) -> None:
    message = called(http, enable_thinking=True)
    assert message["reasoning_content"]
    answer = replied(http, message)
    assert answer.status_code == 200, answer.text
    assert "18 degrees" in answer.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize("signature", [None, "AAAA"])
def test_without_its_signature_a_call_does_not_go_on(http: httpx2.Client, signature: str | None) -> None:
    message = called(http)
    message["tool_calls"][0]["extra_content"] = {"google": {"thought_signature": signature}}
    answer = replied(http, message)
    assert answer.status_code == 400
    assert "signature" in answer.json()["error"]["message"].lower()
    del message["tool_calls"][0]["extra_content"]
    assert replied(http, message).status_code == 400
    assert replied(http, message, {"role": "user", "content": "Say hello."}).status_code == 200
    message["tool_calls"][0]["extra_content"] = {"google": {"thought_signature": "skip_thought_signature_validator"}}
    assert replied(http, message).status_code == 200


def test_a_model_that_only_thinks_signs_nothing(http: httpx2.Client) -> None:
    message = called(http, model=MODEL)
    assert not any("extra_content" in call for call in message["tool_calls"])
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "x"} for call in message["tool_calls"]]
    assert ask(http, messages=[WEATHER, message, *results], tools=TOOLS).status_code == 200


def test_a_strict_model_takes_no_signature(http: httpx2.Client) -> None:
    message = called(http)
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "x"} for call in message["tool_calls"]]
    answer = ask(http, model="sim-chat", messages=[WEATHER, message, *results], tools=TOOLS)
    assert answer.json()["error"]["param"] == "messages[1].tool_calls[0].extra_content"


def test_a_stream_signs_its_first_fragment(http: httpx2.Client) -> None:
    answer = ask(http, model=SIGNING, messages=[WEATHER], tools=TOOLS, stream=True)
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line and "[DONE]" not in line]
    deltas = [json.loads(line)["choices"][0]["delta"] for line in lines]
    fragments = [fragment for delta in deltas for fragment in delta.get("tool_calls", ())]
    signed = [fragment for fragment in fragments if "extra_content" in fragment]
    assert signed == fragments[:1]


def test_the_official_client_reaches_every_dialect(base_url: str) -> None:
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        for extra in (
            {"enable_thinking": True},
            {"extra_body": {"enable_thinking": True}},
            google(include_thoughts=True),
        ):
            answer = client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "Why?"}], extra_body=extra
            )
            assert (answer.choices[0].message.model_extra or {})["reasoning_content"]
        first = client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "Weather in Paris?"}],
            tools=[{"type": "function", "function": {"name": "get_weather", "parameters": dict(CITY)}}],
        )
        back: Any = first.choices[0].message.model_dump(exclude_none=True)
        result: Any = {"role": "tool", "tool_call_id": back["tool_calls"][0]["id"], "content": "18 degrees"}
        second = client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "Weather in Paris?"}, back, result]
        )
        assert "18" in (second.choices[0].message.content or "")
