"""One request as an endpoint sees it, and the way from its bytes to a JSON object."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.state import State

OTHER_ACCOUNT = "-other"
"""What follows the key of the first account in that of a second one, which shares nothing with it."""


@dataclass(frozen=True, slots=True)
class Call:
    """
    One request.

    `path` is what follows `/v1` and starts with a slash; header names are lower case; `arguments` are the parts of
    the path that the route names; `state` is what the application remembers.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    arguments: Mapping[str, str] = field(default_factory=dict)
    state: State = field(default_factory=State)

    @property
    def media_type(self) -> str:
        """The media type of the body in lower case, without parameters; empty when none was named."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_body(call: Call) -> dict[str, Any]:
    """Return the body of a request that must be a JSON object."""
    if call.media_type != "application/json":
        raise ApiError(
            415,
            "Unsupported content type: this endpoint accepts 'application/json' only.",
            code="unsupported_content_type",
        )
    value = _parse(call.content)
    if not isinstance(value, dict):
        raise invalid_request("The body of the request must be a JSON object.")
    return value


def _parse(content: bytes) -> Any:
    try:
        text = content.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant)
        if "\\ud" in text.lower():
            # A lone surrogate is legal JSON and no legal text: nothing that quotes it could be sent back.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise invalid_request("The body of the request is not valid JSON.") from None
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
