"""
One generated answer, before it is decided how it is told.

The plain answer and the stream are two tellings of the same `Generation`, so they cannot differ.
"""

import json
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.media.tokens import pieces
from conformance.simulator.model.calling import ToolCall, call_tools
from conformance.simulator.model.chat_audio import SpokenText, spoken
from conformance.simulator.model.chat_picture import picture
from conformance.simulator.model.chat_request import ChatRequest
from conformance.simulator.model.places import places
from conformance.simulator.model.script import (
    asks_to_draw,
    code_word,
    draw,
    keys_wanted,
    last_user_text,
    say,
    schema_told,
    stated,
    without_repetition,
)
from conformance.simulator.model.synthesis import Hints, synthesise
from conformance.simulator.model.thinking import thinking_of

_PER_CALL = 6
BLOCKED = "This prompt is blocked by the content filter of the simulator."
"""What the content filter blocks: no honest prompt."""

_GREEDY = 0.1
"""With a `top_p` below it only the likeliest token is left."""


@dataclass(frozen=True, slots=True)
class Choice:
    """
    One choice. `tokens` joined give the text; `spent` counts all completion tokens, `reasoning` among them.

    `thoughts` is what the model tells of its thoughts, `audio` what it says aloud; None when it was not asked to.
    """

    tokens: tuple[str, ...]
    calls: tuple[ToolCall, ...]
    finish_reason: str
    reasoning: int
    spent: int
    thoughts: str | None = None
    audio: SpokenText | None = None

    @property
    def content(self) -> str | None:
        """The text, or null beside tool calls and where it is spoken."""
        return None if self.calls or self.audio else "".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Generation:
    """The choices, and what is the same on every part of an answer. `created` is in seconds since 1970."""

    request: ChatRequest
    choices: tuple[Choice, ...]
    id: str
    created: int

    def head(self, kind: str) -> dict[str, Any]:
        """Return the keys that the plain answer and every chunk share."""
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.request.model.id,
        }

    def served(self) -> dict[str, Any]:
        """Return what is told of how it was served, on the plain answer and on every chunk."""
        tier = self.request.option("service_tier", "auto")
        return {
            "service_tier": {"auto": "default", "fast": "priority"}.get(tier, tier),
            "system_fingerprint": None if self.request.model.thinks else "fp_simulator",
        }

    def usage(self) -> dict[str, Any]:
        """Return the token counts of all choices together."""
        spent = sum(choice.spent for choice in self.choices)
        return {
            "prompt_tokens": self.request.prompt_tokens,
            "completion_tokens": spent,
            "total_tokens": self.request.prompt_tokens + spent,
            "prompt_tokens_details": {"cached_tokens": self.request.cached, "audio_tokens": self._heard()},
            "completion_tokens_details": {
                "reasoning_tokens": sum(choice.reasoning for choice in self.choices),
                "audio_tokens": sum(choice.audio.tokens for choice in self.choices if choice.audio),
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def _heard(self) -> int:
        return sum(seen.tokens for seen in self.request.seen if seen.kind == "recording")


def generate(request: ChatRequest) -> Generation:
    """Let the scripted model answer."""
    created = int(time.time())
    choices = tuple(_speak(_choose(request, index), request, created) for index in range(request.n))
    return Generation(request, choices, f"chatcmpl-{uuid.uuid4().hex}", created)


def _speak(choice: Choice, request: ChatRequest, created: int) -> Choice:
    audio = None if choice.calls else spoken("".join(choice.tokens), request.body, created)
    if audio is None:
        return choice
    # What is said costs tokens beside those of its transcript, as far as the limit leaves room.
    audio = replace(audio, tokens=min(audio.tokens, request.limit - choice.spent))
    return replace(choice, audio=audio, spent=choice.spent + audio.tokens)


def _choose(request: ChatRequest, index: int) -> Choice:
    thinking = thinking_of(request.model, request.body)
    choice = _answer(request, index, min(thinking.tokens, request.limit))
    return replace(choice, thoughts=thinking.text(request.limit)) if thinking.told and thinking.tokens else choice


def _answer(request: ChatRequest, index: int, thoughts: int) -> Choice:
    if BLOCKED in last_user_text(request.messages):
        return Choice((), (), "content_filter", 0, 0)
    room = request.limit - thoughts
    calls = call_tools(request.body)
    if calls and room:
        return _cut_calls(calls, request, room, thoughts)
    if calls:
        return Choice((), (), "length", thoughts, thoughts)
    return _cut_text(_text(request, index), request, room, thoughts)


def _text(request: ChatRequest, index: int) -> str:
    greedy = request.option("temperature", 1) == 0 or request.option("top_p", 1) < _GREEDY
    variant = 0 if greedy else request.option("seed", 0) + index
    if request.model.kind == "image":
        return picture(last_user_text(request.messages), request.seen)
    text = say(request.messages, request.option("verbosity", "medium"), variant, request.seen)
    if (limits := asks_to_draw(request.messages)) is not None:
        chance = variant if greedy or request.body.get("seed") is not None else uuid.uuid4().int
        text = draw(limits, chance)
    if request.option("frequency_penalty", 0) >= 1:
        text = without_repetition(text)
    wanted = request.option("response_format", {"type": "text"})
    match wanted["type"]:
        case "json_object" if schema := schema_told(request.messages):
            return _obeying(schema, request, text)
        case "json_object":
            keys = keys_wanted(last_user_text(request.messages)) or ["answer"]
            return json.dumps(dict.fromkeys(keys, text), ensure_ascii=False)
        case "json_schema":
            return _obeying(wanted["json_schema"]["schema"], request, text)
        case _:
            return text


def _obeying(schema: Any, request: ChatRequest, text: str) -> str:
    """Return JSON that a schema accepts, out of what the conversation says."""
    asked = last_user_text(request.messages)
    hints = Hints(next(iter(places(asked)), None), code_word(request.messages, request.seen), text, stated(asked))
    return json.dumps(synthesise(schema, hints), ensure_ascii=False)


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
