"""The options of a picture: how many, how large, in which format and quality."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

GENERATIONS = "/images/generations"
NEAR = {"1536x1024": "1264x848", "1024x1536": "848x1264"}
_OPTIONS = "images.generate.n_size_format"


@deviation(
    "images-response-format-rejected",
    severity="major",
    says="`response_format` is rejected with 400, by an error whose `type` is the text `None`.",
    breaks="Frameworks that always request base64 can generate no image.",
    source=("AgnesAI-Labs/AgnesAI-Models#69",),
    caught_by=("images.generate/image_in_base64/status",),
)
def response_format_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, GENERATIONS) or "response_format" not in change.asked(call):
        return answer
    text = "UnsupportedParamsError: Setting `response_format` is not supported by openai."
    return change.refused(answer, 400, text, kind="None", param="", code="400")


@deviation(
    "images-gpt-image-response-format-silently-accepted",
    severity="minor",
    says="`response_format` is accepted and ignored: base64 is returned where a URL is requested.",
    breaks="Clients that rely on the parameter, until another endpoint rejects it.",
    source=("basketikun/infinite-canvas#197", "ssnangua/ColorTxt#82"),
    caught_by=("images.generate.n_size_format/generated_images/image_has_a_url",),
)
def response_format_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "response_format") if change.posted(call, GENERATIONS) else call)


@deviation(
    "images-quality-remapped-to-size",
    severity="minor",
    says="`size` sets the aspect ratio only; the number of pixels depends on `quality`.",
    breaks="Layouts that were made for the requested size.",
    source=("QuantumNous/new-api#1983",),
    caught_by=("images.generate.n_size_format/generated_images/image_has_the_requested_size",),
)
def quality_remapped_to_size(call: Call, handler: Handler) -> Answer:
    def near(value: change.Object) -> None:
        if isinstance(value.get("size"), str):
            value["size"] = NEAR.get(value["size"], value["size"])

    return handler(change.rewrite(call, near) if change.posted(call, GENERATIONS) else call)


@deviation(
    "images-one-too-few",
    severity="minor",
    says="With `n` above 1, one image fewer than `n` is returned.",
    breaks="Anyone who pays for each image.",
    source=INVENTED,
    caught_by=("images.generate.n_size_format/two_images/n_images_are_returned",),
)
def one_too_few(call: Call, handler: Handler) -> Answer:
    def fewer(value: change.Object) -> None:
        value["data"] = value["data"][: max(1, len(value["data"]) - 1)]

    return change.body(handler(call), fewer) if change.posted(call, GENERATIONS) else handler(call)


@deviation(
    "own-picture-too-many",
    severity="major",
    says="One image more than requested is returned.",
    breaks="Anyone who pays by the image.",
    source=INVENTED,
    caught_by=(
        "images.generate/generated_images/there_is_one_image",
        "images.generate.n_size_format/image_with_option*/parameter_is_accepted",
        "images.edit/two_images_edited/several_images_are_accepted",
    ),
)
def picture_too_many(call: Call, handler: Handler) -> Answer:
    if not call.path.startswith("/images/"):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(data=[*value["data"], value["data"][-1]]))


@deviation(
    "own-picture-format-ignored",
    severity="major",
    says="`output_format` and `background` of an image are ignored.",
    breaks="Web pages that show it.",
    source=INVENTED,
    caught_by=("images.generate.n_size_format/generated_images/image_has_the_requested_format",),
)
def picture_format_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "output_format", "background"))


@deviation(
    "own-picture-has-no-alpha",
    severity="minor",
    says="An image that should be transparent is a JPEG.",
    breaks="Users who lay it over another image.",
    source=INVENTED,
    caught_by=("images.generate.n_size_format/generated_images/transparent_image_has_an_alpha_channel",),
)
def picture_has_no_alpha(call: Call, handler: Handler) -> Answer:
    if change.asked(call).get("background") != "transparent":
        return handler(call)
    return handler(change.rewrite(call, lambda value: value.update(background="opaque", output_format="jpeg")))


@deviation(
    "own-low-quality-is-dear",
    severity="minor",
    says="An image with `quality` or `detail` `low` uses more tokens than any other.",
    breaks="Users who want to save tokens.",
    source=INVENTED,
    caught_by=(
        f"{_OPTIONS}/image_of_low_quality/low_quality_uses_fewer_tokens",
        "vision.variants/image_in_low_detail/low_detail_uses_fewer_tokens",
    ),
)
def low_quality_is_dear(call: Call, handler: Handler) -> Answer:
    low = change.asked(call).get("quality") == "low" or b'"detail":"low"' in call.content.replace(b'": "', b'":"')

    def apply(value: change.Object) -> None:
        for name in set(value["usage"]) & {"output_tokens", "prompt_tokens", "total_tokens"}:
            value["usage"][name] += 100_000

    return change.body(handler(call), apply) if low else handler(call)
