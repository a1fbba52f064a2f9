"""The control for counting: a long prompt, to compare with the same sentence once in `hello`."""

from conformance import Request, Target, capability, exchange
from conformance.checks.common.prompts import HELLO
from conformance.checks.common.usage import SENTENCES
from conformance.requests import post, user

BASIC = capability("chat.basic")


@exchange(BASIC, cost=200)
def hello_many_times(target: Target) -> Request:
    """The sentence of `hello` repeated many times in one message."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(" ".join([HELLO] * SENTENCES))]})
