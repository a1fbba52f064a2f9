"""
The captured requests: one file for each client, written by `nox -s clients`.

Here a request gets the model of the target; the second request of a tool loop also gets the call as it was received.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from conformance import Exchange, Inconclusive, Request, Target
from conformance.checks.tools.reading import CALLS, calls_in
from conformance.requests import post

CODEX = "codex"


@cache
def clients() -> dict[str, Any]:
    """Return the files by the name of the client, the official ones first."""
    folder = files(__package__) / "requests"
    found = {file.name.removesuffix(".json"): json.loads(file.read_text("utf-8")) for file in folder.iterdir()}
    return {name: found[name] for name in sorted(found, key=lambda name: (not name.startswith("openai-"), name))}


def rows(situation: str, turn: int = 0) -> dict[str, Any]:
    """Return the requests of a situation by client, without those of Codex: see `agent_rows`."""
    found = {name: file["situations"].get(situation, ()) for name, file in clients().items() if name != CODEX}
    return {name: requests[turn] for name, requests in found.items() if len(requests) > turn}


def agent_rows(turn: int) -> dict[str, Any]:
    """Return the requests of Codex, which brings its own tools, and only works with models that reason."""
    return {CODEX: clients()[CODEX]["situations"]["responses-tools"][turn]}


def to(target: Target, row: dict[str, Any], role: str = "chat") -> Request:
    """Return a captured request for the target's model of a role."""
    return post(row["path"], {**row["body"], "model": target.model(role)})


def after_chat_call(target: Target, row: dict[str, Any], first: Exchange) -> Request:
    """
    Return the second request of a tool loop over chat completions.

    The client's message keeps its keys, and gets the values of the call that was received: what the client dropped of a
    call stays dropped. Raises `Inconclusive` without a call of the function.
    """
    calls = calls_in(first)
    if len(calls) != 1:
        raise Inconclusive(f"the first response has {len(calls)} calls, and the captured client returns one result")
    request = to(target, row)
    messages = [dict(message) for message in request.json["messages"]]
    for message in messages:
        if message.get("tool_calls"):
            message["tool_calls"] = [_with_values(message["tool_calls"][0], calls[0])]
        if message["role"] == "tool":
            message["tool_call_id"] = first.at(f"{CALLS}.0.id", str)
    return post(row["path"], {**request.json, "messages": messages})


def after_response_call(target: Target, row: dict[str, Any], first: Exchange) -> Request:
    """Return the second request of a tool loop over the Responses API, as `after_chat_call` does over chat."""
    output = [item for item in first.all("output.*", dict) if item.get("type") == "function_call"]
    if len(output) != 1:
        raise Inconclusive(f"the first response has {len(output)} calls, and the captured client returns one result")
    request = to(target, row)
    items = []
    for item in request.json["input"]:
        if item.get("type") == "function_call":
            items.append(_with_values(item, output[0]))
        elif item.get("type") == "function_call_output":
            items.append({**item, "call_id": output[0].get("call_id")})
        else:
            items.append(item)
    return post(row["path"], {**request.json, "input": items})


def _with_values(captured: dict[str, Any], received: dict[str, Any]) -> dict[str, Any]:
    """Return a captured object with the received values of its keys; a key that was not received goes."""
    return {
        name: _with_values(value, received[name])
        if isinstance(value, dict) and isinstance(received[name], dict)
        else received[name]
        for name, value in captured.items()
        if name in received
    }
