"""Images and documents in the input of responses: accepted and dropped, or never looked at."""

from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import is_response
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_MEDIA = "responses.media"


def _keep(call: Call, handler: Handler, key: str, wanted: Callable[[Any], bool]) -> Answer:
    """Let only those parts through that are wanted, of the `content` or the `output` of the input's items."""

    def drop(value: change.Object) -> None:
        for item in value["input"] if isinstance(value.get("input"), list) else ():
            if isinstance(item, dict) and isinstance(item.get(key), list):
                item[key] = [part for part in item[key] if not isinstance(part, dict) or wanted(part)]

    return handler(change.rewrite(call, drop) if is_response(call) else call)


@deviation(
    "responses-images-dropped",
    severity="critical",
    says="`input_image` parts of messages are accepted and dropped.",
    breaks="Every application that shows the model an image: it makes up what it sees.",
    source=INVENTED,
    caught_by=(
        f"{_MEDIA}/picture/image_reaches_the_model",
        f"{_MEDIA}/picture_in_detail*/image_with_detail_reaches_the_model",
        f"{_MEDIA}/picture_streamed/image_reaches_the_model_in_a_stream",
        f"{_MEDIA}/invalid_picture*/status",
    ),
)
def images_dropped(call: Call, handler: Handler) -> Answer:
    return _keep(call, handler, "content", lambda part: part.get("type") != "input_image")


@deviation(
    "responses-documents-dropped",
    severity="critical",
    says="`input_file` parts of messages are accepted and dropped.",
    breaks="Every application that lets the model read a document: it makes up what it says.",
    source=INVENTED,
    caught_by=(f"{_MEDIA}/document/document_reaches_the_model",),
)
def documents_dropped(call: Call, handler: Handler) -> Answer:
    return _keep(call, handler, "content", lambda part: part.get("type") != "input_file")


@deviation(
    "responses-results-only-as-text",
    severity="critical",
    says="Of the result of a call, only text reaches the model; images and documents are dropped.",
    breaks="Agents that look at screenshots, charts and documents: the model does not see them.",
    source=("ggml-org/llama.cpp#23380", "ggml-org/llama.cpp#28847"),
    caught_by=(
        f"{_MEDIA}/picture_in_result/image_in_a_result_reaches_the_model",
        f"{_MEDIA}/document_in_result/document_in_a_result_reaches_the_model",
    ),
)
def results_only_as_text(call: Call, handler: Handler) -> Answer:
    return _keep(call, handler, "output", lambda part: part.get("type") == "input_text")
