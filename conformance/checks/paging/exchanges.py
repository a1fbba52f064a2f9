"""
What is sent about lists: small pages of files, batches and stored chat completions, and what comes after them.

Of the account's own lists only what holds beside other requests is judged: files and batches come and go meanwhile.
Two chat completions are stored under a label of their own, and deleted again; the messages of one are a list that
stays as it is, so what comes next in it is known.
"""

from conformance import Exchange, Inconclusive, Request, Target, Until, capability, exchange
from conformance.checks.batch.exchanges import chats_batch, embeddings_batch
from conformance.checks.common.pages import page
from conformance.checks.common.prompts import HELLO
from conformance.checks.files.exchanges import content_for, file_uploaded
from conformance.requests import Upload, assistant, delete, multipart, post, segment, user

LISTS = capability("paging.lists")

CHATS = "/chat/completions"
LABEL = "paged-4f1c"
FILTER = "metadata[case]"


def first_of(observed: Exchange) -> str:
    """Return the id of the first entry of a page. Raises `Inconclusive` when it is empty."""
    if not observed.at("data", list):
        raise Inconclusive("the list is empty, so nothing comes after its first entry")
    return observed.at("data.0.id", str)


def lists_both(observed: Exchange) -> bool:
    """Tell whether a list has two entries, or cannot be requested."""
    data = observed.get("data")
    return observed.status != 200 or (isinstance(data, list) and len(data) > 1)


@exchange(LISTS, cost=0)
def another_uploaded(target: Target, file_uploaded: Exchange) -> Request:
    """The upload of a second file."""
    file = Upload("conformance-4f1c-2.jsonl", content_for(target.model("chat")), "application/jsonl")
    return multipart("/files", {"purpose": "batch"}, {"file": file})


@exchange(LISTS, cost=0)
def files_page(another_uploaded: Exchange) -> Request:
    """The newest file alone: `limit=1` and `order=desc`."""
    return page("/files", limit=1, order="desc")


@exchange(LISTS, cost=0)
def files_next_page(another_uploaded: Exchange, files_page: Exchange) -> Request:
    """The file after the one that was uploaded last: `after`, `limit=1` and `order=desc`."""
    return page("/files", after=another_uploaded.at("id", str), limit=1, order="desc")


@exchange(LISTS, cost=0)
def files_ascending(another_uploaded: Exchange) -> Request:
    """The two oldest files: `limit=2` and `order=asc`."""
    return page("/files", limit=2, order="asc")


@exchange(LISTS, cost=0, last=True)
def another_deleted(another_uploaded: Exchange, files_next_page: Exchange) -> Request:
    """The deletion of the second file."""
    return delete(f"/files/{segment(another_uploaded.at('id', str))}")


@exchange(LISTS, cost=0)
def batches_page(chats_batch: Exchange, embeddings_batch: Exchange) -> Request:
    """One batch of at least two: `limit=1`."""
    return page("/batches", limit=1)


@exchange(LISTS, cost=0)
def batches_next_page(batches_page: Exchange) -> Request:
    """The batch after the first one: `after` and `limit=1`."""
    return page("/batches", after=first_of(batches_page), limit=1)


def _stored(target: Target, *said: dict[str, object]) -> Request:
    body = {"model": target.model("chat"), "messages": [*said], "store": True, "metadata": {"case": LABEL}}
    return post(CHATS, body)


@exchange(LISTS)
def chat_of_three(target: Target) -> Request:
    """A chat completion of three messages, with `store: true` and a label."""
    return _stored(target, user("Say OK."), assistant("OK."), user(HELLO))


@exchange(LISTS)
def chat_of_one(target: Target, chat_of_three: Exchange) -> Request:
    """A second chat completion with `store: true` and the same label."""
    return _stored(target, user(HELLO))


@exchange(LISTS, cost=0, until=Until(lists_both, every_s=1.0, limit_s=20.0))
def chats_ascending(chat_of_one: Exchange) -> Request:
    """The stored completions with that label, with `order=asc`."""
    return page(CHATS, **{FILTER: LABEL}, order="asc")


@exchange(LISTS, cost=0)
def chats_descending(chats_ascending: Exchange) -> Request:
    """The stored completions with that label, with `order=desc`."""
    return page(CHATS, **{FILTER: LABEL}, order="desc")


@exchange(LISTS, cost=0)
def chats_page(chats_ascending: Exchange) -> Request:
    """The first of the stored completions with that label: `limit=1` and `order=asc`."""
    return page(CHATS, **{FILTER: LABEL}, limit=1, order="asc")


@exchange(LISTS, cost=0)
def chats_next_page(chats_page: Exchange) -> Request:
    """The stored completion with that label that comes after the first: `after`, `limit=1` and `order=asc`."""
    return page(CHATS, **{FILTER: LABEL}, after=first_of(chats_page), limit=1, order="asc")


def _messages(chat_of_three: Exchange) -> str:
    return f"{CHATS}/{segment(chat_of_three.at('id', str))}/messages"


@exchange(LISTS, cost=0)
def messages_ascending(chat_of_three: Exchange, chats_ascending: Exchange) -> Request:
    """The three messages of a stored completion, with `order=asc`."""
    return page(_messages(chat_of_three), order="asc")


@exchange(LISTS, cost=0)
def messages_descending(chat_of_three: Exchange, chats_ascending: Exchange) -> Request:
    """The three messages of a stored completion, with `order=desc`."""
    return page(_messages(chat_of_three), order="desc")


@exchange(LISTS, cost=0)
def messages_page(chat_of_three: Exchange, chats_ascending: Exchange) -> Request:
    """The first two of the three messages of a stored completion: `limit=2` and `order=asc`."""
    return page(_messages(chat_of_three), limit=2, order="asc")


@exchange(LISTS, cost=0)
def messages_next_page(chat_of_three: Exchange, messages_ascending: Exchange) -> Request:
    """The messages after the first one: `after`, `limit=2` and `order=asc`."""
    return page(_messages(chat_of_three), after=first_of(messages_ascending), limit=2, order="asc")


@exchange(LISTS, cost=0, last=True)
def chat_of_three_deleted(chat_of_three: Exchange, chats_descending: Exchange) -> Request:
    """The deletion of the stored completion of three messages."""
    return delete(f"{CHATS}/{segment(chat_of_three.at('id', str))}")


@exchange(LISTS, cost=0, last=True)
def chat_of_one_deleted(chat_of_one: Exchange, chats_descending: Exchange) -> Request:
    """The deletion of the second stored completion."""
    return delete(f"{CHATS}/{segment(chat_of_one.at('id', str))}")
