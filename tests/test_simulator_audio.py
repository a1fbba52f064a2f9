"""The simulator's sound: speech in every format, transcripts in every form, and spoken answers in a chat."""

import base64
import io
import json
import re
import wave
from typing import Any

import httpx2
import openai
import pytest

from conformance.checks.common.fixtures import base64_of, content_of, word_of
from conformance.simulator.media.recordings import read_recording

TEXT = "The code word is lantern."
MAGIC = {"mp3": b"ID3", "opus": b"OggS", "aac": b"\xff\xf1", "flac": b"fLaC", "wav": b"RIFF"}
MEDIA = {"mp3": "audio/mpeg", "opus": "audio/ogg", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav"}


def speak(http: httpx2.Client, **options: Any) -> httpx2.Response:
    return http.post("/audio/speech", json={"model": "sim-speech", "input": TEXT, "voice": "alloy", **options})


def hear(
    http: httpx2.Client, data: dict[str, Any], path: str = "transcriptions", name: str = "spoken.wav"
) -> httpx2.Response:
    files = {"file": (name, content_of(name), "application/octet-stream")}
    return http.post(f"/audio/{path}", data={"model": "sim-transcribe", **data}, files=files)


def events(answer: httpx2.Response) -> list[tuple[str, dict[str, Any]]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def check(answer: httpx2.Response, status: int, code: str | None, param: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)


def seconds(content: bytes) -> float:
    with wave.open(io.BytesIO(content)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return float(sound.getnframes() / sound.getframerate())


@pytest.mark.parametrize("kind", list(MAGIC))
def test_speech_is_a_file_of_its_format(http: httpx2.Client, kind: str) -> None:
    answer = speak(http, response_format=kind)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA[kind]
    assert answer.content.startswith(MAGIC[kind])
    if kind != "aac":
        recording = read_recording(answer.content)
        assert recording.seconds == pytest.approx(1.5, abs=0.05)
        assert recording.comment == TEXT


def test_mp3_is_the_default_and_pcm_is_bare(http: httpx2.Client) -> None:
    assert speak(http).content == speak(http, response_format="mp3").content
    bare, whole = (speak(http, response_format=kind).content for kind in ("pcm", "wav"))
    assert whole.endswith(bare)
    assert len(bare) == 2 * 24_000 * 1.5


def test_speed_and_length_set_the_duration(http: httpx2.Client) -> None:
    spoken = [seconds(speak(http, response_format="wav", speed=speed).content) for speed in (0.5, 1, 2)]
    assert spoken == [3.0, 1.5, 0.75]
    assert seconds(speak(http, response_format="wav", input="one").content) < spoken[1]


def test_voices_differ(http: httpx2.Client) -> None:
    one, other = (speak(http, response_format="wav", voice=voice).content for voice in ("alloy", "onyx"))
    assert len(one) == len(other)
    assert one != other


def test_speech_in_a_stream_is_the_same(http: httpx2.Client) -> None:
    told = events(speak(http, response_format="wav", stream_format="sse"))
    pieces = [base64.b64decode(data["audio"]) for name, data in told if name == "speech.audio.delta"]
    assert b"".join(pieces) == speak(http, response_format="wav").content
    name, last = told[-1]
    assert name == last["type"] == "speech.audio.done"
    assert last["usage"]["total_tokens"] == last["usage"]["input_tokens"] + last["usage"]["output_tokens"]


SPEECH: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({"input": ""}, 400, "empty_string", "input"),
    ({"input": "x" * 4097}, 400, "string_above_max_length", "input"),
    ({"voice": "robot"}, 400, "invalid_value", "voice"),
    ({"voice": None}, 400, "invalid_type", "voice"),
    ({"response_format": "ogg"}, 400, "invalid_value", "response_format"),
    ({"speed": 0.2}, 400, "decimal_below_min_value", "speed"),
    ({"speed": 4.1}, 400, "decimal_above_max_value", "speed"),
    ({"stream_format": "ws"}, 400, "invalid_value", "stream_format"),
    ({"model": "sim-chat"}, 400, "invalid_value", "model"),
    ({"model": "nope"}, 404, "model_not_found", None),
    ({"odd": 1}, 400, "unknown_parameter", "odd"),
]


@pytest.mark.parametrize(("change", "status", "code", "param"), SPEECH, ids=[str(row[0])[:40] for row in SPEECH])
def test_bad_speech(http: httpx2.Client, change: dict[str, Any], status: int, code: str, param: str) -> None:
    check(speak(http, **change), status, code, param)


@pytest.mark.parametrize("path", ["transcriptions", "translations"])
@pytest.mark.parametrize("name", ["spoken.wav", "spoken.mp3"])
@pytest.mark.parametrize("kind", ["json", "text", "srt", "vtt", "verbose_json"])
def test_the_spoken_word_is_written_down(http: httpx2.Client, path: str, name: str, kind: str) -> None:
    answer = hear(http, {"response_format": kind}, path, name)
    assert answer.status_code == 200, answer.text
    assert word_of(name) in answer.text
    plain = "json" not in kind
    assert answer.headers["content-type"].startswith("text/plain" if plain else "application/json")


def test_subtitles_have_their_framing(http: httpx2.Client) -> None:
    srt, vtt = (hear(http, {"response_format": kind}).text for kind in ("srt", "vtt"))
    assert re.fullmatch(r"1\n00:00:00,000 --> 00:00:01,138\nThe code word is lantern\.\n\n+", srt)
    assert re.fullmatch(r"WEBVTT\n\n00:00:00\.000 --> 00:00:01\.138\nThe code word is lantern\.\n\n", vtt)


def test_verbose_has_the_granularities_that_were_asked_for(http: httpx2.Client) -> None:
    whole = hear(http, {"response_format": "verbose_json"}).json()
    assert (whole["task"], whole["language"], whole["text"]) == ("transcribe", "english", TEXT)
    assert whole["segments"][0]["end"] == whole["duration"] == pytest.approx(1.138)
    assert "words" not in whole
    options = {"response_format": "verbose_json", "timestamp_granularities[]": ["word"]}
    words = hear(http, options).json()["words"]
    assert [entry["word"] for entry in words] == ["The", "code", "word", "is", "lantern"]
    assert all(entry["start"] < entry["end"] for entry in words)


def test_a_streamed_transcript_is_the_same(http: httpx2.Client) -> None:
    plain = hear(http, {"include[]": ["logprobs"]}).json()
    told = events(hear(http, {"stream": "true", "include[]": ["logprobs"]}))
    assert "".join(data["delta"] for _, data in told[:-1]) == plain["text"] == told[-1][1]["text"]
    assert told[-1][1]["usage"] == plain["usage"]
    assert [entry for _, data in told[:-1] for entry in data["logprobs"]] == plain["logprobs"]


@pytest.mark.parametrize("kind", ["mp3", "opus", "flac", "wav"])
def test_what_is_spoken_is_heard_again(http: httpx2.Client, kind: str) -> None:
    name = "speech.ogg" if kind == "opus" else f"speech.{kind}"
    files = {"file": (name, speak(http, response_format=kind).content)}
    answer = http.post("/audio/transcriptions", data={"model": "sim-transcribe"}, files=files)
    assert answer.json()["text"] == TEXT


HEARING: dict[str, tuple[dict[str, Any], int, str | None, str | None]] = {
    "model": ({"model": "sim-chat"}, 400, "invalid_value", "model"),
    "unknown model": ({"model": "nope"}, 404, "model_not_found", None),
    "format": ({"response_format": "xml"}, 400, "invalid_value", "response_format"),
    "temperature": ({"temperature": "2"}, 400, "decimal_above_max_value", "temperature"),
    "no number": ({"temperature": "warm"}, 400, "invalid_type", "temperature"),
    "language": ({"language": "English"}, 400, "invalid_value", "language"),
    "granularity": ({"timestamp_granularities[]": "word"}, 400, None, "timestamp_granularities"),
    "include": ({"include[]": "logprobs", "response_format": "text"}, 400, None, "include"),
    "streamed text": ({"stream": "true", "response_format": "text"}, 400, None, "stream"),
    "speakers": ({"known_speaker_names[]": "Ann"}, 400, "unsupported_parameter", "known_speaker_names"),
    "unknown": ({"odd": "1"}, 400, "unknown_parameter", "odd"),
}


@pytest.mark.parametrize(("data", "status", "code", "param"), list(HEARING.values()), ids=list(HEARING))
def test_bad_transcriptions(http: httpx2.Client, data: dict[str, Any], status: int, code: str, param: str) -> None:
    check(hear(http, data), status, code, param)


def test_bad_recordings(http: httpx2.Client) -> None:
    def sent(name: str, content: bytes, field: str = "file") -> httpx2.Response:
        files = {field: (name, content)}
        return http.post("/audio/transcriptions", data={"model": "sim-transcribe"}, files=files)

    sound = content_of("spoken.wav")
    check(sent("a.txt", sound), 400, None, "file")
    check(sent("a.wav", b"nothing"), 400, "invalid_value", "file")
    check(sent("a.wav", content_of("word.png")), 400, "invalid_value", "file")
    check(sent("a.wav", sound[:500]), 400, "invalid_value", "file")
    check(sent("a.wav", sound, "sound"), 400, "unknown_parameter", "sound")
    check(sent("a.wav", sound + bytes(26 * 1024 * 1024)), 413, None, "file")
    short = speak(http, response_format="wav", input="a", speed=4).content
    check(sent("a.wav", short), 400, "audio_too_short", "file")
    check(http.post("/audio/transcriptions", json={}), 415, "unsupported_content_type", None)
    check(hear(http, {"model": ""}), 400, "empty_string", "model")
    check(http.post("/audio/translations", files={"x": b""}), 400, "missing_required_parameter", "model")


def chat(http: httpx2.Client, **options: Any) -> httpx2.Response:
    body = {
        "model": "sim-audio",
        "messages": [{"role": "user", "content": "Say hello in one short sentence."}],
        "modalities": ["text", "audio"],
        "audio": {"voice": "alloy", "format": "wav"},
        **options,
    }
    return http.post("/chat/completions", json=body)


def test_a_spoken_answer_holds_sound_and_transcript(http: httpx2.Client) -> None:
    body = chat(http).json()
    message = body["choices"][0]["message"]
    assert message["content"] is None
    assert set(message["audio"]) == {"id", "data", "expires_at", "transcript"}
    assert message["audio"]["transcript"].startswith("Hello")
    assert message["audio"]["expires_at"] > body["created"]
    recording = read_recording(base64.b64decode(message["audio"]["data"]))
    assert recording.comment == message["audio"]["transcript"]
    assert body["usage"]["completion_tokens_details"]["audio_tokens"] > 0
    assert chat(http, modalities=["text"], audio=None).json()["choices"][0]["message"]["content"].startswith("Hello")


def test_a_streamed_spoken_answer_is_the_same(http: httpx2.Client) -> None:
    audio = {"voice": "alloy", "format": "pcm16"}
    plain = chat(http, audio=audio).json()["choices"][0]["message"]["audio"]
    answer = chat(http, audio=audio, stream=True)
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line and "[DONE]" not in line]
    deltas = [json.loads(line)["choices"][0]["delta"] for line in lines]
    told = [delta["audio"] for delta in deltas if "audio" in delta]
    assert "".join(part.get("transcript", "") for part in told) == plain["transcript"]
    assert "".join(part.get("data", "") for part in told) == plain["data"]
    assert len({part["id"] for part in told}) == 1
    assert not any(delta.get("content") for delta in deltas)


def test_a_spoken_answer_keeps_to_the_limit(http: httpx2.Client) -> None:
    body = chat(http, max_completion_tokens=12).json()
    assert body["usage"]["completion_tokens"] <= 12


def test_an_earlier_spoken_answer_is_referred_to(http: httpx2.Client) -> None:
    first = chat(http).json()["choices"][0]["message"]["audio"]["id"]
    hello = {"role": "user", "content": "Hello."}
    messages = [hello, {"role": "assistant", "audio": {"id": first}}, {"role": "user", "content": "Count from 1 to 3."}]
    answer = chat(http, messages=messages)
    assert answer.json()["choices"][0]["message"]["audio"]["transcript"] == "1, 2, 3"


CHAT: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "other model": ({"model": "sim-chat"}, "unsupported_value", "modalities"),
    "other model, audio only": ({"model": "sim-chat", "modalities": None}, "unsupported_parameter", "audio"),
    "no audio": ({"audio": None}, "missing_required_parameter", "audio"),
    "no modality": ({"modalities": ["text"]}, None, "audio"),
    "voice": ({"audio": {"voice": "robot", "format": "wav"}}, "invalid_value", "audio.voice"),
    "format": ({"audio": {"voice": "alloy", "format": "pcm"}}, "invalid_value", "audio.format"),
    "stream": ({"stream": True}, "invalid_value", "audio.format"),
    "pictures": ({"modalities": ["text", "image"]}, "unsupported_value", "modalities"),
}


@pytest.mark.parametrize(("change", "code", "param"), list(CHAT.values()), ids=list(CHAT))
def test_bad_spoken_answers(http: httpx2.Client, change: dict[str, Any], code: str, param: str) -> None:
    check(chat(http, **change), 400, code, param)


def test_the_official_client_speaks_and_hears(client: openai.OpenAI) -> None:
    said = client.audio.speech.create(model="sim-speech", input=TEXT, voice="nova", response_format="wav")
    heard = client.audio.transcriptions.create(model="sim-transcribe", file=("a.wav", said.content))
    assert heard.text == TEXT
    verbose = client.audio.transcriptions.create(
        model="sim-transcribe",
        file=("a.mp3", content_of("spoken.mp3")),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert verbose.words
    assert verbose.segments
    with pytest.warns(DeprecationWarning, match="deprecated"):
        english = client.audio.translations.create(model="sim-transcribe", file=("a.mp3", content_of("spoken.mp3")))
    assert word_of("spoken.mp3") in english.text
    stream = client.audio.transcriptions.create(
        model="sim-transcribe", file=("a.wav", content_of("spoken.wav")), stream=True
    )
    assert [event.type for event in stream][-1] == "transcript.text.done"


def test_the_official_client_talks(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="sim-audio",
        modalities=["text", "audio"],
        audio={"voice": "alloy", "format": "mp3"},
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What word is spoken in the recording?"},
                    {"type": "input_audio", "input_audio": {"data": base64_of("spoken.wav"), "format": "wav"}},
                ],
            }
        ],
    )
    audio = answer.choices[0].message.audio
    assert audio
    assert audio.transcript == "lantern"
    assert base64.b64decode(audio.data).startswith(b"ID3")
