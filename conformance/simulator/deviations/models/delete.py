"""Deletions of models."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "model-deletion-always-confirmed",
    severity="major",
    says="The deletion of any model is confirmed, even of one that does not exist.",
    breaks="Who cleans up models, and believes that they are gone.",
    source=INVENTED,
    caught_by=("models.delete/unknown_model_deleted/*",),
)
def deletion_always_confirmed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.method != "DELETE" or not call.path.startswith("/models/"):
        return answer
    return change.instead(answer, {"id": call.path.removeprefix("/models/"), "object": "model", "deleted": True})


@deviation(
    "model-deletion-rejected-with-text",
    severity="minor",
    says="The rejection of a deletion has a `detail` and no `error`.",
    breaks="Clients that show why the call failed.",
    source=INVENTED,
    caught_by=("models.delete/unknown_model_deleted/unknown_model_is_not_deleted",),
)
def deletion_rejected_with_text(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.method != "DELETE" or not call.path.startswith("/models/"):
        return answer
    return change.instead(answer, {"detail": "Method Not Allowed"}, 405, "application/json")
