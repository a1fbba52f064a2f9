"""Requests of a batch that fail, and its metadata."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

FAILURES = "batch.failures"


@deviation(
    "batch-metadata-dropped",
    severity="minor",
    says="`metadata` of a batch is null.",
    breaks="Applications that find their batches by it.",
    source=INVENTED,
    caught_by=(f"{FAILURES}/created_batch/metadata_are_returned", f"{FAILURES}/failing_finished/metadata_last_to_*"),
)
def metadata_dropped(call: Call, handler: Handler) -> Answer:
    if not call.path.startswith("/batches"):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(metadata=None) if "metadata" in value else None)


@deviation(
    "batch-failure-counted-as-completed",
    severity="critical",
    says="Each request of a batch is counted as completed, and there is no file of errors.",
    breaks="Everyone who looks for what failed: nothing did.",
    source=INVENTED,
    caught_by=(f"{FAILURES}/failing_finished/failed_request_is_counted",),
)
def counted_as_completed(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        counts = value.get("request_counts")
        if isinstance(counts, dict):
            value["request_counts"] = {**counts, "completed": counts["total"], "failed": 0}
            value["error_file_id"] = None

    return change.body(handler(call), apply) if call.path.startswith("/batches") else handler(call)


@deviation(
    "batch-error-file-missing",
    severity="major",
    says="A batch counts what failed, and has no file of errors.",
    breaks="Everyone who wants to know what failed, and why.",
    source=INVENTED,
    caught_by=(f"{FAILURES}/failing_finished/batch_names_its_errors",),
)
def error_file_missing(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if "error_file_id" in value:
            value["error_file_id"] = None

    return change.body(handler(call), apply) if call.path.startswith("/batches") else handler(call)


@deviation(
    "batch-errors-nameless",
    severity="major",
    says="A line of a batch's file of errors has another `custom_id` than the request.",
    breaks="Everyone who repeats what failed.",
    source=INVENTED,
    caught_by=(f"{FAILURES}/failing_errors/failed_request_has_a_line",),
)
def errors_nameless(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not call.path.endswith("/content") or not isinstance(answer.body, bytes):
        return answer
    return replace(answer, body=answer.body.replace(b"chat-without-messages", b"request-1"))
