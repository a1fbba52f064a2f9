"""
What is sent to legacy completions: a prompt that goes on, always with a small limit.

Some servers have no limit of their own, and a model for completions need not come to an end.
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
MARK = ","


def go_on(target: Target, prompt: Any, **optional: Any) -> Request:
    """Return a request that goes on with a prompt for a few tokens."""
    return post(PATH, {"model": target.model("completion"), "prompt": prompt, "max_tokens": ROOM, **optional})


@exchange(LEGACY, roles=("completion",))
def completed(target: Target) -> Request:
    """A prompt that many models answer with a count, and room for few tokens."""
    return go_on(target, COUNT)


@exchange(LEGACY, cost=30, roles=("completion",))
def completed_little(target: Target) -> Request:
    """The same prompt with room for fewer tokens."""
    return go_on(target, COUNT, max_tokens=LITTLE_ROOM)


@exchange(LEGACY, cost=80, roles=("completion",))
def completed_twice(target: Target) -> Request:
    """The same prompt twice by `n`."""
    return go_on(target, COUNT, n=2)


@exchange(LEGACY, cost=80, roles=("completion",))
def two_prompts(target: Target) -> Request:
    """Two prompts in an array."""
    return go_on(target, [HELLO, COUNT])


@exchange(LEGACY, roles=("completion",))
def echoed(target: Target) -> Request:
    """The prompt is to stand before what comes."""
    return go_on(target, COUNT, echo=True)


@exchange(LEGACY, roles=("completion",))
def stopped(target: Target) -> Request:
    """A comma as `stop`."""
    return go_on(target, COUNT, stop=MARK)


@exchange(LEGACY, roles=("completion",))
def with_logprobs(target: Target) -> Request:
    """The two likeliest tokens at each place."""
    return go_on(target, COUNT, logprobs=TOP)


@exchange(LEGACY, roles=("completion",))
def completed_streamed(target: Target) -> Request:
    """The same prompt, streamed."""
    return go_on(target, COUNT, stream=True)


@exchange(LEGACY, roles=("completion",))
def completed_with_usage(target: Target) -> Request:
    """The same prompt, streamed with `include_usage`."""
    return go_on(target, COUNT, stream=True, stream_options={"include_usage": True})


@exchange(LEGACY, expects={400, 403, 404, 422}, cost=5, invalid=True, roles=("completion",))
def unknown_model(completed: Exchange) -> Request:
    """A model that nobody serves."""
    return post(PATH, {"model": NO_MODEL, "prompt": HELLO, "max_tokens": LITTLE_ROOM})
