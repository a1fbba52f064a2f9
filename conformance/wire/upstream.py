"""
What a gateway sent to the endpoint behind it, and what it got: one request as that endpoint recorded it.

A recording is a file of JSON lines, one object for each request (`as_line`, `of_line`). Bodies are bounded; credentials
are replaced, and whose they were is kept.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from conformance.wire.response import NotJson, read_json

Api = Literal["openai", "gemini"]
"""Which API the endpoint behind the gateway speaks."""

MOST_SENT = 1024 * 1024
MOST_RETURNED = 256 * 1024
"""So many bytes of a body are recorded."""


class Whose(StrEnum):
    """Whose credential came: the one that the gateway is configured with, that of its client, or an unknown one."""

    CONFIGURED = "configured"
    CLIENT = "client"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential in a request: in which header, or in the query as `?key`, and whose it is."""

    place: str
    whose: Whose


@dataclass(frozen=True, slots=True)
class Bounded:
    """The first bytes of a body, and how many it had."""

    content: bytes = field(repr=False)
    size: int

    @property
    def whole(self) -> bool:
        """Tell whether nothing was cut off."""
        return len(self.content) == self.size


@dataclass(frozen=True)
class UpstreamRequest:
    """
    One request of a gateway, and the response to it.

    `began` and `answered` are in seconds since 1970. `headers` are in the order in which they came, and neither they
    nor `path` hold a credential. `answers` is the `x-request-id` of the response that the gateway gives in turn, where
    it is known.
    """

    api: Api
    began: float
    answered: float
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    credentials: tuple[Credential, ...]
    body: Bounded
    status: int
    returned: Bounded
    answers: str = ""

    @cached_property
    def json(self) -> Any:
        """Return the body as JSON. Raises `NotJson`, also for one that was cut."""
        return _json(self.body)

    @cached_property
    def returned_json(self) -> Any:
        """Return the body of the response as JSON. Raises `NotJson`, also for one that was cut."""
        return _json(self.returned)


def as_json(request: UpstreamRequest) -> dict[str, Any]:
    """Return a request as a JSON value."""
    told = asdict(request)
    bodies = {name: {"size": body.size, **_packed(body.content)} for name, body in _bodies(request).items()}
    credentials = [{"place": one.place, "whose": one.whose.value} for one in request.credentials]
    return {**told, "headers": [list(header) for header in request.headers], "credentials": credentials, **bodies}


def as_line(request: UpstreamRequest) -> str:
    """Return a request as one line of JSON, with its line end."""
    return json.dumps(as_json(request), ensure_ascii=False) + "\n"


def of_line(line: str | bytes) -> UpstreamRequest:
    """Return the request that a line tells of. Raises `ValueError` for any other line."""
    try:
        return of_json(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not a request as it is recorded ({type(error).__name__})") from None


def of_json(told: Any) -> UpstreamRequest:
    """Return the request that a JSON value tells of. Raises `ValueError` for any other value."""
    try:
        bodies = {name: Bounded(_unpacked(told[name]), int(told[name]["size"])) for name in ("body", "returned")}
        headers = tuple((str(name), str(value)) for name, value in told["headers"])
        credentials = tuple(Credential(str(one["place"]), Whose(one["whose"])) for one in told["credentials"])
        return UpstreamRequest(**{**told, **bodies, "headers": headers, "credentials": credentials})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a request as it is recorded ({type(error).__name__})") from None


def _bodies(request: UpstreamRequest) -> Mapping[str, Bounded]:
    return {"body": request.body, "returned": request.returned}


def _packed(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _unpacked(told: Mapping[str, str]) -> bytes:
    return told["text"].encode() if "text" in told else base64.b64decode(told["base64"])


def _json(body: Bounded) -> Any:
    if not body.whole:
        raise NotJson(f"only the first {len(body.content)} of {body.size} bytes were recorded")
    return read_json(body.content)
