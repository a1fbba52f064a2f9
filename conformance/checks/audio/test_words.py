"""The times of words in a transcript: within the file, in seconds."""

from conformance import DOC, Exchange, Inconclusive, should
from conformance.checks.audio.exchanges import ENDPOINTS, transcribed_with_words
from conformance.counterexamples import broken

LONGEST_S = 6.0
"""Seconds. The file lasts less than three, and models are not exact about silence at its end."""


@should(
    ENDPOINTS,
    says=DOC("TranscriptionWord.end"),
    counterexample=broken(transcribed_with_words, "words.0.end", 900),
)
def test_words_lie_within_the_file(transcribed_with_words: Exchange) -> None:
    """The `end` of each word of a transcription is in seconds, and within the duration of the file (here at most 6)."""
    if not transcribed_with_words.at("words", list | None, None):
        raise Inconclusive("the transcription has no `words`, which another check finds")
    last = max(transcribed_with_words.all("words.*.end", float))
    assert 0 <= last <= LONGEST_S, f"a word ends at {last:g} s in a file of less than three seconds"
