"""Deviations of sound: recordings in a chat, transcripts, and speech."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

SPEECH, TRANSCRIPTIONS = "/audio/speech", "/audio/transcriptions"


def with_format(call: Call, form: str) -> Call:
    """Return a call for speech with another format."""
    return change.rewrite(call, lambda value: {**value, "response_format": form})


@deviation(
    "audio-input-audio-dropped",
    severity="critical",
    says="Recordings are left out, and the question is answered.",
    breaks="Users: the model makes up what was said.",
    source=(
        "decolua/9router#912",
        "mozilla-ai/any-llm#1390",
        "https://platform.claude.com/docs/en/api/openai-sdk",
    ),
    caught_by=("audio.input/recording_wav/word_in_the_wav_is_told",),
)
def input_audio_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.each_attachment(call, lambda part: None if part.get("type") == "input_audio" else part))


@deviation(
    "audio-input-format-mislabelled-ignored",
    severity="major",
    says="A recording whose `format` is unknown is left out, and the question is answered.",
    breaks="Users of phones, which record in other formats: their words are lost.",
    source=("OpenRouterTeam/ai-sdk-provider#393",),
    caught_by=("audio.input/wrong_recording[unknown-format]/status",),
)
def input_format_ignored(call: Call, handler: Handler) -> Answer:
    def known(part: change.Object) -> change.Object | None:
        audio = part.get("input_audio")
        return part if not isinstance(audio, dict) or audio.get("format") in {"wav", "mp3"} else None

    return handler(change.each_attachment(call, known))


@deviation(
    "audio-part-as-image-url",
    severity="minor",
    says="A recording in `image_url` is left out, and the question is answered.",
    breaks="Clients that send sound so: it is lost without a word.",
    source=("ahyatt/llm#289",),
    caught_by=("files.other_mime/recording_as_picture/recording_in_image_url_is_heard_or_refused",),
)
def audio_as_image_url_ignored(call: Call, handler: Handler) -> Answer:
    def seen(part: change.Object) -> change.Object | None:
        picture = part.get("image_url")
        return None if isinstance(picture, dict) and str(picture.get("url")).startswith("data:audio/") else part

    return handler(change.each_attachment(call, seen))


@deviation(
    "audio-transcription-words-missing",
    severity="minor",
    says="With `timestamp_granularities` `word` there are no `words`.",
    breaks="Tools for subtitles, which walk through them.",
    source=("mudler/LocalAI#9306", "krillinai/OpenCreator#75"),
    caught_by=("audio.endpoints/transcribed_with_words/words_have_times",),
)
def words_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return (
        change.body(answer, lambda value: {k: v for k, v in value.items() if k != "words"})
        if (change.posted(call, TRANSCRIPTIONS))
        else answer
    )


@deviation(
    "audio-speech-content-type-wrong",
    severity="minor",
    says="Speech of every format is called `audio/mpeg`.",
    breaks="Browsers and players that go by the media type.",
    source=("BerriAI/litellm#4332", "BerriAI/litellm#38798"),
    caught_by=("audio.endpoints/speech_of_format[*/media_type_is_that_of_the_bytes",),
)
def speech_content_type_wrong(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, SPEECH) or not isinstance(answer.body, bytes):
        return answer
    return answer.with_header("content-type", "audio/mpeg")


@deviation(
    "audio-speech-format-ignored",
    severity="major",
    says="Whatever `response_format` asks for, or does not, a WAV comes.",
    breaks="Players and converters: a file that is called MP3 and is none.",
    source=("adrianlyjak/obsidian-aloud-tts#113", "lfnovo/esperanto#86", "sfortis/openai_tts#61"),
    caught_by=("audio.endpoints/speech/speech_is_mp3_by_default",),
)
def speech_format_ignored(call: Call, handler: Handler) -> Answer:
    return handler(with_format(call, "wav") if change.posted(call, SPEECH) else call)


@deviation(
    "audio-speech-pcm-with-riff-header",
    severity="major",
    says="For `pcm` a WAV comes, header and all.",
    breaks="Callers that play samples: the header is heard as a click.",
    source=("livekit/agents-js#2320",),
    caught_by=("audio.endpoints/speech_of_format[pcm]/speech_is_of_the_format_asked_for",),
)
def speech_pcm_with_riff_header(call: Call, handler: Handler) -> Answer:
    pcm = change.posted(call, SPEECH) and change.asked(call).get("response_format") == "pcm"
    return handler(with_format(call, "wav")).with_header("content-type", "audio/pcm") if pcm else handler(call)


@deviation(
    "audio-transcript-of-another-recording",
    severity="critical",
    says="Every transcript is that of one recording, whichever was sent.",
    breaks="Users get each other's words.",
    source=("own",),
    caught_by=("audio.endpoints/transcribed/recording_is_written_down",),
)
def transcript_of_another_recording(call: Call, handler: Handler) -> Answer:
    def mixed_up(value: change.Object) -> None:
        if "text" in value:
            value["text"] = "The word is lantern."

    return change.body(handler(call), mixed_up) if change.posted(call, TRANSCRIPTIONS) else handler(call)


@deviation(
    "audio-word-times-in-milliseconds",
    severity="minor",
    says="The times of words are in milliseconds.",
    breaks="Subtitles: all words but the first come hours after the end.",
    source=("own",),
    caught_by=("audio.endpoints/transcribed_with_words/words_lie_within_the_recording",),
)
def word_times_in_milliseconds(call: Call, handler: Handler) -> Answer:
    def later(value: change.Object) -> None:
        for word in value.get("words") or ():
            word.update(start=word["start"] * 1000, end=word["end"] * 1000)

    return change.body(handler(call), later) if change.posted(call, TRANSCRIPTIONS) else handler(call)


@deviation(
    "audio-speech-cut-short",
    severity="major",
    says="Speech ends after its first tenth.",
    breaks="Listeners, who hear a syllable.",
    source=("own",),
    caught_by=("audio.endpoints/speech_wav/speech_is_as_long_as_speech_is",),
)
def speech_cut_short(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, SPEECH) or not isinstance(answer.body, bytes):
        return answer
    return replace(answer, body=answer.body[: len(answer.body) // 10])
