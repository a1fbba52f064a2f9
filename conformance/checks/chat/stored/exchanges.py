"""
What is sent about stored chat completions.

OpenAI stores a completion a moment after its response, so the list is requested until it is there.
"""

from conformance import Exchange, Request, Target, Until, capability, exchange
from conformance.checks.common.prompts import HELLO
from conformance.requests import delete, get, post, segment, user

STORED = capability("chat.stored")

LABEL = "stored-4f1c"
OTHER_LABEL = "stored-4f1d"


def by_id(stored: Exchange, below: str = "") -> str:
    """Return the path of the stored completion."""
    return f"/chat/completions/{segment(stored.at('id', str))}{below}"


def lists_it(observed: Exchange) -> bool:
    """Tell whether a list is not empty."""
    return observed.status == 200 and bool(observed.get("data"))


@exchange(STORED)
def stored(target: Target) -> Request:
    """A chat completion with `store: true` and one pair of metadata."""
    body = {"model": target.model("chat"), "messages": [user(HELLO)], "store": True, "metadata": {"case": LABEL}}
    return post("/chat/completions", body)


@exchange(STORED, cost=0, until=Until(lists_it, every_s=1.0, limit_s=20.0))
def stored_listed(stored: Exchange) -> Request:
    """The stored completions with that metadata, newest first."""
    return get(f"/chat/completions?metadata%5Bcase%5D={LABEL}&order=desc")


@exchange(STORED, cost=0)
def stored_retrieved(stored: Exchange, stored_listed: Exchange) -> Request:
    """The stored completion, retrieved by its id."""
    return get(by_id(stored))


@exchange(STORED, cost=0)
def stored_messages(stored: Exchange, stored_listed: Exchange) -> Request:
    """The messages of the stored completion."""
    return get(by_id(stored, "/messages"))


@exchange(STORED, cost=0)
def stored_updated(stored: Exchange, stored_retrieved: Exchange) -> Request:
    """An update of the stored completion with other metadata."""
    return post(by_id(stored), {"metadata": {"case": OTHER_LABEL}})


@exchange(STORED, cost=0, last=True)
def stored_deleted(stored: Exchange, stored_listed: Exchange) -> Request:
    """The deletion of the stored completion."""
    return delete(by_id(stored))


@exchange(
    STORED,
    expects={200, 404},
    cost=0,
    last=True,
    until=Until(lambda e: e.status == 404, every_s=1.0, limit_s=10.0),
)
def deleted_retrieved(stored: Exchange, stored_deleted: Exchange) -> Request:
    """The deleted completion, retrieved by its id."""
    return get(by_id(stored))
