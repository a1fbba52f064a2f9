"""Images in moderations."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "moderations-image-dropped",
    severity="critical",
    says="Images are dropped from the input of a moderation, and the text alone is judged.",
    breaks="Anyone who lets users upload images: all of them pass.",
    source=INVENTED,
    caught_by=("moderations.images/moderation/image_is_classified",),
)
def image_dropped(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if isinstance(value.get("input"), list):
            kept = [one for one in value["input"] if not isinstance(one, dict) or one.get("type") == "text"]
            value["input"] = kept or [""]

    return handler(change.rewrite(call, apply) if change.posted(call, "/moderations") else call)
