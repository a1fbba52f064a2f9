"""
What is sent about parameters: one in each request, whose effect is measured against a request without it.

The controls are exchanges of the chat family: `count_whole` and `hello`.
"""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import count_whole
from conformance.checks.common.limits import room
from conformance.checks.common.prompts import COUNT, HELLO
from conformance.requests import post, user

MAX_TOKENS = capability("params.max_tokens")
MAX_COMPLETION_TOKENS = capability("params.max_completion_tokens")
STOP = capability("params.stop")
N = capability("params.n")

STRING_STOP = "7"
ARRAY_STOP = "13, 14"
OTHER_STOP = "END"


@exchange(MAX_TOKENS)
def count_cut_by_old_name(target: Target, count_whole: Exchange) -> Request:
    """A request for a long text with a small `max_tokens`."""
    limit = room(target, count_whole, 8)
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(COUNT)], "max_tokens": limit})


@exchange(MAX_COMPLETION_TOKENS)
def count_cut_by_new_name(target: Target, count_whole: Exchange) -> Request:
    """A request for a long text with a small `max_completion_tokens`."""
    limit = room(target, count_whole, 8)
    return post(
        "/chat/completions",
        {"model": target.model("chat"), "messages": [user(COUNT)], "max_completion_tokens": limit},
    )


@exchange(STOP, cost=80)
def count_stop_string(target: Target) -> Request:
    """The count to 20 with one stop sequence, as a string."""
    body = {"model": target.model("chat"), "messages": [user(COUNT)], "stop": STRING_STOP}
    return post("/chat/completions", body)


@exchange(STOP, cost=100, sibling=count_stop_string)
def count_stop_array(target: Target) -> Request:
    """The count to 20 with two stop sequences; the second one occurs, and is longer than a token."""
    body = {"model": target.model("chat"), "messages": [user(COUNT)], "stop": [OTHER_STOP, ARRAY_STOP]}
    return post("/chat/completions", body)


@exchange(STOP)
def count_stop_space(target: Target) -> Request:
    """The count to 20 with a space as stop sequence."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(COUNT)], "stop": " "})


@exchange(N, cost=80)
def two_choices(target: Target) -> Request:
    """A short request with `n: 2`."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)], "n": 2})
