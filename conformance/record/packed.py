"""
A cassette as it is committed: what a run wrote, in fewer bytes.

Compact JSON, no provenance that says only what is usual, and in place of what is long the digest of its medium. It
stays a cassette of vcrpy's format, but one that names media is read by this suite alone.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from conformance.record.media import Packing
from conformance.record.recording import Provenance

LONG_UPSTREAM = 512
"""What a gateway sent on is a medium from so many bytes on."""


def packed(content: bytes, packing: Packing) -> bytes:
    """Return the committed form of a cassette of a run; its media go into `packing`. Raises `ValueError`."""
    whole = json.loads(content)
    interactions = [
        {
            "request": {**pair["request"], "body": _request_body(pair["request"]["body"], packing)},
            "response": {**pair["response"], "body": _short(pair["response"]["body"], packing)},
        }
        for pair in whole["interactions"]
    ]
    kept = Provenance.model_validate(whole["metadata"]["provenance"])
    metadata = {**whole["metadata"], "provenance": kept.model_dump(mode="json", exclude_defaults=True)}
    if upstream := metadata.get("upstream"):
        metadata["upstream"] = _upstream(upstream, packing)
    # A line for each part, so that a diff says which of them has changed.
    lines = [
        f'{{"version":{_text(whole["version"])},"interactions":[',
        ",\n".join(
            f'{{"request":{_text(pair["request"])},\n"response":{_text(pair["response"])}}}' for pair in interactions
        ),
        f'],"metadata":{_text(metadata)}}}',
    ]
    return ("\n".join(lines) + "\n").encode()


def _request_body(body: str | Mapping[str, Any] | None, packing: Packing) -> str | Mapping[str, Any] | None:
    if not isinstance(body, str):
        return body if body is None else _short(body, packing)
    short = _short({"string": body}, packing)
    return body if "string" in short else short


def _short(body: Mapping[str, Any], packing: Packing) -> Mapping[str, Any]:
    """Return a body as the file keeps it, with its media named instead of quoted."""
    if "parts" in body:
        return body
    content = base64.b64decode(body["base64"]) if "base64" in body else (body["string"] or "").encode()
    parts = packing.packed(content)
    return body if parts is None else {"parts": parts}


def _upstream(told: Any, packing: Packing) -> Any:
    """Return what a gateway sent on, as the file keeps it: most of it is the request and the response once more."""
    parts = packing.packed(_text(told).encode(), LONG_UPSTREAM) if isinstance(told, list) else None
    return told if parts is None else {"parts": parts}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
