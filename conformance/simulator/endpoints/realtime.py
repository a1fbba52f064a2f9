"""
`/realtime`: client secrets, which nothing here takes, and calls, which are all rejected. No session is ever opened.

There is no model that translates, so its client secrets are rejected too.
"""

import time
import uuid
from typing import Any

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import anything, fields, integer, mapping, one_of, string

_DEFAULT_S = 600
_EXPIRES = fields({}, {"anchor": one_of("created_at"), "seconds": integer(10, 7200)})
PARAMETERS = fields({}, {"expires_after": _EXPIRES, "session": mapping(anything)})
TRANSLATION = fields(
    {"session": fields({"model": string()}, {"audio": mapping(anything)})}, {"expires_after": _EXPIRES}
)
_SDP = frozenset({"application/sdp", "multipart/form-data"})


def client_secret(call: Call) -> Answer:
    """Answer a request for a key that ends soon."""
    body = json_body(call)
    PARAMETERS(body, "")
    seconds = (body.get("expires_after") or {}).get("seconds", _DEFAULT_S)
    session = _session(str((body.get("session") or {}).get("type", "realtime")))
    return Answer({"value": f"ek_{uuid.uuid4().hex}", "expires_at": int(time.time()) + seconds, "session": session})


def _session(kind: str) -> dict[str, Any]:
    one_of("realtime", "transcription")(kind, "session.type")
    told = {"id": f"sess_{uuid.uuid4().hex[:24]}", "type": kind, "expires_at": 0}
    if kind == "transcription":
        return {**told, "object": "realtime.transcription_session", "include": None}
    return {**told, "object": "realtime.session", "model": "sim-realtime", "output_modalities": ["audio"]}


def translation_secret(call: Call) -> Answer:
    """Reject a request for a key to a session that translates."""
    body = json_body(call)
    TRANSLATION(body, "")
    model = body["session"]["model"]
    message = f"The model '{model[:200]}' does not exist or you do not have access to it."
    raise invalid_request(message, param="session.model", code="model_not_found")


def begin_call(call: Call) -> Answer:
    """Reject an offer: as at OpenAI when it is not a session description, and any other one too."""
    if call.media_type not in _SDP:
        message = "Unsupported content type: this endpoint accepts 'application/sdp' only."
        raise ApiError(415, message, code="unsupported_content_type")
    message = "Invalid SDP offer. Please try again with a WHIP-compliant offer."
    raise invalid_request(message, code="invalid_offer")
