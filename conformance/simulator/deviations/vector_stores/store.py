"""Vector stores: their shape, what is lost of them, and those that stay."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

PATH = "/vector_stores"


@deviation(
    "vector-store-without-counts",
    severity="minor",
    says="A vector store has no `file_counts`.",
    breaks="Clients that wait until all files are read.",
    source=INVENTED,
    caught_by=("vector_stores/created_store/store_has_the_documented_shape",),
)
def without_counts(call: Call, handler: Handler) -> Answer:
    if not change.posted(call, PATH):
        return handler(call)
    return change.body(handler(call), lambda value: value.pop("file_counts") and None)


@deviation(
    "vector-store-loses-its-labels",
    severity="major",
    says="`name` and `metadata` of a vector store are dropped.",
    breaks="Applications that find their stores by these.",
    source=INVENTED,
    caught_by=(
        "vector_stores/created_store/name_and_metadata_are_returned",
        "vector_stores/store_retrieved/name_lasts",
        "vector_stores/store_renamed/name_is_changed",
    ),
)
def loses_its_labels(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "name", "metadata") if call.path.startswith(PATH) else call)


@deviation(
    "vector-store-list-empty",
    severity="major",
    says="The list of vector stores is always empty.",
    breaks="Applications that look for a store before they create one.",
    source=INVENTED,
    caught_by=("vector_stores/stores_listed/store_is_listed",),
)
def list_is_empty(call: Call, handler: Handler) -> Answer:
    if call.method != "GET" or call.path != PATH:
        return handler(call)
    return change.body(handler(call), lambda value: value.update(data=[], has_more=False))


@deviation(
    "vector-store-never-deleted",
    severity="major",
    says="The deletion of a vector store returns an empty object, and the store stays.",
    breaks="Users pay for stores that they deleted.",
    source=INVENTED,
    caught_by=(
        "vector_stores/deleted_store/deletion_is_confirmed",
        "vector_stores/deleted_store_retrieved/deleted_store_is_not_found",
    ),
)
def never_deleted(call: Call, handler: Handler) -> Answer:
    if call.method != "DELETE" or not call.path.startswith(PATH):
        return handler(call)
    return change.body(handler(replace(call, method="GET")), lambda _: {})


@deviation(
    "vector-store-list-of-another-kind",
    severity="minor",
    says="A list of vector stores, and each retrieved one, has an empty `id`, and the list is of the kind `stores`.",
    breaks="Clients that go by `object`, and those that read the id.",
    source=INVENTED,
    caught_by=(
        "vector_stores/vector_store_list/list_has_the_documented_shape",
        "vector_stores/vector_store/retrieved_store_is_the_requested_one",
    ),
)
def list_of_another_kind(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        if "data" in value:
            value["object"] = "stores"
        else:
            value["id"] = ""

    concerned = call.method == "GET" and call.path.startswith(PATH)
    return change.body(handler(call), apply) if concerned else handler(call)
