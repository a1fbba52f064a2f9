"""One exchange that has passed, as the relay hands it to the process that judges: one JSON line."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from conformance.foreign.recorded import Recorded
from conformance.watch.responses import Seen


def line(seen: Seen, base: str, beside: int) -> bytes:
    """Return the line of an exchange; `base` is scheme and host of the endpoint."""
    asked = seen.asked
    told = {
        "method": asked.method,
        "url": base + asked.target,
        "request_headers": asked.headers,
        "request": base64.b64encode(asked.body).decode(),
        "status": seen.status,
        "headers": seen.headers,
        "body": base64.b64encode(seen.body).decode(),
        "whole": seen.whole and asked.whole,
        "beside": beside,
        "when": datetime.now(UTC).isoformat(),
    }
    return json.dumps(told).encode() + b"\n"


def recorded(text: bytes, number: int) -> tuple[Recorded | None, int]:
    """Return the exchange of a line, or None for one that was too large to keep; and how many were in flight beside."""
    told: dict[str, Any] = json.loads(text)
    if not told["whole"]:
        return None, told["beside"]
    found = Recorded(
        method=told["method"],
        url=told["url"],
        request_headers=tuple((name, value) for name, value in told["request_headers"]),
        request_body=base64.b64decode(told["request"]),
        status=told["status"],
        headers=tuple((name, value) for name, value in told["headers"]),
        body=base64.b64decode(told["body"]),
        when=datetime.fromisoformat(told["when"]),
        first_hand=True,
    )
    return found.of("watched", number), told["beside"]
