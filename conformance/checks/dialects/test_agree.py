"""
The same request through chat completions and through the Responses API has the same outcome.

OpenAI itself differs, and so it is not compared: the status and `param` of an unknown model (404 and null in chat,
400 and `model` in Responses), and how a model that always reasons rejects `temperature`. Not checked: that texts are
equal, which nobody promises; that the frames of both APIs use equally many tokens.
"""

import json
from typing import Any

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Inconclusive, may
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.chat import is_object, text_of
from conformance.checks.common.errors import error_of, words
from conformance.checks.common.usage import prompt_tokens, require_counting
from conformance.checks.dialects.exchanges import (
    CALLS,
    ERRORS,
    STRUCTURED,
    TOKENS,
    greeted_many_times,
    mistake_in_chat,
    mistake_in_response,
    person_as_response,
    wrong_key_in_chat,
    wrong_key_in_response,
)
from conformance.checks.errors.exchanges import unknown_model
from conformance.checks.responses.exchanges import greeted, weather_called
from conformance.checks.responses.exchanges import unknown_model as unknown_model_in_response
from conformance.checks.responses.reading import broken_item, final_text, input_tokens, items, require_whole, whole
from conformance.checks.structured.exchanges import person
from conformance.checks.tools.exchanges import weather_forced
from conformance.checks.tools.reading import CALLS as CALLS_IN_CHAT
from conformance.checks.tools.reading import require_call
from conformance.counterexamples import broken
from conformance.wire.text import brief

CLASS = ("type", "code", "param")
APART = 0.1
"""Of the tokens that a long text adds; the same tokenizer counts the same."""
ERROR_CODE = SDK("ErrorObject.code")


def keys_of(text: str, what: str) -> list[str]:
    """Return the keys of a JSON object in a text. Raises `Inconclusive` for anything else."""
    if not is_object(text):
        raise Inconclusive(f"{what} is not a JSON object, which another check finds")
    return sorted(json.loads(text))


@may(
    CALLS,
    says=DOC("ToolChoiceFunction"),
    counterexample=broken_item(weather_called, "function_call", "arguments", '{"location": "Paris"}'),
    subject=weather_called,
)
def test_call_is_the_same_in_both_apis(weather_called: Exchange, weather_forced: Exchange) -> None:
    """A forced function is called in the Responses API by the name and the declared argument keys of chat."""
    require_call(weather_forced)
    require_whole(whole(weather_called))
    calls = items(whole(weather_called), "function_call")
    if not calls:
        raise Inconclusive("the response has no `function_call` item, which another check finds")
    function = f"{CALLS_IN_CHAT}.0.function"
    name, other = weather_forced.at(f"{function}.name", str), calls[0].at("name", str)
    assert name == other, f"{name!r} is called over chat completions, {other!r} over the Responses API"
    # A model may add what an open schema leaves to it, so only declared keys are compared.
    declared = weather_forced.sent.json["tools"][0]["function"]["parameters"]["properties"]
    told = keys_of(weather_forced.at(f"{function}.arguments", str), "`arguments` of the chat completion")
    told_too = keys_of(calls[0].at("arguments", str), "`arguments` of the response")
    keys, others = ([name for name in found if name in declared] for found in (told, told_too))
    assert keys == others, f"arguments {keys} over chat completions, {others} over the Responses API"


@may(
    STRUCTURED,
    says=DOC("TextResponseFormatJsonSchema"),
    counterexample=broken_item(person_as_response, "message", "content.0.text", '{"greeting": "Hello."}'),
)
def test_structured_text_is_the_same_in_both_apis(person_as_response: Exchange, person: Exchange) -> None:
    """A strict JSON schema gives text with the same keys in the Responses API as in chat completions."""
    keys = keys_of(text_of(person), "the text of the chat completion")
    others = keys_of(final_text(whole(person_as_response)), "the text of the response")
    assert keys == others, f"keys {keys} over chat completions, {others} over the Responses API"


@may(
    TOKENS,
    says=SDK("ResponseUsage.input_tokens"),
    counterexample=broken(greeted_many_times, "usage.input_tokens", 5000),
)
def test_tokens_are_counted_alike_in_both_apis(
    greeted_many_times: Exchange, greeted: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A longer text adds as many `input_tokens` in the Responses API as `prompt_tokens` in chat (within 10 %)."""
    require_counting(hello, hello_many_times)
    in_chat = prompt_tokens(hello_many_times) - prompt_tokens(hello)
    in_response = input_tokens(greeted_many_times) - input_tokens(greeted)
    if abs(in_chat - in_response) > APART * in_chat:
        raise Deviation(
            f"the same text adds {in_chat} tokens over chat completions, {in_response} over the Responses API"
        )


def assert_same(response: Exchange, chat: Exchange, *names: str) -> None:
    """Assert that two rejections have the same values under some names of their `error`."""
    one, other = error_of(chat), error_of(response)
    differing = [name for name in names if _value(one.get(name)) != _value(other.get(name))]
    if differing:
        name = differing[0]
        seen = f"{brief(one.get(name))} over chat completions, {brief(other.get(name))} over the Responses API"
        raise Deviation(f"`error.{name}` is {seen}")


def _value(value: Any) -> str | None:
    """Return a value to compare; null and a missing key are one."""
    return value if isinstance(value, str) else None


@may(ERRORS, says=ERROR_CODE, counterexample=broken(mistake_in_response, "error.code", "bad_request"))
def test_rejection_is_the_same_in_both_apis(mistake_in_response: Exchange, mistake_in_chat: Exchange) -> None:
    """A value out of range is rejected with the same `type`, `code` and `param` in both APIs."""
    if any("unsupported" in words(error_of(one)) for one in (mistake_in_chat, mistake_in_response)):
        raise Inconclusive("the model does not support the parameter at all, which each API may say in its own way")
    status, other = mistake_in_chat.status, mistake_in_response.status
    assert status == other, f"status {status} over chat completions, {other} over the Responses API"
    assert_same(mistake_in_response, mistake_in_chat, *CLASS)


@may(
    ERRORS,
    says=OBSERVED("OpenAI rejects an invalid key in both APIs with `code` `invalid_api_key`", *evidence.WRONG_KEY),
    counterexample=broken(wrong_key_in_response, "error.code", "bad_request"),
)
def test_invalid_key_is_the_same_in_both_apis(wrong_key_in_response: Exchange, wrong_key_in_chat: Exchange) -> None:
    """An invalid key is rejected with the same `type`, `code` and `param` in both APIs."""
    assert_same(wrong_key_in_response, wrong_key_in_chat, *CLASS)


@may(
    ERRORS,
    says=OBSERVED("OpenAI rejects an unknown model in both APIs with `model_not_found`", *evidence.UNKNOWN_MODEL),
    counterexample=broken(unknown_model_in_response, "error.code", "bad_request"),
    subject=unknown_model_in_response,
)
def test_unknown_model_is_the_same_in_both_apis(unknown_model_in_response: Exchange, unknown_model: Exchange) -> None:
    """An unknown model is rejected with the same `type` and `code` in both APIs."""
    assert_same(unknown_model_in_response, unknown_model, "type", "code")
