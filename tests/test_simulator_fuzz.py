"""No request makes the simulator fail: it answers, or it refuses with an error of its own."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.simulator.chat import endpoint as chat
from conformance.simulator.endpoints import embeddings
from conformance.simulator.http.answer import Answer, Events, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, error_answer
from conformance.simulator.http.registry import Handler

NAMES = [
    "messages",
    "model",
    "temperature",
    "top_p",
    "n",
    "stop",
    "max_tokens",
    "max_completion_tokens",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "metadata",
    "seed",
    "verbosity",
    "reasoning_effort",
]
WORDS = ("sim-chat", "sim-thinking", "function", "auto", "required", "json_schema", "text", "object", "user", "tool")
KEYS = ("type", "function", "name", "parameters", "properties", "required", "enum", "anyOf", "$ref", "items", "role")
KEYS_TOO = ("content", "text", "json_schema", "schema", "strict", "additionalProperties", "minimum", "multipleOf")
LEAVES = st.none() | st.booleans() | st.integers(-3, 200) | st.floats(-3, 3) | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS + KEYS_TOO), inner, max_size=4),
    max_leaves=12,
)


def settle(handler: Handler, body: dict[str, Any]) -> None:
    call = Call("POST", "/", headers={"content-type": "application/json"}, content=json.dumps(body).encode())
    try:
        answer: Answer = handler(call)
    except ApiError as error:
        answer = error_answer(error)
    if isinstance(answer.body, Events):
        assert all(answer.body.encode(event) for event in answer.body.events)
    else:
        assert not isinstance(answer.body, bytes)
        assert dump(answer.body)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
def test_chat_with_any_parameters(change: dict[str, Any]) -> None:
    messages = [{"role": "user", "content": "Weather in Paris and Rome?"}]
    settle(chat.complete, {"model": "sim-chat", "messages": messages, **change})


@given(VALUES, st.booleans())
def test_chat_with_any_schema(schema: Any, strict: Any) -> None:
    messages = [{"role": "user", "content": "Weather in Paris and Rome?"}]
    body = {"model": "sim-chat", "messages": messages}
    shape = {"name": "f", "schema": schema, "strict": strict}
    settle(chat.complete, {**body, "response_format": {"type": "json_schema", "json_schema": shape}})
    function = {"name": "f", "parameters": schema, "strict": strict}
    settle(chat.complete, {**body, "tools": [{"type": "function", "function": function}], "tool_choice": "required"})


@given(st.lists(VALUES, max_size=3))
def test_chat_with_any_messages(messages: list[Any]) -> None:
    settle(chat.complete, {"model": "sim-chat", "messages": messages})


@given(VALUES, VALUES, VALUES)
def test_embeddings_of_anything(value: Any, dimensions: Any, encoding: Any) -> None:
    body = {"model": "sim-embedding", "input": value, "dimensions": dimensions, "encoding_format": encoding}
    settle(embeddings.embed, body)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "object", "required": ["no-such-property"]},
        {"type": "object", "properties": {"a": {"type": "number", "multipleOf": 0.01}}},
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}},
        {"type": "object", "properties": {"a": {"enum": [1], "type": "array", "minItems": 10**14}}},
        {"type": "object", "properties": {"a": {"type": "array", "minItems": 10**14}}},
        {"type": "object", "properties": {"a": {"type": "string", "minLength": 10**14}}},
        {"type": "object", "properties": {"a": True}},
    ],
    ids=str,
)
def test_chat_with_hostile_schemas(schema: dict[str, Any]) -> None:
    shape = {"name": "f", "schema": schema}
    messages = [{"role": "user", "content": "Hello."}]
    wanted = {"type": "json_schema", "json_schema": shape}
    settle(chat.complete, {"model": "sim-chat", "messages": messages, "response_format": wanted})
