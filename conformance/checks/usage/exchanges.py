"""What is sent about usage; most is judged on the exchanges of chat completions."""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello
from conformance.requests import post

PRESENT = capability("usage.present")
SCALES = capability("usage.scales")
DETAILS = capability("usage.details")


@exchange(SCALES)
def hello_again(target: Target, hello: Exchange) -> Request:
    """The request of `hello`, repeated after its response."""
    return post("/chat/completions", hello.sent.json)
