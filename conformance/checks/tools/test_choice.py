"""
`tool_choice` `auto`, which is the default, and `none`.

Not checked: whether a model calls when it may choose, which is its skill; that a model does not write a call as JSON
text in spite of `none`, as that may be the model's own doing.
"""

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.chat.stream.exchanges import count_streamed
from conformance.checks.common import evidence
from conformance.checks.common.chat import CONTENT, REASON, require_whole, text_of
from conformance.checks.common.conditions import CHOICE_AUTO, CHOICE_NONE
from conformance.checks.common.kinds import chat_completion, chat_stream
from conformance.checks.common.stream import deltas, joined
from conformance.checks.common.usage import PROMPT, prompt_tokens, require_counting
from conformance.checks.tools.exchanges import (
    AUTO,
    CALL,
    NONE,
    STREAM,
    count_with_tool_streamed,
    hello_with_empty_tools,
    hello_with_tool,
    none_without_tools,
    weather_auto,
    weather_by_default,
    weather_in_parts,
    weather_with_choice_none,
    weather_with_choice_none_streamed,
    weather_without_tools,
)
from conformance.checks.tools.reading import (
    CALLS,
    asked,
    assert_read,
    assert_unmarked,
    calls_in,
    fragments,
    functions_offered,
    is_written_call,
    markup_in,
)
from conformance.counterexamples import DELETE, broken, broken_chunk, changed

TOLERANCE = 4
"""Templates may write the same message with a few tokens more or less."""

WRITTEN = '{"name": "get_weather", "arguments": {"city": "Paris"}}'
MARKED = f"<tool_call>\n{WRITTEN}\n</tool_call>"
DEFAULT = DOC("ChatCompletionToolChoiceOption")


def with_text(observed: Exchange, text: str) -> Exchange:
    """Return the answer with this text instead of calls."""
    return broken(None, CONTENT, text).change(broken(None, CALLS, DELETE).change(observed))


def without_anything(observed: Exchange) -> Exchange:
    """Return the answer without text and calls."""
    return with_text(observed, "")


def without_a_tool(observed: Exchange) -> Exchange:
    """Return the response of a model that was not given the tools."""
    return broken(None, PROMPT, 1).change(with_text(observed, "I cannot know that."))


def in_one_piece(observed: Exchange) -> Exchange:
    """Return the stream with all of its text in one chunk."""
    text = joined(observed)
    whole = broken_chunk(count_with_tool_streamed, 1, "choices.0.delta.content", text).change(observed)
    for number in range(2, len(observed.chunks)):
        whole = broken_chunk(count_with_tool_streamed, number, "choices.0.delta.content", DELETE).change(whole)
    return whole


def refused_with_a_list(observed: Exchange) -> Exchange:
    """Return a rejection whose message is a list of a validator's findings."""
    refused = broken(None, "error", {"message": "[{'type': 'value_error'}]", "type": "BadRequestError"}).change(
        observed
    )
    return refused.with_response(status=400)


def _reaches_the_model(offered: Exchange, alone: Exchange, counted: tuple[Exchange, Exchange]) -> None:
    """Assert that a tool reaches the model. A model that calls a function has read it, whatever is counted."""
    if not calls_in(offered):
        assert_read(offered, alone, "a tool", counted)


@should(AUTO, says=DEFAULT, counterexample=changed(weather_auto, without_a_tool), decides="chat/completions: tools")
def test_tools_reach_the_model(
    weather_auto: Exchange, weather_without_tools: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """`tools` reach the model: with `tool_choice` `auto` it calls one, or they add to `usage.prompt_tokens`."""
    _reaches_the_model(weather_auto, weather_without_tools, (hello, hello_many_times))


@should(AUTO, says=DEFAULT, counterexample=changed(weather_by_default, without_a_tool))
def test_auto_is_the_default(
    weather_by_default: Exchange, weather_without_tools: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """Without `tool_choice`, `tools` reach the model as with `auto`: it calls one, or `usage.prompt_tokens` grows."""
    _reaches_the_model(weather_by_default, weather_without_tools, (hello, hello_many_times))


@should(
    AUTO,
    says=DOC("ChatCompletionRequestUserMessageContentPart"),
    counterexample=broken(weather_in_parts, PROMPT, 1),
)
def test_tools_reach_the_model_with_parts(
    weather_in_parts: Exchange, weather_auto: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A message as an array of one text part uses as many prompt tokens as a string (within 4), with the same tools."""
    require_counting(hello, hello_many_times)
    parts, string = prompt_tokens(weather_in_parts), prompt_tokens(weather_auto)
    assert parts >= string - TOLERANCE, f"{parts} prompt tokens with an array of parts, {string} with a string"


@must(AUTO, says=DOC("ChatCompletionResponseMessage"), counterexample=changed(weather_auto, without_anything))
def test_response_has_text_or_a_call(weather_auto: Exchange) -> None:
    """With `tool_choice` `auto`, a response that is not truncated has text or a call."""
    require_whole(weather_auto)
    if weather_auto.at("choices.0.message.refusal", str | None, None):
        raise Inconclusive("the model refuses")
    assert calls_in(weather_auto) or text_of(weather_auto).strip(), "the response has neither text nor a call"


@must(AUTO, says=DOC("ChatCompletionResponseMessage"), counterexample=changed(hello_with_tool, without_anything))
def test_unrelated_tool_is_harmless(hello_with_tool: Exchange) -> None:
    """A chat request with an unrelated tool gets a response with text or a call."""
    require_whole(hello_with_tool)
    assert calls_in(hello_with_tool) or text_of(hello_with_tool).strip(), "the response has neither text nor a call"


@should(
    AUTO,
    says=OBSERVED("OpenAI returns a call in `tool_calls`, never as text in `content`", *evidence.CALL),
    counterexample=changed(weather_auto, lambda e: with_text(e, MARKED)),
    when=(CHOICE_AUTO,),
)
def test_call_is_not_in_the_text(chat_completion: Exchange) -> None:
    """A call is returned in `tool_calls`, not as JSON or the model's own markup in `content`."""
    if calls_in(chat_completion):
        return
    assert_unmarked(chat_completion)
    written = is_written_call(text_of(chat_completion), [*functions_offered(chat_completion)])
    if not written:
        raise Inconclusive("the model calls no function, neither in `tool_calls` nor in `content`")
    if any(word in asked(chat_completion) for word in ("arguments", "parameters")):
        raise Inconclusive("the request itself mentions the JSON of a call")
    raise Deviation("`content` is the JSON of a call, and `tool_calls` has none")


@should(
    AUTO,
    says=OBSERVED(
        "an empty array of tools offers nothing; OpenAI rejects it, or responds as without it", *evidence.NO_TOOLS
    ),
    counterexample=changed(hello_with_empty_tools, lambda e: with_text(e, WRITTEN)),
)
def test_empty_tools_have_no_effect(hello_with_empty_tools: Exchange, hello: Exchange) -> None:
    """`tools: []` is rejected, or has no effect: no call, and as many prompt tokens as without it (within 4)."""
    if hello_with_empty_tools.status != 200:
        return
    text = text_of(hello_with_empty_tools)
    assert not calls_in(hello_with_empty_tools), "the response has a call, and the request offers no tool"
    assert not markup_in(text), "`content` has the form of a call"
    assert not is_written_call(text, []), "`content` has the form of a call"
    empty, without = prompt_tokens(hello_with_empty_tools), prompt_tokens(hello)
    assert abs(empty - without) <= TOLERANCE, f"{empty} prompt tokens with `tools: []`, {without} without"


@should(
    STREAM,
    says=OBSERVED("OpenAI streams text in many chunks, whether or not tools are offered", *evidence.TEXT_BESIDE_TOOLS),
    counterexample=changed(count_with_tool_streamed, in_one_piece),
)
def test_text_is_streamed_with_tools(count_with_tool_streamed: Exchange, count_streamed: Exchange) -> None:
    """A text that is streamed in many chunks without tools is streamed in more than one chunk with tools."""
    if fragments(count_with_tool_streamed):
        raise Inconclusive("the model calls a function instead of writing text")
    alone, offered = len(deltas(count_streamed)), len(deltas(count_with_tool_streamed))
    if alone < 4 or len(joined(count_with_tool_streamed)) < len(joined(count_streamed)) / 2:
        raise Inconclusive("the texts are too short or too different to compare their chunks")
    assert offered > 1, f"{offered} chunks with text with a tool, {alone} without"


@must(
    NONE,
    says=DEFAULT,
    counterexample=broken(weather_with_choice_none, CALLS, [CALL]),
    when=(CHOICE_NONE,),
    decides="chat/completions: tool_choice",
)
def test_choice_none_calls_nothing(chat_completion: Exchange) -> None:
    """With `tool_choice` `none`, the response has no `tool_calls`."""
    if calls_in(chat_completion):
        raise Deviation("`tool_choice` is `none`, and the response has a call", finding="ignored:tool_choice")


@must(
    NONE,
    says=DEFAULT,
    counterexample=broken_chunk(
        weather_with_choice_none_streamed, 1, "choices.0.delta.tool_calls", [{"index": 0, **CALL}]
    ),
    when=(CHOICE_NONE,),
)
def test_choice_none_calls_nothing_in_a_stream(chat_stream: Exchange) -> None:
    """With `tool_choice` `none`, no chunk of a stream has `tool_calls`."""
    if fragments(chat_stream):
        raise Deviation("`tool_choice` is `none`, and the stream has a call", finding="ignored:tool_choice")


@must(
    NONE,
    says=SDK("chat_completion.Choice.finish_reason"),
    counterexample=broken(weather_with_choice_none, REASON, "tool_calls"),
    when=(CHOICE_NONE,),
)
def test_choice_none_does_not_end_with_tool_calls(chat_completion: Exchange) -> None:
    """With `tool_choice` `none`, `finish_reason` is not `tool_calls` or `function_call`."""
    if calls_in(chat_completion):
        raise Inconclusive("the response has a call, which another check finds")
    assert chat_completion.at(REASON, str) not in {"tool_calls", "function_call"}


@must(NONE, says=DOC("ChatCompletionResponseMessage"), counterexample=broken(weather_with_choice_none, CONTENT, ""))
def test_choice_none_returns_text(weather_with_choice_none: Exchange) -> None:
    """With `tool_choice` `none`, the response has text."""
    if calls_in(weather_with_choice_none):
        raise Inconclusive("the response has a call, which another check finds")
    require_whole(weather_with_choice_none)
    if weather_with_choice_none.at("choices.0.message.refusal", str | None, None):
        raise Inconclusive("the model refuses")
    assert text_of(weather_with_choice_none).strip() != ""


@should(
    NONE,
    says=DOC("ChatCompletionToolChoiceOption"),
    counterexample=broken(weather_with_choice_none, CONTENT, MARKED),
    when=(CHOICE_NONE,),
)
def test_choice_none_has_no_call_in_the_text(chat_completion: Exchange) -> None:
    """With `tool_choice` `none`, `content` has no call in the model's own markup."""
    assert_unmarked(chat_completion)


@should(
    NONE,
    says=DOC("ErrorResponse"),
    counterexample=changed(none_without_tools, refused_with_a_list),
)
def test_none_without_tools_is_harmless(none_without_tools: Exchange) -> None:
    """`tool_choice` `none` without `tools` is served, or rejected with an `error.message` in words, not data."""
    if none_without_tools.status == 200:
        assert not calls_in(none_without_tools), "the response has a call, and the request offers no tool"
        return
    message = none_without_tools.at("error.message", str)
    assert not message.lstrip().startswith(("[{", "{'", '{"')), f"`error.message` is data, not words: {message[:60]!r}"
