"""
`/vector_stores/{id}/files` and `/vector_stores/{id}/file_batches`: files in a vector store.

A file is `in_progress` in the response that puts it there, and read when it is next looked at, as a short text is at
OpenAI. Shapes are those of the official client's `VectorStoreFile` and `VectorStoreFileBatch`.
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.catalog.files import File
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.paging import page
from conformance.simulator.http.registry import Handler
from conformance.simulator.http.state import State
from conformance.simulator.http.validation import (
    Rule,
    array,
    boolean,
    by_type,
    fields,
    integer,
    mapping,
    number,
    one_of,
    string,
    tagged,
)

_ANY_NUMBER = number(float("-inf"), float("inf"))
_VALUE = by_type(
    "a string, a number or a boolean", {str: string(512), int: _ANY_NUMBER, float: _ANY_NUMBER, bool: boolean}
)
_SIZES = fields({"max_chunk_size_tokens": integer(100, 4096), "chunk_overlap_tokens": integer(0, 2048)})
_TYPE: dict[str, Rule] = {"type": string()}
CHUNKING = tagged("type", {"auto": fields(_TYPE), "static": fields({**_TYPE, "static": _SIZES})})
_ATTRIBUTES = mapping(_VALUE, 16, key_rule=string(64))
_OPTIONS: dict[str, Rule] = {"attributes": _ATTRIBUTES, "chunking_strategy": CHUNKING}
_ONE = fields({"file_id": string()}, _OPTIONS)
_BATCH = fields({}, {"file_ids": array(string(), 1, 2000), "files": array(_ONE, 1, 2000), **_OPTIONS})
_UPDATE = fields({"attributes": _ATTRIBUTES})
_STATUS = one_of("in_progress", "completed", "failed", "cancelled")
_DEFAULT = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in a vector store; `batch` is the one that it came with, if any."""

    store: str
    file: File
    created: int
    attributes: dict[str, Any]
    chunking: dict[str, Any]
    batch: str = ""

    @property
    def key(self) -> str:
        """What it is kept under: a file may be in several vector stores."""
        return f"{self.store}/{self.file.id}"

    @property
    def text(self) -> str:
        """What is read of it."""
        return self.file.content.decode("utf-8", "replace")

    def describe(self, status: str = "completed") -> dict[str, Any]:
        """Return the file as OpenAI describes it."""
        return {
            "id": self.file.id,
            "object": "vector_store.file",
            "usage_bytes": len(self.file.content) if status == "completed" else 0,
            "created_at": self.created,
            "vector_store_id": self.store,
            "status": status,
            "last_error": None,
            "chunking_strategy": self.chunking,
            "attributes": self.attributes,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """Several files that were put into a vector store at once; all of them are read."""

    id: str
    store: str
    created: int
    total: int

    def describe(self, status: str = "completed") -> dict[str, Any]:
        """Return the batch as OpenAI describes it."""
        return {
            "id": self.id,
            "object": "vector_store.file_batch",
            "created_at": self.created,
            "status": status,
            "vector_store_id": self.store,
            "file_counts": counts(self.total, status),
        }


def counts(total: int, status: str = "completed") -> dict[str, int]:
    """Return how many files there are of each status, when all have the same."""
    told = dict.fromkeys(("in_progress", "completed", "failed", "cancelled", "total"), 0)
    return {**told, status: total, "total": total}


def files_of(state: State, store: str) -> list[StoredFile]:
    """Return the files in a vector store, the oldest first."""
    return [one for one in state.shelf(StoredFile).all() if one.store == store]


def put(state: State, store: str, wanted: dict[str, Any], batch: str = "") -> StoredFile:
    """Put an uploaded file into a vector store. Raises `ApiError` when there is no such file."""
    file = state.shelf(File).get(wanted["file_id"])
    if file is None:
        raise invalid_request(f"File '{wanted['file_id'][:200]}' not found.", param="file_id")
    strategy = wanted.get("chunking_strategy") or {"type": "auto"}
    chunking = _DEFAULT if strategy["type"] == "auto" else strategy
    stored = StoredFile(store, file, int(time.time()), wanted.get("attributes") or {}, chunking, batch)
    state.shelf(StoredFile).put(stored.key, stored)
    return stored


def forget(state: State, store: str) -> None:
    """Take all files out of a vector store that is deleted."""
    for one in files_of(state, store):
        state.shelf(StoredFile).take(one.key)


def attach(call: Call) -> Answer:
    """Answer `POST /vector_stores/{id}/files`."""
    body = json_body(call)
    _ONE(body, "")
    return Answer(put(call.state, call.arguments["id"], body).describe("in_progress"))


def listing(call: Call) -> Answer:
    """Answer `GET /vector_stores/{id}/files`, and of a batch those that came with it."""
    status = call.query.get("filter", "completed")
    _STATUS(status, "filter")
    batch = call.arguments.get("batch")
    found = [one for one in files_of(call.state, call.arguments["id"]) if batch in {None, one.batch}]
    return Answer(page(call, [one.describe() for one in found] if status == "completed" else []))


def retrieve(call: Call) -> Answer:
    """Answer `GET /vector_stores/{id}/files/{file}`."""
    return Answer(_find(call).describe())


def update(call: Call) -> Answer:
    """Answer `POST /vector_stores/{id}/files/{file}`."""
    body = json_body(call)
    _UPDATE(body, "")
    changed = replace(_find(call), attributes=body["attributes"] or {})
    call.state.shelf(StoredFile).put(changed.key, changed)
    return Answer(changed.describe())


def content(call: Call) -> Answer:
    """Answer `GET /vector_stores/{id}/files/{file}/content`."""
    parts = [{"type": "text", "text": _find(call).text}]
    page_of_text = {"object": "vector_store.file_content.page", "data": parts, "has_more": False, "next_page": None}
    return Answer(page_of_text)


def detach(call: Call) -> Answer:
    """Answer `DELETE /vector_stores/{id}/files/{file}`."""
    stored = _find(call)
    call.state.shelf(StoredFile).take(stored.key)
    return Answer({"id": stored.file.id, "object": "vector_store.file.deleted", "deleted": True})


def create_batch(call: Call) -> Answer:
    """Answer `POST /vector_stores/{id}/file_batches`."""
    body = json_body(call)
    _BATCH(body, "")
    if ("files" in body) is ("file_ids" in body):
        raise invalid_request("Exactly one of 'file_ids' and 'files' must be provided.", param="file_ids")
    shared = {name: value for name, value in body.items() if name in _OPTIONS}
    wanted = body.get("files") or [{**shared, "file_id": name} for name in body["file_ids"]]
    store = call.arguments["id"]
    batch = Batch(f"vsfb_{uuid.uuid4().hex[:24]}", store, int(time.time()), len(wanted))
    for one in wanted:
        put(call.state, store, one, batch.id)
    call.state.shelf(Batch).put(batch.id, batch)
    return Answer(batch.describe("in_progress"))


def retrieve_batch(call: Call) -> Answer:
    """Answer `GET /vector_stores/{id}/file_batches/{batch}`."""
    return Answer(_batch(call).describe())


def cancel_batch(call: Call) -> Answer:
    """Answer `POST /vector_stores/{id}/file_batches/{batch}/cancel`: a batch that has ended stays as it is."""
    return Answer(_batch(call).describe())


def list_batch(call: Call) -> Answer:
    """Answer `GET /vector_stores/{id}/file_batches/{batch}/files`."""
    _batch(call)
    return listing(call)


def _batch(call: Call) -> Batch:
    batch = call.state.shelf(Batch).get(call.arguments["batch"])
    if batch is None or batch.store != call.arguments["id"]:
        raise ApiError(404, f"No file batch found with id '{call.arguments['batch'][:200]}'.", param="batch_id")
    return batch


def _find(call: Call) -> StoredFile:
    name = call.arguments["file"]
    stored = call.state.shelf(StoredFile).get(f"{call.arguments['id']}/{name}")
    if stored is None:
        raise ApiError(404, f"No file found with id '{name[:200]}' in this vector store.", param="file_id")
    return stored


ROUTES: tuple[tuple[str, Mapping[str, Handler]], ...] = (
    ("/files", {"GET": listing, "POST": attach}),
    ("/files/{file}", {"GET": retrieve, "POST": update, "DELETE": detach}),
    ("/files/{file}/content", {"GET": content}),
    ("/file_batches", {"POST": create_batch}),
    ("/file_batches/{batch}", {"GET": retrieve_batch}),
    ("/file_batches/{batch}/cancel", {"POST": cancel_batch}),
    ("/file_batches/{batch}/files", {"GET": list_batch}),
)
"""The paths below a vector store, and their handlers by method."""
