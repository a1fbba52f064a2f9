"""
What is sent about the Realtime API: client secrets that nobody uses and that end after ten seconds, and a broken offer.

A call that exists takes a browser or a telephone. What is asked of one that does not is not sent: OpenAI has been seen
to reject that without a body (2025-09-22, openai/openai-realtime-console#562).
"""

from conformance import Exchange, Request, capability, exchange
from conformance.checks.common.requests import NO_MODEL
from conformance.requests import post, raw

REALTIME = capability("realtime")
SESSIONS = capability("realtime.sessions")

SECONDS = 10
"""The smallest documented value: what is recorded of it is worthless soon."""
LIFE = {"anchor": "created_at", "seconds": SECONDS}
REJECTED = frozenset({400, 403, 404, 405, 422, 501})
NO_OFFER = b"This is not an offer.\r\n"


@exchange(REALTIME, expects={200, 400, 403, 404, 405, 501}, cost=0, roles=())
def client_secret() -> Request:
    """A client secret of the Realtime API that ends after ten seconds, which may be rejected."""
    return post("/realtime/client_secrets", {"expires_after": LIFE})


@exchange(SESSIONS, expects={200, *REJECTED}, cost=0, roles=())
def transcription_secret(client_secret: Exchange) -> Request:
    """A client secret for a session that only transcribes, which may be rejected."""
    del client_secret
    return post("/realtime/client_secrets", {"expires_after": LIFE, "session": {"type": "transcription"}})


@exchange(SESSIONS, expects={200, *REJECTED}, cost=0, roles=(), invalid=True)
def translation_secret(client_secret: Exchange) -> Request:
    """A client secret for a session that translates with a model that does not exist."""
    del client_secret
    wanted = {"expires_after": LIFE, "session": {"model": NO_MODEL, "audio": {"output": {"language": "es"}}}}
    return post("/realtime/translations/client_secrets", wanted)


@exchange(SESSIONS, expects=REJECTED | {415}, cost=0, roles=(), invalid=True)
def broken_offer(client_secret: Exchange) -> Request:
    """A call of the Realtime API whose session description (SDP) is not one."""
    del client_secret
    return raw("/realtime/calls", NO_OFFER, "application/sdp")
