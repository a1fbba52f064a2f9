"""Deviations of speech, transcripts and recordings that we made up."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_AREA = "audio.endpoints"


def _speech(call: Call) -> bool:
    return change.posted(call, "/audio/speech")


@deviation(
    "own-speech-is-cut",
    severity="critical",
    says="Of a sound only the first bytes come, and of a streamed one nothing.",
    breaks="Whoever listens.",
    source=_OWN,
    caught_by=(
        f"{_AREA}/speech/speech_is_not_empty",
        f"{_AREA}/speech_of_format*/speech_is_not_empty_in_any_format",
        f"{_AREA}/speech_streamed/streamed_speech_is_whole",
    ),
)
def speech_is_cut(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not _speech(call):
        return answer
    if isinstance(answer.body, bytes):
        return change.instead(answer, answer.body[:64])

    def silence(chunk: change.Object) -> None:
        if "audio" in chunk:
            chunk["audio"] = ""

    return change.each_chunk(answer, silence)


@deviation(
    "own-speech-without-done",
    severity="major",
    says="A streamed speech ends without `speech.audio.done`.",
    breaks="Players that wait for it.",
    source=_OWN,
    caught_by=(f"{_AREA}/speech_streamed/streamed_speech_says_when_it_is_done",),
)
def speech_without_done(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), lambda told: told[:-1]) if _speech(call) else handler(call)


@deviation(
    "own-speech-is-always-mp3",
    severity="major",
    says="`response_format` of a speech is ignored.",
    breaks="Players that know one format.",
    source=_OWN,
    caught_by=(f"{_AREA}/speech_wav/speech_is_wav_when_asked_for",),
)
def speech_is_always_mp3(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "response_format") if _speech(call) else call)


@deviation(
    "own-speech-speed-ignored",
    severity="minor",
    says="`speed` of a speech is ignored.",
    breaks="Whoever listens fast.",
    source=_OWN,
    caught_by=(f"{_AREA}/speech_wav_fast/speed_makes_it_shorter",),
)
def speed_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "speed") if _speech(call) else call)


@deviation(
    "own-spoken-answer-is-mute",
    severity="major",
    says="An answer that should be spoken has no `audio`.",
    breaks="Voice clients.",
    source=_OWN,
    caught_by=(f"{_AREA}/spoken_answer/spoken_answer_holds_sound",),
)
def spoken_answer_is_mute(call: Call, handler: Handler) -> Answer:
    return change.each_message(handler(call), lambda message: message.pop("audio", None))


def _read(call: Call) -> bool:
    return call.path in {"/audio/transcriptions", "/audio/translations"}


@deviation(
    "own-transcript-is-null",
    severity="critical",
    says="The `text` of a transcript is null.",
    breaks="Typed clients, and everybody who reads it.",
    source=_OWN,
    caught_by=(f"{_AREA}/transcribed/transcript_has_the_documented_shape", f"{_AREA}/translated/translation_has_text"),
)
def transcript_is_null(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda value: value.update(text=None)) if _read(call) else handler(call)


@deviation(
    "own-transcript-is-always-json",
    severity="major",
    says="A transcript that was asked for as text or subtitles is JSON, called text.",
    breaks="Players of subtitles.",
    source=_OWN,
    caught_by=(
        f"{_AREA}/transcribed_as_text/text_is_plain_text",
        f"{_AREA}/transcribed_as_subtitles*/subtitles_have_times",
    ),
)
def transcript_is_always_json(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not _read(call) or not isinstance(answer.body, bytes):
        return answer
    return change.instead(answer, change.text({"text": answer.body.decode("utf-8", "replace")}).encode())


@deviation(
    "own-transcript-length-in-milliseconds",
    severity="minor",
    says="`duration` of a transcript counts milliseconds.",
    breaks="Whoever pays by the second.",
    source=_OWN,
    caught_by=(f"{_AREA}/transcribed_with_words/verbose_transcript_tells_the_length",),
)
def length_in_milliseconds(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if "duration" in value:
            value["duration"] *= 1000

    return change.body(handler(call), apply) if _read(call) else handler(call)


@deviation(
    "own-mp3-is-not-heard",
    severity="major",
    says="A recording in MP3 is dropped without a word.",
    breaks="Everybody who sends one: the model answers to something else.",
    source=_OWN,
    caught_by=("audio.input/recording_mp3/word_in_the_mp3_is_told",),
)
def mp3_is_not_heard(call: Call, handler: Handler) -> Answer:
    def deaf(part: change.Object) -> change.Object | None:
        return None if (part.get("input_audio") or {}).get("format") == "mp3" else part

    return handler(change.each_attachment(call, deaf))
