"""Recordings in a chat: dropped, or taken for something else."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "audio-input-audio-dropped",
    severity="critical",
    says="Audio in a message is dropped, and the prompt is answered without it.",
    breaks="Users: the model makes up the content.",
    source=(
        "decolua/9router#912",
        "mozilla-ai/any-llm#1390",
        "https://platform.claude.com/docs/en/api/openai-sdk",
    ),
    caught_by=("audio.input/audio_wav/wav_reaches_the_model",),
)
def input_audio_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.each_attachment(call, lambda part: None if part.get("type") == "input_audio" else part))


@deviation(
    "audio-input-format-mislabelled-ignored",
    severity="major",
    says="Audio whose `format` is unknown is dropped, and the prompt is answered without it.",
    breaks="Users of phones, which record in other formats: their words are lost.",
    source=("OpenRouterTeam/ai-sdk-provider#393",),
    caught_by=("audio.input/invalid_audio[unknown-format]/status",),
)
def input_format_ignored(call: Call, handler: Handler) -> Answer:
    def known(part: change.Object) -> change.Object | None:
        audio = part.get("input_audio")
        return part if not isinstance(audio, dict) or audio.get("format") in {"wav", "mp3"} else None

    return handler(change.each_attachment(call, known))


@deviation(
    "audio-part-as-image-url",
    severity="minor",
    says="Audio in `image_url` is dropped, and the prompt is answered without it.",
    breaks="Clients that send audio this way: it is lost silently.",
    source=("ahyatt/llm#289",),
    caught_by=("files.other_mime/audio_in_image_url/audio_in_image_url_is_read_or_rejected",),
)
def audio_as_image_url_ignored(call: Call, handler: Handler) -> Answer:
    def seen(part: change.Object) -> change.Object | None:
        picture = part.get("image_url")
        return None if isinstance(picture, dict) and str(picture.get("url")).startswith("data:audio/") else part

    return handler(change.each_attachment(call, seen))


@deviation(
    "own-mp3-is-not-heard",
    severity="major",
    says="Audio in MP3 is dropped silently.",
    breaks="Everyone who sends one: the model answers without it.",
    source=INVENTED,
    caught_by=("audio.input/audio_mp3/mp3_reaches_the_model",),
)
def mp3_is_not_heard(call: Call, handler: Handler) -> Answer:
    def deaf(part: change.Object) -> change.Object | None:
        return None if (part.get("input_audio") or {}).get("format") == "mp3" else part

    return handler(change.each_attachment(call, deaf))
