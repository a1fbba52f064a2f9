"""
What an endpoint reports about its rate limits.

Not checked: 429 itself. To provoke it would be rude and dear; a 429 that comes by itself is retried, and noted in the
log. Headers may be absent.
"""

from conformance import OBSERVED, Exchange, Facet, Inconclusive, may
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.kinds import any_response
from conformance.checks.errors.exchanges import RATE
from conformance.counterexamples import header

KINDS = ("requests", "tokens")
RATE_LIMITS = OBSERVED(
    "OpenAI sends `x-ratelimit-limit-*` and `x-ratelimit-remaining-*`, on which clients slow down", *evidence.HEADERS
)


@may(
    RATE,
    says=RATE_LIMITS,
    counterexample=header(hello, "x-ratelimit-remaining-requests", "99999999"),
    reads=frozenset({Facet.HEADERS}),
)
def test_remaining_is_within_the_limit(any_response: Exchange) -> None:
    """`x-ratelimit-remaining-*` is a number from 0 to `x-ratelimit-limit-*`, where both headers are sent."""
    reported = {kind: _reported(any_response, kind) for kind in KINDS}
    known = {kind: pair for kind, pair in reported.items() if pair}
    if not known:
        raise Inconclusive("no rate limit is reported in headers, which is allowed")
    for kind, (limit, remaining) in known.items():
        assert limit.isdigit(), f"`x-ratelimit-limit-{kind}` is {limit!r}"
        assert remaining.isdigit(), f"`x-ratelimit-remaining-{kind}` is {remaining!r}"
        assert int(remaining) <= int(limit), f"{remaining} {kind} remaining of a limit of {limit}"


def _reported(observed: Exchange, kind: str) -> tuple[str, str] | None:
    limit = observed.header(f"x-ratelimit-limit-{kind}")
    remaining = observed.header(f"x-ratelimit-remaining-{kind}")
    return (limit.strip(), remaining.strip()) if limit and remaining else None
