"""
Speech for a text: audio of the requested format, with a plausible duration.

Not checked: what is spoken; that each voice sounds different; more formats than are documented; `instructions`, whose
effect no bytes show. The shape of errors has checks in `errors`.
"""

from conformance import DOC, SDK, Deviation, Exchange, Facet, Inconclusive, may, must
from conformance.checks.audio.exchanges import (
    ENDPOINTS,
    SPEECH_STREAM,
    audio_output,
    speech_of_format,
    speech_streamed,
    speech_wav,
    speech_wav_fast,
)
from conformance.checks.audio.exchanges import speech as spoken
from conformance.checks.common.conditions import FORMAT, NO_FORMAT
from conformance.checks.common.kinds import speech
from conformance.counterexamples import body, changed, header, rewritten
from conformance.media.audio import MEDIA_TYPES, sound_kind, wav_seconds
from conformance.media.base64 import decode_base64

REQUEST = "CreateSpeechRequest"
EVENTS = "text/event-stream"
SHORTEST_S, LONGEST_S = 0.3, 30.0
"""Nobody says six words faster or slower."""

SMALLEST = 200
"""Bytes. Six words need more in every format; headers alone do not."""

SOUND = frozenset({Facet.HEADERS, Facet.BYTES})

AUDIO = "choices.0.message.audio"
MP3 = b"ID3\4\0\0\0\0\0\0" + bytes(500)


def require_kind(observed: Exchange, wanted: str) -> None:
    """Assert that the bytes are of a format; what has no header is `pcm`."""
    kind = sound_kind(observed.received.decoded) or "pcm"
    if kind != wanted:
        raise Deviation(f"the bytes are {kind}, not {wanted}", finding="ignored:response_format")


def require_sound(observed: Exchange) -> bytes:
    """Return the bytes of a response. Raises `Inconclusive` for JSON: the check of the media type finds that."""
    if observed.received.media_type in {"application/json", "text/event-stream", "text/html", "text/plain"}:
        raise Inconclusive("the response is not audio; the check of its media type finds that")
    return observed.received.decoded


def seconds(content: bytes) -> float:
    """Return the duration of a WAV. Raises `Inconclusive` for what is not one."""
    found = wav_seconds(content)
    if found is None:
        raise Inconclusive("the bytes are not a WAV whose duration can be read")
    return found


@must(
    ENDPOINTS,
    says=DOC(f"{REQUEST}.response_format"),
    counterexample=body(spoken, b"RIFF\x24\0\0\0WAVEfmt "),
    when=(NO_FORMAT,),
    reads=SOUND,
)
def test_speech_is_mp3_by_default(speech: Exchange) -> None:
    """Speech requested without `response_format` is an MP3."""
    require_sound(speech)
    require_kind(speech, "mp3")


@must(
    ENDPOINTS,
    says=DOC(f"{REQUEST}.response_format"),
    counterexample=body(speech_wav, MP3),
    when=(FORMAT,),
    witness=(speech_wav, speech_of_format),
    reads=SOUND,
    decides="audio/speech: response_format",
)
def test_speech_has_the_requested_format(speech: Exchange) -> None:
    """The bytes of speech have the requested `response_format`; `pcm` has no header."""
    require_sound(speech)
    require_kind(speech, str(speech.sent.json["response_format"]))


def mislabelled(observed: Exchange) -> Exchange:
    """Return the answer with the media type of another format."""
    other = "audio/flac" if sound_kind(observed.received.decoded) != "flac" else "audio/mpeg"
    return header(None, "content-type", other).change(observed)


@must(ENDPOINTS, says=DOC("createSpeech"), counterexample=changed(speech_of_format, mislabelled), reads=SOUND)
def test_media_type_is_that_of_the_bytes(speech: Exchange) -> None:
    """The Content-Type of speech does not name another audio format than that of its bytes."""
    kind = sound_kind(require_sound(speech))
    said = speech.received.media_type
    of_others = {name for other, names in MEDIA_TYPES.items() if other != kind for name in names}
    assert said not in of_others, f"the media type is {said}, and the bytes are {kind or 'pcm'}"


@must(
    ENDPOINTS,
    says=DOC("createSpeech"),
    counterexample=body(spoken, b"ID3\4\0\0\0\0\0\0"),
    witness=(spoken, speech_of_format),
    reads=SOUND,
)
def test_speech_is_not_empty(speech: Exchange) -> None:
    """Speech for a sentence of six words has at least 200 bytes, in every format."""
    size = len(require_sound(speech))
    assert size >= SMALLEST, f"{size} bytes of sound"


def cut_short(observed: Exchange) -> Exchange:
    """Return the answer with the beginning of its sound."""
    return body(None, observed.received.decoded[:400]).change(observed)


@must(ENDPOINTS, says=DOC("createSpeech"), counterexample=changed(speech_wav, cut_short), decides="audio/speech: input")
def test_duration_is_plausible(speech_wav: Exchange) -> None:
    """Speech for a sentence of six words lasts between 0.3 and 30 seconds."""
    length = seconds(require_sound(speech_wav))
    assert SHORTEST_S <= length <= LONGEST_S, f"the speech of six words lasts {length:.2f} s"


def slow(observed: Exchange) -> Exchange:
    """Return the sound twice as long."""
    content = observed.received.decoded
    half = content[-(len(content) // 2) :]
    longer = content + half + half
    at = longer.find(b"data") + 4
    return body(None, longer[:at] + b"\xff\xff\xff\xff" + longer[at + 4 :]).change(observed)


@may(
    ENDPOINTS,
    says=DOC(f"{REQUEST}.speed"),
    counterexample=changed(speech_wav_fast, slow),
    decides="audio/speech: speed",
)
def test_speed_shortens_speech(speech_wav_fast: Exchange, speech_wav: Exchange) -> None:
    """Speech at `speed` 2 is at least a fifth shorter than the same sentence at the default speed."""
    fast, plain = seconds(require_sound(speech_wav_fast)), seconds(require_sound(speech_wav))
    if fast > 0.8 * plain:
        raise Deviation(f"{fast:.2f} s at `speed` 2, {plain:.2f} s without it", finding="ignored:speed")


def pieces(observed: Exchange) -> bytes:
    """Return the audio of a stream of events, joined; what is not base64 is left out."""
    texts = (chunk.at("audio", str, "") for chunk in observed.chunks if chunk.get("type") == "speech.audio.delta")
    return b"".join(decode_base64(text) or b"" for text in texts)


@must(
    SPEECH_STREAM,
    says=DOC(f"{REQUEST}.stream_format"),
    counterexample=rewritten(speech_streamed, lambda chunks: chunks[-1:]),
    decides="audio/speech: stream_format",
)
def test_streamed_speech_is_whole(speech_streamed: Exchange) -> None:
    """With `stream_format` `sse`, the `speech.audio.delta` events together hold an MP3 of at least 200 bytes."""
    if speech_streamed.received.media_type != EVENTS:
        raise Deviation("audio bytes are returned instead of a stream of events", finding="ignored:stream_format")
    content = pieces(speech_streamed)
    assert len(content) >= SMALLEST, f"{len(content)} bytes of audio in {len(speech_streamed.chunks)} events"
    assert sound_kind(content) == "mp3", f"the bytes are {sound_kind(content) or 'not an MP3'}"


@must(
    SPEECH_STREAM,
    says=DOC(f"{REQUEST}.stream_format"),
    counterexample=rewritten(speech_streamed, lambda chunks: chunks[:-1]),
)
def test_streamed_speech_ends_with_done(speech_streamed: Exchange) -> None:
    """The last event of streamed speech has the type `speech.audio.done`."""
    if speech_streamed.received.media_type != EVENTS:
        raise Inconclusive("the response is not a stream of events, which another check finds")
    assert speech_streamed.chunks[-1].at("type", str) == "speech.audio.done"


def silent(observed: Exchange) -> Exchange:
    """Return the answer without sound."""
    content = b'{"choices": [{"message": {"content": "MEADOW", "audio": null}, "finish_reason": "stop"}]}'
    return body(None, content).change(observed)


@must(ENDPOINTS, says=SDK("ChatCompletionMessage.audio"), counterexample=changed(audio_output, silent))
def test_message_has_audio(audio_output: Exchange) -> None:
    """With `modalities` `audio` and format `wav`, `message.audio.data` is a WAV in base64."""
    if not audio_output.at(AUDIO, dict | None, None):
        raise Deviation("the message has no `audio`", finding="ignored:modalities")
    content = decode_base64(audio_output.at(f"{AUDIO}.data", str))
    assert content, "`audio.data` is not base64, or is empty"
    assert sound_kind(content) == "wav", f"the bytes are {sound_kind(content) or 'of no known format'}"
