"""Pictures in a chat: seen, dropped, miscounted, or sent to the model as something else."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def url_of(part: change.Object) -> str:
    """Return the URL of a part that holds a picture, or an empty text."""
    picture = part.get("image_url")
    return str(picture.get("url")) if isinstance(picture, dict) else ""


def is_picture(part: change.Object) -> bool:
    """Tell whether a part holds a picture in a data URL."""
    return url_of(part).startswith("data:image/")


@deviation(
    "vision-image-flattened-to-placeholder",
    severity="critical",
    says="The text `[image omitted]` replaces every image.",
    breaks="Users: the model describes an image that it did not get.",
    source=("griffinwork40/agent-afk#134", "mckinsey/agents-at-scale-ark#3170"),
    caught_by=("vision.base64/image_png/image_reaches_the_model",),
)
def image_flattened_to_placeholder(call: Call, handler: Handler) -> Answer:
    placeholder = {"type": "text", "text": "[image omitted]"}
    return handler(change.each_attachment(call, lambda part: placeholder if is_picture(part) else part))


@deviation(
    "vision-webp-gif-unsupported",
    severity="minor",
    says="Images that are neither PNG nor JPEG are dropped.",
    breaks="Users of browsers, which hand out WebP.",
    source=("gptscript-ai/gpt4-v-vision#6", "mbeps/llama-vscode-chat#11"),
    caught_by=("vision.variants/image_other_format[*/image_of_any_format_reaches_the_model",),
)
def webp_gif_unsupported(call: Call, handler: Handler) -> Answer:
    taken = ("data:image/png", "data:image/jpeg", "data:image/jpg")
    return handler(
        change.each_attachment(
            call, lambda part: None if is_picture(part) and not url_of(part).startswith(taken) else part
        )
    )


@deviation(
    "vision-data-url-mime-params-rejected",
    severity="minor",
    says="A data URL whose media type has a parameter is passed on, and the upstream's rejection becomes a 502.",
    breaks="Clients with valid data URLs: an error that explains nothing, retried in vain.",
    source=("mckinsey/agents-at-scale-ark#3170",),
    caught_by=("vision.variants/image_with_media_type_parameter/status",),
)
def data_url_mime_params_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or b";charset=utf-8;base64," not in call.content:
        return answer
    return change.refused(answer, 502, "Upstream request failed.", kind="upstream_error")


@deviation(
    "vision-image-ignored-200",
    severity="major",
    says="Images are dropped, and the prompt is answered without them.",
    breaks="Users: the model makes up what is in the image.",
    source=("https://docs.parallel.ai/chat-api/sdk-compatibility",),
    caught_by=(
        "vision.base64/image_png/image_reaches_the_model",
        "vision.errors/invalid_image[*/status",
        "vision.url/image_unreachable/status",
    ),
)
def image_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.each_attachment(call, lambda part: None if part.get("type") == "image_url" else part))


@deviation(
    "vision-remote-url-constraints",
    severity="minor",
    says="An image that cannot be fetched gives 500.",
    breaks="Clients retry what can never work, and blame the endpoint for a wrong link.",
    source=("https://docs.crazyrouter.com/en/chat/openai/vision",),
    caught_by=("vision.url/image_unreachable/status",),
)
def remote_url_constraints(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if answer.status != 400 or "invalid_image_url" not in str(answer.body) or b'"https://' not in call.content:
        return answer
    text = "Unable to process the image you provided. Please retry your request with a valid image."
    return change.refused(answer, 500, text, kind="server_error")


@deviation(
    "vision-second-picture-dropped",
    severity="major",
    says="Of several images in a message only the first is read.",
    breaks="Users who compare two images.",
    source=INVENTED,
    caught_by=("vision.variants/two_images_sent/two_images_reach_the_model",),
)
def second_picture_dropped(call: Call, handler: Handler) -> Answer:
    seen: list[change.Object] = []

    def first(part: change.Object) -> change.Object | None:
        if not is_picture(part):
            return part
        seen.append(part)
        return part if len(seen) == 1 else None

    return handler(change.each_attachment(call, first))


@deviation(
    "vision-format-priced-as-text",
    severity="minor",
    says="An image that is not a PNG is counted by the length of its base64.",
    breaks="Users: a photograph costs thousands of tokens.",
    source=INVENTED,
    caught_by=("vision.variants/image_other_format[*/tokens_do_not_depend_on_the_format",),
)
def format_priced_as_text(call: Call, handler: Handler) -> Answer:
    more = 0

    def weigh(part: change.Object) -> change.Object:
        nonlocal more
        more += len(url_of(part)) // 3 if is_picture(part) and not url_of(part).startswith("data:image/png") else 0
        return part

    change.each_attachment(call, weigh)

    def dearer(value: change.Object) -> None:
        for name in ("prompt_tokens", "total_tokens"):
            value["usage"][name] += more

    return change.body(handler(call), dearer) if more else handler(call)


@deviation(
    "own-attachments-are-not-counted",
    severity="minor",
    says="`usage` counts the text of a chat completion, not its images and audio.",
    breaks="Clients that stay within a context by `usage`.",
    source=INVENTED,
    caught_by=("audio.input/audio_wav/audio_is_counted", "vision.base64/image_png/image_is_counted"),
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
    says="In a stream the images of a chat completion are dropped silently.",
    breaks="Chat clients, which stream: the model sees nothing.",
    source=INVENTED,
    caught_by=("vision.stream/image_png_streamed/image_reaches_the_model_in_a_stream",),
)
def attachments_dropped_in_streams(call: Call, handler: Handler) -> Answer:
    return handler(change.each_attachment(call, lambda _part: None) if change.asked(call).get("stream") else call)
