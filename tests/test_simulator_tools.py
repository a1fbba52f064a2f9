"""The simulator's tool calls."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from conformance.simulator.app.server import running
from conformance.simulator.model.places import places
from conformance.simulator.model.synthesis import Hints, synthesise


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with running() as url, httpx2.Client(base_url=url, headers={"Authorization": "Bearer any"}) as client:
        yield client


CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": CITY}}
TIME = {"type": "function", "function": {"name": "getLocalTime"}}
CUSTOM = {"type": "custom", "custom": {"name": "run_code"}}
TOOLS = [WEATHER, TIME, CUSTOM]
PARIS = "What is the weather in Paris? Use the tool."


def choice(http: httpx2.Client, text: str, **options: Any) -> dict[str, Any]:
    return told(http, [{"role": "user", "content": text}], **options)


def told(http: httpx2.Client, messages: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    body = {"model": "sim-chat", "messages": messages, "tools": TOOLS, **options}
    answer = http.post("/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    first: dict[str, Any] = answer.json()["choices"][0]
    return first


def names(one: dict[str, Any]) -> list[str]:
    return [call[call["type"]]["name"] for call in one["message"].get("tool_calls", ())]


def cities(one: dict[str, Any]) -> list[str]:
    return [json.loads(call["function"]["arguments"])["city"] for call in one["message"]["tool_calls"]]


def test_a_call_has_openais_shape(http: httpx2.Client) -> None:
    one = choice(http, PARIS)
    assert one["finish_reason"] == "tool_calls"
    assert one["message"]["content"] is None
    [call] = one["message"]["tool_calls"]
    assert call["id"].startswith("call_")
    assert call["type"] == "function"
    assert call["function"] == {"name": "get_weather", "arguments": '{"city": "Paris"}'}


@pytest.mark.parametrize(
    ("text", "tool_choice", "called"),
    [
        (PARIS, None, ["get_weather"]),
        (PARIS, "auto", ["get_weather"]),
        (PARIS, "none", []),
        ("Say hello.", "auto", []),
        ("Say hello.", "required", ["get_weather"]),
        ("What time is it?", "auto", ["getLocalTime"]),
        ("What time is it?", "required", ["getLocalTime"]),
        ("Weather and time, please.", "auto", ["get_weather", "getLocalTime"]),
        ("Run this code.", "auto", ["run_code"]),
        (PARIS, {"type": "function", "function": {"name": "getLocalTime"}}, ["getLocalTime"]),
        (PARIS, {"type": "custom", "custom": {"name": "run_code"}}, ["run_code"]),
        (PARIS, {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [TIME]}}, []),
        (PARIS, {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [TIME]}}, ["getLocalTime"]),
    ],
)
def test_the_choice_of_tools_is_obeyed(http: httpx2.Client, text: str, tool_choice: Any, called: list[str]) -> None:
    if isinstance(tool_choice, dict) and tool_choice["type"] == "allowed_tools":
        tool_choice["allowed_tools"]["tools"] = [{"type": "function", "function": {"name": "getLocalTime"}}]
    one = choice(http, text, tool_choice=tool_choice)
    assert names(one) == called
    named = isinstance(tool_choice, dict) and tool_choice["type"] != "allowed_tools"
    assert one["finish_reason"] == ("tool_calls" if called and not named else "stop")
    assert ("tool_calls" in one["message"]) == bool(called)


def test_a_tool_without_parameters_gets_an_empty_object(http: httpx2.Client) -> None:
    assert choice(http, "What time is it?")["message"]["tool_calls"][0]["function"]["arguments"] == "{}"


def test_several_places_give_parallel_calls(http: httpx2.Client) -> None:
    one = choice(http, "What is the weather in Paris, New York and Zürich?")
    assert cities(one) == ["Paris", "New York", "Zürich"]
    assert len({call["id"] for call in one["message"]["tool_calls"]}) == 3
    single = choice(http, "What is the weather in Paris and Rome?", parallel_tool_calls=False)
    assert cities(single) == ["Paris"]


def test_results_are_told(http: httpx2.Client) -> None:
    asked = {"role": "user", "content": "What is the weather in Paris and Rome?"}
    answer = told(http, [asked])["message"]
    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": f"{number} degrees"}
        for number, call in enumerate(answer["tool_calls"], 17)
    ]
    last = told(http, [asked, answer, *results])
    assert last["finish_reason"] == "stop"
    assert "17 degrees" in last["message"]["content"]
    assert "18 degrees" in last["message"]["content"]


@pytest.mark.parametrize("content", [None, ""])
def test_the_content_beside_calls_may_be_empty(http: httpx2.Client, content: str | None) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    history: list[dict[str, Any]] = [
        {"role": "user", "content": PARIS},
        {"role": "assistant", "content": content, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "rain"}]},
    ]
    assert "rain" in told(http, history)["message"]["content"]
    del history[1]["content"]
    assert "rain" in told(http, history)["message"]["content"]
    assert told(http, [*history, {"role": "user", "content": PARIS}])["finish_reason"] == "tool_calls"


def test_a_limit_cuts_the_arguments(http: httpx2.Client) -> None:
    one = choice(http, PARIS, max_tokens=8)
    assert one["finish_reason"] == "length"
    assert '{"city": "Paris"}'.startswith(one["message"]["tool_calls"][0]["function"]["arguments"])


def test_tools_are_counted_and_no_tools_change_nothing(http: httpx2.Client) -> None:
    body = {"model": "sim-chat", "messages": [{"role": "user", "content": "Hello."}]}
    plain = http.post("/chat/completions", json=body).json()
    empty = http.post("/chat/completions", json={**body, "tools": []}).json()
    tools = http.post("/chat/completions", json={**body, "tools": TOOLS}).json()
    assert plain["usage"] == empty["usage"]
    assert tools["usage"]["prompt_tokens"] > plain["usage"]["prompt_tokens"]


SCHEMAS: list[dict[str, Any]] = [
    {"type": "object"},
    CITY,
    {"type": "object", "properties": {"unit": {"type": "string", "enum": ["celsius", "kelvin"]}}, "required": ["unit"]},
    {"type": "integer", "minimum": 5, "maximum": 9},
    {"type": "integer", "exclusiveMinimum": 5},
    {"type": "integer", "maximum": -3},
    {"type": "number", "multipleOf": 0.5, "minimum": 2.1},
    {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3},
    {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}]},
    {"type": "string", "minLength": 20},
    {"type": "string", "maxLength": 2},
    {"type": "string", "format": "date-time"},
    {"type": "string", "pattern": "^[0-9]{4}$"},
    {"type": ["null", "integer"]},
    {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"a": {"const": 5}}, "required": ["a"]}]},
    {"oneOf": [{"type": "boolean"}]},
    {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {"type": "null"}}}]},
    {
        "$defs": {"size": {"enum": [3]}},
        "type": "object",
        "properties": {"s": {"$ref": "#/$defs/size"}},
        "required": ["s"],
    },
    {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "value": {"type": "string"},
                    "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                },
                "required": ["value", "next", "children"],
                "additionalProperties": False,
            }
        },
        "$ref": "#/$defs/node",
    },
    {
        "type": "object",
        "properties": {
            "a": {"type": "object", "properties": {"b": {"type": "array", "items": CITY}}, "required": ["b"]}
        },
        "required": ["a"],
    },
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_synthesised_values_are_valid(schema: dict[str, Any]) -> None:
    jsonschema_rs.validate(schema, synthesise(schema, Hints()))


@pytest.mark.parametrize(
    "schema", [{"$ref": "#"}, {"anyOf": [{"$ref": "#"}]}, {"allOf": [{"$ref": "#"}]}, {"items": {"$ref": "#/no"}}]
)
def test_senseless_schemas_come_to_an_end(schema: dict[str, Any]) -> None:
    json.dumps(synthesise(schema, Hints()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Weather in Paris?", ["Paris"]),
        ("Weather in Paris and in Rome today.", ["Paris", "Rome"]),
        ("Weather in São Paulo, 東京 & New York City!", ["São Paulo", "東京", "New York City"]),
        ("Weather for tomorrow in Oslo", ["Oslo"]),
        ("Weather in general", []),
        ("Weather in San Francisco, CA?", ["San Francisco, CA"]),
        ("Weather in Paris, Rome and Oslo, please.", ["Paris", "Rome", "Oslo"]),
        ("Weather in Florence, Italy and Austin, TX", ["Florence, Italy", "Austin, TX"]),
        ("", []),
    ],
)
def test_places_are_found(text: str, found: list[str]) -> None:
    assert places(text) == found
