"""
What is sent through both APIs, chat completions and the Responses API.

Most of it the families of the two APIs send already; here are the missing halves. A gateway often serves one of the two
itself, and translates the other.
"""

from typing import Any

from conformance import Exchange, Key, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.prompts import HELLO, PERSON
from conformance.checks.common.requests import REFUSED
from conformance.checks.common.usage import SENTENCES
from conformance.checks.responses.exchanges import ask, greeted
from conformance.checks.structured.formats import PERSON_FORMAT
from conformance.requests import post

CALLS = capability("dialects.calls")
STRUCTURED = capability("dialects.structured")
TOKENS = capability("dialects.tokens")
ERRORS = capability("dialects.errors")

MISTAKES: dict[str, dict[str, Any]] = {"temperature-5": {"temperature": 5}, "top_p-2": {"top_p": 2}}
"""What both APIs call by the same name, with the same range."""


@exchange(STRUCTURED, cost=120)
def person_as_response(target: Target) -> Request:
    """The strict schema and the prompt of the chat request `person`, in a Responses API request."""
    wanted = {"type": "json_schema", **PERSON_FORMAT["json_schema"]}
    return ask(target, PERSON, text={"format": wanted})


@exchange(TOKENS, cost=200)
def greeted_many_times(target: Target) -> Request:
    """The sentence of `greeted`, repeated many times in one Responses API input."""
    return ask(target, " ".join([HELLO] * SENTENCES))


@exchange(ERRORS, expects=REFUSED, each=MISTAKES, cost=5, invalid=True)
def mistake_in_chat(hello: Exchange, row: dict[str, Any]) -> Request:
    """A chat request with a value out of range."""
    return post("/chat/completions", {**hello.sent.json, **row})


@exchange(ERRORS, expects=REFUSED, cost=5, invalid=True)
def mistake_in_response(greeted: Exchange, mistake_in_chat: Exchange) -> Request:
    """The same value out of range, in a Responses API request."""
    return post("/responses", {**greeted.sent.json, **MISTAKES[mistake_in_chat.case]})


@exchange(ERRORS, expects=401, cost=5, needs_key=True, invalid=True)
def wrong_key_in_chat(hello: Exchange) -> Request:
    """A chat request with an invalid key; not sent to a target that takes no key."""
    return post("/chat/completions", hello.sent.json, key=Key.WRONG)


@exchange(ERRORS, expects=401, cost=5, needs_key=True, invalid=True)
def wrong_key_in_response(greeted: Exchange) -> Request:
    """A Responses API request with an invalid key; not sent to a target that takes no key."""
    return post("/responses", greeted.sent.json, key=Key.WRONG)
