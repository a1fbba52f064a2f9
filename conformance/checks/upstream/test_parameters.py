"""
The parameters of a chat in the `generationConfig` that a gateway makes of them.

Where Google's API expresses a parameter, it is lost when its field is absent
(https://ai.google.dev/api/generate-content#generationconfig). Not checked: parameters that the native API has no field
for, such as `logit_bias`, `parallel_tool_calls` and `user`; which budget stands for which `reasoning_effort`.
"""

import re
from typing import Any

from conformance import ABSENT, DOC, Deviation, Exchange, Facet, Inconclusive, body_of, may, should
from conformance.checks.params.exchanges import (
    count_far_frequency_penalty,
    count_with_logprobs,
    hello_presence_penalty,
    random_number_at_zero,
    random_number_seed,
    random_number_top_p,
)
from conformance.checks.params.limits.exchanges import count_cut_by_new_name, count_stop_array, two_choices
from conformance.checks.reasoning.exchanges import puzzle_effort_low
from conformance.checks.structured.exchanges import person_as_object
from conformance.checks.upstream.edits import without
from conformance.checks.upstream.exchanges import PARAMETERS
from conformance.checks.upstream.kinds import FORMATTED, LIMITED, sends, translated_chat
from conformance.checks.upstream.native import asked, either, listed, model_of, native_of

READS = frozenset({Facet.UPSTREAM})
CONFIG = "generationConfig"
_INT32 = 2**31
_WITHOUT = re.compile(r"gemini-(2\.5|[3-9])")
"""
Models for which Google rejects penalties and log probabilities: 400 "Penalty is not enabled for this model".

See https://github.com/google-gemini/cookbook/issues/1290 and https://github.com/vercel/ai/issues/8943 (penalties), and
https://github.com/vercel/ai/issues/5418 (log probabilities).
"""


def _sent(exchange: Exchange, name: str) -> Any:
    return body_of(exchange.sent)[name]


def _require(exchange: Exchange, name: str, field: str, *, by_all: bool = True) -> None:
    """Deviate unless a number is sent upstream in a field, as it is; not `by_all`: some models reject it."""
    wanted, found = _sent(exchange, name), native_of(exchange).config(field)
    if found is ABSENT:
        message, finding = f"`{name}` is not sent upstream: `{field}` is absent", f"ignored:{name}"
        raise Deviation(message, finding=finding) if by_all else _lost_unless_rejected(exchange, message, finding)
    if found != wanted:
        message = f"`{name}` is {wanted}, and `{field}` upstream is {str(found)[:40]}"
        raise Deviation(message, finding=f"upstream:{name}-changed")


def _lost_unless_rejected(exchange: Exchange, message: str, finding: str) -> Exception:
    """Return what to raise where a field is absent: to leave out what the model rejects is no loss."""
    if _WITHOUT.match(model_of(exchange)):
        return Inconclusive("the model behind rejects the parameter, so a gateway may leave it out")
    return Deviation(message, finding=finding)


@should(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.max_completion_tokens"),
    counterexample=without(count_cut_by_new_name, f"{CONFIG}.maxOutputTokens"),
    when=(LIMITED,),
    reads=READS,
)
def test_token_limit_is_sent(translated_chat: Exchange) -> None:
    """`max_tokens` or `max_completion_tokens` is sent upstream as `maxOutputTokens`, at least as large."""
    body = body_of(translated_chat.sent)
    name = next(name for name in ("max_completion_tokens", "max_tokens") if body.get(name) is not None)
    found = native_of(translated_chat).config("maxOutputTokens")
    if found is ABSENT:
        message = f"`{name}` is not sent upstream: `maxOutputTokens` is absent"
        raise Deviation(message, finding=f"ignored:{name}")
    # More is no loss: a gateway may add what the model needs for its thoughts.
    if not isinstance(found, int) or found < body[name]:
        message = f"`{name}` is {body[name]}, and `maxOutputTokens` upstream is {str(found)[:40]}"
        raise Deviation(message, finding=f"upstream:{name}-changed")


@should(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.stop"),
    counterexample=without(count_stop_array, f"{CONFIG}.stopSequences"),
    when=(sends("stop"),),
    reads=READS,
)
def test_stop_sequences_are_sent(translated_chat: Exchange) -> None:
    """All stop sequences of `stop` are sent upstream in `stopSequences`."""
    wanted = [stop for stop in listed(_sent(translated_chat, "stop")) if stop]
    if not wanted:
        raise Inconclusive("no stop sequence is sent")
    found = listed(native_of(translated_chat).config("stopSequences"))
    lost = [stop for stop in wanted if stop not in found]
    if lost:
        message = f"{len(lost)} of {len(wanted)} stop sequences are not sent upstream"
        raise Deviation(message, finding="ignored:stop" if len(lost) == len(wanted) else "partly:stop")


@should(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.n"),
    counterexample=without(two_choices, f"{CONFIG}.candidateCount"),
    when=(sends("n"),),
    reads=READS,
)
def test_number_of_choices_is_sent(translated_chat: Exchange) -> None:
    """`n` is sent upstream as `candidateCount`, or as so many requests."""
    wanted = _sent(translated_chat, "n")
    if wanted == 1:
        raise Inconclusive("`n` is 1, which is what is returned by default")
    if len(asked(translated_chat)) < wanted:
        _require(translated_chat, "n", "candidateCount")


@may(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.temperature"),
    counterexample=without(random_number_at_zero, f"{CONFIG}.temperature"),
    when=(sends("temperature"),),
    reads=READS,
)
def test_temperature_is_sent(translated_chat: Exchange) -> None:
    """`temperature` is sent upstream as `temperature`, unchanged."""
    _require(translated_chat, "temperature", "temperature")


@may(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.top_p"),
    counterexample=without(random_number_top_p, f"{CONFIG}.topP"),
    when=(sends("top_p"),),
    reads=READS,
)
def test_top_p_is_sent(translated_chat: Exchange) -> None:
    """`top_p` is sent upstream as `topP`, unchanged."""
    _require(translated_chat, "top_p", "topP")


@may(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.seed"),
    counterexample=without(random_number_seed, f"{CONFIG}.seed"),
    when=(sends("seed"),),
    reads=READS,
)
def test_seed_is_sent(translated_chat: Exchange) -> None:
    """`seed` is sent upstream as `seed`, if it has at most 32 bits."""
    if not -_INT32 <= _sent(translated_chat, "seed") < _INT32:
        raise Inconclusive("the seed has more bits than the native field")
    _require(translated_chat, "seed", "seed")


@may(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.frequency_penalty"),
    counterexample=without(count_far_frequency_penalty, f"{CONFIG}.frequencyPenalty"),
    when=(sends("frequency_penalty"),),
    reads=READS,
)
def test_frequency_penalty_is_sent(translated_chat: Exchange) -> None:
    """`frequency_penalty` is sent upstream as `frequencyPenalty`, unchanged, unless the model rejects penalties."""
    _require(translated_chat, "frequency_penalty", "frequencyPenalty", by_all=False)


@may(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.presence_penalty"),
    counterexample=without(hello_presence_penalty, f"{CONFIG}.presencePenalty"),
    when=(sends("presence_penalty"),),
    reads=READS,
)
def test_presence_penalty_is_sent(translated_chat: Exchange) -> None:
    """`presence_penalty` is sent upstream as `presencePenalty`, unchanged, unless the model rejects penalties."""
    _require(translated_chat, "presence_penalty", "presencePenalty", by_all=False)


@may(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.logprobs"),
    counterexample=without(count_with_logprobs, f"{CONFIG}.responseLogprobs"),
    when=(sends("logprobs"),),
    reads=READS,
)
def test_logprobs_are_requested(translated_chat: Exchange) -> None:
    """`logprobs` is sent upstream as `responseLogprobs`, `top_logprobs` as `logprobs`, if the model takes both."""
    if _sent(translated_chat, "logprobs") is not True:
        raise Inconclusive("`logprobs` is false")
    native = native_of(translated_chat)
    if native.config("responseLogprobs") is not True:
        message = "`logprobs` is not sent upstream: `responseLogprobs` is absent"
        raise _lost_unless_rejected(translated_chat, message, "ignored:logprobs")
    if body_of(translated_chat.sent).get("top_logprobs"):
        _require(translated_chat, "top_logprobs", "logprobs")


@should(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.response_format"),
    counterexample=without(person_as_object, f"{CONFIG}.responseMimeType"),
    when=(FORMATTED,),
    reads=READS,
)
def test_json_is_requested(translated_chat: Exchange) -> None:
    """A `response_format` of JSON is sent upstream as the `responseMimeType` `application/json`."""
    if native_of(translated_chat).config("responseMimeType") != "application/json":
        message = "`response_format` is not sent upstream: `responseMimeType` is not `application/json`"
        raise Deviation(message, finding="ignored:response_format")


@may(
    PARAMETERS,
    says=DOC("CreateChatCompletionRequest.reasoning_effort"),
    counterexample=without(puzzle_effort_low, f"{CONFIG}.thinkingConfig"),
    when=(sends("reasoning_effort"),),
    reads=READS,
)
def test_reasoning_effort_is_sent(translated_chat: Exchange) -> None:
    """`reasoning_effort` is sent upstream as a `thinkingBudget` or a `thinkingLevel`."""
    thinking = native_of(translated_chat).config("thinkingConfig")
    if all(either(thinking, name) is ABSENT for name in ("thinkingBudget", "thinkingLevel")):
        message = "`reasoning_effort` is not sent upstream: `thinkingConfig` has neither a budget nor a level"
        raise Deviation(message, finding="ignored:reasoning_effort")
