"""
Streamed transcriptions, their log probabilities, and their speakers.

Not checked: that `stream` is used, as one of OpenAI's models ignores it; whose voice is whose; that log
probabilities are returned by every model.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, Inconclusive, must
from conformance.assertions import conforms
from conformance.checks.audio.exchanges import transcribed, translated
from conformance.checks.audio.transcription.exchanges import (
    DETAILS,
    STREAMED,
    transcribed_by_speaker,
    transcribed_streamed,
    transcribed_streamed_in_english,
    transcribed_with_logprobs,
    transcription_stream,
    translated_with,
)
from conformance.checks.common.logprobs import assert_not_positive
from conformance.counterexamples import DELETE, broken, every_chunk, rewritten

DELTA, DONE = "transcript.text.delta", "transcript.text.done"
BOTH = (transcribed_streamed, transcribed_streamed_in_english)


def types_of(observed: Exchange) -> list[str]:
    """Return the types of all events."""
    return [event.at("type", str) for event in observed.chunks]


@must(
    STREAMED,
    says=SDK("TranscriptionStreamEvent"),
    counterexample=every_chunk(transcribed_streamed, "type", "transcription.chunk"),
    witness=BOTH,
)
def test_events_have_the_documented_shape(transcription_stream: Exchange) -> None:
    """Each event of a transcription stream is a `TranscriptionStreamEvent` of the documented shape."""
    for event in transcription_stream.chunks:
        conforms(event, "TranscriptionStreamEvent", MUST)


@must(
    STREAMED,
    says=SDK("TranscriptionTextDoneEvent"),
    counterexample=rewritten(transcribed_streamed, lambda chunks: chunks[:-1]),
    witness=BOTH,
)
def test_done_comes_once_and_last(transcription_stream: Exchange) -> None:
    """A transcription stream ends with one `transcript.text.done`."""
    found = types_of(transcription_stream)
    assert found.count(DONE) == 1, f"{found.count(DONE)} events of the type `{DONE}`"
    assert found[-1] == DONE, f"the last event is `{found[-1][:40]}`"


@must(
    STREAMED,
    says=SDK("TranscriptionTextDoneEvent.text"),
    counterexample=every_chunk(transcribed_streamed, "delta", "um"),
    witness=BOTH,
)
def test_deltas_join_to_the_text(transcription_stream: Exchange) -> None:
    """In a transcription stream, the joined `delta` values are the `text` of `transcript.text.done`."""
    events = transcription_stream.chunks
    joined = "".join(event.at("delta", str) for event in events if event.get("type") == DELTA)
    texts = [event.at("text", str) for event in events if event.get("type") == DONE]
    if not texts:
        raise Inconclusive(f"the stream has no `{DONE}`, which another check finds")
    if joined.strip() != texts[0].strip():  # an `assert` would make a diff
        raise Deviation(f"joined: {joined[:60]!r}, `text`: {texts[0][:60]!r}")


@must(
    STREAMED,
    says=DOC("CreateTranscriptionRequest.stream"),
    counterexample=every_chunk(transcribed_streamed, "text", ""),
    decides="audio/transcriptions: stream",
)
def test_streamed_transcript_is_not_empty(transcribed_streamed: Exchange, transcribed: Exchange) -> None:
    """A transcription with `stream: true` has a text where the same request without it has one."""
    if not transcribed.at("text", str).strip():
        raise Inconclusive("the transcription without `stream` is empty too")
    if transcribed_streamed.received.media_type != "text/event-stream":
        raise Inconclusive("`stream` is not used, which OpenAI documents of one of its models")
    texts = [event.at("text", str) for event in transcribed_streamed.chunks if event.get("type") == DONE]
    assert any(text.strip() for text in texts), "the stream ends without a text"


@must(
    DETAILS,
    says=SDK("Transcription.logprobs"),
    counterexample=broken(transcribed_with_logprobs, "logprobs.0.logprob", 3),
    decides="audio/transcriptions: include",
)
def test_logprobs_are_not_positive(transcribed_with_logprobs: Exchange) -> None:
    """With `include[]` `logprobs`, each token of a transcription has a `token`, and a `logprob` of 0 or less."""
    if not transcribed_with_logprobs.at("logprobs", list | None, None):
        raise Inconclusive("the transcription has no `logprobs`, which only some models return")
    transcribed_with_logprobs.all("logprobs.*.token", str)
    assert_not_positive(transcribed_with_logprobs.all("logprobs.*.logprob", float))


@must(DETAILS, says=SDK("TranscriptionDiarized"), counterexample=broken(transcribed_by_speaker, "segments", DELETE))
def test_it_has_text_and_segments(transcribed_by_speaker: Exchange) -> None:
    """A transcription with `response_format` `diarized_json` has a `text` and `segments`."""
    transcribed_by_speaker.at("text", str)
    transcribed_by_speaker.at("segments", list)


@must(
    DETAILS,
    says=SDK("TranscriptionDiarizedSegment"),
    counterexample=broken(transcribed_by_speaker, "segments.0.speaker", ""),
)
def test_each_segment_has_a_speaker(transcribed_by_speaker: Exchange) -> None:
    """Each of `segments` of a diarized transcription names a `speaker`, and ends after it starts."""
    if not transcribed_by_speaker.at("segments", list):
        raise Inconclusive("the transcription has no segments")
    assert all(transcribed_by_speaker.all("segments.*.speaker", str)), "the `speaker` of a segment is empty"
    starts = transcribed_by_speaker.all("segments.*.start", float)
    ends = transcribed_by_speaker.all("segments.*.end", float)
    assert all(start <= end for start, end in zip(starts, ends, strict=True)), "a segment ends before it starts"


@must(
    DETAILS,
    says=DOC("createTranslation"),
    counterexample=broken(translated_with, "text", ""),
    decides="audio/translations: {case}",
    effect_seen=False,
)
def test_option_leaves_a_text(translated_with: Exchange, translated: Exchange) -> None:
    """A translation with `prompt`, `temperature` or `response_format` has a `text` where one without it has."""
    if not translated.at("text", str).strip():
        raise Inconclusive("the translation without the option has no text either")
    assert translated_with.at("text", str).strip(), "`text` is empty"
