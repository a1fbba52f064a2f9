"""A response without the secrets of the run: in its head, in its body, and in what a client puts together from it."""

from collections import Counter
from dataclasses import replace
from itertools import accumulate

from conformance.record.bounds import KEPT, too_many
from conformance.targets.redact import Span, blanked, redact, redact_parts, search, split
from conformance.targets.secrets import MIN_FOLDED, Secrets
from conformance.wire.response import Response
from conformance.wire.strands import pieces

Headers = tuple[tuple[str, str], ...]

JOINED = 16 * KEPT
"""Bytes in which pieces are joined where a text has so many of them that its first `KEPT` bytes alone are kept."""


def redacted(response: Response, secrets: Secrets) -> tuple[Response, int]:
    """
    Return a response with every secret blanked out, and how many there were.

    Lengths, sizes of chunks and times stay. Only a compressed body that holds a secret is unpacked, into one chunk.
    """
    if not secrets:
        return response, 0
    headers, in_head = _headers(response.headers, secrets)
    body, in_body = _body(response, secrets)
    clean = replace(response, headers=headers) if headers != response.headers else response
    if body != response.decoded:
        clean = replace(_unpacked(clean), body=body)
    return clean, in_head + in_body


def _unpacked(response: Response) -> Response:
    """Return a response without its encoding, in one chunk: a key in a compressed body can only be replaced there."""
    if response.decoded is response.body:
        return response
    headers = tuple(header for header in response.headers if header[0].lower() != "content-encoding")
    whole = response.decoded
    return replace(response, headers=headers, body=whole, sizes=(len(whole),), at_ms=(response.total_ms,))


def _headers(headers: Headers, secrets: Secrets) -> tuple[Headers, int]:
    """Blank out secrets in names, in values, and in what the values of several headers come to."""
    lines = [part.encode("utf-8", "surrogatepass") for header in headers for part in (*header, "\n")]
    for number in range(0, len(lines), 3):
        lines[number] += b": "
    lines, count = redact_parts(lines, secrets)
    values, more = redact_parts(lines[1::3], secrets)
    if not count + more and lines[1::3] == [value.encode("utf-8", "surrogatepass") for _, value in headers]:
        return headers, 0
    names = [name.removesuffix(b": ") for name in lines[0::3]]
    text = [part.decode("utf-8", "surrogatepass") for pair in zip(names, values, strict=True) for part in pair]
    return tuple(zip(text[0::2], text[1::2], strict=True)), count + more


def _body(response: Response, secrets: Secrets) -> tuple[bytes, int]:
    clean, count = redact(response.decoded, secrets)
    end = JOINED if too_many(response) else len(clean)
    joined, more = _joined(clean[:end], secrets)
    return joined + clean[end:], count + more


def _joined(body: bytes, secrets: Secrets) -> tuple[bytes, int]:
    """Blank out the secrets that show when the pieces of a text are joined."""
    texts: dict[object, bytearray] = {}
    number: Counter[object] = Counter()
    for text, start, end in pieces(body):
        texts.setdefault(text, bytearray()).extend(body[start:end])
        number[text] += 1
    several = (text for text, joined in texts.items() if number[text] > 1 and len(joined) >= MIN_FOLDED)
    found = {text: result for text in several if (result := search(bytes(texts[text]), secrets))[1]}
    if not found:
        return body, 0
    places: dict[object, list[Span]] = {text: [] for text in found}
    for text, start, end in pieces(body):
        if text in places:
            places[text].append((start, end))
    blanks: set[Span] = set()
    for text, (_, spans) in found.items():
        ends = list(accumulate(end - start for start, end in places[text]))
        joined = list(zip([0, *ends[:-1]], ends, strict=True))
        blanks.update(split(spans, joined, places[text]))
    return blanked(body, _apart(blanks)), max(count for count, _ in found.values())


def _apart(spans: set[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart
