"""Conversations that lose what they are told: their labels, their items, their turns."""

from dataclasses import replace
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.simulator.responses.conversations import Conversation

_API, _ITEMS, _TURNS = "conversations.api", "conversations.items", "conversations.turns"


def _parts(call: Call) -> int:
    """Return how many parts the path has: 1 for all conversations, 2 for one, 3 for its items, 4 for one of these."""
    return call.path.count("/") if call.path.startswith("/conversations") else 0


def _changed(call: Call, handler: Handler, parts: int, method: str, apply: Any) -> Answer:
    """Change a good response to a method on such a path."""
    answer = handler(call)
    return change.body(answer, apply) if _parts(call) == parts and call.method == method else answer


@deviation(
    "conversations-created-bare",
    severity="minor",
    says="Creating a conversation returns its `id` and nothing else.",
    breaks="Clients with strict types.",
    source=INVENTED,
    caught_by=(
        f"{_API}/created_conversation/created_conversation_has_the_documented_shape",
        f"{_API}/created_conversation/created_conversation_has_its_metadata",
    ),
)
def created_bare(call: Call, handler: Handler) -> Answer:
    return _changed(call, handler, 1, "POST", lambda value: {"id": value["id"]})


@deviation(
    "conversations-metadata-lost",
    severity="major",
    says="A conversation is retrieved without its `metadata`, and an update of them is not stored.",
    breaks="Anyone who finds conversations by their labels.",
    source=INVENTED,
    caught_by=(
        f"{_API}/retrieved/conversation_has_its_metadata",
        f"{_API}/updated_retrieved/update_is_stored",
    ),
)
def metadata_lost(call: Call, handler: Handler) -> Answer:
    return _changed(call, handler, 2, "GET", lambda value: value.update(metadata={}))


@deviation(
    "conversations-update-ignored",
    severity="major",
    says="Updating a conversation is accepted and changes nothing.",
    breaks="Anyone who relabels a conversation.",
    source=INVENTED,
    caught_by=(f"{_API}/updated_conversation/update_returns_the_new_metadata",),
)
def update_ignored(call: Call, handler: Handler) -> Answer:
    updates = _parts(call) == 2 and call.method == "POST"
    return handler(replace(call, method="GET", content=b"") if updates else call)


@deviation(
    "conversations-retrieved-untyped",
    severity="minor",
    says="A retrieved conversation has another `id`, and no `created_at`.",
    breaks="Clients with strict types, and all that keep the id.",
    source=INVENTED,
    caught_by=(
        f"{_API}/conversation/conversation_has_the_documented_shape",
        f"{_API}/conversation/conversation_has_the_requested_id",
    ),
)
def retrieved_untyped(call: Call, handler: Handler) -> Answer:
    def other(value: change.Object) -> change.Object:
        return {"id": f"{value['id']}-1", "object": value["object"], "metadata": value["metadata"]}

    return _changed(call, handler, 2, "GET", other)


@deviation(
    "conversations-deletion-unconfirmed",
    severity="minor",
    says="Deleting a conversation returns an empty object.",
    breaks="Clients that report what was deleted.",
    source=INVENTED,
    caught_by=(f"{_API}/deleted_conversation/deletion_is_confirmed",),
)
def deletion_unconfirmed(call: Call, handler: Handler) -> Answer:
    return _changed(call, handler, 2, "DELETE", lambda _: {})


@deviation(
    "conversations-items-plain-list",
    severity="minor",
    says="The list of items has `data` and nothing else.",
    breaks="Clients that read page by page: they cannot know whether more follows.",
    source=INVENTED,
    caught_by=(
        f"{_ITEMS}/conversation_items/items_are_a_list",
        f"{_ITEMS}/items_first_page/first_items_are_listed",
        f"{_ITEMS}/items_next_page/next_items_follow",
    ),
)
def items_plain_list(call: Call, handler: Handler) -> Answer:
    return _changed(call, handler, 3, "GET", lambda value: {"data": value["data"]})


@deviation(
    "conversations-first-items-lost",
    severity="critical",
    says="The items that a conversation is created with are dropped.",
    breaks="Everyone who continues an earlier conversation: the model knows nothing of it.",
    source=INVENTED,
    caught_by=(f"{_ITEMS}/items_ascending/items_have_every_message",),
)
def first_items_lost(call: Call, handler: Handler) -> Answer:
    creates = _parts(call) == 1 and call.method == "POST"

    def last_alone(value: change.Object) -> None:
        if value.get("items"):
            value["items"] = value["items"][-1:]

    return handler(change.rewrite(call, last_alone) if creates else call)


@deviation(
    "conversations-item-of-another",
    severity="major",
    says="A retrieved item has another `id` and no text.",
    breaks="Anyone who shows one message of a conversation.",
    source=INVENTED,
    caught_by=(f"{_ITEMS}/conversation_item/item_has_the_requested_id", f"{_ITEMS}/item_retrieved/item_has_its_text"),
)
def item_of_another(call: Call, handler: Handler) -> Answer:
    return _changed(call, handler, 4, "GET", lambda value: value.update(id=f"{value['id']}-1", content=[]))


@deviation(
    "conversations-added-items-lost",
    severity="critical",
    says="Adding items to a conversation is accepted, returns nothing, and adds nothing.",
    breaks="Everyone who adds to a conversation.",
    source=INVENTED,
    caught_by=(f"{_ITEMS}/added_items/added_items_are_returned",),
)
def added_items_lost(call: Call, handler: Handler) -> Answer:
    adds = _parts(call) == 3 and call.method == "POST"
    empty: change.Object = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    return Answer(empty) if adds and handler(replace(call, method="GET")).status == 200 else handler(call)


@deviation(
    "conversations-added-item-first",
    severity="major",
    says="An item that is added comes before all others.",
    breaks="Everyone who adds to a conversation: the model reads it in another order.",
    source=INVENTED,
    caught_by=(f"{_ITEMS}/items_after_adding/added_item_is_the_last",),
)
def added_item_first(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if _parts(call) == 3 and call.method == "POST" and answer.status == 200:
        call.state.shelf(Conversation).change(
            call.path.split("/")[2], lambda old: replace(old, items=(*old.items[-1:], *old.items[:-1]))
        )
    return answer


@deviation(
    "conversations-deleted-item-stays",
    severity="major",
    says="Deleting an item returns a confirmation, and the item stays.",
    breaks="Anyone who removes what must not be kept.",
    source=INVENTED,
    caught_by=(
        f"{_ITEMS}/deleted_item/deletion_returns_the_conversation",
        f"{_ITEMS}/items_after_deleting/deleted_item_is_gone",
    ),
)
def deleted_item_stays(call: Call, handler: Handler) -> Answer:
    if _parts(call) != 4 or call.method != "DELETE":
        return handler(call)
    kept = handler(replace(call, method="GET"))
    if kept.status != 200:
        return kept
    return Answer({"id": call.path.rpartition("/")[2], "object": "conversation.item.deleted", "deleted": True})


@deviation(
    "conversations-ignored-by-responses",
    severity="critical",
    says="`conversation` of a request for a response is ignored.",
    breaks="Everyone who continues a conversation: each turn is the first.",
    source=INVENTED,
    caught_by=(
        f"{_TURNS}/response/response_names_its_conversation",
        f"{_TURNS}/second_turn/earlier_turn_is_known",
        f"{_TURNS}/first_turn_listed/turn_is_added_to_the_items",
        f"{_TURNS}/turn_counted/conversation_is_counted",
        f"{_TURNS}/unknown_conversation/status",
    ),
)
def ignored_by_responses(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "conversation") if call.path.startswith("/responses") else call)


@deviation(
    "conversations-named-and-not-read",
    severity="critical",
    says="A response names its conversation, and neither reads it nor adds to it.",
    breaks="Everyone who continues a conversation: each turn is the first, and nothing says so.",
    source=INVENTED,
    caught_by=(
        f"{_TURNS}/asked_in_created/items_are_known",
        f"{_TURNS}/second_turn/earlier_turn_is_known",
    ),
)
def named_and_not_read(call: Call, handler: Handler) -> Answer:
    named = change.asked(call).get("conversation") if change.posted(call, "/responses") else None
    if named is None:
        return handler(call)
    name = named["id"] if isinstance(named, dict) else named
    return change.body(
        handler(change.without(call, "conversation")), lambda value: value.update(conversation={"id": name})
    )


@deviation(
    "conversations-beside-a-previous-response",
    severity="minor",
    says="Where `conversation` and `previous_response_id` are both sent, the conversation is silently dropped.",
    breaks="Clients with a mistake: two histories are mixed up, and nothing says so.",
    source=("praxis-proxy/ai#840",),
    caught_by=(f"{_TURNS}/both_given/status",),
)
def beside_a_previous_response(call: Call, handler: Handler) -> Answer:
    both = {"conversation", "previous_response_id"} <= change.asked(call).keys()
    return handler(change.without(call, "conversation") if both else call)
