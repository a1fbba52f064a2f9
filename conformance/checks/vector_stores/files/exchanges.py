"""
What is sent about files in a vector store.

Two short texts, each about another thing: a search of one finds the other only where nothing is compared. The first
store takes its files one by one, the second one takes them when it is created and in a batch. Both are deleted in the
end, and the files with them.
"""

from typing import Any

from conformance import Exchange, Inconclusive, Request, Until, capability, exchange
from conformance.checks.common.pages import ids, page
from conformance.checks.common.requests import GONE
from conformance.checks.files.exchanges import PATH as FILES
from conformance.checks.vector_stores.exchanges import PATH, by_id
from conformance.requests import Upload, delete, get, multipart, post, segment

STORE_FILES = capability("vector_stores.files")
SEARCH = capability("vector_stores.search")
FILE_BATCHES = capability("vector_stores.file_batches")

HARBOR = "The harbor of Larnstad was built in 1871. Its lighthouse is painted in red and white stripes."
GARDEN = "Tomatoes grow best in warm soil. Water the garden early in the morning, and never at noon."
QUESTION = "When was the harbor of Larnstad built, and how is its lighthouse painted?"
TOPIC = "topic"
ATTRIBUTES: dict[str, Any] = {TOPIC: "harbor", "year": 1871, "draft": False}
CHANGED: dict[str, Any] = {TOPIC: "harbor", "year": 1872}
OTHERS: dict[str, Any] = {TOPIC: "garden", "year": 2020}
LABELS = {"suite": "conformance", "changed": "yes"}
STATIC = {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 50}
CHUNKS = {"type": "static", "static": STATIC}
LIFE = {"anchor": "last_active_at", "days": 1}
LONGER_LIFE = {"anchor": "last_active_at", "days": 2}
NO_FILE = "file-0000000000000000000000004f1c"
READ = Until(lambda e: e.status != 200 or e.get("status") != "in_progress", every_s=1.0, limit_s=90.0)


def uploaded(name: str, text: str) -> Request:
    """Return the upload of a text for searching."""
    return multipart(FILES, {"purpose": "assistants"}, {"file": Upload(name, text.encode(), "text/plain")})


def in_store(store: Exchange, file: Exchange, below: str = "") -> str:
    """Return the path of a file in a vector store."""
    return f"{by_id(store)}/files/{segment(file.at('id', str))}{below}"


def batch_in(store: Exchange, batch: Exchange, below: str = "") -> str:
    """Return the path of a batch of files in a vector store."""
    return f"{by_id(store)}/file_batches/{segment(batch.at('id', str))}{below}"


@exchange(STORE_FILES, cost=0, roles=())
def harbor_uploaded() -> Request:
    """The upload of a text about a harbor."""
    return uploaded("conformance-harbor.txt", HARBOR)


@exchange(STORE_FILES, cost=0, roles=())
def garden_uploaded() -> Request:
    """The upload of a text about a garden."""
    return uploaded("conformance-garden.txt", GARDEN)


@exchange(STORE_FILES, cost=0, roles=())
def store_to_fill() -> Request:
    """A vector store that files are put into one by one."""
    return post(PATH, {"name": "conformance-4f1c-files", "expires_after": LIFE})


@exchange(STORE_FILES, cost=0, roles=())
def harbor_attached(store_to_fill: Exchange, harbor_uploaded: Exchange) -> Request:
    """The text about a harbor, put into the vector store with attributes and a chunking strategy."""
    wanted = {"file_id": harbor_uploaded.at("id", str), "attributes": ATTRIBUTES, "chunking_strategy": CHUNKS}
    return post(f"{by_id(store_to_fill)}/files", wanted)


@exchange(STORE_FILES, cost=0, roles=())
def garden_attached(store_to_fill: Exchange, garden_uploaded: Exchange) -> Request:
    """The text about a garden, put into the vector store with attributes."""
    return post(f"{by_id(store_to_fill)}/files", {"file_id": garden_uploaded.at("id", str), "attributes": OTHERS})


@exchange(STORE_FILES, cost=0, roles=(), until=READ)
def harbor_ready(store_to_fill: Exchange, harbor_uploaded: Exchange, harbor_attached: Exchange) -> Request:
    """The file about a harbor in the vector store, retrieved until it leaves `in_progress`."""
    del harbor_attached
    return get(in_store(store_to_fill, harbor_uploaded))


@exchange(STORE_FILES, cost=0, roles=(), until=READ)
def garden_ready(store_to_fill: Exchange, garden_uploaded: Exchange, garden_attached: Exchange) -> Request:
    """The file about a garden in the vector store, retrieved until it leaves `in_progress`."""
    del garden_attached
    return get(in_store(store_to_fill, garden_uploaded))


@exchange(STORE_FILES, cost=0, roles=())
def store_files_listed(store_to_fill: Exchange, harbor_ready: Exchange, garden_ready: Exchange) -> Request:
    """The list of the files in the vector store, the oldest first, of one status."""
    del garden_ready
    return page(f"{by_id(store_to_fill)}/files", limit=20, order="asc", filter=harbor_ready.at("status", str))


@exchange(STORE_FILES, cost=0, roles=())
def store_file_content(store_to_fill: Exchange, harbor_uploaded: Exchange, harbor_ready: Exchange) -> Request:
    """The text that was read of the file about a harbor."""
    del harbor_ready
    return get(in_store(store_to_fill, harbor_uploaded, "/content"))


@exchange(STORE_FILES, expects=404, cost=0, roles=(), invalid=True)
def unknown_store_file(store_to_fill: Exchange, harbor_ready: Exchange) -> Request:
    """A file that is not in the vector store."""
    del harbor_ready
    return get(f"{by_id(store_to_fill)}/files/{NO_FILE}")


@exchange(SEARCH, cost=0, roles=())
def searched(store_to_fill: Exchange, harbor_ready: Exchange, garden_ready: Exchange) -> Request:
    """A search of the vector store with both files; the control for what limits a search."""
    del harbor_ready, garden_ready
    return post(f"{by_id(store_to_fill)}/search", {"query": QUESTION})


@exchange(SEARCH, cost=0, roles=())
def searched_for_one(store_to_fill: Exchange, searched: Exchange) -> Request:
    """The same search with `max_num_results: 1`, its query as an array, not rewritten."""
    del searched
    wanted = {"query": [QUESTION], "max_num_results": 1, "rewrite_query": False}
    return post(f"{by_id(store_to_fill)}/search", wanted)


FILTERS: dict[str, dict[str, Any]] = {
    "eq": {"type": "eq", "key": TOPIC, "value": "garden"},
    "ne": {"type": "ne", "key": TOPIC, "value": "harbor"},
    "gt": {"type": "gt", "key": "year", "value": 2000},
    "and": {
        "type": "and",
        "filters": [{"type": "eq", "key": TOPIC, "value": "garden"}, {"type": "gte", "key": "year", "value": 2020}],
    },
}
"""Four ways to ask for the file about a garden alone."""


@exchange(SEARCH, each=FILTERS, cost=0, roles=())
def searched_filtered(store_to_fill: Exchange, searched: Exchange, row: dict[str, Any]) -> Request:
    """The same search among the files with certain attributes: only the one about a garden has them."""
    del searched
    return post(f"{by_id(store_to_fill)}/search", {"query": QUESTION, "filters": row})


@exchange(SEARCH, cost=0, roles=())
def searched_above(store_to_fill: Exchange, searched: Exchange) -> Request:
    """The same search with a `score_threshold` in the middle between the best and the worst score of the control."""
    scores = searched.all("data.*.score", float)
    if len(set(scores)) < 2:
        raise Inconclusive("all results of the search have the same `score`, so no threshold parts them")
    ranking = {"ranker": "auto", "score_threshold": round((max(scores) + min(scores)) / 2, 4)}
    return post(f"{by_id(store_to_fill)}/search", {"query": QUESTION, "ranking_options": ranking})


@exchange(STORE_FILES, cost=0, roles=(), last=True)
def attributes_changed(store_to_fill: Exchange, harbor_uploaded: Exchange, harbor_ready: Exchange) -> Request:
    """Other attributes for the file about a harbor."""
    del harbor_ready
    return post(in_store(store_to_fill, harbor_uploaded), {"attributes": CHANGED})


@exchange(STORE_FILES, cost=0, roles=(), last=True)
def file_detached(store_to_fill: Exchange, harbor_uploaded: Exchange, attributes_changed: Exchange) -> Request:
    """The file about a harbor, taken out of the vector store."""
    del attributes_changed
    return delete(in_store(store_to_fill, harbor_uploaded))


@exchange(STORE_FILES, expects={200, 404}, cost=0, roles=(), last=True, until=GONE)
def detached_retrieved(store_to_fill: Exchange, harbor_uploaded: Exchange, file_detached: Exchange) -> Request:
    """The file that was taken out, retrieved from the vector store."""
    del file_detached
    return get(in_store(store_to_fill, harbor_uploaded))


@exchange(STORE_FILES, expects={200, 404}, cost=0, roles=(), last=True)
def detached_still_uploaded(harbor_uploaded: Exchange, file_detached: Exchange) -> Request:
    """The uploaded file itself, after it was taken out of the vector store."""
    del file_detached
    return get(f"{FILES}/{segment(harbor_uploaded.at('id', str))}")


@exchange(FILE_BATCHES, cost=0, roles=())
def store_with_file(harbor_uploaded: Exchange) -> Request:
    """A vector store with a description, created with a file in it and a chunking strategy."""
    wanted = {"name": "conformance-4f1c-batch", "description": "Two short texts.", "expires_after": LIFE}
    files = {"file_ids": [harbor_uploaded.at("id", str)], "chunking_strategy": CHUNKS}
    return post(PATH, {**wanted, **files})


@exchange(FILE_BATCHES, cost=0, roles=())
def store_labelled(store_with_file: Exchange) -> Request:
    """Other `metadata` and a longer life for the vector store."""
    return post(by_id(store_with_file), {"metadata": LABELS, "expires_after": LONGER_LIFE})


@exchange(FILE_BATCHES, cost=0, roles=())
def stores_page(store_with_file: Exchange, store_to_fill: Exchange) -> Request:
    """The newest vector store: a page of one."""
    del store_with_file, store_to_fill
    return page(PATH, limit=1, order="desc")


@exchange(FILE_BATCHES, cost=0, roles=())
def stores_next_page(stores_page: Exchange) -> Request:
    """The page of one vector store after the newest one."""
    last = ids(stores_page)[-1:]
    if not last:
        raise Inconclusive("the first page is empty, so nothing comes after it")
    return page(PATH, limit=1, order="desc", after=last[0])


@exchange(FILE_BATCHES, cost=0, roles=())
def batch_attached(store_with_file: Exchange, garden_uploaded: Exchange) -> Request:
    """A batch of one file with attributes of its own, put into the vector store."""
    files = [{"file_id": garden_uploaded.at("id", str), "attributes": OTHERS}]
    return post(f"{by_id(store_with_file)}/file_batches", {"files": files})


@exchange(FILE_BATCHES, cost=0, roles=(), until=READ)
def batch_ready(store_with_file: Exchange, batch_attached: Exchange) -> Request:
    """The batch of files, retrieved until it leaves `in_progress`."""
    return get(batch_in(store_with_file, batch_attached))


@exchange(FILE_BATCHES, cost=0, roles=())
def batch_files_listed(store_with_file: Exchange, batch_attached: Exchange, batch_ready: Exchange) -> Request:
    """The list of the files of the batch."""
    del batch_ready
    return page(batch_in(store_with_file, batch_attached, "/files"), limit=20, order="asc")


@exchange(FILE_BATCHES, expects={200, 400, 409}, cost=0, roles=(), last=True)
def batch_cancelled(store_with_file: Exchange, batch_attached: Exchange, batch_files_listed: Exchange) -> Request:
    """The cancellation of the batch of files, which has ended before."""
    del batch_files_listed
    return Request("POST", batch_in(store_with_file, batch_attached, "/cancel"))


@exchange(FILE_BATCHES, cost=0, roles=(), last=True)
def store_with_file_deleted(store_with_file: Exchange, batch_cancelled: Exchange) -> Request:
    """The deletion of the vector store with a batch of files."""
    del batch_cancelled
    return delete(by_id(store_with_file))


@exchange(STORE_FILES, cost=0, roles=(), last=True)
def store_to_fill_deleted(store_to_fill: Exchange, detached_retrieved: Exchange) -> Request:
    """The deletion of the vector store that files were put into."""
    del detached_retrieved
    return delete(by_id(store_to_fill))
