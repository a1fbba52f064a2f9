"""What many endpoints keep: lists of it, and how it is deleted."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "own-deleted-is-false",
    severity="major",
    says="After a deletion, `deleted` is false.",
    breaks="Clients that look: they retry, and get 404.",
    source=INVENTED,
    caught_by=("*/deletion_*is_confirmed",),
)
def deleted_is_false(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.body(answer, lambda value: value.update(deleted=False)) if call.method == "DELETE" else answer


@deviation(
    "own-deletion-is-only-said",
    severity="critical",
    says="A deletion is confirmed, and what was deleted is still served.",
    breaks="Everyone who deletes for privacy: the data are still there.",
    source=INVENTED,
    caught_by=(
        "chat.stored/deleted_retrieved/deleted_completion_is_not_found",
        "files.api/deleted_file_retrieved/deleted_file_is_not_found",
        "responses.advanced/deleted_retrieved/status",
    ),
)
def deletion_is_only_said(call: Call, handler: Handler) -> Answer:
    if call.method != "DELETE":
        return handler(call)

    def confirm(value: change.Object) -> change.Object:
        kind = value["object"] if value["object"] in {"file", "response"} else f"{value['object']}.deleted"
        return {"id": value["id"], "object": kind, "deleted": True}

    return change.body(handler(replace(call, method="GET")), confirm)


@deviation(
    "own-list-without-has-more",
    severity="major",
    says="Lists do not have `has_more`.",
    breaks="The official client's pages: they end after the first one, or never.",
    source=INVENTED,
    caught_by=(
        "batch.api/batch_list/list_has_has_more",
        "files.api/files_listed/list_has_has_more",
        "chat.stored/stored_completion_list/list_has_the_documented_shape",
        "responses.advanced/response_items/input_items_are_a_list",
    ),
)
def list_without_has_more(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda value: {k: v for k, v in value.items() if k != "has_more"})


@deviation(
    "own-list-is-an-array",
    severity="minor",
    says="`object` of lists is `array`.",
    breaks="Clients that tell a list from a thing by `object`.",
    source=INVENTED,
    caught_by=(
        "batch.api/batch_list/list_has_the_documented_shape",
        "files.api/file_list/list_has_the_documented_shape",
        "videos/video_list/list_has_the_documented_shape",
    ),
)
def list_is_an_array(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if value.get("object") == "list":
            value["object"] = "array"

    return change.body(handler(call), apply) if call.method == "GET" else handler(call)
