"""Spoken answers in a chat: which requests want one, and what a message holds of it."""

import base64
import uuid
from dataclasses import dataclass
from typing import Any

from conformance.simulator.catalog.models import ServedModel
from conformance.simulator.http.errors import invalid_request, invalid_value, unsupported
from conformance.simulator.http.validation import fields, missing, one_of
from conformance.simulator.media.sound_files import FORMATS, Speech
from conformance.simulator.model.speech import VOICE, period_of, seconds_as_tokens

KEPT_S = 3600
_FORMATS = {**{name: make for name, (_, make) in FORMATS.items()}, "pcm16": FORMATS["pcm"][1]}
_AUDIO = fields({"voice": VOICE, "format": one_of("wav", "aac", "mp3", "flac", "opus", "pcm16")})


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A text with its sound in base64; `expires_at` is in seconds since 1970."""

    id: str
    data: str
    expires_at: int
    transcript: str
    tokens: int

    def describe(self) -> dict[str, Any]:
        """Return the value of `message.audio`."""
        return {"id": self.id, "data": self.data, "expires_at": self.expires_at, "transcript": self.transcript}


def check_audio(body: dict[str, Any], model: ServedModel) -> None:
    """Raise when a spoken answer is asked for in a wrong way, or of a model that does not speak."""
    wanted = "audio" in (body.get("modalities") or ())
    if body.get("audio") is not None:
        if not model.speaks:
            raise unsupported("audio")
        _AUDIO(body["audio"], "audio")
        if not wanted:
            text = "The 'audio' parameter is only allowed when 'modalities' includes 'audio'."
            raise invalid_request(text, param="audio")
    elif wanted and model.speaks:
        raise missing("audio")
    if wanted and model.speaks and body.get("stream") and body["audio"]["format"] != "pcm16":
        raise invalid_value("audio.format", "Streamed audio is only supported in the format 'pcm16'.")


def spoken(text: str, body: dict[str, Any], created: int) -> SpokenText | None:
    """Return a text as the request wants to hear it; None when it wants to read it."""
    if "audio" not in (body.get("modalities") or ()):
        return None
    speech = Speech(text, period=period_of(body["audio"]["voice"]))
    data = base64.b64encode(_FORMATS[body["audio"]["format"]](speech)).decode()
    return SpokenText(f"audio_{uuid.uuid4().hex}", data, created + KEPT_S, text, seconds_as_tokens(speech))
