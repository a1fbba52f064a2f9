"""Legacy completions that are labeled as something else."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "own-completion-object-of-another-route",
    severity="minor",
    says="The `object` of a legacy completion is `text.completion`.",
    breaks="Typed clients, for which it is a literal.",
    source=INVENTED,
    caught_by=("completions.legacy/completion/body_has_the_documented_shape",),
)
def object_of_another(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, "/completions"):
        return answer
    return change.body(answer, lambda value: {**value, "object": "text.completion"})
