"""Changed pictures: the form that is taken, the mask, and what comes back."""

import base64

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.multipart import form
from conformance.simulator.http.registry import Handler

EDITS = "/images/edits"


@deviation(
    "images-edits-array-field-422",
    severity="major",
    says="Images in `image[]` are rejected with 422 and a `detail`; only `image` is known.",
    breaks="The official client, as soon as it is given a list.",
    source=("basketikun/chatgpt2api#18", "basketikun/chatgpt2api#12"),
    caught_by=("images.edit/two_images_edited/status",),
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
    says="`image[]` goes to the upstream beside `image`, and the upstream's rejection is returned.",
    breaks="Everyone who sends several images as documented.",
    source=("BerriAI/litellm#39512",),
    caught_by=("images.edit/two_images_edited/status",),
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
    says="The mask is dropped, and the whole image is drawn anew.",
    breaks="Users lose the parts of an image that should be unchanged.",
    source=("vercel/ai#14360", "theopenco/llmgateway#1756"),
    caught_by=("images.edit/edit_with_wrong_mask/status",),
)
def edits_mask_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without_files(call, "mask") if change.posted(call, EDITS) else call)


@deviation(
    "images-edits-endpoint-missing",
    severity="minor",
    says="The endpoint for image edits is missing: 404, in plain text.",
    breaks="Everyone who wants to change an image; the client's error has no message.",
    source=("api7/aisix#1015", "ENTERPILOT/GoModel#748"),
    caught_by=("images.edit/image_edited/status",),
)
def edits_endpoint_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.instead(answer, b"404 page not found\n", 404, "text/plain") if change.posted(call, EDITS) else answer


@deviation(
    "images-edits-json-body-instead-of-multipart",
    severity="major",
    says="Image edits are accepted in JSON only; a form is rejected with 400.",
    breaks="The official client, which sends forms.",
    source=("theopenco/llmgateway#1756",),
    caught_by=("images.edit/image_edited/status",),
)
def edits_json_only(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, EDITS) or call.media_type == "application/json":
        return answer
    return change.refused(answer, 400, "Malformed JSON in request body")


@deviation(
    "images-edit-returns-the-source",
    severity="major",
    says="The image that was sent is returned as the edited one.",
    breaks="Users pay for nothing.",
    source=INVENTED,
    caught_by=("images.edit/image_edited/edit_differs_from_its_source",),
)
def edit_returns_the_source(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, EDITS) or answer.status != 200 or call.media_type != "multipart/form-data":
        return answer
    sent = [part.content for part in form(call) if part.filename is not None]

    def same(value: change.Object) -> None:
        value["data"][0]["b64_json"] = base64.b64encode(sent[0]).decode()

    return change.body(answer, same)
