"""
The life of a batch.

Not checked: how long it takes; the order of its responses; that every request of it succeeds.
"""

from conformance import DOC, MUST, SDK, Document, Exchange, Inconclusive, body_of, must, should
from conformance.assertions import conforms
from conformance.checks.batch.exchanges import (
    BATCHES,
    CHATS,
    EMBEDDINGS,
    ENDED,
    batch_of_unknown_file,
    batches_listed,
    chats_batch,
    chats_file_deleted,
    chats_finished,
    chats_output_deleted,
    embeddings_batch,
    embeddings_cancelled,
    embeddings_file_deleted,
    embeddings_retrieved,
)
from conformance.checks.common.kinds import batch, batch_list, created_batch
from conformance.counterexamples import DELETE, broken
from conformance.requests import last_segment


def require_end(finished: Exchange) -> str:
    """Return the `status` of a batch that has ended. Raises `Inconclusive` when it has not."""
    status = finished.at("status", str)
    if status not in ENDED:
        raise Inconclusive(f"the batch has not ended within two minutes: its `status` is {status!r}")
    return status


@must(BATCHES, says=DOC("ListBatchesResponse"), counterexample=broken(batches_listed, "object", "batches"))
def test_list_has_the_documented_shape(batch_list: Exchange) -> None:
    """The list of batches has `object` `list`, and its `data` are `Batch` objects."""
    assert batch_list.at("object", str) == "list"
    for number in range(len(batch_list.at("data", list))):
        conforms(Document(batch_list.at(f"data.{number}", dict), place=f"batch {number}"), "Batch", MUST)


@should(BATCHES, says=DOC("ListBatchesResponse"), counterexample=broken(batches_listed, "has_more", DELETE))
def test_list_has_has_more(batch_list: Exchange) -> None:
    """The list of batches has `has_more`, a boolean."""
    batch_list.at("has_more", bool)


@must(BATCHES, says=DOC("ErrorResponse"), counterexample=broken(batch_of_unknown_file, "error", DELETE))
def test_unknown_file_gives_an_error_object(batch_of_unknown_file: Exchange) -> None:
    """Creating a batch from a nonexistent file returns an `error` object with a `message`, which is not HTML."""
    message = batch_of_unknown_file.at("error.message", str)
    assert message != ""
    assert "<html" not in message.lower(), "`error.message` contains HTML"


@must(BATCHES, says=SDK("Batch"), counterexample=broken(chats_batch, "object", "job"))
def test_created_batch_has_the_documented_shape(created_batch: Exchange) -> None:
    """The response to the creation of a batch is a `Batch` of the documented shape."""
    conforms(created_batch, "Batch", MUST)


@must(BATCHES, says=SDK("Batch.status"), counterexample=broken(chats_batch, "status", "failed"))
def test_created_batch_is_in_progress(created_batch: Exchange) -> None:
    """The `status` of a new batch is `validating`, `in_progress`, `finalizing` or `completed`."""
    assert created_batch.at("status", str) in {"validating", "in_progress", "finalizing", "completed"}


@must(BATCHES, says=SDK("Batch.input_file_id"), counterexample=broken(chats_batch, "input_file_id", "file-1"))
def test_batch_has_the_requested_fields(created_batch: Exchange) -> None:
    """A new batch returns the `input_file_id`, `endpoint` and `completion_window` of the request."""
    for name in ("input_file_id", "endpoint", "completion_window"):
        sent, returned = body_of(created_batch.sent).get(name), created_batch.at(name, str)
        assert returned == sent, f"`{name}` is {returned!r}, and {sent!r} was sent"


@must(BATCHES, says=SDK("Batch.created_at"), counterexample=broken(chats_batch, "created_at", 1_800_000_000_000))
def test_created_at_is_in_seconds(created_batch: Exchange) -> None:
    """`created_at` of a new batch is a Unix time in seconds, after 2019; not in milliseconds."""
    assert 1_577_836_800 <= created_batch.at("created_at", int) < 100_000_000_000


@must(BATCHES, says=SDK("Batch"), counterexample=broken(chats_finished, "id", None))
def test_retrieved_batch_has_the_documented_shape(batch: Exchange) -> None:
    """A retrieved batch is a `Batch` of the documented shape, with the requested `id`."""
    conforms(batch, "Batch", MUST)
    assert batch.at("id", str) == last_segment(batch.sent)


@must(BATCHES, says=SDK("Batch.endpoint"), counterexample=broken(embeddings_retrieved, "endpoint", CHATS))
def test_retrieved_batch_keeps_its_endpoint(embeddings_retrieved: Exchange, embeddings_batch: Exchange) -> None:
    """A retrieved batch has the `endpoint` and `input_file_id` that it was created with."""
    assert embeddings_retrieved.at("endpoint", str) == EMBEDDINGS
    assert embeddings_retrieved.at("input_file_id", str) == embeddings_batch.at("input_file_id", str)


@must(BATCHES, says=SDK("Batch.status"), counterexample=broken(chats_finished, "status", "failed"))
def test_batch_is_completed(chats_finished: Exchange) -> None:
    """A batch of valid requests ends with `status` `completed`."""
    status = require_end(chats_finished)
    said = str(chats_finished.get("errors.data")).lower()
    if status == "failed" and ("model" in said or "limit" in said):
        raise Inconclusive(f"the model or a limit of the account prevents the batch: {said[:120]}")
    assert status == "completed"


@must(
    BATCHES,
    says=SDK("BatchRequestCounts"),
    counterexample=broken(chats_finished, "request_counts.completed", 7),
)
def test_requests_are_counted(chats_finished: Exchange) -> None:
    """In a completed batch, `request_counts.completed` plus `failed` is `total`, the number of requests."""
    if require_end(chats_finished) != "completed":
        raise Inconclusive("the batch is not completed")
    total, completed, failed = (
        chats_finished.at(f"request_counts.{name}", int) for name in ("total", "completed", "failed")
    )
    assert (total, completed + failed) == (2, 2), f"2 requests: {total=}, {completed=}, {failed=}"


@must(BATCHES, says=DOC("cancelBatch"), counterexample=broken(embeddings_cancelled, "status", "in_progress"))
def test_batch_is_cancelled(embeddings_cancelled: Exchange) -> None:
    """Cancelling a batch returns it with `status` `cancelling` or `cancelled`."""
    if embeddings_cancelled.status != 200 or embeddings_cancelled.at("status", str) in {"completed", "finalizing"}:
        raise Inconclusive("the batch had ended before it was cancelled")
    assert embeddings_cancelled.at("status", str) in {"cancelling", "cancelled"}


@must(BATCHES, says=DOC("deleteFile"), counterexample=broken(chats_file_deleted, "deleted", DELETE))
def test_deletion_of_the_input_is_confirmed(chats_file_deleted: Exchange) -> None:
    """Deleting the input file of a batch returns `deleted: true`."""
    assert chats_file_deleted.at("deleted", bool) is True


@must(BATCHES, says=DOC("deleteFile"), counterexample=broken(chats_output_deleted, "deleted", DELETE))
def test_deletion_of_the_output_is_confirmed(chats_output_deleted: Exchange) -> None:
    """Deleting the output file of a batch returns `deleted: true`."""
    assert chats_output_deleted.at("deleted", bool) is True


@must(BATCHES, says=DOC("deleteFile"), counterexample=broken(embeddings_file_deleted, "deleted", DELETE))
def test_deletion_after_cancelling_is_confirmed(embeddings_file_deleted: Exchange) -> None:
    """Deleting the input file of a cancelled batch returns `deleted: true`."""
    assert embeddings_file_deleted.at("deleted", bool) is True
