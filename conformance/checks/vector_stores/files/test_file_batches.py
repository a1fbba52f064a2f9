"""
Files that come into a vector store when it is created, or several at once; and changes of such a vector store.

Not checked: what cancelling does to a batch that is still read, which takes a batch of many files; the `object` of a
batch, which the official client and its comments call differently.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.common.errors import NO_ERROR_OBJECT, refused_with_object
from conformance.checks.common.pages import ids
from conformance.checks.vector_stores.files.exchanges import (
    FILE_BATCHES,
    LABELS,
    LONGER_LIFE,
    batch_attached,
    batch_cancelled,
    batch_files_listed,
    batch_ready,
    garden_uploaded,
    store_labelled,
    store_with_file,
    stores_next_page,
    stores_page,
)
from conformance.checks.vector_stores.files.reading import file_batch, require_read
from conformance.counterexamples import DELETE, broken
from conformance.wire.text import brief


@must(
    FILE_BATCHES,
    says=SDK("vector_store_create_params.VectorStoreCreateParams.file_ids"),
    counterexample=broken(store_with_file, "file_counts.total", 0),
)
def test_store_counts_its_first_files(store_with_file: Exchange) -> None:
    """A vector store that is created with one file counts it: `file_counts.total` is 1."""
    assert store_with_file.at("file_counts.total", int) == 1


@must(FILE_BATCHES, says=DOC("modifyVectorStore"), counterexample=broken(store_labelled, "metadata", {}))
def test_metadata_and_life_are_changed(store_labelled: Exchange) -> None:
    """Modifying `metadata` and `expires_after` of a vector store returns it with the new values of both."""
    assert store_labelled.get("metadata") == LABELS, f"`metadata` is {brief(store_labelled.get('metadata'))}"
    life = store_labelled.at("expires_after", dict)
    assert {**life, **LONGER_LIFE} == life, f"`expires_after` is {brief(life)}"


@must(
    FILE_BATCHES,
    says=SDK("vector_store_list_params.VectorStoreListParams.after"),
    counterexample=broken(stores_next_page, "data", []),
)
def test_next_page_of_stores_goes_on(stores_next_page: Exchange, stores_page: Exchange) -> None:
    """A page of one vector store after the newest one has another vector store, where there are two."""
    entries = ids(stores_next_page)
    assert len(entries) == 1, f"{len(entries)} entries, where `limit` is 1 and there are more"
    assert entries != ids(stores_page), "it is the vector store of the first page"


@must(FILE_BATCHES, says=SDK("VectorStoreFileBatch"), counterexample=broken(batch_attached, "file_counts", DELETE))
def test_batch_has_the_documented_shape(file_batch: Exchange) -> None:
    """A batch of files put into a vector store has an `id`, `created_at`, `vector_store_id` and `file_counts`."""
    assert file_batch.at("id", str), "`id` is empty"
    assert file_batch.at("created_at", int) > 0
    assert file_batch.at("vector_store_id", str), "`vector_store_id` is empty"
    for name in ("cancelled", "completed", "failed", "in_progress", "total"):
        file_batch.at(f"file_counts.{name}", int)


@must(
    FILE_BATCHES,
    says=SDK("vector_store_file_batch.FileCounts.completed"),
    counterexample=broken(batch_ready, "file_counts.completed", 0),
)
def test_completed_batch_counts_its_files(batch_ready: Exchange, batch_attached: Exchange) -> None:
    """A completed batch of one file in a vector store has its `id`, `file_counts.completed` 1, and `total` 1."""
    assert batch_ready.at("id", str) == batch_attached.at("id", str)
    require_read(batch_ready)
    counts = batch_ready.at("file_counts.completed", int), batch_ready.at("file_counts.total", int)
    assert counts == (1, 1), f"`completed` and `total` are {counts}"


@must(FILE_BATCHES, says=DOC("listFilesInVectorStoreBatch"), counterexample=broken(batch_files_listed, "data", []))
def test_files_of_a_batch_are_listed(batch_files_listed: Exchange, garden_uploaded: Exchange) -> None:
    """The list of the files of a batch in a vector store contains the file of the batch, and no other."""
    found = ids(batch_files_listed)
    assert found == [garden_uploaded.at("id", str)], f"the {len(found)} listed files are not the one file of the batch"


@must(
    FILE_BATCHES,
    says=DOC("cancelVectorStoreFileBatch"),
    counterexample=broken(batch_cancelled, "status", "in_progress"),
)
def test_ended_batch_is_not_begun_again(batch_cancelled: Exchange, batch_ready: Exchange) -> None:
    """Cancelling a batch of files that has ended returns the batch with a final status, or an `error` object."""
    if batch_ready.get("status") == "in_progress":
        raise Inconclusive("the batch was still `in_progress` when it was cancelled")
    if batch_cancelled.status != 200:
        refused_with_object(batch_cancelled, NO_ERROR_OBJECT)
        return
    status = batch_cancelled.at("status", str)
    assert status in {"completed", "cancelled", "failed"}, f"`status` is {status!r}"
