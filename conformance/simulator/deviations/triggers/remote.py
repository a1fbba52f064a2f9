"""An image at an https URL that does not reach the model."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.vision.pictures import url_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

SEEN = ("triggers.remote_image/image_remote/remote_image_reaches_the_model",)


def is_remote(part: change.Object) -> bool:
    """Tell whether a part holds a picture at an https URL."""
    return url_of(part).startswith("https://pictures.")


@deviation(
    "vision-remote-url-rejected",
    severity="major",
    says="An image with an https URL is rejected; only data URLs are accepted.",
    breaks="Applications that send the addresses of pictures, as OpenAI's first example does.",
    source=("ollama/ollama#6753", "xLLM-AI/xllm#42"),
    caught_by=("triggers.remote_image/image_remote/status",),
)
def rejected(call: Call, handler: Handler) -> Answer:
    if change.has_attachment(call, is_remote):
        raise invalid_request("Only data URLs are accepted.", param="messages", code="invalid_image_url")
    return handler(call)


@deviation(
    "vision-remote-image-dropped",
    severity="critical",
    says="An image with an https URL is dropped, and the text of its message is answered.",
    breaks="Users: the model describes an image that it did not get.",
    source=INVENTED,
    caught_by=SEEN,
)
def dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.each_attachment(call, lambda part: None if is_remote(part) else part))
