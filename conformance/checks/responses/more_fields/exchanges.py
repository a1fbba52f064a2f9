"""
What is sent about fields that few clients send, one in each request.

Not sent: `image`, which says how images of earlier turns are compressed and shows nowhere; `access_programs`, which
takes an agreement with the vendor; `multi_agent`, which is a beta of its own.
"""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import COUNT, HELLO
from conformance.checks.responses.exchanges import ask, greeted

MORE_FIELDS = capability("responses.more_fields")

NO_PROMPT = "pmpt_0000000000000000000000004f1c"
CACHE = {"mode": "explicit", "ttl": "30m"}
THRESHOLD = 1000
"""The smallest value that OpenAI takes (2026-04)."""
LONG = " ".join([HELLO] * 220)
"""More tokens than the threshold."""


@exchange(MORE_FIELDS, cost=100, roles=("chat", "moderation"))
def moderated(target: Target) -> Request:
    """A greeting with `moderation` of input and output."""
    return ask(target, HELLO, moderation={"model": target.model("moderation")})


@exchange(MORE_FIELDS, cost=2500)
def compacted_on_the_way(target: Target) -> Request:
    """A long input with `context_management` that compacts it above 1,000 tokens."""
    return ask(target, f"{LONG} {COUNT}", context_management=[{"type": "compaction", "compact_threshold": THRESHOLD}])


@exchange(MORE_FIELDS, cost=60)
def cached_explicitly(target: Target) -> Request:
    """A greeting with `prompt_cache_options` of the mode `explicit`."""
    return ask(target, HELLO, prompt_cache_options=CACHE)


@exchange(MORE_FIELDS, expects={400, 403, 404, 422}, cost=5, invalid=True)
def unknown_prompt(target: Target, greeted: Exchange) -> Request:
    """A `prompt` that is not stored at the endpoint."""
    del greeted
    return ask(target, HELLO, prompt={"id": NO_PROMPT, "version": "1"})
