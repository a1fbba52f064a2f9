"""Batches as jobs: how they are made, and what is told of them until they end."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

PATH = "/batches"
PAGE = "<!DOCTYPE html>\n<html lang=en>\n  <title>Error 404 (Not Found)!!1</title>\n  <p>That's an error."


@deviation(
    "batches-endpoint-missing",
    severity="major",
    says="The endpoints for batches and files are missing: 404.",
    breaks="Everything that is done in batches.",
    source=("BerriAI/litellm-docs#1567",),
    caught_by=("batch.api/batches_listed/status",),
)
def endpoint_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not call.path.startswith((PATH, "/files")):
        return answer
    return change.instead(answer, {"detail": "Not Found"}, 404, "application/json")


@deviation(
    "batches-endpoint-field-constant",
    severity="minor",
    says="A retrieved batch always has the `endpoint` `/v1/chat/completions`.",
    breaks="Readers of results, who choose by it how to read them.",
    source=("BerriAI/litellm-docs#1408",),
    caught_by=("batch.api/embeddings_retrieved/retrieved_batch_keeps_its_endpoint",),
)
def endpoint_field_constant(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.method != "GET" or not call.path.startswith(f"{PATH}/"):
        return answer
    return change.body(answer, lambda batch: {**batch, "endpoint": "/v1/chat/completions"})


@deviation(
    "batches-create-500-after-accept",
    severity="major",
    says="A batch is created, and the response is a 500 without its id.",
    breaks="Anyone who retries pays twice, and can cancel neither.",
    source=("BerriAI/litellm-docs#1408",),
    caught_by=("batch.api/chats_batch/status",),
)
def create_500_after_accept(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, PATH) or answer.status != 200:
        return answer
    return change.refused(answer, 500, "Internal server error", kind="internal_server_error", code="500")


@deviation(
    "batches-upstream-html-error-leak",
    severity="minor",
    says="The `message` of an error is the HTML page of an upstream.",
    breaks="Readers of logs; internal addresses are exposed.",
    source=("BerriAI/litellm#39668",),
    caught_by=("batch.api/batch_of_unknown_file/unknown_file_gives_an_error_object",),
)
def upstream_html_error_leak(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, PATH) or answer.status != 400:
        return answer
    return change.refused(answer, 404, PAGE, kind="internal_server_error", param="None", code="404")


@deviation(
    "batches-counts-one-short",
    severity="minor",
    says="`request_counts` misses the last line.",
    breaks="Anyone who waits until all requests are done.",
    source=INVENTED,
    caught_by=("batch.api/chats_finished/requests_are_counted",),
)
def counts_one_short(call: Call, handler: Handler) -> Answer:
    def fewer(batch: change.Object) -> None:
        counts = batch.get("request_counts") or {}
        for name in ("total", "completed"):
            counts[name] = max(0, counts.get(name, 0) - 1)

    return change.body(handler(call), fewer) if call.path.startswith(f"{PATH}/") else handler(call)


@deviation(
    "own-batch-names-defaults",
    severity="minor",
    says="A batch has another `endpoint` and another `completion_window` than were sent.",
    breaks="Anyone who keeps a list of batches.",
    source=INVENTED,
    caught_by=("batch.api/created_batch/batch_has_the_requested_fields",),
)
def batch_names_defaults(call: Call, handler: Handler) -> Answer:
    made = change.posted(call, "/batches")
    return change.body(handler(call), lambda value: value.update(endpoint="/v1/completions")) if made else handler(call)


@deviation(
    "own-batch-ends-as-expired",
    severity="major",
    says="A new batch is `cancelling`, a finished one `expired`, and one that is cancelled `in_progress`.",
    breaks="Clients that wait for the end.",
    source=INVENTED,
    caught_by=(
        "batch.api/created_batch/created_batch_is_in_progress",
        "batch.api/chats_finished/batch_is_completed",
        "batch.api/embeddings_cancelled/batch_is_cancelled",
    ),
)
def batch_ends_as_expired(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if call.path == "/batches":
            value["status"] = "cancelling"
        elif call.path.endswith("/cancel"):
            value["status"] = "in_progress"
        elif value["status"] == "completed":
            value["status"] = "expired"

    other = call.path.startswith("/batches") and (call.method, call.path) != ("GET", "/batches")
    return change.body(handler(call), apply) if other else handler(call)
