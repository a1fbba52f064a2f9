"""What is sent about a search of the web: a question whose response cites something, non-streaming and streamed."""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import SEARCH
from conformance.requests import post, user

SEARCHED = capability("chat.web_search")

ROLES = ("search",)


def search(target: Target, **optional: Any) -> Request:
    """Return a question to the model that searches, with the smallest context."""
    body = {"model": target.model("search"), "messages": [user(SEARCH)]}
    return post("/chat/completions", {**body, "web_search_options": {"search_context_size": "low"}, **optional})


@exchange(SEARCHED, roles=ROLES, cost=9_000)
def searched(target: Target) -> Request:
    """A question about today's news with `web_search_options`, to a model that searches."""
    return search(target)


@exchange(SEARCHED, roles=ROLES, cost=9_000)
def searched_streamed(target: Target, searched: Exchange) -> Request:
    """The same question, streamed."""
    del searched
    return search(target, stream=True)
