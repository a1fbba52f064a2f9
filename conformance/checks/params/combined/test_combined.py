"""
Parameters in combination: what each does alone, it does together with another.

Not checked: whether a call has log probabilities, which OpenAI's document leaves open.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, body_of, must, should
from conformance.checks.common.conditions import SEVERAL_CHOICES
from conformance.checks.common.kinds import chat_stream
from conformance.checks.params.combined.exchanges import (
    call_with_logprobs,
    call_with_logprobs_streamed,
    count_beside_a_tool,
    two_choices_streamed,
)
from conformance.checks.params.exchanges import LOGPROBS, count_with_logprobs
from conformance.checks.params.limits.exchanges import N
from conformance.checks.params.test_logprobs import CHOICE, entries
from conformance.checks.tools.exchanges import weather_forced
from conformance.checks.tools.reading import CALLS, DELTA_CALLS, calls_in, fragments, require_call
from conformance.counterexamples import broken, every_chunk, rewritten


def choices_of(observed: Exchange) -> list[dict[str, Any]]:
    """Return all entries of `choices` of a stream's chunks, in order."""
    return [choice for chunk in observed.chunks for choice in chunk.at("choices", list) if isinstance(choice, dict)]


def wanted(observed: Exchange) -> range:
    """Return every `index` that a request of several choices is owed."""
    return range(int(body_of(observed.sent)["n"]))


def only(keep: Callable[[dict[str, Any]], bool]) -> Callable[[list[Any]], list[Any]]:
    """Return the change that leaves only some choices in chunks; for counterexamples."""
    return lambda chunks: [{**chunk, "choices": [one for one in chunk["choices"] if keep(one)]} for chunk in chunks]


@must(
    N,
    says=SDK("chat_completion_chunk.Choice.index"),
    counterexample=rewritten(two_choices_streamed, only(lambda choice: choice["index"] == 0)),
    when=(SEVERAL_CHOICES,),
    decides="chat/completions: n",
)
def test_every_choice_is_streamed(chat_stream: Exchange) -> None:
    """A chat completion stream with several choices has chunks with every `index` below `n`."""
    missing = set(wanted(chat_stream)) - {choice.get("index") for choice in choices_of(chat_stream)}
    if missing:
        raise Deviation(f"no chunk has `index` {min(missing)} where {len(wanted(chat_stream))} choices are requested")


@must(
    N,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=rewritten(
        two_choices_streamed, only(lambda choice: choice["index"] == 0 or not choice.get("finish_reason"))
    ),
    when=(SEVERAL_CHOICES,),
)
def test_every_streamed_choice_ends_once(chat_stream: Exchange) -> None:
    """In a chat completion stream with several choices, every choice has exactly one `finish_reason`."""
    found = choices_of(chat_stream)
    if not found:
        raise Inconclusive("the stream has no choice")
    ends = Counter(choice.get("index") for choice in found if choice.get("finish_reason"))
    for index in {choice.get("index") for choice in found}:
        assert ends[index] == 1, f"choice {index} has {ends[index]} chunks with a `finish_reason`"


@should(
    N,
    says=DOC("CreateChatCompletionRequest.n"),
    counterexample=rewritten(two_choices_streamed, only(lambda choice: not (choice["delta"] or {}).get("content"))),
)
def test_every_streamed_choice_has_text(two_choices_streamed: Exchange) -> None:
    """With `n: 2`, every choice of a chat completion stream that ends with `stop` has text."""
    found = choices_of(two_choices_streamed)
    ended = [choice.get("index") for choice in found if choice.get("finish_reason") == "stop"]
    if not ended:
        raise Inconclusive("no choice ends with `stop`")
    for index in ended:
        deltas = [choice.get("delta") or {} for choice in found if choice.get("index") == index]
        assert any(delta.get("content") for delta in deltas), f"choice {index} has no text"


@must(
    LOGPROBS,
    says=DOC("ChatCompletionNamedToolChoice"),
    counterexample=broken(call_with_logprobs, CALLS, None),
)
def test_logprobs_do_not_lose_the_call(call_with_logprobs: Exchange, weather_forced: Exchange) -> None:
    """A chat request with `logprobs` and a function that `tool_choice` names returns the call."""
    require_call(weather_forced)
    if not calls_in(call_with_logprobs):
        raise Deviation("the call is returned without `logprobs`, and is missing with it", finding="broken:logprobs")


@must(
    LOGPROBS,
    says=DOC("ChatCompletionNamedToolChoice"),
    counterexample=every_chunk(call_with_logprobs_streamed, DELTA_CALLS, []),
)
def test_logprobs_do_not_lose_the_call_in_a_stream(
    call_with_logprobs_streamed: Exchange, weather_forced: Exchange
) -> None:
    """A chat completion stream with `logprobs` and a function that `tool_choice` names has the call."""
    require_call(weather_forced)
    if not fragments(call_with_logprobs_streamed):
        raise Deviation("the call is returned without `logprobs`, and is missing with it", finding="broken:logprobs")


@should(
    LOGPROBS,
    says=DOC("CreateChatCompletionRequest.logprobs"),
    counterexample=broken(count_beside_a_tool, CHOICE, None),
)
def test_tools_do_not_lose_the_logprobs(count_beside_a_tool: Exchange, count_with_logprobs: Exchange) -> None:
    """A chat request with `logprobs` and a function that is not called returns `logprobs`, as without the function."""
    entries(count_with_logprobs)
    if calls_in(count_beside_a_tool):
        raise Inconclusive("the model calls the function")
    content = count_beside_a_tool.get(f"{CHOICE}.content")
    if not (isinstance(content, list) and content):
        raise Deviation("`logprobs.content` has no tokens beside a function", finding="partly:logprobs")
