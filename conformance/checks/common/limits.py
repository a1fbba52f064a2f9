"""
How a short response is requested of any model.

Models that reason reject `max_tokens` ("not compatible with o-series models", says its document), and spend tokens
unseen before they write. So the older name is tried once, and the limit allows for as much reasoning as the same
question took without a limit.
"""

from typing import Any

from conformance import Exchange, Inconclusive, Target
from conformance.checks.common.usage import REASONING

OLD, NEW = "max_tokens", "max_completion_tokens"
MOST_REASONING = 4096
"""Tokens; a server that counts more is not believed."""


def name_of_limit(tried: Exchange) -> str:
    """Return the name of the limit that is accepted; `tried` sent the older one."""
    if tried.status == 200:
        return OLD
    return NEW if OLD.encode() in tried.received.body.lower() else OLD


def limit_of(sent: Exchange) -> int:
    """Return the limit of a request, by whichever name. Raises `Inconclusive` when it has none."""
    fields = sent.sent.json
    found = next((fields[name] for name in (OLD, NEW) if name in fields), None)
    if found is None:
        raise Inconclusive("the request has no token limit")
    return int(found)


def limited(tried: Exchange, tokens: int) -> dict[str, Any]:
    """Return the field that limits a response to so many tokens, by the name that is accepted."""
    return {name_of_limit(tried): tokens}


def room(target: Target, whole: Exchange, tokens: int) -> int:
    """Return the limit for about `tokens` tokens of text, after the reasoning of the response without a limit."""
    try:
        spent = whole.get(REASONING)
    except Inconclusive:  # no JSON, which other checks find
        spent = None
    if not isinstance(spent, int) or isinstance(spent, bool):
        return target.budget(tokens)
    return tokens + min(max(spent, 0), MOST_REASONING)
