"""
What an endpoint tells about its limits without being asked.

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
TOLD = OBSERVED(
    "OpenAI sends `x-ratelimit-limit-*` and `x-ratelimit-remaining-*`, on which clients slow down", *evidence.HEADERS
)


@may(
    RATE,
    says=TOLD,
    counterexample=header(hello, "x-ratelimit-remaining-requests", "99999999"),
    reads=frozenset({Facet.HEADERS}),
)
def test_remaining_is_within_the_limit(any_response: Exchange) -> None:
    """What remains of a limit is a number from 0 to the limit, wherever both are told."""
    told = {kind: _told(any_response, kind) for kind in KINDS}
    known = {kind: pair for kind, pair in told.items() if pair}
    if not known:
        raise Inconclusive("no limit is told in headers, which is allowed")
    for kind, (limit, remaining) in known.items():
        assert limit.isdigit(), f"the limit of {kind} is {limit!r}"
        assert remaining.isdigit(), f"what remains of {kind} is {remaining!r}"
        assert int(remaining) <= int(limit), f"{remaining} {kind} remain of a limit of {limit}"


def _told(observed: Exchange, kind: str) -> tuple[str, str] | None:
    limit = observed.header(f"x-ratelimit-limit-{kind}")
    remaining = observed.header(f"x-ratelimit-remaining-{kind}")
    return (limit.strip(), remaining.strip()) if limit and remaining else None
