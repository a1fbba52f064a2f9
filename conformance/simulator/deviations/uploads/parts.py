"""Uploads: their shape, their state, and the order of their parts."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "upload-is-a-file",
    severity="major",
    says="An announced upload is described as a file that is complete.",
    breaks="Clients that wait for `pending` before they send parts.",
    source=INVENTED,
    caught_by=("uploads/created_upload/upload_has_the_documented_shape", "uploads/created_upload/upload_is_pending"),
)
def upload_is_a_file(call: Call, handler: Handler) -> Answer:
    if not change.posted(call, "/uploads"):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(object="file", status="processed"))


@deviation(
    "upload-part-of-another",
    severity="minor",
    says="A part names no upload: its `upload_id` is empty.",
    breaks="Clients that send several uploads at once.",
    source=INVENTED,
    caught_by=("uploads/part_of_upload/part_belongs_to_its_upload",),
)
def part_of_another(call: Call, handler: Handler) -> Answer:
    if not call.path.endswith("/parts"):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(upload_id=""))


@deviation(
    "upload-completed-without-file",
    severity="critical",
    says="A completed upload has no `file`.",
    breaks="Everyone who uploads in parts: the id of the file is unknown.",
    source=INVENTED,
    caught_by=("uploads/upload_completed/completed_upload_is_a_file",),
)
def completed_without_file(call: Call, handler: Handler) -> Answer:
    if not call.path.endswith("/complete"):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(file=None))


@deviation(
    "upload-parts-in-order-of-arrival",
    severity="critical",
    says="The parts of an upload are joined from the last to the first of `part_ids`.",
    breaks="Everyone who uploads in parts: the file is not theirs.",
    source=INVENTED,
    caught_by=("uploads/upload_content/file_is_its_parts_in_order",),
)
def parts_in_another_order(call: Call, handler: Handler) -> Answer:
    def turn(value: change.Object) -> None:
        value["part_ids"] = list(reversed(value.get("part_ids") or []))
        value.pop("md5", None)

    return handler(change.rewrite(call, turn) if call.path.endswith("/complete") else call)


@deviation(
    "upload-cancel-ignored",
    severity="minor",
    says="A cancelled upload stays `pending`.",
    breaks="Clients that wait until it is cancelled.",
    source=INVENTED,
    caught_by=("uploads/ended_upload/cancelled_upload_is_cancelled",),
)
def cancel_ignored(call: Call, handler: Handler) -> Answer:
    if not (call.path.startswith("/uploads/") and call.path.endswith("/cancel")):
        return handler(call)
    return change.body(handler(call), lambda value: value.update(status="pending"))
