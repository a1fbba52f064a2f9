"""`POST /realtime/client_secrets`: a key for a browser, which nothing here takes. No session is ever opened."""

import time
import uuid

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.validation import anything, fields, integer, mapping, one_of

_DEFAULT_S = 600
_EXPIRES = fields({}, {"anchor": one_of("created_at"), "seconds": integer(10, 7200)})
PARAMETERS = fields({}, {"expires_after": _EXPIRES, "session": mapping(anything)})


def client_secret(call: Call) -> Answer:
    """Answer a request for a key that ends soon."""
    body = json_body(call)
    PARAMETERS(body, "")
    seconds = (body.get("expires_after") or {}).get("seconds", _DEFAULT_S)
    session = {
        "type": "realtime",
        "object": "realtime.session",
        "id": f"sess_{uuid.uuid4().hex[:24]}",
        "model": "sim-realtime",
        "output_modalities": ["audio"],
        "expires_at": 0,
    }
    return Answer({"value": f"ek_{uuid.uuid4().hex}", "expires_at": int(time.time()) + seconds, "session": session})
