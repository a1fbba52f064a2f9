"""
Mappings of WireMock: a pattern of a request, and the response to it (https://wiremock.org/docs/stubbing/).

A pattern is no request: what is not told exactly (`urlPathPattern`, `matchesJsonPath`) is not known. A body in a file
of its own is read from `__files` beside `mappings`, and from nowhere else.
"""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from conformance.foreign.recorded import Recorded, Unreadable, dumped, each, header_lines, whole_number

HOST = "http://wiremock.invalid"
"""A mapping does not say whose endpoint it is."""

Beside = Callable[[str], bytes]
"""Returns a file of `__files`. Raises `Unreadable`."""


def is_mapping(value: Any) -> bool:
    """Tell whether a file's content is a mapping, or several."""
    one = _several(value)[0] if _several(value) else None
    return isinstance(one, dict) and isinstance(one.get("request"), dict) and isinstance(one.get("response"), dict)


def exchanges(value: Any, beside: Beside) -> Iterator[Recorded | Unreadable]:
    """Yield the exchanges of a file; in the place of one that cannot be read, why."""
    return each(_several(value), lambda one: _one(one, beside))


def _several(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("mappings"), list):
        return list(value["mappings"])
    return [value]


def _one(mapping: dict[str, Any], beside: Beside) -> Recorded:
    request, response = mapping["request"], mapping["response"]
    path = request.get("url") or request.get("urlPath")
    if not isinstance(path, str):
        raise Unreadable("its address is a pattern")
    body, anew = _body(response, beside)
    return Recorded(
        method=str(request.get("method", "ANY")).upper(),
        url=path if "://" in path else HOST + path,
        request_headers=(("content-type", "application/json"),),
        request_body=_asked(request.get("bodyPatterns") or ()),
        status=whole_number(response.get("status", 200)),
        headers=header_lines(response.get("headers")),
        body=body,
        written_anew=anew,
    )


def _asked(patterns: Any) -> bytes:
    for one in patterns:
        exact = one.get("equalToJson")
        if exact is not None:
            return exact.encode() if isinstance(exact, str) else dumped(exact)
        if isinstance(one.get("equalTo"), str):
            return str(one["equalTo"]).encode()
    return b""


def _body(response: dict[str, Any], beside: Beside) -> tuple[bytes | None, bool]:
    if "jsonBody" in response:
        return dumped(response["jsonBody"]), True
    if isinstance(response.get("base64Body"), str):
        return base64.b64decode(response["base64Body"]), False
    if isinstance(response.get("bodyFileName"), str):
        return beside(response["bodyFileName"]), False
    body = response.get("body")
    return (body.encode("utf-8", "surrogatepass"), False) if isinstance(body, str) else (None, False)
