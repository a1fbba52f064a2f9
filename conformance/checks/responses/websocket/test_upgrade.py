"""
The request to upgrade to a WebSocket: accepted, or rejected so that a client falls back to HTTP.

Coding agents try the WebSocket first: a response that is neither costs each turn the time until they give up.

Not checked: what is said over a WebSocket; how soon a rejection comes, but that it comes at all.
"""

from conformance import OBSERVED, Exchange, may
from conformance.checks.common import evidence
from conformance.checks.responses.websocket.exchanges import ACCEPTED, NOT_OFFERED, WEBSOCKET, upgrade
from conformance.counterexamples import answered


@may(
    WEBSOCKET,
    says=OBSERVED("OpenAI accepts the upgrade; a client falls back when it is rejected", *evidence.WEBSOCKET),
    counterexample=answered(upgrade, 200),
    any_status=True,
)
def test_upgrade_is_accepted_or_rejected(upgrade: Exchange) -> None:
    """A request to upgrade `/responses` to a WebSocket is accepted with 101, or rejected with a 4xx status or 501."""
    status = upgrade.status
    if status == ACCEPTED:
        protocol = upgrade.header("upgrade") or ""
        assert protocol.lower() == "websocket", f"status 101 with `Upgrade: {protocol[:40]}`"
        return
    assert status == NOT_OFFERED or 400 <= status < 500, f"status {status}, which is neither"
