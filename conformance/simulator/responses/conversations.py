"""
Conversations: items that are kept under an id, and that responses go on with and add to.

Shapes are those of the official client's `Conversation` and `ConversationItemList`; what OpenAI answered to creating,
going on with and deleting one was recorded in May 2026.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.paging import page
from conformance.simulator.http.state import State
from conformance.simulator.http.validation import Rule, anything, array, by_type, fields, mapping, string
from conformance.simulator.responses.items import INPUT, full_items, new_id

_MOST = 20
_METADATA = by_type("an object", {dict: mapping(string(512), 16, key_rule=string(64)), type(None): anything})


def _items(value: Any, path: str) -> None:
    array(anything, high=_MOST, of="objects")(value, path)
    INPUT(value, path)


_CREATED = fields({}, {"items": _items, "metadata": _METADATA})
_UPDATED = fields({"metadata": _METADATA})
_ADDED = fields({"items": _items})
NAMED: Rule = by_type(
    "one of a string or object", {str: string(empty=False), dict: fields({"id": string(empty=False)})}
)
"""What `conversation` of a request may be."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation: its object, and its items from the oldest to the newest."""

    told: dict[str, Any]
    items: tuple[dict[str, Any], ...] = ()


def create(call: Call) -> Answer:
    """Answer `POST /conversations`."""
    body = json_body(call)
    _CREATED(body, "")
    name = new_id("conv")
    told = {
        "id": name,
        "object": "conversation",
        "created_at": int(time.time()),
        "metadata": body.get("metadata") or {},
    }
    begun = _full(body.get("items") or [])
    call.state.shelf(Conversation).put(name, Conversation(told, begun), len(call.content))
    return Answer(told)


def retrieve(call: Call) -> Answer:
    """Answer `GET /conversations/{id}`."""
    return Answer(_find(call).told)


def update(call: Call) -> Answer:
    """Answer `POST /conversations/{id}`: other metadata."""
    body = json_body(call)
    _UPDATED(body, "")
    metadata = body["metadata"] or {}
    return Answer(_change(call, lambda old: replace(old, told={**old.told, "metadata": metadata})).told)


def delete(call: Call) -> Answer:
    """Answer `DELETE /conversations/{id}`; its items are gone with it."""
    name = _find(call).told["id"]
    call.state.shelf(Conversation).take(name)
    return Answer({"id": name, "object": "conversation.deleted", "deleted": True})


def items(call: Call) -> Answer:
    """Answer `GET /conversations/{id}/items`: the newest item first."""
    return Answer(page(call, _find(call).items))


def add(call: Call) -> Answer:
    """Answer `POST /conversations/{id}/items`: the items that were added, in order."""
    body = json_body(call)
    _ADDED(body, "")
    added = _full(body["items"])
    _change(call, lambda old: replace(old, items=(*old.items, *added)))
    ends = {"first_id": added[0]["id"], "last_id": added[-1]["id"]} if added else {"first_id": None, "last_id": None}
    return Answer({"object": "list", "data": list(added), **ends, "has_more": False})


def retrieve_item(call: Call) -> Answer:
    """Answer `GET /conversations/{id}/items/{item}`."""
    return Answer(_item(call, _find(call)))


def delete_item(call: Call) -> Answer:
    """Answer `DELETE /conversations/{id}/items/{item}` with the conversation."""
    gone = _item(call, _find(call))
    return Answer(_change(call, lambda old: replace(old, items=tuple(one for one in old.items if one != gone))).told)


def named(body: dict[str, Any], state: State) -> Conversation | None:
    """Return the conversation that a request for a response goes on with, or None."""
    given = body.get("conversation")
    if given is None:
        return None
    if body.get("previous_response_id") is not None:
        both = "Ensure you are only providing one of: 'previous_response_id' or 'conversation'."
        raise invalid_request(f"Mutually exclusive parameters: {both}", code="mutually_exclusive_parameters")
    name = given if isinstance(given, str) else given["id"]
    found = state.shelf(Conversation).get(name)
    if found is None:
        raise _not_found(name)
    return found


def continued(
    body: dict[str, Any], state: State, asked: Sequence[dict[str, Any]], response: dict[str, Any]
) -> dict[str, Any]:
    """Add what was asked and answered to the conversation of a request; return the response, which names it."""
    before = named(body, state)
    if before is None:
        return response
    added = (*asked[len(before.items) :], *response["output"])
    name = before.told["id"]
    state.shelf(Conversation).change(name, lambda old: replace(old, items=(*old.items, *added)))
    told: dict[str, Any] = {}
    for key, value in response.items():
        told[key] = value
        if key == "completed_at":
            told["conversation"] = {"id": name}
    return told


def _full(given: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(full_items(given, lambda _: None))


def _find(call: Call) -> Conversation:
    found = call.state.shelf(Conversation).get(call.arguments["id"])
    if found is None:
        raise _not_found(call.arguments["id"])
    return found


def _change(call: Call, step: Any) -> Conversation:
    changed = call.state.shelf(Conversation).change(call.arguments["id"], step)
    if changed is None:
        raise _not_found(call.arguments["id"])
    return changed


def _item(call: Call, found: Conversation) -> dict[str, Any]:
    name = call.arguments["item"]
    item = next((one for one in found.items if one["id"] == name), None)
    if item is None:
        raise ApiError(404, f"Item with id '{name[:200]}' not found in the conversation.")
    return item


def _not_found(name: str) -> ApiError:
    return ApiError(404, f"Conversation with id '{name[:200]}' not found.")
