"""
The items of a conversation: listed, read page by page, added, retrieved, deleted.

Not checked: the order without `order`; which keys an item has besides `id`, `type`, `role` and `content`.
"""

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, must
from conformance.checks.common.pages import all_ids, ids
from conformance.checks.conversations.exchanges import (
    ITEMS,
    SAID,
    added_items,
    conversation_item,
    conversation_items,
    conversation_of,
    deleted_item,
    item_deleted,
    item_retrieved,
    items_added,
    items_after_adding,
    items_after_deleting,
    items_ascending,
    items_first_page,
    items_next_page,
)
from conformance.checks.responses.stored.test_input_items import text_of
from conformance.counterexamples import DELETE, broken
from conformance.requests import last_segment

PAGE = 2


def whole(listed: Exchange) -> list[str]:
    """Return the ids of all items. Raises `Inconclusive` when another number of items is listed."""
    return all_ids(listed, len(SAID))


@must(ITEMS, says=SDK("ConversationItemList"), counterexample=broken(items_ascending, "has_more", DELETE))
def test_items_are_a_list(conversation_items: Exchange) -> None:
    """A list of a conversation's items has `object` `list`, `has_more`, and matching `first_id` and `last_id`."""
    assert conversation_items.at("object", str) == "list"
    conversation_items.at("has_more", bool)
    found = ids(conversation_items)
    if not found:
        raise Inconclusive("the list is empty")
    assert conversation_items.at("first_id", str) == found[0], "`first_id` is not the id of the first item"
    assert conversation_items.at("last_id", str) == found[-1], "`last_id` is not the id of the last item"


@must(
    ITEMS,
    says=SDK("conversation_create_params.ConversationCreateParams.items"),
    counterexample=broken(items_ascending, "data.0.content.0.text", "Hi."),
)
def test_items_have_every_message(items_ascending: Exchange) -> None:
    """The items of a conversation, with `order=asc`, are the messages that it was created with, as they were sent."""
    texts = [text_of(item) for item in items_ascending.all("data.*", dict)]
    assert texts == list(SAID), f"{len(texts)} items, whose texts are {[text[:40] for text in texts]}"


@must(ITEMS, says=DOC("listConversationItems"), counterexample=broken(items_first_page, "data", []))
def test_first_items_are_listed(items_first_page: Exchange, items_ascending: Exchange) -> None:
    """With `limit`, a list of a conversation's items begins with the first ones, and `has_more` is true."""
    expected, found = whole(items_ascending)[:PAGE], ids(items_first_page)
    assert found == expected, f"{len(found)} items with `limit` {PAGE}, which are not the first ones of the whole list"
    assert items_first_page.at("has_more", bool) is True, "`has_more` is false, and an item is left out"


@must(ITEMS, says=DOC("listConversationItems"), counterexample=broken(items_next_page, "data", []))
def test_next_items_follow(items_next_page: Exchange, items_ascending: Exchange) -> None:
    """With `after`, a list of a conversation's items goes on behind that item, and `has_more` is false at the end."""
    expected, found = whole(items_ascending)[PAGE:], ids(items_next_page)
    assert found == expected, f"{len(found)} items, where {len(expected)} come after the one that `after` names"
    assert items_next_page.at("has_more", bool) is False, "`has_more` is true, and no item is left"


@must(ITEMS, says=DOC("getConversationItem"), counterexample=broken(item_retrieved, "id", "msg_another"))
def test_item_has_the_requested_id(conversation_item: Exchange) -> None:
    """A retrieved item of a conversation has the requested `id`, and a `type`."""
    asked, observed = last_segment(conversation_item.sent), conversation_item.at("id", str)
    assert observed == asked, f"`id` is {observed!r} where {asked!r} was requested"
    assert conversation_item.at("type", str) != ""


@must(ITEMS, says=DOC("getConversationItem"), counterexample=broken(item_retrieved, "content", []))
def test_item_has_its_text(item_retrieved: Exchange, items_ascending: Exchange) -> None:
    """A retrieved item of a conversation has the text of the listed one."""
    listed = text_of(items_ascending.at("data.0", dict))
    if not listed:
        raise Inconclusive("the listed item has no text")
    if text_of({"content": item_retrieved.at("content", list)}) != listed:  # an `assert` would make a diff
        raise Deviation("the text is another one")


@must(ITEMS, says=DOC("createConversationItems"), counterexample=broken(items_added, "data", []))
def test_added_items_are_returned(added_items: Exchange) -> None:
    """Adding items to a conversation returns a list of as many items, each with an `id`."""
    sent = len(added_items.sent.json["items"])
    found = ids(added_items)
    assert len(found) == sent, f"{len(found)} items are returned where {sent} were added"
    assert all(found), "an item has an empty `id`"


@must(ITEMS, says=DOC("createConversationItems"), counterexample=broken(items_after_adding, "data", []))
def test_added_item_is_the_last(items_after_adding: Exchange, items_added: Exchange) -> None:
    """An item that was added to a conversation is the last of its items with `order=asc`."""
    added = ids(items_added)
    if not added:
        raise Inconclusive("no item is returned, which another check finds")
    assert ids(items_after_adding)[-1:] == added[-1:], "the last listed item is not the one that was added"


@must(ITEMS, says=DOC("deleteConversationItem"), counterexample=broken(item_deleted, "id", "conv_another"))
def test_deletion_returns_the_conversation(deleted_item: Exchange) -> None:
    """Deleting an item of a conversation returns the conversation."""
    assert deleted_item.at("object", str) == "conversation"
    assert deleted_item.at("id", str) == conversation_of(deleted_item)


@must(ITEMS, says=DOC("deleteConversationItem"), counterexample=broken(items_after_deleting, "data", []))
def test_deleted_item_is_gone(items_after_deleting: Exchange, items_after_adding: Exchange) -> None:
    """After an item of a conversation was deleted, the others are listed without it."""
    before, now = ids(items_after_adding), ids(items_after_deleting)
    if not before:
        raise Inconclusive("no item was listed before one was deleted")
    assert now == before[:-1], f"{len(now)} items are listed, and {len(before)} before one was deleted"
