"""Batches in the shape of another API."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_CASSETTES = "https://github.com/crmne/ruby_llm/blob/HEAD/spec/fixtures/vcr_cassettes"
_NAME = "answers_staged_chats_and_appends_the_answers_to_their_conversations"
_RECORDED = f"{_CASSETTES}/batch_with_xai_grok-4-1-fast-non-reasoning_{_NAME}.yml"


@deviation(
    "batch-of-another-shape",
    severity="critical",
    says="A batch has `batch_id`, `name` and a `state` of counts, as another vendor's API has it.",
    breaks="Every client: the id of the batch is None.",
    source=(_RECORDED,),
    caught_by=("batch.api/created_batch/created_batch_has_the_documented_shape",),
)
def batch_of_another_shape(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> change.Object:
        counts = {"num_requests": 0, "num_pending": 0, "num_success": 0, "num_error": 0, "num_cancelled": 0}
        name = value.get("id")
        return {"batch_id": name, "name": "batch", "create_time": "2026-01-31T12:00:00Z", "state": counts}

    return change.body(handler(call), apply) if change.posted(call, "/batches") else handler(call)
