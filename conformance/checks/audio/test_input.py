"""
A recording in a chat message is heard: the word that is spoken in it is told.

Evidence without skill is the price: a recording that reaches the model is counted.
"""

from conformance import DOC, MUST, SDK, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.audio.exchanges import (
    INPUT,
    MP3_WORD,
    SOUND_NOTICED,
    WAV_WORD,
    recording_asked,
    recording_mp3,
    recording_told,
    recording_wav,
    wrong_recording,
)
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.attachments import dropped, names, require_named, require_read, require_taken
from conformance.checks.common.errors import NO_ENVELOPE
from conformance.checks.common.usage import PROMPT, added
from conformance.counterexamples import body, broken, changed

PART = "ChatCompletionRequestMessageContentPartAudio.input_audio"


@must(INPUT, says=DOC(PART), counterexample=changed(recording_wav, dropped))
def test_word_in_the_wav_is_told(
    recording_wav: Exchange,
    recording_asked: Exchange,
    recording_told: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """The word that is spoken in a WAV can be asked for."""
    require_taken(recording_wav, WAV_WORD, recording_asked, "input_audio", (hello, hello_many_times))
    require_named(recording_told, WAV_WORD)
    require_read(recording_wav, WAV_WORD, recording_asked, "input_audio", SOUND_NOTICED)


@must(INPUT, says=DOC(f"{PART}.format"), counterexample=changed(recording_mp3, dropped))
def test_word_in_the_mp3_is_told(recording_mp3: Exchange, recording_wav: Exchange, recording_asked: Exchange) -> None:
    """The word that is spoken in an MP3 can be asked for like the one in a WAV."""
    require_named(recording_wav, WAV_WORD)
    require_read(recording_mp3, MP3_WORD, recording_asked, "input_audio", SOUND_NOTICED)


@must(INPUT, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(recording_wav, PROMPT, 1))
def test_recording_is_counted(recording_wav: Exchange, recording_asked: Exchange) -> None:
    """A recording that is heard adds to `usage.prompt_tokens`."""
    if not names(recording_wav, WAV_WORD):
        raise Inconclusive("the word in the recording is not told; whether it was dropped is another check")
    more = added(recording_wav, recording_asked)
    assert more > 0, f"the recording adds {more} prompt tokens"
