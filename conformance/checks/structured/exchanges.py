"""
What is sent about structured output.

Most prompts request something else than the format, so that only the format can be the reason for the JSON.
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello, hello_with_max_tokens
from conformance.checks.common.limits import limited, room
from conformance.checks.common.prompts import EVENT, EXTRACT, HELLO, PERSON, PERSON_EXPLAINED, WEATHER
from conformance.checks.structured.formats import (
    EVENT_FORMAT,
    FEATURES,
    JSON_OBJECT,
    NAMED_ONLY,
    PERSON_FORMAT,
    WRONG_FORMATS,
    Feature,
    strict,
)
from conformance.checks.tools.exchanges import CALL_ID, SAID, TOOLS, result
from conformance.requests import post, system, user

JSON_MODE = capability("structured.json_object")
STRICT = capability("structured.json_schema.strict")
SDK_PARSE = capability("structured.sdk_parse")
FEATURES_OF_SCHEMAS = capability("structured.schema_features")
STREAMED = capability("structured.stream")
EDGE = capability("structured.edge")


def ask(target: Target, prompt: str, response_format: Any, **optional: Any) -> Request:
    """Return a prompt with a `response_format`."""
    body = {"model": target.model("chat"), "messages": [user(prompt)], "response_format": response_format}
    return post("/chat/completions", {**body, **optional})


@exchange(JSON_MODE, cost=80)
def person_as_object(target: Target) -> Request:
    """A `json_object` format, and a prompt that requests JSON."""
    return ask(target, PERSON, JSON_OBJECT)


@exchange(JSON_MODE, cost=120)
def person_explained(target: Target) -> Request:
    """A `json_object` format, and a prompt that requests JSON with a sentence after it."""
    return ask(target, PERSON_EXPLAINED, JSON_OBJECT)


@exchange(STRICT, cost=120)
def person(target: Target) -> Request:
    """A strict schema, and a prompt that requests the same."""
    return ask(target, PERSON, PERSON_FORMAT)


@exchange(STRICT, cost=120)
def hello_with_schema(target: Target) -> Request:
    """A strict schema, and a prompt that does not mention JSON."""
    return ask(target, HELLO, PERSON_FORMAT)


@exchange(SDK_PARSE, cost=150)
def event_parsed(target: Target) -> Request:
    """The request of the official client's `.parse`: a schema with titles, and `stream: false`."""
    messages = [system(EXTRACT), user(EVENT)]
    body = {"messages": messages, "model": target.model("chat"), "response_format": EVENT_FORMAT, "stream": False}
    return post("/chat/completions", body)


@exchange(FEATURES_OF_SCHEMAS, each=FEATURES, cost=120)
def schema_feature(target: Target, row: Feature) -> Request:
    """A strict schema with one feature, and a prompt whose obvious completion does not match it."""
    return ask(target, row.prompt, strict("answer", row.schema))


@exchange(STREAMED, cost=120)
def hello_with_schema_streamed(target: Target) -> Request:
    """A strict schema, and a prompt that does not mention JSON, streamed."""
    return ask(target, HELLO, PERSON_FORMAT, stream=True)


@exchange(STREAMED, cost=120)
def person_explained_streamed(target: Target) -> Request:
    """A `json_object` format, and a prompt that requests JSON with a sentence after it, streamed."""
    return ask(target, PERSON_EXPLAINED, JSON_OBJECT, stream=True)


@exchange(EDGE)
def hello_as_text(target: Target) -> Request:
    """The default format, sent explicitly: `text`."""
    return ask(target, HELLO, {"type": "text"})


@exchange(EDGE, expects={400, 422}, each=WRONG_FORMATS, cost=5, invalid=True)
def invalid_format(target: Target, row: Any) -> Request:
    """An invalid `response_format`: an unknown type, no `json_schema`, or an invalid schema."""
    return ask(target, HELLO, row)


@exchange(EDGE, expects={200, 400, 422}, cost=30, invalid=True)
def format_without_schema(target: Target) -> Request:
    """A `json_schema` format with a name only, which may be served or rejected."""
    return ask(target, HELLO, NAMED_ONLY)


@exchange(EDGE, cost=100)
def person_truncated(target: Target, hello_with_max_tokens: Exchange, hello: Exchange) -> Request:
    """A strict schema with a limit of few tokens."""
    return ask(target, PERSON, PERSON_FORMAT, **limited(hello_with_max_tokens, room(target, hello, 5)))


@exchange(EDGE, cost=200)
def schema_with_choice_none(target: Target) -> Request:
    """A strict schema with a function that must not be called."""
    return ask(target, HELLO, PERSON_FORMAT, tools=TOOLS, tool_choice="none")


@exchange(EDGE, cost=200)
def schema_with_choice_required(target: Target) -> Request:
    """A strict schema with a function that must be called."""
    return ask(target, WEATHER, PERSON_FORMAT, tools=TOOLS, tool_choice="required")


@exchange(EDGE, cost=250)
def schema_after_result(target: Target) -> Request:
    """A strict schema for the response to the result of a call."""
    messages = [user(WEATHER), SAID, result(CALL_ID)]
    return ask(target, WEATHER, PERSON_FORMAT, tools=TOOLS, messages=messages)
