"""The scripted model heeds what a prompt says of arguments and of JSON, as clients and their suites ask for it."""

import json
from typing import Any

import pytest

from conformance.simulator.model.calling import call_tools
from conformance.simulator.model.script import keys_wanted, schema_told
from conformance.simulator.model.synthesis import Hints, synthesise

PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def arguments(text: str, **properties: str) -> Any:
    """Return the arguments with which a tool `f` is called."""
    schema = {"properties": {name: {"type": kind} for name, kind in properties.items()}, "required": [*properties]}
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    body = {"messages": [{"role": "user", "content": text}], "tools": [tool], "tool_choice": "required"}
    (call,) = call_tools(body)
    return json.loads(call.arguments)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What is f(40, -2.5)?", {"a": 40, "b": -2.5}),
        ("What is f(40)?", {"a": 40, "b": 1}),
        ("What is f()?", {"a": 1, "b": 1}),
        ("What is f(x, 2)?", {"a": 1, "b": 2}),
        ("What is f(40, 2, 3) with a=7?", {"a": 7, "b": 2}),
        ("What is af(40, 2)?", {"a": 1, "b": 1}),
    ],
)
def test_values_in_brackets_become_arguments_in_their_order(text: str, wanted: dict[str, float]) -> None:
    assert arguments(text, a="integer", b="number") == wanted


def test_what_is_named_becomes_the_argument_that_is_a_name() -> None:
    assert arguments("Call f for a customer named '你好啊集团'.", customer_name="string") == {
        "customer_name": "你好啊集团"
    }


def test_where_nothing_is_required_everything_is_filled_in() -> None:
    schema = {"properties": {"people": {"type": "array", "items": PERSON}}, "required": []}
    assert synthesise(schema, Hints(text="Ada")) == {"people": [{"name": "Ada"}]}
    assert synthesise(schema | {"required": ["people"]}, Hints(text="Ada")) == {"people": [{"name": "Ada"}]}


def test_keys_are_read_behind_the_word_and_in_front_of_it() -> None:
    assert keys_wanted("Give JSON with the keys 'a' and 'b'. Not 'c'.") == ["a", "b"]
    assert keys_wanted("Not 'c'. Give JSON with 'a' and 'b' keys. Nothing else.") == ["a", "b"]
    assert keys_wanted("Give JSON.") == []


@pytest.mark.parametrize("role", ["system", "user"])
def test_a_schema_is_read_out_of_a_prompt(role: str) -> None:
    text = f"Say {{this}} as JSON that obeys:\n```json\n{json.dumps(PERSON, indent=1)}\n```\nNothing else."
    assert schema_told([{"role": role, "content": text}]) == PERSON


def test_no_schema_is_read_out_of_other_braces() -> None:
    for text in ("", '{"properties": 1}', '"properties" {{{', "{" * 100_000 + '"properties"'):
        assert schema_told([{"role": "user", "content": text}]) is None
