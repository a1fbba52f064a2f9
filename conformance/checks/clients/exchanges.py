"""What is sent: the requests that popular clients build by default, in one case for each client."""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.clients.captured import after_chat_call, after_response_call, agent_rows, rows, to

CHAT = capability("clients.chat")
RESPONSES = capability("clients.responses")


@exchange(CHAT, each=rows("chat-text"))
def chat_text(target: Target, row: dict[str, Any]) -> Request:
    """A chat request with one sentence, as a popular client builds it by default."""
    return to(target, row)


@exchange(CHAT, each=rows("chat-stream"))
def chat_stream(target: Target, row: dict[str, Any]) -> Request:
    """A streamed chat request with one sentence, as a popular client builds it by default."""
    return to(target, row)


@exchange(CHAT, each=rows("chat-tools"), cost=150)
def chat_call(target: Target, row: dict[str, Any]) -> Request:
    """The first chat request of a tool loop, as a popular client builds it by default."""
    return to(target, row)


@exchange(CHAT, each=rows("chat-tools", turn=1), cost=200)
def chat_result(target: Target, row: dict[str, Any], chat_call: Exchange) -> Request:
    """The second chat request of a tool loop: the call as the client sends it back, and its result."""
    return after_chat_call(target, row, chat_call)


@exchange(CHAT, each=rows("chat-structured"), cost=150)
def chat_structured(target: Target, row: dict[str, Any]) -> Request:
    """A chat request for structured output, as a popular client builds it by default: a format, or a function."""
    return to(target, row)


@exchange(RESPONSES, each=rows("responses-text"))
def response_text(target: Target, row: dict[str, Any]) -> Request:
    """A Responses API request with one sentence, as a popular client builds it by default."""
    return to(target, row)


@exchange(RESPONSES, each=rows("responses-stream"))
def response_stream(target: Target, row: dict[str, Any]) -> Request:
    """A streamed Responses API request with one sentence, as a popular client builds it by default."""
    return to(target, row)


@exchange(RESPONSES, each=rows("responses-tools"), cost=150)
def response_call(target: Target, row: dict[str, Any]) -> Request:
    """The first Responses API request of a tool loop, as a popular client builds it by default."""
    return to(target, row)


@exchange(RESPONSES, each=rows("responses-tools", turn=1), cost=200)
def response_result(target: Target, row: dict[str, Any], response_call: Exchange) -> Request:
    """The second Responses API request of a tool loop: the call as the client sends it back, and its result."""
    return after_response_call(target, row, response_call)


@exchange(RESPONSES, each=rows("responses-structured"), cost=150)
def response_structured(target: Target, row: dict[str, Any]) -> Request:
    """A Responses API request for structured output, as a popular client builds it by default."""
    return to(target, row)


@exchange(RESPONSES, each=agent_rows(0), cost=2500, roles=("thinking",))
def agent_start(target: Target, row: dict[str, Any]) -> Request:
    """The first request of a coding agent, streamed: its tools, a namespace, encrypted reasoning, `client_metadata`."""
    return to(target, row, "thinking")


@exchange(RESPONSES, each=agent_rows(1), cost=2500, roles=("thinking",))
def agent_result(target: Target, row: dict[str, Any]) -> Request:
    """A later request of a coding agent, streamed: the same with a call, as captured, and its result."""
    return to(target, row, "thinking")
