"""Deviations of pictures that are painted and changed."""

import base64
from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.multipart import form
from conformance.simulator.http.registry import Handler

GENERATIONS, EDITS = "/images/generations", "/images/edits"
NEAR = {"1536x1024": "1264x848", "1024x1536": "848x1264"}
"""What a model paints that knows a ratio and a resolution, but no size."""


@deviation(
    "images-response-format-rejected",
    severity="major",
    says="`response_format` is refused with 400, by an error whose `type` is the text `None`.",
    breaks="Frameworks that always ask for base64 can paint nothing.",
    source=("AgnesAI-Labs/AgnesAI-Models#69",),
    caught_by=("images.generate/painted_in_base64/status",),
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
    says="`response_format` is taken and dropped: base64 comes where a URL is asked for.",
    breaks="Clients that were never refused, until they meet an endpoint that refuses.",
    source=("basketikun/infinite-canvas#197", "ssnangua/ColorTxt#82"),
    caught_by=("images.generate.n_size_format/painted_behind_url/url_comes_when_asked_for",),
)
def response_format_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "response_format") if change.posted(call, GENERATIONS) else call)


@deviation(
    "images-edits-array-field-422",
    severity="major",
    says="Pictures in `image[]` are refused with 422 and a `detail`; only `image` is known.",
    breaks="The official client, as soon as it is given a list.",
    source=("basketikun/chatgpt2api#18", "basketikun/chatgpt2api#12"),
    caught_by=("images.edit/edited_from_two/status",),
)
def edits_array_field_422(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, EDITS) or b'name="image[]"' not in call.content:
        return answer
    detail = [{"type": "missing", "loc": ["body", "image"], "msg": "Field required", "input": None}]
    return change.instead(answer, {"detail": detail}, 422, "application/json")


@deviation(
    "images-edits-array-field-forwarded-twice",
    severity="major",
    says="`image[]` goes to the upstream beside `image`, and the upstream's refusal comes back.",
    breaks="Everybody who sends several pictures as documented.",
    source=("BerriAI/litellm#39512",),
    caught_by=("images.edit/edited_from_two/status",),
)
def edits_array_field_forwarded_twice(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, EDITS) or b'name="image[]"' not in call.content:
        return answer
    text = "Invalid type for 'image[0]': expected a file, but got a string instead."
    return change.refused(answer, 400, text, param="image[0]", code="invalid_type")


@deviation(
    "images-edits-mask-ignored",
    severity="critical",
    says="The mask is left out, and the whole picture is painted anew.",
    breaks="Users lose the parts of a picture that they wanted to keep.",
    source=("vercel/ai#14360", "theopenco/llmgateway#1756"),
    caught_by=("images.edit/edited_under_wrong_mask/status",),
)
def edits_mask_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without_files(call, "mask") if change.posted(call, EDITS) else call)


@deviation(
    "images-edits-endpoint-missing",
    severity="minor",
    says="There is no endpoint to change pictures: 404, in plain text.",
    breaks="Everybody who wants to change a picture; the client's error has no message.",
    source=("api7/aisix#1015", "ENTERPILOT/GoModel#748"),
    caught_by=("images.edit/edited/status",),
)
def edits_endpoint_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.instead(answer, b"404 page not found\n", 404, "text/plain") if change.posted(call, EDITS) else answer


@deviation(
    "images-edits-json-body-instead-of-multipart",
    severity="major",
    says="Pictures to be changed are taken in JSON only; a form is refused with 400.",
    breaks="The official client, which sends forms.",
    source=("theopenco/llmgateway#1756",),
    caught_by=("images.edit/edited/status",),
)
def edits_json_only(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, EDITS) or call.media_type == "application/json":
        return answer
    return change.refused(answer, 400, "Malformed JSON in request body")


@deviation(
    "images-quality-remapped-to-size",
    severity="minor",
    says="`size` sets the ratio alone; how many pixels there are depends on `quality`.",
    breaks="Layouts that were made for the size that was asked for.",
    source=("QuantumNous/new-api#1983",),
    caught_by=("images.generate.n_size_format/painted_in_size[1536x1024]/picture_has_the_size_asked_for",),
)
def quality_remapped_to_size(call: Call, handler: Handler) -> Answer:
    def near(value: change.Object) -> None:
        if isinstance(value.get("size"), str):
            value["size"] = NEAR.get(value["size"], value["size"])

    return handler(change.rewrite(call, near) if change.posted(call, GENERATIONS) else call)


IN_MESSAGE_CONTENT = excluded(
    "images-in-message-content-base64",
    "images",
    severity="minor",
    says="A model for images that is asked through chat puts the base64 of the picture into the text of its message.",
    source=("https://docs.crazyrouter.com/en/chat/gemini/openai-compat",),
    why="legal: OpenAI documents no picture in the answer of a chat, so every shape that holds it is as good; the "
    "report tells which one came",
)


@deviation(
    "images-one-too-few",
    severity="minor",
    says="One picture fewer comes than `n` asks for, when it asks for several.",
    breaks="Who pays for each picture.",
    source=("own",),
    caught_by=("images.generate.n_size_format/painted_twice/there_are_n_pictures",),
)
def one_too_few(call: Call, handler: Handler) -> Answer:
    def fewer(value: change.Object) -> None:
        value["data"] = value["data"][: max(1, len(value["data"]) - 1)]

    return change.body(handler(call), fewer) if change.posted(call, GENERATIONS) else handler(call)


@deviation(
    "images-edit-returns-the-source",
    severity="major",
    says="The picture that was sent comes back as the changed one.",
    breaks="Users pay for nothing.",
    source=("own",),
    caught_by=("images.edit/edited/edit_is_another_picture",),
)
def edit_returns_the_source(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, EDITS) or answer.status != 200 or call.media_type != "multipart/form-data":
        return answer
    sent = [part.content for part in form(call) if part.filename is not None]

    def same(value: change.Object) -> None:
        value["data"][0]["b64_json"] = base64.b64encode(sent[0]).decode()

    return change.body(answer, same)


@deviation(
    "images-stream-without-the-whole-picture",
    severity="major",
    says="A stream of pictures ends after the last rough one.",
    breaks="Clients that show rough pictures first, and keep the last event.",
    source=("own",),
    caught_by=("images.other/painted_streamed/stream_ends_with_the_picture",),
)
def stream_without_the_whole_picture(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.events(answer, lambda told: told[:-1]) if change.posted(call, GENERATIONS) else answer


@deviation(
    "images-size-told-is-another",
    severity="minor",
    says="`size` of the answer is the one that is usual, not that of the picture.",
    breaks="Layouts that go by what is told.",
    source=("own",),
    caught_by=("images.generate/painted/size_told_is_the_size",),
)
def size_told_is_another(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, GENERATIONS) or not isinstance(answer.body, dict) or "size" not in answer.body:
        return answer
    return replace(answer, body={**answer.body, "size": "1536x1024"})
