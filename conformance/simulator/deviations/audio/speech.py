"""Speech: its format, its length, and how it is streamed."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

SPEECH = "/audio/speech"
_AREA = "audio.endpoints"


@deviation(
    "audio-speech-content-type-wrong",
    severity="minor",
    says="Speech of every format is called `audio/mpeg`.",
    breaks="Browsers and players that go by the media type.",
    source=("BerriAI/litellm#4332", "BerriAI/litellm#38798"),
    caught_by=("audio.endpoints/speech/media_type_is_that_of_the_bytes",),
)
def speech_content_type_wrong(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, SPEECH) or not isinstance(answer.body, bytes):
        return answer
    return answer.with_header("content-type", "audio/mpeg")


def with_format(call: Call, form: str) -> Call:
    """Return a call for speech with another format."""
    return change.rewrite(call, lambda value: {**value, "response_format": form})


@deviation(
    "audio-speech-format-ignored",
    severity="major",
    says="Speech is always a WAV, whatever `response_format` requests.",
    breaks="Players and converters: a file is called MP3 and is a WAV.",
    source=("adrianlyjak/obsidian-aloud-tts#113", "lfnovo/esperanto#86", "sfortis/openai_tts#61"),
    caught_by=("audio.endpoints/speech/speech_is_mp3_by_default",),
)
def speech_format_ignored(call: Call, handler: Handler) -> Answer:
    return handler(with_format(call, "wav") if change.posted(call, SPEECH) else call)


@deviation(
    "audio-speech-pcm-with-riff-header",
    severity="major",
    says="With `response_format` `pcm` the response is a WAV, with its header.",
    breaks="Callers that play samples: the header is audible as a click.",
    source=("livekit/agents-js#2320",),
    caught_by=("audio.endpoints/speech/speech_has_the_requested_format",),
)
def speech_pcm_with_riff_header(call: Call, handler: Handler) -> Answer:
    pcm = change.posted(call, SPEECH) and change.asked(call).get("response_format") == "pcm"
    return handler(with_format(call, "wav")).with_header("content-type", "audio/pcm") if pcm else handler(call)


@deviation(
    "audio-speech-cut-short",
    severity="major",
    says="Speech is truncated to its first tenth.",
    breaks="Listeners, who hear a syllable.",
    source=INVENTED,
    caught_by=("audio.endpoints/speech_wav/duration_is_plausible",),
)
def speech_cut_short(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, SPEECH) or not isinstance(answer.body, bytes):
        return answer
    return replace(answer, body=answer.body[: len(answer.body) // 10])


def _speech(call: Call) -> bool:
    return change.posted(call, "/audio/speech")


@deviation(
    "own-speech-is-cut",
    severity="critical",
    says="Speech is truncated to its first bytes; streamed speech is empty.",
    breaks="Everyone who listens.",
    source=INVENTED,
    caught_by=(
        "audio.endpoints/speech/speech_is_not_empty",
        "audio.speech_stream/speech_streamed/streamed_speech_is_whole",
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
    source=INVENTED,
    caught_by=("audio.speech_stream/speech_streamed/streamed_speech_ends_with_done",),
)
def speech_without_done(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), lambda told: told[:-1]) if _speech(call) else handler(call)


@deviation(
    "own-speech-is-always-mp3",
    severity="major",
    says="`response_format` of a speech is ignored.",
    breaks="Players that know one format.",
    source=INVENTED,
    caught_by=("audio.endpoints/speech/speech_has_the_requested_format",),
)
def speech_is_always_mp3(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "response_format") if _speech(call) else call)


@deviation(
    "own-speech-speed-ignored",
    severity="minor",
    says="`speed` of a speech is ignored.",
    breaks="Users who listen at a higher speed.",
    source=INVENTED,
    caught_by=(f"{_AREA}/speech_wav_fast/speed_shortens_speech",),
)
def speed_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "speed") if _speech(call) else call)


@deviation(
    "own-spoken-answer-is-mute",
    severity="major",
    says="A response with `modalities` `audio` has no `audio`.",
    breaks="Voice clients.",
    source=INVENTED,
    caught_by=(f"{_AREA}/audio_output/message_has_audio",),
)
def spoken_answer_is_mute(call: Call, handler: Handler) -> Answer:
    return change.each_message(handler(call), lambda message: message.pop("audio", None))
