"""`POST /audio/speech`: a text as sound, whole or in a stream of events."""

import base64
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.http.answer import Answer, Event, Events
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import invalid_value
from conformance.simulator.http.validation import Rule, by_type, fields, number, one_of, string
from conformance.simulator.media.sound_files import FORMATS, Speech
from conformance.simulator.media.tokens import count

VOICES = (
    "alloy",
    "ash",
    "ballad",
    "cedar",
    "coral",
    "echo",
    "fable",
    "marin",
    "nova",
    "onyx",
    "sage",
    "shimmer",
    "verse",
)
VOICE: Rule = by_type("a string or an object", {str: one_of(*VOICES), dict: fields({"id": string(empty=False)})})
PARAMETERS = fields(
    {"model": string(empty=False), "input": string(4096, empty=False), "voice": VOICE},
    {
        "instructions": string(4096),
        "response_format": one_of(*FORMATS),
        "speed": number(0.25, 4),
        "stream_format": one_of("audio", "sse"),
    },
)
_PIECE = 16_384
_TOKENS_PER_SECOND = 20


def speak(call: Call) -> Answer:
    """Answer a request to read a text aloud."""
    body = json_body(call)
    PARAMETERS(body, "")
    model = models.find(body["model"])
    if model.kind != "speech":
        raise invalid_value("model", f"The model '{model.id}' does not speak.")
    speech = Speech(body["input"], body.get("speed") or 1.0, period_of(body["voice"]))
    media_type, make = FORMATS[body.get("response_format") or "mp3"]
    content = make(speech)
    if body.get("stream_format") == "sse":
        return Answer(_stream(content, speech), headers=(("cache-control", "no-cache"),))
    return Answer(content, headers=(("content-type", media_type),))


def period_of(voice: Any) -> int:
    """Return how low a voice hums; one that the client made hums like the first."""
    return 80 + 10 * VOICES.index(voice) if voice in VOICES else 80


def seconds_as_tokens(speech: Speech) -> int:
    """Return the tokens that some speech costs."""
    return max(1, round(speech.seconds * _TOKENS_PER_SECOND))


def _stream(content: bytes, speech: Speech) -> Events:
    pieces = (content[start : start + _PIECE] for start in range(0, len(content), _PIECE))
    events = [_event("speech.audio.delta", {"audio": base64.b64encode(piece).decode()}) for piece in pieces]
    read, spoken = count(speech.text), seconds_as_tokens(speech)
    usage = {"input_tokens": read, "output_tokens": spoken, "total_tokens": read + spoken}
    return Events((*events, _event("speech.audio.done", {"usage": usage})))


def _event(name: str, data: dict[str, Any]) -> Event:
    return Event({"type": name, **data}, name)
