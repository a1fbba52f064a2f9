"""
What is sent about the parameters of the Responses API: one in each request, beside `model`, `input` and `store: false`.

A model that always reasons rejects `temperature`, `top_p` and log probabilities by name, which is `unsupported`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import COUNT, DRAW, EXPLAIN, HELLO, PERSON, REFUSE
from conformance.checks.common.requests import REFUSED, TAKEN, TAKEN_OR_REFUSED
from conformance.checks.responses.exchanges import SCHEMA, ask, greeted

PARAMS = capability("responses.params")
LOGPROBS = capability("responses.logprobs")
TEXT = capability("responses.text")
REFUSALS = capability("responses.refusals")

INCLUDED = "message.output_text.logprobs"
ALTERNATIVES = 2
DRAWS = {str(number): None for number in range(1, 6)}
"""The same request five times: what changes between the responses is chance."""
THREE = {str(number): None for number in range(1, 4)}


@dataclass(frozen=True, slots=True)
class Setting:
    """Fields of a request beside the required ones, and the statuses of a conforming response."""

    fields: Mapping[str, Any]
    expects: frozenset[int] = field(default=TAKEN)


SETTINGS = {
    "temperature": Setting({"temperature": 0.5}),
    "top_p": Setting({"top_p": 0.9}),
    "truncation": Setting({"truncation": "auto"}),
    "prompt_cache_key": Setting({"prompt_cache_key": "conformance"}),
    "safety_identifier": Setting({"safety_identifier": "conformance"}),
    "user": Setting({"user": "conformance"}),
    "max_tool_calls": Setting({"max_tool_calls": 3}),
    "several-defaults": Setting({"temperature": 1, "top_p": 1, "truncation": "disabled", "stream": False}),
}
"""What clients send, and its default values. OpenAI repeats those of `conditions.REPEATED` unchanged."""

OTHERS = {
    "service_tier": Setting({"service_tier": "default"}),
    "prompt_cache_retention": Setting({"prompt_cache_retention": "24h"}, TAKEN_OR_REFUSED),
}
"""What is not repeated as it was sent: the tier that was used is reported; each model has retentions of its own."""

OUTSIDE: dict[str, dict[str, Any]] = {
    "temperature-5": {"temperature": 5},
    "temperature-negative": {"temperature": -1},
    "top_p-2": {"top_p": 2},
    "top_logprobs-21": {"top_logprobs": 21, "include": [INCLUDED]},
    "truncation-unknown": {"truncation": "conformance"},
    "service_tier-unknown": {"service_tier": "conformance"},
    "include-unknown": {"include": ["conformance"]},
    "metadata-17": {"metadata": {f"key{number}": "x" for number in range(17)}},
}
"""Values that OpenAI's document excludes; the first field is the one that is invalid."""


@exchange(PARAMS, each=SETTINGS)
def setting(target: Target, row: Setting) -> Request:
    """A greeting with one optional parameter of the Responses API, or with several default values."""
    return ask(target, HELLO, **row.fields)


@exchange(PARAMS, each=OTHERS)
def other_setting(target: Target, row: Setting) -> Request:
    """A greeting with a `service_tier` or a `prompt_cache_retention`, which a response does not simply repeat."""
    return ask(target, HELLO, **row.fields)


@exchange(PARAMS, expects=REFUSED, cost=5, each=OUTSIDE, invalid=True)
def setting_out_of_range(target: Target, greeted: Exchange, row: dict[str, Any]) -> Request:
    """A greeting with a value that is too large, too small or unknown."""
    del greeted
    return ask(target, HELLO, **row)


@exchange(PARAMS, each={"on": True, "off": False})
def greeted_obfuscated(target: Target, row: bool) -> Request:  # noqa: FBT001  the row of an exchange
    """A stream with `include_obfuscation`, which pads events to hide their length."""
    return ask(target, HELLO, stream=True, stream_options={"include_obfuscation": row})


@exchange(PARAMS, each=DRAWS, cost=30)
def drawn(target: Target, row: None) -> Request:
    """The control: a random number, requested without optional parameters."""
    del row
    return ask(target, DRAW)


@exchange(PARAMS, each=DRAWS, cost=30)
def drawn_at_zero(target: Target, row: None) -> Request:
    """A random number at temperature 0."""
    del row
    return ask(target, DRAW, temperature=0)


@exchange(PARAMS, each=DRAWS, cost=30)
def drawn_top_p(target: Target, row: None) -> Request:
    """A random number with `top_p: 0.001`, which leaves only the likeliest token; some take 0 as unset."""
    del row
    return ask(target, DRAW, top_p=0.001)


@exchange(LOGPROBS, cost=120)
def count_with_logprobs(target: Target) -> Request:
    """The count to 20 with `include` of log probabilities and `top_logprobs: 2`."""
    return ask(target, COUNT, include=[INCLUDED], top_logprobs=ALTERNATIVES)


@exchange(LOGPROBS)
def greeted_with_logprobs(target: Target) -> Request:
    """A greeting with `include` of log probabilities alone."""
    return ask(target, HELLO, include=[INCLUDED])


@exchange(LOGPROBS, cost=120)
def count_with_logprobs_streamed(target: Target) -> Request:
    """The count to 20 with log probabilities, streamed."""
    return ask(target, COUNT, include=[INCLUDED], top_logprobs=ALTERNATIVES, stream=True)


@exchange(TEXT)
def text_empty(target: Target) -> Request:
    """A greeting with an empty object as `text`, as some clients send it."""
    return ask(target, HELLO, text={})


@exchange(TEXT)
def text_plain(target: Target) -> Request:
    """A greeting with `text.format` of type `text`, the default."""
    return ask(target, HELLO, text={"format": {"type": "text"}})


@exchange(TEXT, cost=120)
def json_object(target: Target) -> Request:
    """A prompt for JSON with `text.format` of type `json_object`."""
    return ask(target, PERSON, text={"format": {"type": "json_object"}})


@exchange(TEXT, cost=120)
def schema_streamed(target: Target) -> Request:
    """A strict JSON schema in `text.format`, streamed."""
    return _greeting(target, HELLO, stream=True)


@exchange(TEXT, each=THREE, cost=250)
def explained_low(target: Target, row: None) -> Request:
    """An open question with `text.verbosity` `low`."""
    del row
    return ask(target, EXPLAIN, text={"verbosity": "low"})


@exchange(TEXT, each=THREE, cost=600)
def explained_high(target: Target, row: None) -> Request:
    """The same open question with `text.verbosity` `high`."""
    del row
    return ask(target, EXPLAIN, text={"verbosity": "high"})


def _greeting(target: Target, said: str, **optional: Any) -> Request:
    wanted = {"type": "json_schema", "name": "greeting", "strict": True, "schema": SCHEMA}
    return ask(target, said, text={"format": wanted}, **optional)


@exchange(REFUSALS)
def refused(target: Target) -> Request:
    """A prompt to reject the request, beside a strict schema: the model may return a part of type `refusal`."""
    return _greeting(target, REFUSE)


@exchange(REFUSALS)
def refused_streamed(target: Target) -> Request:
    """The request of `refused`, streamed."""
    return _greeting(target, REFUSE, stream=True)
