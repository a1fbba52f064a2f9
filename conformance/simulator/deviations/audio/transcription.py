"""Transcripts: their words, their times, and their format."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

TRANSCRIPTIONS = "/audio/transcriptions"
_AREA = "audio.endpoints"


@deviation(
    "audio-transcription-words-missing",
    severity="minor",
    says="With `timestamp_granularities` `word` a transcription has no `words`.",
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
    "audio-transcript-of-another-recording",
    severity="critical",
    says="Every transcript is that of one file, whichever was uploaded.",
    breaks="Users get each other's words.",
    source=INVENTED,
    caught_by=("audio.endpoints/transcribed/transcript_is_of_the_file",),
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
    source=INVENTED,
    caught_by=("audio.endpoints/transcribed_with_words/words_lie_within_the_file",),
)
def word_times_in_milliseconds(call: Call, handler: Handler) -> Answer:
    def later(value: change.Object) -> None:
        for word in value.get("words") or ():
            word.update(start=word["start"] * 1000, end=word["end"] * 1000)

    return change.body(handler(call), later) if change.posted(call, TRANSCRIPTIONS) else handler(call)


def _read(call: Call) -> bool:
    return call.path in {"/audio/transcriptions", "/audio/translations"}


@deviation(
    "own-transcript-is-null",
    severity="critical",
    says="The `text` of a transcript is null.",
    breaks="Typed clients, and everyone who reads it.",
    source=INVENTED,
    caught_by=(
        "audio.endpoints/transcription/transcript_has_the_documented_shape",
        "audio.endpoints/translated/translation_has_text",
    ),
)
def transcript_is_null(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda value: value.update(text=None)) if _read(call) else handler(call)


@deviation(
    "own-transcript-is-always-json",
    severity="major",
    says="A transcript requested as text or subtitles is JSON, labeled as text.",
    breaks="Players of subtitles.",
    source=INVENTED,
    caught_by=(
        f"{_AREA}/transcribed_as_text/text_format_is_not_json",
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
    breaks="Anyone who pays by the second.",
    source=INVENTED,
    caught_by=(f"{_AREA}/transcribed_with_words/verbose_transcript_has_a_duration",),
)
def length_in_milliseconds(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if "duration" in value:
            value["duration"] *= 1000

    return change.body(handler(call), apply) if _read(call) else handler(call)
