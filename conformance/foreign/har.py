"""
HTTP archives, HAR 1.2, as browsers and proxies export them (http://www.softwareishard.com/blog/har-12-spec/).

The bodies in them are decoded: `content.text` is a text, or base64 where `content.encoding` says so.
"""

import base64
from collections.abc import Iterator
from typing import Any

from conformance.foreign.recorded import Headers, Recorded, Unreadable, each, moment, text, whole_number

CODED = frozenset({"content-encoding", "content-length"})
"""Headers that are no longer true of a body that was decoded."""


def is_archive(value: Any) -> bool:
    """Tell whether a file's content is an HTTP archive."""
    return isinstance(value, dict) and isinstance(value.get("log"), dict) and "entries" in value["log"]


def exchanges(value: dict[str, Any]) -> Iterator[Recorded | Unreadable]:
    """Yield the exchanges of an archive; in the place of one that cannot be read, why."""
    entries = value["log"]["entries"]
    return each(entries if isinstance(entries, list) else (), _one)


def _one(entry: dict[str, Any]) -> Recorded:
    request, response = entry["request"], entry["response"]
    posted = request.get("postData") or {}
    headers = tuple(pair for pair in _headers(response) if pair[0].lower() not in CODED)
    return Recorded(
        method=text(request.get("method"), "method").upper(),
        url=text(request.get("url"), "address"),
        request_headers=_headers(request),
        request_body=(posted.get("text") or "").encode("utf-8", "surrogatepass"),
        status=whole_number(response.get("status")),
        headers=headers,
        body=_body(response.get("content") or {}),
        when=moment(entry.get("startedDateTime")),
    )


def _headers(part: dict[str, Any]) -> Headers:
    return tuple((str(one["name"]), str(one["value"])) for one in part.get("headers") or ())


def _body(content: dict[str, Any]) -> bytes | None:
    kept = content.get("text")
    if not isinstance(kept, str):
        return b"" if content.get("size") == 0 else None
    return base64.b64decode(kept) if content.get("encoding") == "base64" else kept.encode("utf-8", "surrogatepass")
