"""
The life of a vector store.

Files in it, and search, are `conformance.checks.vector_stores.files`.
"""

from conformance import DOC, MUST, SDK, Exchange, Inconclusive, body_of, must
from conformance.assertions import conforms
from conformance.checks.common.conditions import METADATA
from conformance.checks.common.pages import assert_listed
from conformance.checks.vector_stores.exchanges import (
    NAME,
    OTHER_NAME,
    VECTOR_STORES,
    created_store,
    deleted_store,
    deleted_store_retrieved,
    store_created,
    store_deleted,
    store_renamed,
    store_retrieved,
    stores_listed,
    vector_store,
    vector_store_list,
)
from conformance.counterexamples import DELETE, answered, broken
from conformance.requests import last_segment


@must(VECTOR_STORES, says=SDK("VectorStore"), counterexample=broken(store_created, "file_counts", DELETE))
def test_store_has_the_documented_shape(created_store: Exchange) -> None:
    """The response to the creation of a vector store is a `VectorStore` of the documented shape."""
    conforms(created_store, "VectorStore", MUST)


@must(
    VECTOR_STORES,
    says=SDK("VectorStore.metadata"),
    counterexample=broken(store_created, "metadata", {}),
    when=(METADATA,),
)
def test_name_and_metadata_are_returned(created_store: Exchange) -> None:
    """A vector store has the `name` and the `metadata` with which it was created."""
    for name in ("name", "metadata"):
        assert created_store.get(name) == body_of(created_store.sent).get(name), f"`{name}` is not what was sent"


@must(VECTOR_STORES, says=DOC("getVectorStore"), counterexample=broken(store_retrieved, "id", "another"))
def test_retrieved_store_is_the_requested_one(vector_store: Exchange) -> None:
    """A retrieved vector store is a `VectorStore` with the requested `id`."""
    conforms(vector_store, "VectorStore", MUST)
    assert vector_store.at("id", str) == last_segment(vector_store.sent)


@must(VECTOR_STORES, says=SDK("VectorStore.name"), counterexample=broken(store_retrieved, "name", "another"))
def test_name_lasts(store_retrieved: Exchange) -> None:
    """A retrieved vector store has the `name` with which it was created."""
    assert store_retrieved.at("name", str) == NAME


@must(VECTOR_STORES, says=DOC("listVectorStores"), counterexample=broken(stores_listed, "object", "stores"))
def test_list_has_the_documented_shape(vector_store_list: Exchange) -> None:
    """The list of vector stores has `object` `list`, and each entry of `data` has an `id` that is not empty."""
    assert vector_store_list.at("object", str) == "list"
    assert "" not in vector_store_list.all("data.*.id", str), "an `id` is empty"


@must(VECTOR_STORES, says=DOC("listVectorStores"), counterexample=broken(stores_listed, "data", []))
def test_store_is_listed(stores_listed: Exchange, store_created: Exchange) -> None:
    """The list of vector stores contains the one that was created."""
    assert_listed(stores_listed, store_created)


@must(VECTOR_STORES, says=DOC("modifyVectorStore"), counterexample=broken(store_renamed, "name", NAME))
def test_name_is_changed(store_renamed: Exchange, store_created: Exchange) -> None:
    """A vector store that is given another `name` has it, and its `id` stays."""
    assert store_renamed.at("name", str) == OTHER_NAME
    assert store_renamed.at("id", str) == store_created.at("id", str)


@must(VECTOR_STORES, says=SDK("VectorStoreDeleted"), counterexample=broken(store_deleted, "deleted", DELETE))
def test_deletion_is_confirmed(deleted_store: Exchange) -> None:
    """Deleting a vector store returns `object` `vector_store.deleted`, its `id`, and `deleted: true`."""
    assert deleted_store.at("object", str) == "vector_store.deleted"
    assert deleted_store.at("id", str) == last_segment(deleted_store.sent)
    assert deleted_store.at("deleted", bool) is True


@must(VECTOR_STORES, says=DOC("deleteVectorStore"), counterexample=answered(deleted_store_retrieved, 200))
def test_deleted_store_is_not_found(deleted_store_retrieved: Exchange) -> None:
    """Retrieving a deleted vector store returns status 404, within ten seconds."""
    assert deleted_store_retrieved.status == 404, "it can still be retrieved ten seconds after its deletion"
