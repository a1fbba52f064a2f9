"""
What the simulator would send upstream for a request if it were a gateway: so that checks of gateways can be proven.

Chats go to the native API, everything else in JSON to an endpoint of the same API. Nothing is really sent; the answer
stays the simulator's own, and what "came back" is as much of it as a check reads.
"""

import json
import time
from typing import Any
from urllib.parse import quote

from conformance.simulator.gemini.forward import native_request
from conformance.simulator.http import coding
from conformance.simulator.http.answer import Answer, Events, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.wire.upstream import MOST_SENT, Api, Bounded, Credential, UpstreamRequest, Whose

_LARGEST = 64 * 1024 * 1024
_OK = 200


def forwarded(call: Call, answer: Answer) -> tuple[UpstreamRequest, ...]:
    """Return what is sent upstream for a call and its answer; nothing for what was refused, or is not JSON."""
    if call.method != "POST" or not _OK <= answer.status < _OK + 100 or call.media_type != "application/json":
        return ()
    try:
        body = json.loads(coding.unpack(call, _LARGEST).content)
    except (ValueError, RecursionError, ApiError):
        return ()
    if call.path == "/chat/completions":
        streamed = body.get("stream") is True
        method = "streamGenerateContent?alt=sse" if streamed else "generateContent"
        usage = {"usageMetadata": _native_usage(_usage(answer))}
        path = f"/v1beta/models/{quote(str(body.get('model')), safe='')}:{method}"
        return (_request(answer, "gemini", path, native_request(body), usage),)
    return (_request(answer, "openai", f"/v1{call.path}", body, {}),)


def _request(answer: Answer, api: Api, path: str, body: Any, returned: Any) -> UpstreamRequest:
    now = time.time()
    content = dump(body)
    name = "x-goog-api-key" if api == "gemini" else "authorization"
    return UpstreamRequest(
        api=api,
        began=now,
        answered=now,
        method="POST",
        path=path,
        headers=(("content-type", "application/json"), (name, "***")),
        credentials=(Credential(name, Whose.CONFIGURED),),
        body=Bounded(content[:MOST_SENT], len(content)),
        status=200,
        returned=Bounded(dump(returned), len(dump(returned))),
        answers=answer.header("x-request-id") or "",
    )


def _usage(answer: Answer) -> dict[str, Any]:
    bodies = [event.data for event in answer.body.events] if isinstance(answer.body, Events) else [answer.body]
    told = [body["usage"] for body in bodies if isinstance(body, dict) and body.get("usage")]
    return told[-1] if told else {}


def _native_usage(usage: dict[str, Any]) -> dict[str, Any]:
    if not usage:
        return {}
    thoughts = usage["completion_tokens_details"]["reasoning_tokens"]
    return {
        "promptTokenCount": usage["prompt_tokens"],
        "candidatesTokenCount": usage["completion_tokens"] - thoughts,
        "thoughtsTokenCount": thoughts,
        "totalTokenCount": usage["total_tokens"],
    }
