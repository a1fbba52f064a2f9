"""
Other ways to offer tools: allowed tools, custom tools, legacy functions.

They work or are rejected. A rejection whose error names the field counts as `unsupported`, not as a deviation.
"""

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, may, must
from conformance.checks.common.chat import REASON, is_object, require_whole
from conformance.checks.common.conditions import OFFERS_CUSTOM_TOOL
from conformance.checks.common.kinds import chat_completion
from conformance.checks.tools.exchanges import (
    FUNCTION,
    OTHER,
    allowed_time,
    custom_tool_required,
    legacy_function_forced,
)
from conformance.checks.tools.offers import NOTE_NAME, TIME_NAME, WEATHER_NAME
from conformance.checks.tools.reading import CALLS, calls_in, names_called, require_call
from conformance.counterexamples import answered, broken

OLD_CALL = "choices.0.message.function_call"


@must(OTHER, says=DOC("ChatCompletionAllowedTools.mode"), counterexample=broken(allowed_time, CALLS, []))
def test_allowed_function_is_called(allowed_time: Exchange) -> None:
    """With `tool_choice` `allowed_tools` in mode `required`, the response has a call."""
    require_whole(allowed_time)
    if not calls_in(allowed_time):
        raise Deviation(
            "the mode of `allowed_tools` is `required`, and the response has no call", finding="ignored:tool_choice"
        )


@must(
    OTHER,
    says=DOC("ChatCompletionAllowedTools.tools"),
    counterexample=broken(allowed_time, f"{CALLS}.0.function.name", WEATHER_NAME),
)
def test_only_allowed_functions_are_called(allowed_time: Exchange) -> None:
    """With `tool_choice` `allowed_tools`, only a function that it lists is called."""
    require_call(allowed_time)
    called = set(names_called(allowed_time))
    others = sorted(called - {TIME_NAME})
    if others:
        finding = "partly:tool_choice" if TIME_NAME in called else "ignored:tool_choice.allowed_tools"
        raise Deviation(f"{others[0][:80]!r} is called, and `allowed_tools` does not list it", finding=finding)


@must(
    OTHER,
    says=SDK("ChatCompletionMessageCustomToolCall.type"),
    counterexample=broken(custom_tool_required, f"{CALLS}.0.type", "function"),
)
def test_custom_tool_is_called(custom_tool_required: Exchange) -> None:
    """With `tool_choice` `required`, a custom tool is called: `type` is `custom`, `custom.name` the tool's name."""
    require_whole(custom_tool_required)
    assert calls_in(custom_tool_required), "`tool_choice` is `required`, and the response has no call"
    assert set(custom_tool_required.all(f"{CALLS}.*.type", str)) == {"custom"}
    assert set(custom_tool_required.all(f"{CALLS}.*.custom.name", str)) == {NOTE_NAME}


@must(
    OTHER,
    says=SDK("ChatCompletionMessageCustomToolCall.custom"),
    counterexample=broken(custom_tool_required, f"{CALLS}.0.custom.input", {"text": "hello"}),
    when=(OFFERS_CUSTOM_TOOL,),
)
def test_custom_input_is_a_string(chat_completion: Exchange) -> None:
    """In a call of a custom tool, `custom.input` is a string."""
    require_call(chat_completion)
    types = chat_completion.all(f"{CALLS}.*.type", str)
    if "custom" not in types:
        raise Inconclusive("no custom tool is called; where one must be, another check finds that")
    for number, kind in enumerate(types):
        if kind == "custom":
            chat_completion.at(f"{CALLS}.{number}.custom.input", str)


@may(
    OTHER,
    says=DOC("CreateChatCompletionRequest.function_call"),
    counterexample=answered(legacy_function_forced, 200),
    decides="chat/completions: function_call, functions",
)
def test_legacy_function_is_called_or_rejected(legacy_function_forced: Exchange) -> None:
    """A legacy function that `function_call` names is called in `message.function_call`, or rejected."""
    if legacy_function_forced.status != 200:
        return
    early = legacy_function_forced.get(REASON) in {"length", "content_filter"}
    if early:
        raise Inconclusive("the response was truncated: `finish_reason` is `length` or `content_filter`")
    call = legacy_function_forced.at(OLD_CALL, dict | None, None)
    if not call:
        message = "`function_call` names a function, and the message has no `function_call`"
        raise Deviation(message, finding="ignored:function_call")
    assert legacy_function_forced.at(f"{OLD_CALL}.name", str) == FUNCTION
    arguments = legacy_function_forced.at(f"{OLD_CALL}.arguments", str)
    assert is_object(arguments), f"the arguments are not a JSON object: {arguments[:80]!r}"
