"""Deviations of endpoints that have no area of their own: moderations."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import unknown_url
from conformance.simulator.http.registry import Handler


@deviation(
    "moderations-endpoint-missing",
    severity="minor",
    says="There is no endpoint for moderations.",
    breaks="Who judges texts before they are sent on: `NotFoundError`. Legal, unless the endpoint promises it.",
    source=("pollinations/pollinations#13423",),
    caught_by=("moderations/moderated/status",),
)
def moderations_missing(call: Call, handler: Handler) -> Answer:
    if call.path.startswith("/moderations"):
        raise unknown_url(call.method, f"/v1{call.path}")
    return handler(call)


@deviation(
    "moderations-provider-specific-categories",
    severity="minor",
    says="`categories` and `category_scores` have the names of another vendor's safety model.",
    breaks="Who reads a documented category: None, or KeyError.",
    source=("ogx-ai/ogx#2994",),
    caught_by=("moderations/moderated/body_has_the_documented_shape",),
)
def provider_categories(call: Call, handler: Handler) -> Answer:
    names = ("S1 Violent Crimes", "S9 Indiscriminate Weapons", "S10 Hate")

    def rename(value: change.Object) -> None:
        for result in value.get("results", ()):
            result["categories"] = dict.fromkeys(names, False)
            result["category_scores"] = dict.fromkeys(names, 0.0)
            result["category_applied_input_types"] = {}

    return change.body(handler(call), rename) if call.path == "/moderations" else handler(call)
