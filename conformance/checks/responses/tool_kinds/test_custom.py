"""
Custom tools, with and without a grammar, and functions within a namespace.

Not checked: what a custom tool's free input says, which takes skill.
"""

import re
from typing import NoReturn

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, may
from conformance.checks.responses.events import ITEM_DONE, end_of, events_of, joined_by, place, without
from conformance.checks.responses.exchanges import FUNCTION, weather_called
from conformance.checks.responses.reading import broken_item, items, require_whole, whole
from conformance.checks.responses.tool_kinds.exchanges import (
    CODE,
    CUSTOM,
    NOTE,
    custom_called,
    custom_streamed,
    custom_with_grammar,
    namespaced,
)
from conformance.counterexamples import broken

DELTA = "response.custom_tool_call_input.delta"


@may(CUSTOM, says=DOC("CustomToolCall"), counterexample=broken(custom_called, "output", []))
def test_custom_tool_is_called(custom_called: Exchange) -> None:
    """In the Responses API, a required custom tool is called by an item of type `custom_tool_call` with its `name`."""
    require_whole(whole(custom_called))
    found = items(whole(custom_called), "custom_tool_call")
    assert found, "`tool_choice` is `required`, and `output` has no `custom_tool_call` item"
    assert {call.at("name", str) for call in found} == {NOTE}


@may(
    CUSTOM,
    says=SDK("ResponseCustomToolCall.input"),
    counterexample=broken_item(custom_called, "custom_tool_call", "call_id", ""),
)
def test_custom_call_has_input_and_call_id(custom_called: Exchange) -> None:
    """A `custom_tool_call` item of a Responses API response has a string `input` and a non-empty `call_id`."""
    for call in items(whole(custom_called), "custom_tool_call") or _none():
        call.at("input", str)
        assert call.at("call_id", str) != "", "`call_id` is empty"


@may(
    CUSTOM,
    says=DOC("CustomGrammarFormatParam"),
    counterexample=broken_item(custom_with_grammar, "custom_tool_call", "input", "Hello there!"),
)
def test_input_matches_the_grammar(custom_with_grammar: Exchange) -> None:
    """The `input` of a `custom_tool_call` item matches the grammar of the tool's `format`."""
    require_whole(whole(custom_with_grammar))
    for call in items(whole(custom_with_grammar), "custom_tool_call") or _none():
        given = call.at("input", str)
        assert re.fullmatch(CODE, given), f"`input` is {given[:80]!r}, which does not match the grammar"


@may(
    CUSTOM,
    says=SDK("ResponseCustomToolCallInputDeltaEvent"),
    counterexample=without(DELTA, spec=custom_streamed),
)
def test_custom_input_deltas_add_up(custom_streamed: Exchange) -> None:
    """In a Responses API stream, the input deltas of a custom tool call add up to its item's `input`."""
    require_whole(end_of(custom_streamed))
    done = [event for event in events_of(custom_streamed, ITEM_DONE) if event.get("item.type") == "custom_tool_call"]
    deltas = joined_by(custom_streamed, DELTA, "item_id")
    for event in done or _none():
        event.at("item.id", str)
        given = event.at("item.input", str)
        if deltas.get(place(event, "item.id"), "") != given:  # an `assert` would make a diff
            raise Deviation("the deltas do not add up to the item's `input`")


@may(CUSTOM, says=DOC("NamespaceToolParam"), counterexample=broken(namespaced, "output", []))
def test_namespaced_function_is_called(namespaced: Exchange, weather_called: Exchange) -> None:
    """In the Responses API, a required function within a `namespace` is called, not dropped."""
    for observed in (namespaced, weather_called):
        require_whole(whole(observed))
    if not items(whole(weather_called), "function_call"):
        raise Inconclusive("the same function is not called outside of a namespace either")
    names = [call.at("name", str) for call in items(whole(namespaced), "function_call")]
    assert names, "`tool_choice` is `required`, and `output` has no `function_call` item"
    assert all(name.endswith(FUNCTION) for name in names), f"the call names {names[0][:80]!r}"


def _none() -> NoReturn:
    raise Inconclusive("the response has no `custom_tool_call` item, which another check finds")
