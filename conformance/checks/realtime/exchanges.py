"""What is sent about the Realtime API: one client secret that nobody uses, and that ends after ten seconds."""

from conformance import Request, capability, exchange
from conformance.requests import post

REALTIME = capability("realtime")

SECONDS = 10
"""The smallest documented value: what is recorded of it is worthless soon."""


@exchange(REALTIME, expects={200, 400, 403, 404, 405, 501}, cost=0, roles=())
def client_secret() -> Request:
    """A client secret of the Realtime API that ends after ten seconds, which may be rejected."""
    return post("/realtime/client_secrets", {"expires_after": {"anchor": "created_at", "seconds": SECONDS}})
