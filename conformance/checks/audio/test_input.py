"""
Audio in a chat message is read: the model can name the word that is spoken in it.

Evidence that takes no skill is the cost: audio that reaches the model is counted.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.audio.exchanges import (
    INPUT,
    MP3_WORD,
    SOUND_NOTICED,
    WAV_WORD,
    audio_mp3,
    audio_question_alone,
    audio_wav,
    audio_word_in_text,
)
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.attachments import dropped, names, require_named, require_read, require_taken
from conformance.checks.common.usage import PROMPT, added
from conformance.counterexamples import broken, changed

PART = "ChatCompletionRequestMessageContentPartAudio.input_audio"


@must(INPUT, says=DOC(PART), counterexample=changed(audio_wav, dropped))
def test_wav_reaches_the_model(
    audio_wav: Exchange,
    audio_question_alone: Exchange,
    audio_word_in_text: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """A WAV in `input_audio` reaches the model: it names the spoken word, or the audio adds 8 prompt tokens."""
    require_taken(audio_wav, WAV_WORD, audio_question_alone, "input_audio", (hello, hello_many_times))
    require_named(audio_word_in_text, WAV_WORD)
    require_read(audio_wav, WAV_WORD, audio_question_alone, "input_audio", SOUND_NOTICED)


@must(INPUT, says=DOC(f"{PART}.format"), counterexample=changed(audio_mp3, dropped))
def test_mp3_reaches_the_model(audio_mp3: Exchange, audio_wav: Exchange, audio_question_alone: Exchange) -> None:
    """An MP3 in `input_audio` reaches the model: it names the spoken word, or the audio adds 8 prompt tokens."""
    require_named(audio_wav, WAV_WORD)
    require_read(audio_mp3, MP3_WORD, audio_question_alone, "input_audio", SOUND_NOTICED)


@must(INPUT, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(audio_wav, PROMPT, 1))
def test_audio_is_counted(audio_wav: Exchange, audio_question_alone: Exchange) -> None:
    """Audio that the model understands adds to `usage.prompt_tokens`."""
    if not names(audio_wav, WAV_WORD):
        raise Inconclusive("the model does not name the spoken word; another check tells whether the audio was dropped")
    more = added(audio_wav, audio_question_alone)
    assert more > 0, f"the audio adds {more} to `{PROMPT}`"
