"""
What is sent about conversations.

Two are created: one with items, which is read and changed, and an empty one, in which two turns take place. Both are
deleted, and so are the responses of the turns.
"""

from urllib.parse import unquote

from conformance import Exchange, Kind, Request, Target, Until, capability, exchange
from conformance.checks.common.pages import page
from conformance.checks.common.prompts import ASK_WORD, HELLO, word_is
from conformance.checks.responses.exchanges import LABELS, PATH, ask
from conformance.requests import assistant, delete, get, post, segment, user

API = capability("conversations.api")
ITEMS = capability("conversations.items")
TURNS = capability("conversations.turns")

CONVERSATIONS = "/conversations"
NO_CONVERSATION = "conv_000000000000000000000000000000000000000000004f1c"
NO_ITEM = "msg_000000000000000000000000000000000000000000004f1c"
OTHER_LABELS = {"suite": "conformance", "case": "relabelled"}
SAID = (f"{word_is('MEADOW')} Say OK.", "OK.", HELLO)
"""The texts of the items of a conversation, from the oldest to the newest."""
TOLD = f"{word_is('ORCHARD')} Say OK."
ADDED = "This is added."

conversation = Kind("conversation", "conversation", "GET", "conversations/{id}")
created_conversation = Kind("created_conversation", "created conversation", "POST", "conversations")
updated_conversation = Kind("updated_conversation", "update of a conversation", "POST", "conversations/{id}")
deleted_conversation = Kind("deleted_conversation", "deletion of a conversation", "DELETE", "conversations/{id}")
conversation_item = Kind("conversation_item", "item of a conversation", "GET", "conversations/{id}/items/{id}")
added_items = Kind("added_items", "items added to a conversation", "POST", "conversations/{id}/items")
deleted_item = Kind("deleted_item", "deletion of a conversation's item", "DELETE", "conversations/{id}/items/{id}")
conversation_items = Kind("conversation_items", "list of a conversation's items", "GET", "conversations/{id}/items")


def conversation_of(observed: Exchange) -> str:
    """Return the id of the conversation in the path of a request."""
    return unquote(observed.sent.operation.split("/")[1])


def by_id(created: Exchange, below: str = "") -> str:
    """Return the path of a conversation."""
    return f"{CONVERSATIONS}/{segment(created.at('id', str))}{below}"


@exchange(API, cost=0)
def created(target: Target) -> Request:
    """A conversation of three messages with two pairs of `metadata`."""
    first, second, third = SAID
    return post(CONVERSATIONS, {"items": [user(first), assistant(second), user(third)], "metadata": LABELS})


@exchange(API, cost=0)
def created_empty(target: Target) -> Request:
    """A conversation without items and without `metadata`."""
    return post(CONVERSATIONS, {})


@exchange(API, cost=0)
def retrieved(created: Exchange) -> Request:
    """The conversation, retrieved by its id."""
    return get(by_id(created))


@exchange(API, cost=0)
def updated(created: Exchange, retrieved: Exchange) -> Request:
    """An update of the conversation with other `metadata`."""
    return post(by_id(created), {"metadata": OTHER_LABELS})


@exchange(API, cost=0)
def updated_retrieved(created: Exchange, updated: Exchange) -> Request:
    """The updated conversation, retrieved by its id."""
    return get(by_id(created))


@exchange(API, cost=0, last=True)
def deleted(created: Exchange) -> Request:
    """The deletion of the conversation."""
    return delete(by_id(created))


@exchange(API, expects=404, cost=0, last=True, invalid=True)
def deleted_retrieved(created: Exchange, retrieved: Exchange, deleted: Exchange) -> Request:
    """The deleted conversation, retrieved by its id."""
    return get(by_id(created))


@exchange(API, expects={400, 404}, cost=0, roles=(), invalid=True)
def unknown_retrieved(created: Exchange) -> Request:
    """A conversation that does not exist."""
    return get(f"{CONVERSATIONS}/{NO_CONVERSATION}")


@exchange(ITEMS, cost=0)
def items_ascending(created: Exchange) -> Request:
    """The items of the conversation with `order=asc`."""
    return page(by_id(created, "/items"), order="asc")


@exchange(ITEMS, cost=0)
def items_first_page(created: Exchange) -> Request:
    """The first two items: `limit=2` and `order=asc`."""
    return page(by_id(created, "/items"), limit=2, order="asc")


@exchange(ITEMS, cost=0)
def items_next_page(created: Exchange, items_ascending: Exchange) -> Request:
    """The page after the second item: `after` with its id, `limit=2` and `order=asc`."""
    return page(by_id(created, "/items"), after=items_ascending.at("data.1.id", str), limit=2, order="asc")


@exchange(ITEMS, cost=0)
def items_with_include(created: Exchange) -> Request:
    """The items of the conversation with `include` of the addresses of images, of which there are none."""
    return page(by_id(created, "/items"), **{"include[]": "message.input_image.image_url"})


@exchange(ITEMS, cost=0)
def item_retrieved(created: Exchange, items_ascending: Exchange) -> Request:
    """The first item of the conversation, retrieved by its id."""
    return get(by_id(created, f"/items/{segment(items_ascending.at('data.0.id', str))}"))


@exchange(ITEMS, cost=0)
def items_added(
    created: Exchange, items_ascending: Exchange, items_first_page: Exchange, items_next_page: Exchange
) -> Request:
    """A message more for the conversation, whose items are listed before."""
    return post(by_id(created, "/items"), {"items": [user(ADDED)]})


@exchange(ITEMS, cost=0)
def items_after_adding(created: Exchange, items_added: Exchange) -> Request:
    """The items of the conversation after a message was added, with `order=asc`."""
    return page(by_id(created, "/items"), order="asc")


@exchange(ITEMS, cost=0)
def item_deleted(created: Exchange, items_added: Exchange, items_after_adding: Exchange) -> Request:
    """The deletion of the added message."""
    return delete(by_id(created, f"/items/{segment(items_added.at('data.0.id', str))}"))


@exchange(ITEMS, cost=0)
def items_after_deleting(created: Exchange, item_deleted: Exchange) -> Request:
    """The items of the conversation after the added message was deleted, with `order=asc`."""
    return page(by_id(created, "/items"), order="asc")


@exchange(ITEMS, expects={400, 404}, cost=0, invalid=True)
def unknown_item(created: Exchange, item_retrieved: Exchange) -> Request:
    """An item that does not exist, of a conversation that does."""
    return get(by_id(created, f"/items/{NO_ITEM}"))


def lists_both(observed: Exchange) -> bool:
    """Tell whether the items of a turn are listed, or cannot be: they are added after the response."""
    data = observed.get("data")
    return observed.status != 200 or (
        isinstance(data, list) and any(isinstance(one, dict) and one.get("role") == "assistant" for one in data)
    )


def turn(target: Target, of: Exchange, said: str) -> Request:
    """Return a request for a response that continues a conversation."""
    return ask(target, said, conversation=of.at("id", str), store=None)


@exchange(TURNS, cost=90)
def asked_in_created(target: Target, created: Exchange, items_after_deleting: Exchange) -> Request:
    """The question for the code word in the conversation whose items contain it."""
    return turn(target, created, ASK_WORD)


@exchange(TURNS)
def first_turn(target: Target, created_empty: Exchange) -> Request:
    """The first turn in an empty conversation: a code word to remember."""
    return turn(target, created_empty, TOLD)


@exchange(TURNS, cost=0, until=Until(lists_both, every_s=1.0, limit_s=10.0))
def first_turn_listed(created_empty: Exchange, first_turn: Exchange) -> Request:
    """The items of the conversation after the first turn, with `order=asc`, until there are two."""
    return page(by_id(created_empty, "/items"), order="asc")


@exchange(TURNS, cost=90)
def second_turn(target: Target, created_empty: Exchange, first_turn_listed: Exchange) -> Request:
    """The second turn in the conversation: the question for the code word, `conversation` as an object."""
    return ask(target, ASK_WORD, conversation={"id": created_empty.at("id", str)}, store=None)


@exchange(TURNS, cost=30)
def turn_counted(target: Target, created_empty: Exchange, first_turn: Exchange) -> Request:
    """A count of the tokens of a greeting in the conversation."""
    body = {"model": target.model("chat"), "input": HELLO, "conversation": created_empty.at("id", str)}
    return post(f"{PATH}/input_tokens", body)


@exchange(TURNS, expects={400, 422}, cost=5, invalid=True)
def both_given(target: Target, created_empty: Exchange, first_turn: Exchange, second_turn: Exchange) -> Request:
    """`conversation` and `previous_response_id` together, which the documents exclude."""
    both = {"conversation": created_empty.at("id", str), "previous_response_id": first_turn.at("id", str)}
    return ask(target, HELLO, **both)


@exchange(TURNS, expects={400, 404, 422}, cost=5, invalid=True)
def unknown_conversation(target: Target, first_turn: Exchange) -> Request:
    """A turn in a conversation that does not exist."""
    return ask(target, HELLO, conversation=NO_CONVERSATION)


@exchange(TURNS, cost=0, last=True)
def asked_deleted(asked_in_created: Exchange) -> Request:
    """The deletion of the response in the conversation with items."""
    return delete(f"{PATH}/{segment(asked_in_created.at('id', str))}")


@exchange(TURNS, cost=0, last=True)
def first_turn_deleted(first_turn: Exchange) -> Request:
    """The deletion of the response of the first turn."""
    return delete(f"{PATH}/{segment(first_turn.at('id', str))}")


@exchange(TURNS, cost=0, last=True)
def second_turn_deleted(second_turn: Exchange) -> Request:
    """The deletion of the response of the second turn."""
    return delete(f"{PATH}/{segment(second_turn.at('id', str))}")


@exchange(TURNS, cost=0, last=True)
def empty_deleted(created_empty: Exchange, second_turn: Exchange, turn_counted: Exchange) -> Request:
    """The deletion of the conversation in which the turns took place."""
    return delete(by_id(created_empty))
