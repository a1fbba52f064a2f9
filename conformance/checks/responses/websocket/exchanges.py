"""What is sent about WebSockets: the request to upgrade alone. Nothing is said over a connection that is accepted."""

from conformance import Exchange, Request, capability, exchange
from conformance.checks.responses.exchanges import PATH, greeted

WEBSOCKET = capability("responses.websocket")

ACCEPTED = 101
NOT_OFFERED = 501
REJECTED = frozenset({400, 403, 404, 405, 410, 426, NOT_OFFERED})
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "Y29uZm9ybWFuY2UtNGYxYw==",
}
"""The header fields of RFC 6455, section 4.1; the key is 16 bytes, always the same."""


@exchange(WEBSOCKET, expects={ACCEPTED, *REJECTED}, cost=0, media=("",), roles=())
def upgrade(greeted: Exchange) -> Request:
    """A request to upgrade the connection to a WebSocket, at the path where responses are created."""
    return Request("GET", PATH, headers=UPGRADE)
