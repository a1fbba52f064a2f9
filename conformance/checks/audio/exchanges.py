"""
What is sent about audio: audio in a chat message, spoken responses, and the endpoints for speech.

The audio files, and the words spoken in them, are in `conformance.checks.common.fixtures`. An invalid request builds
on a valid one: where the valid one is rejected it is not sent.
"""

from collections.abc import Mapping
from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import base64_of, content_of, word_of
from conformance.checks.common.prompts import ASK_SPOKEN, ASK_WORD, HELLO, repeat, word_is
from conformance.checks.common.requests import FILE_REFUSED, ask_about
from conformance.requests import Upload, multipart, post, user

INPUT = capability("audio.input")
ENDPOINTS = capability("audio.endpoints")
SPEECH_STREAM = capability("audio.speech_stream")

WAV_WORD, MP3_WORD = word_of("spoken.wav"), word_of("spoken.mp3")
SPEECH, TRANSCRIPTION, SPEAKING = ("speech",), ("transcription",), ("audio",)
SOUND = ("audio/", "application/octet-stream")
SUBTITLES = ("text/", "application/x-subrip")
SOUND_NOTICED = 8
"""Tokens. The audio files last longer than a second, which is at least ten tokens."""

NO_SOUND = "VGhpcyBpcyBub3QgYSByZWNvcmRpbmcu"


def input_audio(data: str, form: str) -> dict[str, Any]:
    """Return the part of a message that holds audio."""
    return {"type": "input_audio", "input_audio": {"data": data, "format": form}}


@exchange(INPUT)
def audio_word_in_text(target: Target) -> Request:
    """The control of the model's ability: the spoken word as text instead of audio."""
    return ask_about(target, f"{word_is(WAV_WORD)} {ASK_WORD}")


@exchange(INPUT)
def audio_question_alone(target: Target) -> Request:
    """The question about an audio file, without one: the measure for the tokens that the audio adds."""
    return ask_about(target, ASK_SPOKEN)


@exchange(INPUT, cost=120)
def audio_wav(target: Target) -> Request:
    """A WAV file with a spoken word in a chat message."""
    return ask_about(target, ASK_SPOKEN, input_audio(base64_of("spoken.wav"), "wav"))


@exchange(INPUT, cost=120)
def audio_mp3(target: Target, audio_wav: Exchange) -> Request:
    """An MP3 file with another spoken word in a chat message."""
    del audio_wav
    return ask_about(target, ASK_SPOKEN, input_audio(base64_of("spoken.mp3"), "mp3"))


WRONG_RECORDINGS = {
    "unknown-format": input_audio(base64_of("spoken.wav"), "conformance"),
    "no-base64": input_audio("*** this is not base64 ***", "wav"),
    "no-recording": input_audio(NO_SOUND, "wav"),
}


@exchange(INPUT, expects=FILE_REFUSED, each=WRONG_RECORDINGS, invalid=True)
def invalid_audio(target: Target, audio_wav: Exchange, row: dict[str, Any]) -> Request:
    """Audio that cannot be read: an unknown `format`, invalid base64, or bytes that are not audio."""
    del audio_wav
    return ask_about(target, ASK_SPOKEN, row)


@exchange(ENDPOINTS, roles=SPEAKING, cost=300)
def audio_output(target: Target) -> Request:
    """A word to repeat, with `modalities` `text` and `audio`."""
    body = {"model": target.model("audio"), "messages": [user(repeat("MEADOW"))], "modalities": ["text", "audio"]}
    return post("/chat/completions", {**body, "audio": {"voice": "alloy", "format": "wav"}})


def speak(target: Target, **optional: Any) -> Request:
    """Return the request for speech of a sentence."""
    body = {"model": target.model("speech"), "input": HELLO, "voice": "alloy"}
    return post("/audio/speech", {**body, **optional})


@exchange(ENDPOINTS, roles=SPEECH, media=SOUND, cost=80)
def speech(target: Target) -> Request:
    """A sentence to be spoken, and no optional field."""
    return speak(target)


@exchange(ENDPOINTS, roles=SPEECH, media=SOUND, cost=80)
def speech_wav(target: Target) -> Request:
    """The same sentence as WAV, whose duration can be read."""
    return speak(target, response_format="wav")


@exchange(ENDPOINTS, roles=SPEECH, media=SOUND, cost=60)
def speech_wav_fast(target: Target, speech_wav: Exchange) -> Request:
    """The same sentence as WAV at `speed` 2."""
    del speech_wav
    return speak(target, response_format="wav", speed=2)


@exchange(ENDPOINTS, roles=SPEECH, media=SOUND, each={name: name for name in ("flac", "opus", "aac", "pcm")}, cost=80)
def speech_of_format(target: Target, speech: Exchange, row: str) -> Request:
    """The same sentence in another documented `response_format`."""
    del speech
    return speak(target, response_format=row)


@exchange(ENDPOINTS, roles=SPEECH, media=SOUND, cost=90)
def speech_with_instructions(target: Target, speech: Exchange) -> Request:
    """The same sentence with `instructions`, which some models do not use."""
    del speech
    return speak(target, instructions="Speak slowly.")


@exchange(SPEECH_STREAM, roles=SPEECH, media=("text/event-stream", *SOUND), cost=80)
def speech_streamed(target: Target, speech: Exchange) -> Request:
    """The same sentence as a stream of events; audio bytes instead show that `stream_format` is ignored."""
    del speech
    return speak(target, stream_format="sse")


WRONG_SPEECH: Mapping[str, dict[str, Any]] = {
    "empty-input": {"input": ""},
    "unknown-format": {"response_format": "conformance"},
    "speed-9": {"speed": 9},
}


@exchange(ENDPOINTS, expects=FILE_REFUSED, each=WRONG_SPEECH, roles=SPEECH, media=SOUND, cost=20, invalid=True)
def invalid_speech(target: Target, speech: Exchange, row: dict[str, Any]) -> Request:
    """A speech request with an empty `input`, an unknown `response_format`, or a `speed` above the documented 4."""
    del speech
    return speak(target, **row)


def write_down(target: Target, name: str = "spoken.wav", **fields: str) -> Request:
    """Return the request for the transcription of an audio file."""
    file = Upload(name, content_of(name), "audio/mpeg" if name.endswith("mp3") else "audio/wav")
    return multipart("/audio/transcriptions", {"model": target.model("transcription"), **fields}, {"file": file})


@exchange(ENDPOINTS, roles=TRANSCRIPTION, cost=40)
def transcribed(target: Target) -> Request:
    """A WAV file to be transcribed, and no optional field."""
    return write_down(target)


@exchange(ENDPOINTS, roles=TRANSCRIPTION, cost=40)
def transcribed_mp3(target: Target, transcribed: Exchange) -> Request:
    """An MP3 file with another word to be transcribed."""
    del transcribed
    return write_down(target, "spoken.mp3")


@exchange(ENDPOINTS, roles=TRANSCRIPTION, media=("text/",), cost=40)
def transcribed_as_text(target: Target, transcribed: Exchange) -> Request:
    """A transcription with `response_format` `text`."""
    del transcribed
    return write_down(target, response_format="text")


SUBTITLE_FORMATS = {"srt": "srt", "vtt": "vtt"}


@exchange(ENDPOINTS, roles=TRANSCRIPTION, media=SUBTITLES, each=SUBTITLE_FORMATS, cost=40)
def transcribed_as_subtitles(target: Target, transcribed: Exchange, row: str) -> Request:
    """A transcription with `response_format` `srt` or `vtt`."""
    del transcribed
    return write_down(target, response_format=row)


@exchange(ENDPOINTS, roles=TRANSCRIPTION, cost=40)
def transcribed_with_words(target: Target, transcribed: Exchange) -> Request:
    """A transcription with a timestamp for each word."""
    del transcribed
    return write_down(target, **{"response_format": "verbose_json", "timestamp_granularities[]": "word"})


HINTS = {
    "language": {"language": "en"},
    "prompt": {"prompt": "One word is spoken."},
    "temperature": {"temperature": "0"},
}


@exchange(ENDPOINTS, roles=TRANSCRIPTION, each=HINTS, cost=40)
def transcribed_with(target: Target, transcribed: Exchange, row: dict[str, str]) -> Request:
    """A transcription with one optional field that helps the model: `language`, `prompt` or `temperature`."""
    del transcribed
    return write_down(target, **row)


@exchange(ENDPOINTS, expects=FILE_REFUSED, roles=TRANSCRIPTION, cost=0, invalid=True)
def transcribed_text_file(target: Target, transcribed: Exchange) -> Request:
    """A transcription of a text file named `recording.wav`."""
    del transcribed
    file = Upload("recording.wav", b"This is not a recording.\n" * 20, "audio/wav")
    return multipart("/audio/transcriptions", {"model": target.model("transcription")}, {"file": file})


@exchange(ENDPOINTS, expects=FILE_REFUSED, roles=TRANSCRIPTION, cost=0, invalid=True)
def transcribed_without_file(target: Target, transcribed: Exchange) -> Request:
    """A transcription without a `file`."""
    del transcribed
    return multipart("/audio/transcriptions", {"model": target.model("transcription")}, {})


def translate(target: Target, **fields: str) -> Request:
    """Return a request to translate English speech into English."""
    file = Upload("spoken.wav", content_of("spoken.wav"), "audio/wav")
    return multipart("/audio/translations", {"model": target.model("transcription"), **fields}, {"file": file})


@exchange(ENDPOINTS, roles=TRANSCRIPTION, cost=40)
def translated(target: Target) -> Request:
    """A WAV file with English speech to be translated into English."""
    return translate(target)
