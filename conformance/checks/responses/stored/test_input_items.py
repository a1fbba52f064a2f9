"""
The input of a stored response as a list: all of it, in both orders, and page by page.

Not checked: the order without `order`; how many items a page has without `limit`.
"""

from typing import Any

from conformance import DOC, Exchange, Inconclusive, must
from conformance.checks.common.pages import all_ids, ids
from conformance.checks.responses.stored.exchanges import (
    SAID,
    STORED,
    items_ascending,
    items_descending,
    items_first_page,
    items_next_page,
)
from conformance.counterexamples import broken, changed

PAGE = 2


def whole(observed: Exchange) -> list[str]:
    """Return the ids of all items of the input. Raises `Inconclusive` when another number of items is listed."""
    return all_ids(observed, len(SAID))


def text_of(item: dict[str, Any]) -> str:
    """Return the text of a message."""
    parts = item.get("content")
    return "".join(str(part.get("text")) for part in parts if isinstance(part, dict)) if isinstance(parts, list) else ""


def reversed_list(observed: Exchange) -> Exchange:
    """Return a list in the other order; for counterexamples."""
    return broken(None, "data", observed.at("data", list)[::-1]).change(observed)


@must(STORED, says=DOC("listInputItems"), counterexample=broken(items_ascending, "data.0.content.0.text", "Hi."))
def test_input_items_have_every_message(items_ascending: Exchange) -> None:
    """The `input_items` of a stored response, with `order=asc`, are all messages of its input as they were sent."""
    texts = [text_of(item) for item in items_ascending.all("data.*", dict)]
    assert texts == list(SAID), f"{len(texts)} items, whose texts are {[text[:40] for text in texts]}"


@must(STORED, says=DOC("listInputItems"), counterexample=changed(items_descending, reversed_list))
def test_descending_items_are_reversed(items_descending: Exchange, items_ascending: Exchange) -> None:
    """The `input_items` with `order=desc` are those with `order=asc` in reverse."""
    assert ids(items_descending) == whole(items_ascending)[::-1], "`order=desc` does not reverse the list"


@must(STORED, says=DOC("listInputItems"), counterexample=broken(items_first_page, "data", []))
def test_first_items_have_more_after_them(items_first_page: Exchange, items_ascending: Exchange) -> None:
    """With `limit`, the `input_items` begin with the first items, and `has_more` is true where some are left out."""
    expected, found = whole(items_ascending)[:PAGE], ids(items_first_page)
    assert found == expected, f"{len(found)} items with `limit` {PAGE}, which are not the first ones of the whole list"
    assert items_first_page.at("has_more", bool) is True, "`has_more` is false, and an item is left out"


@must(STORED, says=DOC("listInputItems"), counterexample=broken(items_next_page, "data", []))
def test_next_items_follow(items_next_page: Exchange, items_ascending: Exchange) -> None:
    """With `after`, the `input_items` go on behind that item, and `has_more` is false where none is left."""
    expected, found = whole(items_ascending)[PAGE:], ids(items_next_page)
    assert found == expected, f"{len(found)} items, where {len(expected)} come after the one that `after` names"
    assert items_next_page.at("has_more", bool) is False, "`has_more` is true, and no item is left"
