"""Images, recordings and files that do not arrive upstream as they were sent."""

from conformance.simulator.deviations.change import Object
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.upstream.common import native, parts_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_CHECKS = "upstream.media/translated_chat"


@deviation(
    "upstream-media-lost",
    severity="critical",
    says="Images, recordings and files are not sent upstream, only the texts beside them.",
    breaks="Everyone who sends one: the model answers as if it had seen it.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/media_are_sent",),
)
def media_lost(call: Call, handler: Handler) -> Answer:
    def drop(body: Object) -> None:
        for content in body["contents"]:
            content["parts"] = [part for part in content["parts"] if "inlineData" not in part]

    return native(handler(call), drop)


@deviation(
    "upstream-media-type-lost",
    severity="major",
    says="What is sent upstream in `inlineData` has no `mimeType`.",
    breaks="Everyone who sends an image: the endpoint behind refuses it, or guesses.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/media_keep_their_type",),
)
def type_lost(call: Call, handler: Handler) -> Answer:
    def drop(body: Object) -> None:
        for part in parts_of(body):
            part.get("inlineData", {}).pop("mimeType", None)

    return native(handler(call), drop)


@deviation(
    "upstream-media-cut",
    severity="critical",
    says="Of an image, a recording or a file only the first bytes are sent upstream.",
    breaks="Everyone who sends a large one.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/media_are_sent_whole",),
)
def media_cut(call: Call, handler: Handler) -> Answer:
    def cut(body: Object) -> None:
        for part in parts_of(body):
            if "inlineData" in part:
                part["inlineData"]["data"] = part["inlineData"]["data"][:40]

    return native(handler(call), cut)
