"""
`POST /audio/transcriptions` and `/audio/translations`: what is said in a recording.

The words are those of the file's comment. A translation of what is English already changes nothing.
"""

from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.http.answer import Answer, Event, Events
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request, invalid_value, unsupported
from conformance.simulator.http.multipart import Kind, Part, form, values_of
from conformance.simulator.http.validation import anything, array, boolean, fields, missing, number, one_of, string
from conformance.simulator.media.recordings import Recording, read_recording
from conformance.simulator.media.sniff import BrokenFile
from conformance.simulator.media.tokens import pieces
from conformance.simulator.media.transcripts import as_diarized, as_srt, as_verbose, as_vtt
from conformance.simulator.model.logprobs import token_logprobs

LARGEST = 25 * 1024 * 1024
SHORTEST_S = 0.1
_NAMES = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
_KINDS: dict[str, Kind] = {"temperature": "number", "stream": "boolean"}
_ARRAYS = frozenset({"include", "timestamp_granularities", "keywords", "languages"})
_TOKENS_PER_SECOND = 10
_SHARED = {
    "prompt": string(),
    "response_format": one_of("json", "text", "srt", "verbose_json", "vtt"),
    "temperature": number(0, 1),
}
_TRANSLATION = fields({"model": string(empty=False)}, _SHARED)
_TRANSCRIPTION = fields(
    {"model": string(empty=False)},
    {
        **_SHARED,
        "response_format": one_of("json", "text", "srt", "verbose_json", "vtt", "diarized_json"),
        "chunking_strategy": anything,
        "include": array(one_of("logprobs"), of="strings"),
        "keywords": array(string(), of="strings"),
        "language": string(pattern="[a-z]{2,3}"),
        "languages": array(string(pattern="[a-z]{2,3}"), of="strings"),
        "known_speaker_names": anything,
        "known_speaker_references": anything,
        "stream": boolean,
        "timestamp_granularities": array(one_of("word", "segment"), of="strings"),
    },
)
_SPEAKERS = ("known_speaker_names", "known_speaker_references")


def transcribe(call: Call) -> Answer:
    """Answer a request to write down what is said."""
    parts = form(call)
    body = values_of(parts, _KINDS, _ARRAYS)
    _TRANSCRIPTION(body, "")
    for name in _SPEAKERS:
        if name in body:
            raise unsupported(name)
    _check(body)
    recording = _recording(parts)
    if body.get("stream"):
        return Answer(_stream(recording, body), headers=(("cache-control", "no-cache"),))
    return _answer(recording, body, "transcribe")


def translate(call: Call) -> Answer:
    """Answer a request to write down in English what is said."""
    parts = form(call)
    body = values_of(parts, _KINDS)
    _TRANSLATION(body, "")
    _check(body)
    return _answer(_recording(parts), body, "translate")


def _check(body: dict[str, Any]) -> None:
    model = models.find(body["model"])
    if model.kind != "transcription":
        raise invalid_value("model", f"The model '{model.id}' does not write down what is said.")
    kind = body.get("response_format", "json")
    if "timestamp_granularities" in body and kind != "verbose_json":
        raise _only_with("timestamp_granularities", "verbose_json")
    if "include" in body and kind != "json":
        raise _only_with("include", "json")
    if body.get("stream") and kind != "json":
        raise _only_with("stream", "json")


def _only_with(name: str, kind: str) -> ApiError:
    return invalid_request(f"'{name}' is only supported with the response format '{kind}'.", param=name)


def _recording(parts: tuple[Part, ...]) -> Recording:
    files = [part for part in parts if part.filename is not None]
    for part in files:
        if part.name != "file":
            raise invalid_request(f"Unknown parameter: '{part.name}'.", param=part.name, code="unknown_parameter")
    if not files:
        raise missing("file")
    if len(files[0].content) > LARGEST:
        text = f"Maximum content size limit ({LARGEST}) exceeded ({len(files[0].content)} bytes read)."
        raise ApiError(413, text, param="file")
    if (files[0].filename or "").rpartition(".")[2].lower() not in _NAMES:
        text = f"Unrecognized file format. Supported formats: {list(_NAMES)}."
        raise invalid_request(text, param="file")
    try:
        recording = read_recording(files[0].content)
    except BrokenFile as error:
        text = f"Audio file might be corrupted or unsupported: {error}."
        raise invalid_request(text, param="file", code="invalid_value") from None
    if recording.seconds < SHORTEST_S:
        text = f"Audio file is too short. Minimum audio length is {SHORTEST_S} seconds."
        raise invalid_request(text, param="file", code="audio_too_short")
    return recording


def _answer(recording: Recording, body: dict[str, Any], task: str) -> Answer:
    plain = (("content-type", "text/plain; charset=utf-8"),)
    text = recording.comment
    match body.get("response_format", "json"):
        case "text":
            return Answer(f"{text}\n".encode(), headers=plain)
        case "srt":
            return Answer(as_srt(recording).encode(), headers=plain)
        case "vtt":
            return Answer(as_vtt(recording).encode(), headers=plain)
        case "verbose_json":
            granularities = body.get("timestamp_granularities") or ["segment"]
            return Answer(as_verbose(recording, task, granularities, body.get("temperature", 0.0)))
        case "diarized_json":
            return Answer(as_diarized(recording))
        case _ if task == "translate":
            return Answer({"text": text})
        case _:
            logprobs = {"logprobs": _logprobs(text)} if "include" in body else {}
            return Answer({"text": text, **logprobs, "usage": _usage(recording)})


def _stream(recording: Recording, body: dict[str, Any]) -> Events:
    def event(name: str, text: str, data: dict[str, Any]) -> Event:
        logprobs = {"logprobs": _logprobs(text)} if "include" in body else {}
        return Event({"type": name, **data, **logprobs}, name)

    told = [event("transcript.text.delta", piece, {"delta": piece}) for piece in pieces(recording.comment)]
    whole = {"text": recording.comment, "usage": _usage(recording)}
    return Events((*told, event("transcript.text.done", recording.comment, whole)))


def _logprobs(text: str) -> list[dict[str, Any]]:
    listed = (token_logprobs(piece, 0) for piece in pieces(text))
    return [{key: entry[key] for key in ("token", "logprob", "bytes")} for entry in listed]


def _usage(recording: Recording) -> dict[str, Any]:
    heard, written = max(1, round(recording.seconds * _TOKENS_PER_SECOND)), len(pieces(recording.comment))
    return {
        "type": "tokens",
        "input_tokens": heard,
        "input_token_details": {"audio_tokens": heard, "text_tokens": 0},
        "output_tokens": written,
        "total_tokens": heard + written,
    }
