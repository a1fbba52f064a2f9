"""What is sent about vector stores: an empty one, which costs nothing, expires in a day, and is deleted in the end."""

from conformance import Exchange, Kind, Request, Until, capability, exchange
from conformance.checks.common.requests import GONE
from conformance.requests import delete, get, post, segment

VECTOR_STORES = capability("vector_stores")

PATH = "/vector_stores"

created_store = Kind("created_store", "created vector store", "POST", "vector_stores")
vector_store = Kind("vector_store", "retrieved vector store", "GET", "vector_stores/{id}")
vector_store_list = Kind("vector_store_list", "list of vector stores", "GET", "vector_stores")
deleted_store = Kind("deleted_store", "deletion of a vector store", "DELETE", "vector_stores/{id}")
NAME, OTHER_NAME = "conformance-4f1c", "conformance-4f1c-renamed"
LABELS = {"suite": "conformance"}
NO_STORE = "vs_0000000000000000000000004f1c"


def by_id(store_created: Exchange) -> str:
    """Return the path of the vector store."""
    return f"{PATH}/{segment(store_created.at('id', str))}"


@exchange(VECTOR_STORES, cost=0, roles=())
def store_created() -> Request:
    """A vector store with a name and metadata, which expires after a day."""
    return post(PATH, {"name": NAME, "metadata": LABELS, "expires_after": {"anchor": "last_active_at", "days": 1}})


@exchange(VECTOR_STORES, cost=0, roles=())
def store_retrieved(store_created: Exchange) -> Request:
    """The vector store, retrieved by its id."""
    return get(by_id(store_created))


@exchange(VECTOR_STORES, cost=0, roles=())
def stores_listed(store_created: Exchange) -> Request:
    """The list of vector stores."""
    del store_created
    return get(PATH)


@exchange(VECTOR_STORES, cost=0, roles=())
def store_renamed(store_created: Exchange, store_retrieved: Exchange, stores_listed: Exchange) -> Request:
    """Another name for the vector store."""
    del store_retrieved, stores_listed
    return post(by_id(store_created), {"name": OTHER_NAME})


@exchange(VECTOR_STORES, expects=404, cost=0, roles=(), invalid=True)
def unknown_store(store_created: Exchange) -> Request:
    """A vector store that does not exist."""
    del store_created
    return get(f"{PATH}/{NO_STORE}")


@exchange(VECTOR_STORES, cost=0, roles=(), last=True)
def store_deleted(store_created: Exchange, store_renamed: Exchange) -> Request:
    """The deletion of the vector store."""
    del store_renamed
    return delete(by_id(store_created))


@exchange(VECTOR_STORES, expects={200, 404}, cost=0, roles=(), last=True, until=GONE)
def deleted_store_retrieved(store_created: Exchange, store_deleted: Exchange) -> Request:
    """The deleted vector store, retrieved by its id."""
    del store_deleted
    return get(by_id(store_created))
