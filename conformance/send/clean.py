"""Our keys out of what came back, before anybody looks at it."""

from dataclasses import dataclass, replace

from conformance.targets.keys import holds_key, redact
from conformance.wire.response import Response

MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Clean:
    """A response, or None, and a reason, without keys. `leaked` counts how often one was in the response."""

    response: Response | None
    reason: str
    leaked: int = 0


def clean(response: Response | None, reason: str, keys: tuple[str, ...]) -> Clean:
    """Return a response and a reason without keys; the reason is cut only then, so that no half of a key is left."""
    said = redact(reason.encode("utf-8", "replace"), keys)[0].decode("utf-8", "replace")[:MAX_REASON]
    if response is None:
        return Clean(None, said)
    if holds_key(response.decoded, keys):
        response = _unpacked(response)
    body, leaked = redact(response.body, keys)
    headers = []
    for name, value in response.headers:
        shown, found = redact(value.encode("utf-8", "replace"), keys)
        leaked += found
        headers.append((name, shown.decode("utf-8", "replace")))
    return Clean(replace(response, headers=tuple(headers), body=body), said, leaked)


def _unpacked(response: Response) -> Response:
    """Return a response without its coding, in one chunk: a key in a compressed body can only be replaced there."""
    plain = response.decoded
    if plain == response.body:
        return response
    headers = tuple(header for header in response.headers if header[0].lower() != "content-encoding")
    return replace(response, headers=headers, body=plain, sizes=(len(plain),), at_ms=(response.total_ms,))
