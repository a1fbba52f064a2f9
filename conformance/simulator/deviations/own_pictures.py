"""Deviations of pictures, made and seen, that we made up."""

import re
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_MADE = "images.generate"
_OPTIONS = "images.generate.n_size_format"
_PAINTED = "chat.image_output/painted_in_chat"
_REPAINTED = "chat.image_edit/repainted_in_chat"
_URL = re.compile(r"data:image/(\w+);base64,([A-Za-z0-9+/=]+)")


def _each(call: Call, answer: Answer, apply: Any) -> Answer:
    if not call.path.startswith("/images/"):
        return answer
    return change.body(answer, lambda value: [apply(one) for one in value.get("data") or ()] and None)


@deviation(
    "own-picture-too-many",
    severity="major",
    says="One picture more comes than was asked for.",
    breaks="Whoever pays by the picture.",
    source=_OWN,
    caught_by=(
        f"{_MADE}/painted/there_is_one_picture",
        f"{_OPTIONS}/painted_with*/parameter_does_no_harm",
        "images.edit/edited_from_two/several_pictures_are_taken",
    ),
)
def picture_too_many(call: Call, handler: Handler) -> Answer:
    if not call.path.startswith("/images/"):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(data=[*value["data"], value["data"][-1]]))


@deviation(
    "own-picture-is-cut",
    severity="critical",
    says="Of the bytes of a picture only the first third comes.",
    breaks="Everybody who looks at it.",
    source=_OWN,
    caught_by=(
        f"{_MADE}/painted/bytes_are_a_picture",
        f"{_MADE}/painted_in_base64/bytes_asked_for_are_a_picture",
        "images.edit/edited/edit_is_a_picture",
        "images.other/varied/variation_is_a_picture",
        f"{_PAINTED}/picture_can_be_decoded",
        f"{_REPAINTED}/changed_picture_can_be_decoded",
    ),
)
def picture_is_cut(call: Call, handler: Handler) -> Answer:
    def cut(text: str) -> str:
        return text[: len(text) // 12 * 4]

    def apply(one: change.Object) -> None:
        if one.get("b64_json"):
            one["b64_json"] = cut(one["b64_json"])

    answer = _each(call, handler(call), apply)
    return _said(answer, lambda match: f"data:image/{match[1]};base64,{cut(match[2])}")


def _said(answer: Answer, new: Any) -> Answer:
    def apply(message: change.Object) -> None:
        if isinstance(message.get("content"), str):
            message["content"] = _URL.sub(new, message["content"])

    return change.each_message(answer, apply)


@deviation(
    "own-picture-is-behind-a-url",
    severity="major",
    says="A picture that was asked for in base64 is behind a URL.",
    breaks="Clients without a way to that host.",
    source=_OWN,
    caught_by=(f"{_MADE}/painted_in_base64/base64_comes_when_asked_for",),
)
def picture_is_behind_a_url(call: Call, handler: Handler) -> Answer:
    def apply(one: change.Object) -> None:
        if one.pop("b64_json", None):
            one["url"] = "https://pictures.invalid/1.png"

    return _each(call, handler(call), apply)


@deviation(
    "own-picture-format-ignored",
    severity="major",
    says="`output_format` and `background` of a picture are ignored.",
    breaks="Whoever puts it on a page.",
    source=_OWN,
    caught_by=(f"{_OPTIONS}/painted_as*/picture_has_the_format_asked_for",),
)
def picture_format_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "output_format", "background"))


@deviation(
    "own-picture-has-no-alpha",
    severity="minor",
    says="A picture that should be transparent is a JPEG.",
    breaks="Whoever lays it over another.",
    source=_OWN,
    caught_by=(f"{_OPTIONS}/painted_transparent/transparent_picture_has_an_alpha_channel",),
)
def picture_has_no_alpha(call: Call, handler: Handler) -> Answer:
    if change.asked(call).get("background") != "transparent":
        return handler(call)
    return handler(change.rewrite(call, lambda value: value.update(background="opaque", output_format="jpeg")))


@deviation(
    "own-low-quality-is-dear",
    severity="minor",
    says="A picture of low quality, and a picture that is looked at in low detail, cost more than any other.",
    breaks="Whoever wants to save.",
    source=_OWN,
    caught_by=(
        f"{_OPTIONS}/painted_roughly/low_quality_is_not_dearer",
        "vision.variants/picture_in_low_detail/low_detail_is_not_dearer",
    ),
)
def low_quality_is_dear(call: Call, handler: Handler) -> Answer:
    low = change.asked(call).get("quality") == "low" or b'"detail":"low"' in call.content.replace(b'": "', b'":"')

    def apply(value: change.Object) -> None:
        for name in set(value["usage"]) & {"output_tokens", "prompt_tokens", "total_tokens"}:
            value["usage"][name] += 100_000

    return change.body(handler(call), apply) if low else handler(call)


@deviation(
    "own-rough-pictures-count-from-one",
    severity="minor",
    says="The rough pictures of a stream are numbered from 1.",
    breaks="Clients that show them by number.",
    source=_OWN,
    caught_by=("images.other/painted_streamed/rough_pictures_are_numbered",),
)
def rough_pictures_from_one(call: Call, handler: Handler) -> Answer:
    def apply(chunk: change.Object) -> None:
        if "partial_image_index" in chunk:
            chunk["partial_image_index"] += 1

    return change.each_chunk(handler(call), apply)


@deviation(
    "own-chat-picture-is-lost",
    severity="critical",
    says="A picture that a chat should bring is a placeholder.",
    breaks="Everybody who wants to see it.",
    source=_OWN,
    caught_by=(f"{_PAINTED}/answer_holds_a_picture", f"{_REPAINTED}/answer_holds_the_changed_picture"),
)
def chat_picture_is_lost(call: Call, handler: Handler) -> Answer:
    return _said(handler(call), "<image>")


@deviation(
    "own-chat-picture-is-called-webp",
    severity="minor",
    says="The data URL of a picture says `image/webp`, and the bytes are a PNG.",
    breaks="Clients that choose a decoder by the media type.",
    source=_OWN,
    caught_by=(f"{_PAINTED}/data_url_names_the_format",),
)
def chat_picture_is_called_webp(call: Call, handler: Handler) -> Answer:
    return _said(handler(call), lambda match: f"data:image/webp;base64,{match[2]}")


@deviation(
    "own-chat-picture-comes-back",
    severity="major",
    says="Instead of the changed picture the one that was sent comes back.",
    breaks="Whoever wanted a change: it is paid for.",
    source=_OWN,
    caught_by=(f"{_REPAINTED}/changed_picture_is_another_one",),
)
def chat_picture_comes_back(call: Call, handler: Handler) -> Answer:
    sent = _URL.search(call.content.decode("utf-8", "replace"))
    return _said(handler(call), lambda match: sent[0] if sent else match[0])


@deviation(
    "own-attachments-are-not-counted",
    severity="minor",
    says="`usage` counts the text of a chat, and not its pictures and recordings.",
    breaks="Whoever keeps within a context by `usage`.",
    source=_OWN,
    caught_by=("audio.input/recording_wav/recording_is_counted", "vision.base64/picture_png/picture_is_counted"),
)
def attachments_are_not_counted(call: Call, handler: Handler) -> Answer:
    bare = change.each_attachment(call, lambda _part: None)
    answer = handler(call)
    if bare.content == call.content or not isinstance(answer.body, dict) or "usage" not in answer.body:
        return answer
    other = handler(bare)
    usage = other.body.get("usage") if isinstance(other.body, dict) else None
    return change.body(answer, lambda value: value.update(usage=usage))


@deviation(
    "own-attachments-dropped-in-streams",
    severity="critical",
    says="In a stream the pictures of a chat are dropped without a word.",
    breaks="Chat clients, which stream: the model sees nothing.",
    source=_OWN,
    caught_by=("vision.stream/picture_streamed/picture_is_seen_in_a_stream",),
)
def attachments_dropped_in_streams(call: Call, handler: Handler) -> Answer:
    return handler(change.each_attachment(call, lambda _part: None) if change.asked(call).get("stream") else call)


@deviation(
    "own-attachments-of-unusual-type-dropped",
    severity="critical",
    says="What is attached and no plain PNG is dropped without a word.",
    breaks="Everybody who sends a document: the model makes something up.",
    source=_OWN,
    caught_by=(
        "files.other_mime/text_as_*/text_*_is_read_or_refused",
        "files.pdf_*/pdf_as_*/*_is_read*",
        "vision.variants/picture_with_parameter/parameter_of_media_type_is_taken_or_refused",
    ),
)
def unusual_attachments_dropped(call: Call, handler: Handler) -> Answer:
    def plain(part: change.Object) -> change.Object | None:
        return part if "data:image/png;base64," in change.text(part) else None

    return handler(change.each_attachment(call, plain))
