"""
JSON lines: one exchange a line, for whoever writes a log of his own.

`method`, `url` (or `host` and `operation`, with `query`), `request` (a text or any JSON value), `status`, `headers`
(pairs, or a mapping), and `body` (a text or any JSON value) or `body_base64` must be as README says; `date`
(ISO 8601), `request_headers`, `vendor` (the name of the column), `source` (what recorded it, up to a colon) and
`fidelity` (`bytes`, or `parsed` where the body was written anew) may be there.
"""

import base64
from collections.abc import Iterator
from typing import Any

from conformance.foreign.recorded import Recorded, Unreadable, dumped, each, header_lines, moment, text, whole_number
from conformance.wire.response import NotJson, read_json

JSON_LINES = ("status", "method")


def is_lines(content: bytes) -> bool:
    """Tell whether the first line of a file is such an exchange."""
    try:
        first = read_json(content.lstrip().partition(b"\n")[0])
    except NotJson:
        return False
    return isinstance(first, dict) and all(name in first for name in JSON_LINES)


def exchanges(content: bytes) -> Iterator[Recorded | Unreadable]:
    """Yield the exchanges of a file; in the place of one that cannot be read, why."""
    return each((line for line in content.splitlines() if line.strip()), lambda line: recorded_of(read_json(line)))


def recorded_of(row: dict[str, Any]) -> Recorded:
    """Return the exchange that a line holds. Raises `Unreadable`, and what reading another value raises."""
    body, anew = _bytes(row.get("body"))
    if isinstance(row.get("body_base64"), str) and row["body_base64"]:
        body, anew = base64.b64decode(row["body_base64"]), False
    return Recorded(
        method=text(row.get("method"), "method").upper(),
        url=_url(row),
        request_headers=header_lines(row.get("request_headers")),
        request_body=_bytes(row.get("request"))[0] or b"",
        status=whole_number(row.get("status")),
        headers=header_lines(row.get("headers")),
        body=body,
        when=moment(row.get("date")),
        written_anew=anew or row.get("fidelity") == "parsed",
        group=row["vendor"] if isinstance(row.get("vendor"), str) else "",
        recorder=str(row.get("source") or "").partition(":")[0],
    )


def _url(row: dict[str, Any]) -> str:
    if isinstance(row.get("url"), str) and row["url"]:
        return str(row["url"])
    host, operation = text(row.get("host"), "address"), str(row.get("operation") or "")
    query = f"?{row['query']}" if row.get("query") else ""
    return f"https://{host}/{operation.strip('/')}{query}"


def _bytes(value: Any) -> tuple[bytes | None, bool]:
    """Return a body, None where there is none, and whether it had to be written anew."""
    if value is None:
        return None, False
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass"), False
    return dumped(value), True
