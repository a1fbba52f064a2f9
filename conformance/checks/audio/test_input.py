"""
Audio in a chat message is read: the model can name the word that is spoken in it.

Evidence that takes no skill is the cost: audio that reaches the model is counted.
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
    """A WAV in `input_audio` reaches the model: it names the spoken word, or `usage.prompt_tokens` grows."""
    require_taken(recording_wav, WAV_WORD, recording_asked, "input_audio", (hello, hello_many_times))
    require_named(recording_told, WAV_WORD)
    require_read(recording_wav, WAV_WORD, recording_asked, "input_audio", SOUND_NOTICED)


@must(INPUT, says=DOC(f"{PART}.format"), counterexample=changed(recording_mp3, dropped))
def test_word_in_the_mp3_is_told(recording_mp3: Exchange, recording_wav: Exchange, recording_asked: Exchange) -> None:
    """An MP3 in `input_audio` reaches the model, too: it names the spoken word, or `usage.prompt_tokens` grows."""
    require_named(recording_wav, WAV_WORD)
    require_read(recording_mp3, MP3_WORD, recording_asked, "input_audio", SOUND_NOTICED)


@must(INPUT, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(recording_wav, PROMPT, 1))
def test_recording_is_counted(recording_wav: Exchange, recording_asked: Exchange) -> None:
    """Audio that the model understands adds to `usage.prompt_tokens`."""
    if not names(recording_wav, WAV_WORD):
        raise Inconclusive("the model does not name the spoken word; another check tells whether the audio was dropped")
    more = added(recording_wav, recording_asked)
    assert more > 0, f"the audio adds {more} to `{PROMPT}`"
