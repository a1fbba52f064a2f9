"""
Transcriptions and translations.

Only the word proves that the audio was transcribed; a transcript without it may be the model's lack of skill, but two
different audio files never have the same transcript.

Not checked: the rest of the transcript; `language`, `prompt` and `temperature`, which show in no short transcript.
The shape of errors has checks in `errors`.
"""

import re

from conformance import DOC, MUST, OBSERVED, SDK, Deviation, Exchange, Facet, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.audio.exchanges import (
    ENDPOINTS,
    MP3_WORD,
    WAV_WORD,
    transcribed,
    transcribed_as_subtitles,
    transcribed_as_text,
    transcribed_mp3,
    transcribed_with,
    transcribed_with_words,
    translated,
)
from conformance.checks.common import evidence
from conformance.checks.common.kinds import transcription
from conformance.counterexamples import DELETE, body, broken
from conformance.wire.text import within

# The last digit of a number is enough: a pattern that takes them all tries each of them.
SRT = re.compile(r"\d\r?\n\d{2}:\d{2}:\d{2},\d{3} --> \d{2}:\d{2}:\d{2},\d{3}")
VTT = re.compile(r"\d{2}:\d{2}\.\d{3} --> (?:\d{2,}:)?\d{2}:\d{2}\.\d{3}")


def transcript(observed: Exchange) -> str:
    """Return the transcript in lower case."""
    return observed.at("text", str).casefold()


def plain_text(observed: Exchange) -> str:
    """Return a body that is text. Raises `Inconclusive` for JSON: the check of the media type finds that."""
    if not observed.received.media_type.startswith(("text/", "application/x-subrip")):
        raise Inconclusive("the response is not text; the check of its media type finds that")
    return observed.received.decoded.decode("utf-8", "replace")


@must(
    ENDPOINTS,
    says=SDK("Transcription"),
    counterexample=broken(transcribed, "text", DELETE),
    witness=(transcribed, transcribed_with),
    reads=frozenset({Facet.HEADERS}),
)
def test_transcript_has_the_documented_shape(transcription: Exchange) -> None:
    """A transcription in JSON has the documented shape: a `Transcription`."""
    if transcription.received.media_type != "application/json":
        raise Inconclusive("another format than JSON was requested or returned; the check of the media type finds that")
    conforms(transcription, "Transcription", MUST)


@must(
    ENDPOINTS,
    says=DOC("CreateTranscriptionRequest.file"),
    counterexample=broken(None, "text", "hello world"),
    subject=transcribed,
    decides="audio/transcriptions: file",
)
def test_transcript_is_of_the_file(transcribed: Exchange, transcribed_mp3: Exchange) -> None:
    """A transcript contains the word spoken in the file; two different files have different transcripts."""
    first, second = transcript(transcribed), transcript(transcribed_mp3)
    if WAV_WORD.casefold() in first and MP3_WORD.casefold() in second:
        return
    if first == second:
        raise Deviation(f"two different files have the same transcript: {first[:80]!r}", finding="ignored:file")
    raise Inconclusive("the transcripts differ, and one lacks the spoken word: perhaps the model's lack of skill")


@must(
    ENDPOINTS,
    says=DOC("CreateTranscriptionRequest.response_format"),
    counterexample=body(transcribed_as_text, b'{"text": "The word is lantern."}'),
    decides="audio/transcriptions: response_format",
)
def test_text_format_is_not_json(transcribed_as_text: Exchange) -> None:
    """A transcription with `response_format` `text` is the transcript itself, not JSON."""
    content = plain_text(transcribed_as_text).strip()
    assert content, "the transcript is empty"
    if content.startswith("{"):
        raise Deviation("the body looks like JSON", finding="ignored:response_format")


@must(
    ENDPOINTS,
    says=DOC("CreateTranscriptionRequest.response_format"),
    counterexample=body(transcribed_as_subtitles, b"The word is lantern."),
    decides="audio/transcriptions: response_format",
)
def test_subtitles_have_times(transcribed_as_subtitles: Exchange) -> None:
    """A transcription with `response_format` `srt` or `vtt` contains a time range written as that format requires."""
    content = plain_text(transcribed_as_subtitles)
    vtt = transcribed_as_subtitles.case == "vtt"
    read = within(content)
    good = content.lstrip("\ufeff").startswith("WEBVTT") and VTT.search(read) if vtt else SRT.search(read)
    if not good and read != content:
        raise Inconclusive("the response is too long to be searched for times")
    if not good:
        seen = f"the body is not `{transcribed_as_subtitles.case}`: {content[:60]!r}"
        raise Deviation(seen, finding="ignored:response_format")


@should(
    ENDPOINTS,
    says=DOC("CreateTranscriptionResponseVerboseJson.duration"),
    counterexample=broken(transcribed_with_words, "duration", DELETE),
)
def test_verbose_transcript_has_a_duration(transcribed_with_words: Exchange) -> None:
    """A `verbose_json` transcription has `text`, `language`, and the `duration` of the file in seconds."""
    transcribed_with_words.at("text", str)
    transcribed_with_words.at("language", str)
    length = transcribed_with_words.at("duration", float)
    assert 0.5 < length < 3, f"`duration` is {length}, and the file lasts a little more than a second"


@must(
    ENDPOINTS,
    says=DOC("CreateTranscriptionRequest.timestamp_granularities"),
    counterexample=broken(transcribed_with_words, "words", DELETE),
    decides="audio/transcriptions: timestamp_granularities",
)
def test_words_have_times(transcribed_with_words: Exchange) -> None:
    """With `timestamp_granularities` `word`, each of `words` has `word`, `start`, and an `end` not before it."""
    if not transcribed_with_words.at("words", list | None, None):
        raise Deviation("the transcription has no `words`", finding="ignored:timestamp_granularities")
    transcribed_with_words.all("words.*.word", str)
    starts = transcribed_with_words.all("words.*.start", float)
    ends = transcribed_with_words.all("words.*.end", float)
    assert all(start <= end for start, end in zip(starts, ends, strict=True)), "a word ends before it starts"


@should(
    ENDPOINTS,
    says=OBSERVED("OpenAI leaves English as it is when it translates into English", *evidence.TRANSLATIONS),
    counterexample=broken(translated, "text", ""),
)
def test_translation_has_text(translated: Exchange) -> None:
    """A translation from `/audio/translations` has a `text` that is not empty."""
    assert translated.at("text", str).strip(), "`text` is empty"
