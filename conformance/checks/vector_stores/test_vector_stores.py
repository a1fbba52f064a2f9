"""
The life of a vector store.

Not checked: files in it, and search, which need minutes and a model.
"""

from conformance import DOC, MUST, SDK, Exchange, Inconclusive, must
from conformance.assertions import conforms
from conformance.checks.vector_stores.exchanges import (
    LABELS,
    NAME,
    OTHER_NAME,
    VECTOR_STORES,
    deleted_store_retrieved,
    store_created,
    store_deleted,
    store_renamed,
    store_retrieved,
    stores_listed,
)
from conformance.counterexamples import DELETE, answered, broken


@must(VECTOR_STORES, says=SDK("VectorStore"), counterexample=broken(store_created, "file_counts", DELETE))
def test_store_has_the_documented_shape(store_created: Exchange) -> None:
    """The response to the creation of a vector store is a `VectorStore` of the documented shape."""
    conforms(store_created, "VectorStore", MUST)


@must(VECTOR_STORES, says=SDK("VectorStore.metadata"), counterexample=broken(store_created, "metadata", {}))
def test_name_and_metadata_are_returned(store_created: Exchange) -> None:
    """A vector store has the `name` and the `metadata` with which it was created."""
    assert store_created.at("name", str) == NAME
    assert store_created.at("metadata", dict | None, None) == LABELS, "`metadata` is not what was sent"


@must(VECTOR_STORES, says=DOC("getVectorStore"), counterexample=broken(store_retrieved, "id", "another"))
def test_retrieved_store_is_the_created_one(store_retrieved: Exchange, store_created: Exchange) -> None:
    """A retrieved vector store is a `VectorStore` with the `id` and the `name` of the created one."""
    conforms(store_retrieved, "VectorStore", MUST)
    assert store_retrieved.at("id", str) == store_created.at("id", str)
    assert store_retrieved.at("name", str) == NAME


@must(VECTOR_STORES, says=DOC("listVectorStores"), counterexample=broken(stores_listed, "data", []))
def test_store_is_listed(stores_listed: Exchange, store_created: Exchange) -> None:
    """The list of vector stores has `object` `list`, and contains the one that was created."""
    assert stores_listed.at("object", str) == "list"
    ids = stores_listed.all("data.*.id", str)
    if store_created.at("id", str) not in ids and stores_listed.get("has_more") is True:
        raise Inconclusive(f"it is not among the first {len(ids)} vector stores, and there are more")
    assert store_created.at("id", str) in ids, f"it is not among {len(ids)} listed vector stores"


@must(VECTOR_STORES, says=DOC("modifyVectorStore"), counterexample=broken(store_renamed, "name", NAME))
def test_name_is_changed(store_renamed: Exchange, store_created: Exchange) -> None:
    """A vector store that is given another `name` has it, and its `id` stays."""
    assert store_renamed.at("name", str) == OTHER_NAME
    assert store_renamed.at("id", str) == store_created.at("id", str)


@must(VECTOR_STORES, says=SDK("VectorStoreDeleted"), counterexample=broken(store_deleted, "deleted", DELETE))
def test_deletion_is_confirmed(store_deleted: Exchange, store_created: Exchange) -> None:
    """Deleting a vector store returns `object` `vector_store.deleted`, its `id`, and `deleted: true`."""
    assert store_deleted.at("object", str) == "vector_store.deleted"
    assert store_deleted.at("id", str) == store_created.at("id", str)
    assert store_deleted.at("deleted", bool) is True


@must(VECTOR_STORES, says=DOC("deleteVectorStore"), counterexample=answered(deleted_store_retrieved, 200))
def test_deleted_store_is_not_found(deleted_store_retrieved: Exchange) -> None:
    """Retrieving a deleted vector store returns status 404, within ten seconds."""
    assert deleted_store_retrieved.status == 404, "it can still be retrieved ten seconds after its deletion"
