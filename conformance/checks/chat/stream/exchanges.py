"""What is sent for streamed chat completions."""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import count_whole, hello, hello_with_max_tokens
from conformance.checks.common.limits import limited, room
from conformance.checks.common.prompts import COUNT, COUNT_FAR, HELLO, repeat
from conformance.checks.common.requests import NO_MODEL
from conformance.requests import post, user

BASIC = capability("chat.stream.basic")
FRAMING = capability("chat.stream.sse_framing")
ENDS = capability("chat.stream.done")
CHUNKS = capability("chat.stream.chunk_schema")
FINISH = capability("chat.stream.finish_reason")
USAGE = capability("chat.stream.usage.include")
UNREQUESTED = capability("chat.stream.usage.not_unrequested")
TWINS = capability("chat.stream.equals_nonstream")
PLAIN = capability("chat.stream.false_explicit")
INCREMENTAL = capability("chat.stream.incremental")
ABORT = capability("chat.stream.abort")
REFUSED = capability("chat.stream.error_before_start")

AFTER_ABORT = "PELICAN"


def ask(target: Target, prompt: str, **optional: Any) -> Request:
    """Return a request with `stream: true`, unless `optional` says otherwise."""
    body = {"model": target.model("chat"), "messages": [user(prompt)], "stream": True}
    return post("/chat/completions", {**body, **optional})


@exchange(BASIC)
def hello_streamed(target: Target) -> Request:
    """The short user message of `hello`, streamed."""
    return ask(target, HELLO)


@exchange(BASIC, alone=True, cost=120)
def count_streamed(target: Target) -> Request:
    """The long text of `count_whole`, streamed while nothing else is in flight."""
    return ask(target, COUNT)


@exchange(FINISH)
def count_cut_streamed(target: Target, hello_with_max_tokens: Exchange, count_whole: Exchange) -> Request:
    """The long text, streamed with a small token limit, under the name of the limit that is accepted."""
    return ask(target, COUNT, **limited(hello_with_max_tokens, room(target, count_whole, 8)))


@exchange(USAGE)
def hello_with_usage(target: Target) -> Request:
    """A stream with `include_usage: true`."""
    return ask(target, HELLO, stream_options={"include_usage": True})


@exchange(USAGE)
def hello_without_usage(target: Target) -> Request:
    """A stream with `include_usage: false`."""
    return ask(target, HELLO, stream_options={"include_usage": False})


@exchange(TWINS, cost=120)
def count_at_zero(target: Target) -> Request:
    """The long text at temperature 0, non-streaming, to compare with the streamed one."""
    body = {"model": target.model("chat"), "messages": [user(COUNT)], "temperature": 0}
    return post("/chat/completions", body)


@exchange(TWINS, cost=120)
def count_at_zero_streamed(target: Target) -> Request:
    """The long text at temperature 0, streamed, to compare with the non-streaming one."""
    return ask(target, COUNT, temperature=0)


@exchange(PLAIN)
def hello_stream_false(target: Target) -> Request:
    """The short user message with `stream: false`."""
    return ask(target, HELLO, stream=False)


@exchange(PLAIN)
def hello_accepting_events(target: Target) -> Request:
    """`stream: false` with an `Accept` header that also lists `text/event-stream`."""
    body = ask(target, HELLO, stream=False).json
    headers = {"Accept": "text/event-stream, application/json"}
    return Request("POST", "/chat/completions", json=body, headers=headers)


@exchange(INCREMENTAL, alone=True, cost=400)
def count_far_streamed(target: Target) -> Request:
    """A very long text, streamed while nothing else is in flight."""
    return ask(target, COUNT_FAR)


@exchange(ABORT, stop_after=2, cost=120)
def count_aborted(target: Target) -> Request:
    """A long stream that the client aborts after two events."""
    return ask(target, COUNT)


@exchange(ABORT)
def word_after_abort(target: Target, count_aborted: Exchange) -> Request:
    """A non-streaming request right after an aborted stream."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(repeat(AFTER_ABORT))]})


@exchange(REFUSED, expects={200, 400, 403, 404, 422}, cost=5, invalid=True)
def unknown_model_streamed(hello: Exchange) -> Request:
    """A stream from an unknown model, where chat completions are served; serving it anyway is judged elsewhere."""
    return post("/chat/completions", {**hello.sent.json, "model": NO_MODEL, "stream": True})


@exchange(REFUSED, expects={400, 422}, cost=5, invalid=True)
def no_messages_streamed(target: Target) -> Request:
    """A streaming request without `messages`."""
    return post("/chat/completions", {"model": target.model("chat"), "stream": True})
