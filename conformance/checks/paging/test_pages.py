"""
Pages of any list: as long as requested, in the requested order, and going on where the last one ended.

A client that reads a list to its end loops on a page that comes again, and loses what a page leaves out.

Not checked: the order of what was created within one second; which order a list has without `order`; what `first_id`
and `last_id` of files and batches are.
"""

from itertools import pairwise

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, must
from conformance.checks.common.pages import AFTER, LIMIT, ORDER, after_of, all_ids, ids, limit_of, list_page, order_of
from conformance.checks.paging.exchanges import (
    LISTS,
    batches_next_page,
    batches_page,
    chats_ascending,
    chats_descending,
    chats_next_page,
    chats_page,
    files_ascending,
    files_next_page,
    files_page,
    messages_ascending,
    messages_descending,
    messages_next_page,
    messages_page,
)
from conformance.counterexamples import DELETE, broken, changed

PAGES = (files_page, files_next_page, batches_page, batches_next_page, chats_page, chats_next_page, messages_page)
MESSAGES = 3


def twice(observed: Exchange) -> Exchange:
    """Return a page with all its entries twice; for counterexamples."""
    return broken(None, "data", observed.at("data", list) * 2).change(observed)


def again(observed: Exchange) -> Exchange:
    """Return a page with an entry of the id that it should come after; for counterexamples."""
    return broken(None, "data", [{"id": after_of(observed.sent)}]).change(observed)


def times(observed: Exchange) -> list[int]:
    """Return when the entries were made. Raises `Inconclusive` when that does not tell which one is older."""
    found = [entry.get("created_at", entry.get("created")) for entry in observed.all("data.*", dict)]
    told = [time for time in found if isinstance(time, int)]
    if len(told) < len(found) or len(told) < 2:
        raise Inconclusive("fewer than two entries have a time")
    if len(set(told)) == 1:
        raise Inconclusive("all entries were created in the same second")
    return told


def shuffled(observed: Exchange) -> Exchange:
    """Return a list whose entries were made in the other order; for counterexamples."""
    data = [dict(entry) for entry in observed.at("data", list)]
    rising = order_of(observed.sent) == "asc"
    for number, entry in enumerate(data):
        entry["created" if "created" in entry else "created_at"] = 1_700_000_000 + (-number if rising else number)
    return broken(None, "data", data).change(observed)


@must(
    LISTS,
    says=SDK("file_list_params.FileListParams.limit"),
    counterexample=changed(files_page, twice),
    witness=PAGES,
    when=(LIMIT,),
)
def test_page_is_as_long_as_the_limit(list_page: Exchange) -> None:
    """A list requested with `limit` has at most that many entries."""
    entries, limit = list_page.at("data", list), limit_of(list_page.sent)
    if not entries:
        raise Inconclusive("the list is empty")
    if len(entries) > limit:
        raise Deviation(f"{len(entries)} entries where `limit` is {limit}", finding="ignored:limit")


@must(
    LISTS,
    says=SDK("file_list_params.FileListParams.after"),
    counterexample=changed(files_next_page, again),
    witness=(files_next_page, batches_next_page, chats_next_page),
    when=(AFTER,),
)
def test_page_begins_after_the_cursor(list_page: Exchange) -> None:
    """A list requested with `after` does not have the entry that `after` names."""
    found = ids(list_page)
    if not found:
        raise Inconclusive("the list is empty")
    if after_of(list_page.sent) in found:
        raise Deviation("the entry that `after` names is on the page again", finding="ignored:after")


@must(
    LISTS,
    says=SDK("file_list_params.FileListParams.order"),
    counterexample=changed(chats_ascending, shuffled),
    witness=(files_ascending, chats_ascending, chats_descending),
    when=(ORDER,),
)
def test_page_has_the_requested_order(list_page: Exchange) -> None:
    """The entries of a list requested with `order` are sorted by when they were created."""
    found, order = times(list_page), order_of(list_page.sent)
    rising = found if order == "asc" else found[::-1]
    wrong = [(one, other) for one, other in pairwise(rising) if one > other]
    if wrong:
        raise Deviation(f"{wrong[0][0]} stands before {wrong[0][1]} with `order` {order}", finding="ignored:order")


@must(
    LISTS,
    says=SDK("batch_list_params.BatchListParams.limit"),
    counterexample=broken(batches_page, "has_more", DELETE),
    witness=PAGES,
    when=(LIMIT,),
)
def test_page_says_whether_more_follows(list_page: Exchange) -> None:
    """A list requested with `limit` has `has_more`, a boolean."""
    list_page.at("has_more", bool)


@must(LISTS, says=DOC("getChatCompletionMessages"), counterexample=broken(messages_page, "data", []))
def test_first_page_has_the_first_entries(messages_page: Exchange, messages_ascending: Exchange) -> None:
    """With `limit`, the messages of a stored chat completion begin with the first, and `has_more` is true."""
    whole = every_message(messages_ascending)
    assert ids(messages_page) == whole[:2], "the page is not the first two messages of the whole list"
    assert messages_page.at("has_more", bool) is True, "`has_more` is false, and a message is left out"


@must(LISTS, says=DOC("getChatCompletionMessages"), counterexample=broken(messages_next_page, "data", []))
def test_next_page_has_the_next_entries(messages_next_page: Exchange, messages_ascending: Exchange) -> None:
    """With `after`, the messages of a stored chat completion go on behind that message, and nothing is left out."""
    whole = every_message(messages_ascending)
    assert ids(messages_next_page) == whole[1:], "the page is not the messages that come next in the whole list"


@must(LISTS, says=DOC("getChatCompletionMessages"), counterexample=broken(messages_descending, "data", []))
def test_other_order_is_reversed(messages_descending: Exchange, messages_ascending: Exchange) -> None:
    """The messages of a stored chat completion with `order=desc` are those with `order=asc` in reverse."""
    assert ids(messages_descending) == every_message(messages_ascending)[::-1], "the list is not reversed"


def every_message(observed: Exchange) -> list[str]:
    """Return the ids of all messages. Raises `Inconclusive` when another number of messages is listed."""
    return all_ids(observed, MESSAGES)
