"""`/vector_stores`: create, list, retrieve, update, delete. What is in them is `vector_store_files`."""

import time
import uuid
from typing import Any

from conformance.simulator.endpoints import vector_store_files as contents
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.paging import page
from conformance.simulator.http.registry import Handler
from conformance.simulator.http.state import State
from conformance.simulator.http.validation import array, fields, integer, mapping, one_of, string

_DAY_S = 86_400
_EXPIRES = fields({"anchor": one_of("last_active_at"), "days": integer(1, 365)})
_SHARED = {"name": string(), "metadata": mapping(string(512), 16, key_rule=string(64)), "expires_after": _EXPIRES}
CREATE = fields(
    {},
    {**_SHARED, "description": string(), "chunking_strategy": contents.CHUNKING, "file_ids": array(string(), 0, 500)},
)
UPDATE = fields({}, _SHARED)


class Store(dict[str, Any]):
    """A vector store as it is told."""


def create(call: Call) -> Answer:
    """Answer `POST /vector_stores`."""
    body = json_body(call)
    CREATE(body, "")
    now = int(time.time())
    store = Store(
        id=f"vs_{uuid.uuid4().hex[:24]}",
        object="vector_store",
        created_at=now,
        name=body.get("name") or "",
        description=body.get("description"),
        expires_after=body.get("expires_after"),
        expires_at=_expiry(body.get("expires_after"), now),
        last_active_at=now,
        metadata=body.get("metadata") or {},
    )
    names = body.get("file_ids") or []
    for name in names:
        contents.put(call.state, store["id"], {**body, "file_id": name})
    call.state.shelf(Store).put(store["id"], store)
    told = _told(call.state, store)
    return Answer(
        {**told, "status": "in_progress", "file_counts": contents.counts(len(names), "in_progress")} if names else told
    )


def listing(call: Call) -> Answer:
    """Answer `GET /vector_stores`."""
    return Answer(page(call, [_told(call.state, store) for store in call.state.shelf(Store).all()]))


def retrieve(call: Call) -> Answer:
    """Answer `GET /vector_stores/{id}`."""
    store = call.state.shelf(Store).get(call.arguments["id"])
    if store is None:
        raise _not_found(call)
    return Answer(_told(call.state, store))


def update(call: Call) -> Answer:
    """Answer `POST /vector_stores/{id}`."""
    body = json_body(call)
    UPDATE(body, "")
    given = {name: value for name, value in body.items() if value is not None}
    if "expires_after" in given:
        given["expires_at"] = _expiry(given["expires_after"], int(time.time()))
    store = call.state.shelf(Store).change(call.arguments["id"], lambda old: Store({**old, **given}))
    if store is None:
        raise _not_found(call)
    return Answer(_told(call.state, store))


def delete(call: Call) -> Answer:
    """Answer `DELETE /vector_stores/{id}`."""
    if call.state.shelf(Store).take(call.arguments["id"]) is None:
        raise _not_found(call)
    contents.forget(call.state, call.arguments["id"])
    return Answer({"id": call.arguments["id"], "object": "vector_store.deleted", "deleted": True})


def within(handler: Handler) -> Handler:
    """Return a handler of what is in a vector store, which rejects a call for one that does not exist."""

    def answer(call: Call) -> Answer:
        if call.state.shelf(Store).get(call.arguments["id"]) is None:
            raise _not_found(call)
        return handler(call)

    return answer


def _told(state: State, store: Store) -> dict[str, Any]:
    """Return a vector store as it is told, all its files read."""
    files = contents.files_of(state, store["id"])
    used = sum(len(one.file.content) for one in files)
    return {**store, "usage_bytes": used, "file_counts": contents.counts(len(files)), "status": "completed"}


def _expiry(after: dict[str, Any] | None, now: int) -> int | None:
    return now + after["days"] * _DAY_S if after else None


def _not_found(call: Call) -> ApiError:
    return ApiError(404, f"Vector store with id '{call.arguments['id'][:200]}' not found.", param="vector_store_id")
