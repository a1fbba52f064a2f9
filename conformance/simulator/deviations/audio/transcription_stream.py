"""Streamed transcriptions, their log probabilities, and their speakers."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import DONE, Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

STREAM = "audio.transcription_stream/transcription_stream"
DETAILS = "audio.transcription_details"


def _is_transcription(call: Call) -> bool:
    return change.posted(call, "/audio/transcriptions")


@deviation(
    "transcription-stream-of-chat-chunks",
    severity="critical",
    says="A transcription stream has chunks with `choices` and `[DONE]` instead of its own events.",
    breaks="Clients of the documented events: they never see a text.",
    source=("vllm-project/vllm#49116", "speaches-ai/speaches#533"),
    caught_by=(f"{STREAM}/events_have_the_documented_shape", f"{STREAM}/done_comes_once_and_last"),
)
def stream_of_chat_chunks(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> list[change.Object]:
        deltas = [one["delta"] for one in told if "delta" in one]
        return [
            {"object": "transcription.chunk", "type": "chunk", "choices": [{"delta": {"content": delta}}]}
            for delta in deltas
        ]

    answer = handler(call)
    if not _is_transcription(call) or not change.is_stream(answer):
        return answer
    return change.events(change.chunks(answer, apply), lambda told: [*told, DONE])


@deviation(
    "transcription-stream-loses-a-delta",
    severity="critical",
    says="A transcription stream lacks its first delta.",
    breaks="Clients that show the text as it comes: its beginning is missing.",
    source=INVENTED,
    caught_by=(f"{STREAM}/deltas_join_to_the_text",),
)
def stream_loses_a_delta(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.chunks(answer, lambda told: told[1:]) if _is_transcription(call) else answer


@deviation(
    "transcription-stream-without-text",
    severity="critical",
    says="A transcription stream is empty, but for a last event without a text.",
    breaks="Everyone who streams a transcription.",
    source=INVENTED,
    caught_by=("audio.transcription_stream/transcribed_streamed/streamed_transcript_is_not_empty",),
)
def stream_without_text(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> list[change.Object]:
        return [{**told[-1], "text": ""}]

    answer = handler(call)
    return change.chunks(answer, apply) if _is_transcription(call) else answer


@deviation(
    "transcription-logprobs-are-probabilities",
    severity="minor",
    says="`logprob` of a transcription is a probability, not its logarithm.",
    breaks="Clients that drop what the model was not sure of.",
    source=INVENTED,
    caught_by=(f"{DETAILS}/transcribed_with_logprobs/logprobs_are_not_positive",),
)
def logprobs_are_probabilities(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for entry in value.get("logprobs") or ():
            entry["logprob"] = 0.9

    answer = handler(call)
    return change.body(answer, apply) if _is_transcription(call) else answer


@deviation(
    "transcription-speakers-ignored",
    severity="major",
    says="A transcription by speaker is a transcription without segments.",
    breaks="Minutes of meetings: nobody knows who spoke.",
    source=INVENTED,
    caught_by=(f"{DETAILS}/transcribed_by_speaker/it_has_text_and_segments",),
)
def speakers_ignored(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> change.Object:
        return {key: one for key, one in value.items() if key != "segments"} if "task" in value else value

    answer = handler(call)
    return change.body(answer, apply) if _is_transcription(call) else answer


@deviation(
    "transcription-speakers-nameless",
    severity="minor",
    says="The `speaker` of each segment is an empty text.",
    breaks="Minutes of meetings: nobody knows who spoke.",
    source=INVENTED,
    caught_by=(f"{DETAILS}/transcribed_by_speaker/each_segment_has_a_speaker",),
)
def speakers_nameless(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for segment in value.get("segments") or ():
            segment["speaker"] = ""

    answer = handler(call)
    return change.body(answer, apply) if _is_transcription(call) else answer


@deviation(
    "translation-with-an-option-is-empty",
    severity="major",
    says="A translation with an option that the upstream does not know has an empty `text`.",
    breaks="Everyone who sets `prompt` or `temperature`.",
    source=INVENTED,
    caught_by=(f"{DETAILS}/translated_with*/option_leaves_a_text",),
)
def translation_empty(call: Call, handler: Handler) -> Answer:
    fields = (b'name="prompt"', b'name="temperature"', b'name="response_format"')
    if not change.posted(call, "/audio/translations") or not any(name in call.content for name in fields):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(text=""))
