"""
One generated answer, before it is decided how it is told.

The plain answer and the stream are two tellings of the same `Generation`, so they cannot differ.
"""

import json
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.calling import ToolCall, call_tools
from conformance.simulator.chat_request import ChatRequest
from conformance.simulator.places import places
from conformance.simulator.script import code_word, last_user_text, say
from conformance.simulator.synthesis import Hints, synthesise
from conformance.simulator.tokens import pieces

_EFFORT = {"none": 0, "minimal": 8, "low": 16, "medium": 32, "high": 64, "xhigh": 128, "max": 256}
_PER_CALL = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice. `tokens` joined give the text; `spent` counts all completion tokens, `reasoning` among them."""

    tokens: tuple[str, ...]
    calls: tuple[ToolCall, ...]
    finish_reason: str
    reasoning: int
    spent: int

    @property
    def content(self) -> str | None:
        """The text, or null beside tool calls."""
        return None if self.calls else "".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Generation:
    """The choices, and what is the same on every part of an answer. `created` is in seconds since 1970."""

    request: ChatRequest
    choices: tuple[Choice, ...]
    id: str
    created: int

    def head(self, kind: str) -> dict[str, Any]:
        """Return the keys that the plain answer and every chunk share."""
        tier = self.request.option("service_tier", "auto")
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.request.model.id,
            "service_tier": {"auto": "default", "fast": "priority"}.get(tier, tier),
            "system_fingerprint": "fp_simulator",
        }

    def usage(self) -> dict[str, Any]:
        """Return the token counts of all choices together."""
        spent = sum(choice.spent for choice in self.choices)
        return {
            "prompt_tokens": self.request.prompt_tokens,
            "completion_tokens": spent,
            "total_tokens": self.request.prompt_tokens + spent,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": sum(choice.reasoning for choice in self.choices),
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


def generate(request: ChatRequest) -> Generation:
    """Let the scripted model answer."""
    choices = tuple(_choose(request, index) for index in range(request.n))
    return Generation(request, choices, f"chatcmpl-{uuid.uuid4().hex}", int(time.time()))


def _choose(request: ChatRequest, index: int) -> Choice:
    wanted = _EFFORT[request.option("reasoning_effort", "medium")] if request.model.thinks else 0
    thoughts = min(wanted, request.limit)
    room = request.limit - thoughts
    calls = call_tools(request.body)
    if calls and room:
        return _cut_calls(calls, request, room, thoughts)
    if calls:
        return Choice((), (), "length", thoughts, thoughts)
    return _cut_text(_text(request, index), request, room, thoughts)


def _text(request: ChatRequest, index: int) -> str:
    variant = request.option("seed", 0) + index if request.option("temperature", 1) else 0
    text = say(request.messages, request.option("verbosity", "medium"), variant)
    wanted = request.option("response_format", {"type": "text"})
    match wanted["type"]:
        case "json_object":
            return json.dumps({"answer": text}, ensure_ascii=False)
        case "json_schema":
            place = next(iter(places(last_user_text(request.messages))), None)
            hints = Hints(place, code_word(request.messages), text)
            return json.dumps(synthesise(wanted["json_schema"]["schema"], hints), ensure_ascii=False)
        case _:
            return text


def _cut_text(text: str, request: ChatRequest, room: int, thoughts: int) -> Choice:
    tokens = pieces(text)
    finish_reason = "stop" if len(tokens) <= room else "length"
    kept = "".join(tokens[:room])
    ends = [kept.index(stop) for stop in request.stops if stop in kept]
    if ends:
        kept, finish_reason = kept[: min(ends)], "stop"
    tokens = pieces(kept)
    return Choice(tokens, (), finish_reason, thoughts, thoughts + len(tokens))


def _cut_calls(calls: tuple[ToolCall, ...], request: ChatRequest, room: int, thoughts: int) -> Choice:
    kept: list[ToolCall] = []
    left = room
    for call in calls:
        cost = _PER_CALL + len(pieces(call.arguments))
        if cost > left:
            shortened = "".join(pieces(call.arguments)[: max(0, left - _PER_CALL)])
            return Choice((), (*kept, replace(call, arguments=shortened)), "length", thoughts, thoughts + room)
        kept.append(call)
        left -= cost
    return Choice((), tuple(kept), _reason_of_calls(request), thoughts, thoughts + room - left)


def _reason_of_calls(request: ChatRequest) -> str:
    """Return OpenAI's reason: a call that the client itself named ends with `stop`, any other with `tool_calls`."""
    choice = request.option("tool_choice", None)
    return "stop" if isinstance(choice, dict) and choice.get("type") in {"function", "custom"} else "tool_calls"
