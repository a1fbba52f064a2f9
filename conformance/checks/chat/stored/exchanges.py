"""
What is sent about chat completions that are kept.

OpenAI keeps a completion a moment after it has answered, so the list is asked until it is there.
"""

from conformance import Exchange, Request, Target, Until, capability, exchange
from conformance.checks.common.prompts import HELLO
from conformance.requests import delete, get, post, segment, user

STORED = capability("chat.stored")

LABEL = "stored-4f1c"
OTHER_LABEL = "stored-4f1d"


def by_id(kept: Exchange, below: str = "") -> str:
    """Return the path of the completion that was kept."""
    return f"/chat/completions/{segment(kept.at('id', str))}{below}"


def lists_it(observed: Exchange) -> bool:
    """Tell whether a list holds anything."""
    return observed.status == 200 and bool(observed.get("data"))


@exchange(STORED)
def kept(target: Target) -> Request:
    """A completion to be kept, with one pair of metadata."""
    body = {"model": target.model("chat"), "messages": [user(HELLO)], "store": True, "metadata": {"case": LABEL}}
    return post("/chat/completions", body)


@exchange(STORED, cost=0, until=Until(lists_it, every_s=1.0, limit_s=20.0))
def kept_listed(kept: Exchange) -> Request:
    """The kept completions with that metadata, the newest first."""
    return get(f"/chat/completions?metadata%5Bcase%5D={LABEL}&order=desc")


@exchange(STORED, cost=0)
def kept_retrieved(kept: Exchange, kept_listed: Exchange) -> Request:
    """The kept completion by its id."""
    return get(by_id(kept))


@exchange(STORED, cost=0)
def kept_messages(kept: Exchange, kept_listed: Exchange) -> Request:
    """The messages that the kept completion answered."""
    return get(by_id(kept, "/messages"))


@exchange(STORED, cost=0)
def kept_relabelled(kept: Exchange, kept_retrieved: Exchange) -> Request:
    """Other metadata for the kept completion."""
    return post(by_id(kept), {"metadata": {"case": OTHER_LABEL}})


@exchange(STORED, cost=0, last=True)
def kept_deleted(kept: Exchange, kept_listed: Exchange) -> Request:
    """The kept completion is deleted."""
    return delete(by_id(kept))


@exchange(
    STORED,
    expects={200, 404},
    cost=0,
    last=True,
    until=Until(lambda e: e.status == 404, every_s=1.0, limit_s=10.0),
)
def kept_gone(kept: Exchange, kept_deleted: Exchange) -> Request:
    """The deleted completion by its id."""
    return get(by_id(kept))
