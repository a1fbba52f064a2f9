"""How calls and thoughts are read out of answers: what proves something, and what proves nothing."""

import json
from typing import Any

import pytest

from conformance import Document
from conformance.checks.common.arguments import assert_object
from conformance.checks.reasoning.reading import reasoning_in
from conformance.checks.structured.reading import assert_fits
from conformance.checks.tools.reading import arguments_told, assert_unmarked, names_called, require_obedience
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import asking, observed

WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"properties": {"city": {}}}}}
CLOCK = {"type": "function", "function": {"name": "clock"}}
MARKED = '<tool_call>{"name": "weather", "arguments": {}}</tool_call>'


def called(name: str, arguments: str = "") -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}


def spoken(content: str | None = None, *calls: dict[str, Any], refusal: str | None = None, **sent: Any) -> Exchange:
    message = {"role": "assistant", "content": content, "refusal": refusal, "tool_calls": list(calls)}
    body = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return observed(body, request=asking(**sent))


def test_arguments_are_told_apart_by_whether_the_function_has_parameters() -> None:
    both = spoken(None, called("weather", "{}"), called("clock"), tools=[WEATHER, CLOCK])
    assert arguments_told(both, parameters=True) == ["{}"]
    assert arguments_told(both, parameters=False) == [""]


def test_a_function_that_was_not_offered_may_be_one_without_parameters() -> None:
    unknown = spoken(None, called("clockclock"), tools=[WEATHER, CLOCK])
    assert arguments_told(unknown, parameters=False) == [""]
    with pytest.raises(Inconclusive, match="with parameters"):
        arguments_told(unknown, parameters=True)


def test_notation_for_calls_that_the_request_holds_proves_nothing() -> None:
    with pytest.raises(Deviation, match="`tool_calls` has none"):
        assert_unmarked(spoken(MARKED, tools=[WEATHER]))
    with pytest.raises(Inconclusive):
        assert_unmarked(spoken(MARKED, tools=[WEATHER], messages=[{"role": "user", "content": "Write <tool_call>."}]))


@pytest.mark.parametrize(
    "written",
    [
        "<function=weather><parameter=city>Paris</parameter></function>",
        '[TOOL_CALLS][{"name": "weather", "arguments": {}}]',
        '[TOOL_CALLS]weather{"city": "Paris"}',
        '<|python_tag|>weather(city="Paris")',
        '<|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|>',
    ],
)
def test_a_whole_call_is_known_in_the_notation_of_many_models(written: str) -> None:
    with pytest.raises(Deviation):
        assert_unmarked(spoken(f"Well. {written}", tools=[WEATHER]))


@pytest.mark.parametrize(
    "written",
    [
        '<tool_call>\n{"name": "arguments": 18 degrees in Oslo.',
        '<tool_call>\n{"name": "arguments": {"city": "arguments": "Paris"}}\n</tool_call>',
        '<tool_call>{"name": "other", "arguments": {}}</tool_call>',
        "<function=weather><parameter=city>Par",
        "<tool_call>",
    ],
)
def test_a_mark_without_a_whole_call_of_an_offered_function_accuses_nobody(written: str) -> None:
    with pytest.raises(Inconclusive):
        assert_unmarked(spoken(written, tools=[WEATHER]))


@pytest.mark.parametrize("arguments", ["", '"{\\"city\\": 1}"', "{'city': 'Paris'}", "null", "[]"])
def test_arguments_that_no_model_writes_are_the_servers(arguments: str) -> None:
    with pytest.raises(Deviation):
        assert_object(arguments, strict=False)


def test_arguments_that_are_no_json_are_the_servers_only_where_they_are_bound() -> None:
    with pytest.raises(Inconclusive):
        assert_object('{"city": "Par', strict=False)
    with pytest.raises(Deviation):
        assert_object('{"city": "Par', strict=True)


def streamed(*fragments: dict[str, Any]) -> Exchange:
    events = [{"choices": [{"index": 0, "delta": {"tool_calls": [fragment]}}]} for fragment in fragments]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()
    return observed(body, media_type="text/event-stream", request=asking(stream=True, tools=[WEATHER, CLOCK]))


def test_calls_that_share_an_index_are_not_one_call() -> None:
    both = streamed({"index": 0, **called("weather", "{}")}, {"index": 0, **called("clock", "{}"), "id": "2"})
    with pytest.raises(Inconclusive, match="share one `index`"):
        names_called(both)


def test_a_name_that_is_told_again_is_not_another_name() -> None:
    again = streamed({"index": 0, **called("weather", "{")}, {"index": 0, **called("weather", "}")})
    with pytest.raises(Inconclusive, match="repeats the name"):
        names_called(again)


def test_a_model_that_refuses_does_not_ignore_the_choice() -> None:
    with pytest.raises(Deviation):
        require_obedience(spoken("No."), "is `required`")
    with pytest.raises(Inconclusive):
        require_obedience(spoken(refusal="No."), "is `required`")


@pytest.mark.parametrize("schema", [{"type": "nothing"}, None, {"$ref": "#/$defs/nowhere"}])
def test_a_schema_that_cannot_be_read_accuses_nobody(schema: object) -> None:
    bound = {"type": "json_schema", "json_schema": {"strict": True, "schema": schema}}
    with pytest.raises(Inconclusive, match="cannot be read"):
        assert_fits(spoken("{}", response_format=bound))


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"reasoning_content": "Well."}, "`reasoning_content`"),
        ({"reasoning_details": [{"type": "reasoning.text", "text": "Well."}]}, "`reasoning_details`"),
        ({"content": "<think>Well.</think>12"}, "tags in `content`"),
        ({"content": [{"type": "thinking", "thinking": []}]}, "parts of `content`"),
    ],
)
def test_thoughts_are_told_in_many_places(message: dict[str, Any], place: str) -> None:
    found = reasoning_in(Document(message))
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize(
    "message",
    [
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "EjQK"}]},
        {"reasoning_details": [{"type": "reasoning.text", "text": "", "signature": "EjQK"}]},
        {"reasoning": ""},
        {"content": "I think <think> is a tag."},
    ],
)
def test_a_signature_is_not_a_thought(message: dict[str, Any]) -> None:
    assert reasoning_in(Document(message)) is None


def test_a_string_of_mere_text_as_arguments_may_be_the_models() -> None:
    with pytest.raises(Inconclusive, match="the model may be the cause"):
        assert_object('"Paris Paris}{"', strict=False)
    with pytest.raises(Deviation):
        assert_object('"Paris Paris}{"', strict=True)
    with pytest.raises(Deviation):
        assert_object(json.dumps('{"city": "Paris"}'), strict=False)
