"""
Cassettes of vcrpy and pytest-recording (YAML or JSON, version 1), and of Ruby's VCR.

vcrpy: `interactions`, each with `request` (`method`, `uri`, `headers`, `body`) and `response` (`status.code`,
`headers`, `body.string`); some serializers keep `parsed_body` in the place of `body`. VCR: `http_interactions`, with
`body.string` or `body.base64_string` and `recorded_at` (vcrpy 9.4, `vcr/serialize.py`; VCR 6.3, `lib/vcr/structs.rb`).
"""

import base64
from collections.abc import Iterator
from typing import Any

from conformance.foreign.recorded import Recorded, Unreadable, dumped, each, header_lines, moment, text, whole_number

KEYS = ("interactions", "http_interactions")


def is_cassette(value: Any) -> bool:
    """Tell whether a file's content is a cassette of one of the two."""
    return isinstance(value, dict) and any(isinstance(value.get(key), list) for key in KEYS)


def exchanges(value: dict[str, Any]) -> Iterator[Recorded | Unreadable]:
    """Yield the exchanges of a cassette; in the place of one that cannot be read, why."""
    return each((one for key in KEYS for one in value.get(key) or ()), _one)


def _one(pair: dict[str, Any]) -> Recorded:
    request, response = pair["request"], pair["response"]
    sent, _ = _body(request)
    body, anew = _body(response)
    status = response["status"]
    return Recorded(
        method=text(request.get("method"), "method").upper(),
        url=text(request.get("uri") or request.get("url"), "address"),
        request_headers=header_lines(request.get("headers")),
        request_body=sent or b"",
        status=whole_number(status.get("code") if isinstance(status, dict) else status),
        headers=header_lines(response.get("headers")),
        body=body,
        when=moment(pair.get("recorded_at")),
        written_anew=anew,
    )


def _body(part: dict[str, Any]) -> tuple[bytes | None, bool]:
    """Return the bytes of a body, or None, and whether they were written anew."""
    if part.get("parsed_body") is not None:
        return dumped(part["parsed_body"]), True
    body = part.get("body")
    if isinstance(body, dict):
        coded = body.get("base64_string") or body.get("base64")
        body = base64.b64decode(coded) if coded else body.get("string")
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass"), False
    return (body, False) if isinstance(body, bytes) else (None, False)
