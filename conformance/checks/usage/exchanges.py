"""What is sent about usage; most is judged on the exchanges of chat completions."""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.prompts import HELLO
from conformance.requests import post, user

PRESENT = capability("usage.present")
SCALES = capability("usage.scales")
DETAILS = capability("usage.details")

TIMES = 20


@exchange(SCALES)
def hello_again(target: Target, hello: Exchange) -> Request:
    """The request of `hello` a second time, after the first."""
    return post("/chat/completions", hello.sent.json)


@exchange(SCALES, cost=200)
def hello_many_times(target: Target) -> Request:
    """The sentence of `hello` many times in one message."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(" ".join([HELLO] * TIMES))]})
