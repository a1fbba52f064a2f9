"""How calls and thoughts are read out of answers: what proves something, and what proves nothing."""

from typing import Any

import pytest

from conformance import Document
from conformance.checks.reasoning.reading import told
from conformance.checks.structured.reading import assert_fits
from conformance.checks.tools.reading import arguments_told, assert_unmarked, require_obedience
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import asking, observed

WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"properties": {"city": {}}}}}
CLOCK = {"type": "function", "function": {"name": "clock"}}
MARKED = "<tool_call>{}</tool_call>"


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
    with pytest.raises(AssertionError, match="there is no call"):
        assert_unmarked(spoken(MARKED))
    with pytest.raises(Inconclusive):
        assert_unmarked(spoken(MARKED, messages=[{"role": "user", "content": "Write <tool_call> twice."}]))


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
    found = told(Document(message))
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
    assert told(Document(message)) is None
