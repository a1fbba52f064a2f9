"""
What is sent to text completions: a prompt to continue, always with a small token limit.

Some servers have no limit of their own, and a completion model may never stop.
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import COUNT, HELLO
from conformance.checks.common.requests import NO_MODEL
from conformance.requests import post

LEGACY = capability("completions.legacy")

PATH = "/completions"
ROOM, LITTLE_ROOM = 24, 4
TOP = 2
STOP = ","


def go_on(target: Target, prompt: Any, **optional: Any) -> Request:
    """Return a request that continues a prompt, with a small token limit."""
    return post(PATH, {"model": target.model("completion"), "prompt": prompt, "max_tokens": ROOM, **optional})


@exchange(LEGACY, roles=("completion",))
def completed(target: Target) -> Request:
    """A prompt that many models continue with a count, and a small token limit."""
    return go_on(target, COUNT)


@exchange(LEGACY, cost=30, roles=("completion",))
def completed_with_smaller_limit(target: Target) -> Request:
    """The same prompt with a smaller token limit."""
    return go_on(target, COUNT, max_tokens=LITTLE_ROOM)


@exchange(LEGACY, cost=80, roles=("completion",))
def completed_twice(target: Target) -> Request:
    """The same prompt with `n: 2`."""
    return go_on(target, COUNT, n=2)


@exchange(LEGACY, cost=80, roles=("completion",))
def two_prompts(target: Target) -> Request:
    """Two prompts in an array."""
    return go_on(target, [HELLO, COUNT])


@exchange(LEGACY, roles=("completion",))
def echoed(target: Target) -> Request:
    """The same prompt with `echo: true`."""
    return go_on(target, COUNT, echo=True)


@exchange(LEGACY, roles=("completion",))
def stopped(target: Target) -> Request:
    """The same prompt with a comma as stop sequence."""
    return go_on(target, COUNT, stop=STOP)


@exchange(LEGACY, roles=("completion",))
def with_logprobs(target: Target) -> Request:
    """The same prompt with `logprobs: 2`."""
    return go_on(target, COUNT, logprobs=TOP)


@exchange(LEGACY, roles=("completion",))
def completed_streamed(target: Target) -> Request:
    """The same prompt, streamed."""
    return go_on(target, COUNT, stream=True)


@exchange(LEGACY, roles=("completion",))
def completed_with_usage(target: Target) -> Request:
    """The same prompt, streamed with `include_usage: true`."""
    return go_on(target, COUNT, stream=True, stream_options={"include_usage": True})


OPTIONAL: dict[str, dict[str, Any]] = {
    "best_of": {"best_of": 2},
    "seed": {"seed": 7},
    "temperature": {"temperature": 0.5},
    "top_p": {"top_p": 0.5},
    "frequency_penalty": {"frequency_penalty": 0.5},
    "presence_penalty": {"presence_penalty": 0.5},
    "logit_bias": {"logit_bias": {"50256": -100}},
    "user": {"user": "conformance"},
}
"""`suffix` is not among them: OpenAI itself rejects it with some models."""


@exchange(LEGACY, each=OPTIONAL, cost=80, roles=("completion",))
def completed_with(target: Target, completed: Exchange, row: dict[str, Any]) -> Request:
    """The same prompt with one optional field that has no certain effect."""
    del completed
    return go_on(target, COUNT, **row)


@exchange(LEGACY, expects={400, 403, 404, 422}, cost=5, invalid=True, roles=("completion",))
def unknown_model(completed: Exchange) -> Request:
    """A model id that does not exist."""
    return post(PATH, {"model": NO_MODEL, "prompt": HELLO, "max_tokens": LITTLE_ROOM})
