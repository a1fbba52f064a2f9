"""What is sent about streamed, weighted and diarized transcriptions: the WAV file of the other transcriptions."""

from collections.abc import Mapping

from conformance import Exchange, Kind, Request, Target, capability, exchange
from conformance.checks.audio.exchanges import TRANSCRIPTION, transcribed, translate, translated, write_down
from conformance.checks.common.fixtures import content_of
from conformance.requests import Upload, multipart

STREAMED = capability("audio.transcription_stream")
DETAILS = capability("audio.transcription_details")

EVENTS_OR_JSON = ("text/event-stream", "application/json")
"""OpenAI's oldest model ignores `stream`, as the client documents, and returns JSON."""


@exchange(STREAMED, roles=TRANSCRIPTION, media=EVENTS_OR_JSON, cost=40)
def transcribed_streamed(target: Target, transcribed: Exchange) -> Request:
    """A WAV file to be transcribed, with `stream: true`."""
    del transcribed
    return write_down(target, stream="true")


@exchange(STREAMED, roles=TRANSCRIPTION, media=EVENTS_OR_JSON, cost=40)
def transcribed_streamed_in_english(target: Target, transcribed: Exchange) -> Request:
    """A WAV file to be transcribed, with `stream: true` and `language`."""
    del transcribed
    return write_down(target, stream="true", language="en")


transcription_stream = Kind(
    "transcription_stream",
    "streamed transcription",
    "POST",
    "audio/transcriptions",
    also=lambda observed: observed.received.media_type == "text/event-stream",
)


@exchange(DETAILS, roles=TRANSCRIPTION, cost=40)
def transcribed_with_logprobs(target: Target, transcribed: Exchange) -> Request:
    """A transcription with `include[]` `logprobs`."""
    del transcribed
    return write_down(target, **{"include[]": "logprobs"})


@exchange(DETAILS, roles=TRANSCRIPTION, cost=40)
def transcribed_by_speaker(target: Target, transcribed: Exchange) -> Request:
    """A transcription with `response_format` `diarized_json`."""
    del transcribed
    return write_down(target, response_format="diarized_json", chunking_strategy="auto")


HINTS: Mapping[str, dict[str, str]] = {
    "prompt": {"prompt": "One word is spoken."},
    "temperature": {"temperature": "0"},
    "response_format": {"response_format": "verbose_json"},
}


@exchange(DETAILS, roles=TRANSCRIPTION, each=HINTS, cost=40)
def translated_with(target: Target, translated: Exchange, row: dict[str, str]) -> Request:
    """A translation with `prompt`, `temperature`, or another `response_format` that is JSON."""
    del translated
    return translate(target, **row)
