"""
What fails in a batch is counted and reported, and the metadata of the batch is returned.

Not checked: a batch that is rejected as a whole, which is allowed where a line of its file is invalid.
"""

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, body_of, must
from conformance.checks.batch.failures.exchanges import (
    BAD,
    FAILURES,
    GOOD,
    LABELS,
    failing_batch,
    failing_errors,
    failing_finished,
)
from conformance.checks.batch.test_output import OUTPUT, lines
from conformance.checks.common.conditions import METADATA as METADATA_SENT
from conformance.checks.common.kinds import created_batch
from conformance.counterexamples import body, broken

METADATA = SDK("Batch.metadata")


def require_completed(finished: Exchange) -> None:
    """Raise `Inconclusive` unless the batch is completed."""
    status = finished.at("status", str)
    if status != "completed":
        raise Inconclusive(f"the `status` of the batch is {status[:20]!r}: its requests were not processed")


@must(
    FAILURES,
    says=METADATA,
    counterexample=broken(failing_batch, "metadata", None),
    when=(METADATA_SENT,),
    decides="batches: metadata",
)
def test_metadata_are_returned(created_batch: Exchange) -> None:
    """A created batch has the `metadata` that were sent."""
    if created_batch.get("metadata") != body_of(created_batch.sent).get("metadata"):
        raise Deviation("`metadata` is not what was sent", finding="ignored:metadata")


@must(FAILURES, says=METADATA, counterexample=broken(failing_finished, "metadata", {}))
def test_metadata_last_to_the_end(failing_finished: Exchange) -> None:
    """A retrieved batch has the `metadata` with which it was created."""
    if failing_finished.at("metadata", dict | None, None) != LABELS:
        raise Deviation("`metadata` is not what was sent", finding="ignored:metadata")


@must(
    FAILURES,
    says=SDK("BatchRequestCounts.failed"),
    counterexample=broken(failing_finished, "request_counts.failed", 0),
)
def test_failed_request_is_counted(failing_finished: Exchange) -> None:
    """In `request_counts` of a completed batch, a chat completion without messages is `failed`, not `completed`."""
    require_completed(failing_finished)
    counts = {name: failing_finished.at(f"request_counts.{name}", int) for name in ("completed", "failed", "total")}
    assert counts == {"completed": 1, "failed": 1, "total": 2}, f"`request_counts` is {counts}"


@must(FAILURES, says=DOC("Batch.error_file_id"), counterexample=broken(failing_finished, "error_file_id", None))
def test_batch_names_its_errors(failing_finished: Exchange) -> None:
    """A completed batch of which a request failed has an `error_file_id`."""
    require_completed(failing_finished)
    if not failing_finished.at("request_counts.failed", int):
        raise Inconclusive("no request failed, which another check finds")
    assert failing_finished.at("error_file_id", str | None, None), "`error_file_id` is missing or null"


@must(FAILURES, says=OUTPUT, counterexample=body(failing_errors, b'{"custom_id": "chat-good", "error": null}'))
def test_failed_request_has_a_line(failing_errors: Exchange) -> None:
    """The file of a batch's errors has one line for each failed request, with its `custom_id` and what failed."""
    found = lines(failing_errors)
    names = [one.at("custom_id", str) for one in found]
    assert names == [BAD], f"the lines have the `custom_id` {names[:3]}, and `{BAD}` failed, not `{GOOD}`"
    status = found[0].get("response.status_code")
    failed = isinstance(found[0].get("error"), dict) or (isinstance(status, int) and status >= 400)
    assert failed, "the line has neither an `error` nor a `status_code` of 400 or above"
