"""The picture that comes: its bytes, its size, where it is, and how it is streamed."""

from dataclasses import replace
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.images.in_chat import change_text
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

GENERATIONS = "/images/generations"


def _each(call: Call, answer: Answer, apply: Any) -> Answer:
    if not call.path.startswith("/images/"):
        return answer
    return change.body(answer, lambda value: [apply(one) for one in value.get("data") or ()] and None)


@deviation(
    "own-picture-is-cut",
    severity="critical",
    says="The bytes of an image are truncated to their first third.",
    breaks="Everyone who looks at it.",
    source=INVENTED,
    caught_by=(
        "images.generate/generated_images/bytes_are_an_image",
        "images.edit/edited_images/edit_is_an_image",
        "images.other/varied_images/variation_is_an_image",
        "chat.image_output/image_in_chat/image_can_be_decoded",
        "chat.image_edit/edited_image_in_chat/edited_image_can_be_decoded",
    ),
)
def picture_is_cut(call: Call, handler: Handler) -> Answer:
    def cut(text: str) -> str:
        return text[: len(text) // 12 * 4]

    def apply(one: change.Object) -> None:
        if one.get("b64_json"):
            one["b64_json"] = cut(one["b64_json"])

    answer = _each(call, handler(call), apply)
    return change_text(answer, lambda match: f"data:image/{match[1]};base64,{cut(match[2])}")


@deviation(
    "own-picture-is-behind-a-url",
    severity="major",
    says="An image requested in base64 is returned as a URL.",
    breaks="Clients without a way to that host.",
    source=INVENTED,
    caught_by=("images.generate/generated_images/image_is_in_base64",),
)
def picture_is_behind_a_url(call: Call, handler: Handler) -> Answer:
    def apply(one: change.Object) -> None:
        if one.pop("b64_json", None):
            one["url"] = "https://pictures.invalid/1.png"

    return _each(call, handler(call), apply)


@deviation(
    "images-size-told-is-another",
    severity="minor",
    says="`size` of the response is the default, not that of the image.",
    breaks="Layouts that rely on the reported size.",
    source=INVENTED,
    caught_by=("images.generate/generated_images/reported_size_is_that_of_the_image",),
)
def size_told_is_another(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, GENERATIONS) or not isinstance(answer.body, dict) or "size" not in answer.body:
        return answer
    return replace(answer, body={**answer.body, "size": "1536x1024"})


@deviation(
    "images-stream-without-the-whole-picture",
    severity="major",
    says="A stream of images ends after the last partial image.",
    breaks="Clients that show partial images first, and keep the last event.",
    source=INVENTED,
    caught_by=("images.other/image_streamed/stream_ends_with_the_image",),
)
def stream_without_the_whole_picture(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.events(answer, lambda told: told[:-1]) if change.posted(call, GENERATIONS) else answer


@deviation(
    "own-rough-pictures-count-from-one",
    severity="minor",
    says="The partial images of a stream are numbered from 1.",
    breaks="Clients that show them by number.",
    source=INVENTED,
    caught_by=("images.other/image_streamed/partial_images_are_numbered",),
)
def rough_pictures_from_one(call: Call, handler: Handler) -> Answer:
    def apply(chunk: change.Object) -> None:
        if "partial_image_index" in chunk:
            chunk["partial_image_index"] += 1

    return change.each_chunk(handler(call), apply)


@deviation(
    "images-error-type-string-none",
    severity="minor",
    says='Errors of images have the `type` "None", the `param` "None" and the `code` "400".',
    breaks="Handlers that look for null, or for the name of a code.",
    source=("AgnesAI-Labs/AgnesAI-Models#69",),
    caught_by=("errors.envelope/error_response/absent_values_are_null",),
)
def image_error_type_none(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, "/images/generations"):
        return answer
    words = {"type": "None", "param": "None", "code": str(answer.status)}
    return change.envelope(answer, lambda error: error.update(words))
