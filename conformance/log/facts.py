"""What the log says of an exchange so that causes can be told apart. A function of the exchange alone."""

import hashlib
import json
import re
from typing import Any

from conformance.log.records import Facts
from conformance.wire.exchange import Exchange
from conformance.wire.operation import template
from conformance.wire.response import NotJson, read_json
from conformance.wire.text import cut, printable
from conformance.wire.verdict import Inconclusive

_LONGEST = 64 * 1024
_SAID = 160
# Bounded: every split of a long word into prefix and rest is tried, and each looks for the digit.
_ID = r"\b[A-Za-z]{0,24}[-_]?(?=[A-Za-z-]{0,40}\d)[0-9A-Za-z][0-9A-Za-z-]{7,}\b"
_NULL = re.compile(r"[:,\[]\s*null\b")
_FIELDS = 40
_KEYS = frozenset(
    {
        *("code", "data", "detail", "error_code", "error_message", "errors", "message", "msg", "ok", "path", "reason"),
        *("request_id", "result", "status", "statusCode", "success", "timestamp", "title", "type"),
    }
)
_CHANGES = re.compile(rf"{_ID}|\d+(?:[.:]\d+)*")


def facts(exchange: Exchange, *, parse: bool = True) -> Facts | None:
    """Return the facts of an exchange, or None when there is no request. Without `parse` its body is not read."""
    sent, answer = exchange.request, exchange.response
    if sent is None:
        return None
    text, error, said = "", "", ""
    if answer is not None and parse and len(answer.body) <= _LONGEST:
        text = answer.decoded[:_LONGEST].decode("utf-8", "replace")
        if answer.status >= 400:
            error, said = _refusal(text)
    plain = without_ids(text, sent.path)
    return Facts(
        method=sent.method,
        operation=template(sent.path),
        streamed=sent.streamed,
        media_type=printable(answer.media_type)[:80] if answer else "",
        expects=sorted(exchange.expects),
        error=error,
        said=cut(printable(without_ids(said, sent.path)), _SAID),
        digest=hashlib.sha256(plain.encode()).hexdigest()[:12] if text else "",
        fields=_fields(sent.json),
        nulls=_holds_null(answer.decoded) if answer is not None and parse else None,
        usage=(_usage(exchange) if sent.streamed else _counts(exchange)) if text and not error else "",
    )


def _holds_null(body: bytes) -> bool:
    return _NULL.search(body[:_LONGEST].decode("utf-8", "replace")) is not None


def _fields(sent: Any) -> list[str]:
    return [printable(name)[:60] for name in sorted(sent)[:_FIELDS]] if isinstance(sent, dict) else []


def _counts(exchange: Exchange) -> str:
    """Return the counts of a JSON response as `prompt + completion`; nothing where there are none."""
    try:
        usage = exchange.document.get("usage")
    except Inconclusive:
        return ""
    pairs = (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens"))
    counts = [[usage.get(name) for name in pair] for pair in pairs] if isinstance(usage, dict) else []
    return next((f"{one} + {other}" for one, other in counts if type(one) is int and type(other) is int), "")


def _usage(exchange: Exchange) -> str:
    """Return where a usage stands in a stream of chat or completion chunks; nothing where there is none."""
    if b'"usage"' not in exchange.received.decoded:
        return ""
    try:
        chunks = exchange.chunks
    except Inconclusive:
        return ""
    found = [(number, chunk) for number, chunk in enumerate(chunks) if isinstance(chunk.get("usage"), dict)]
    if not found:
        return ""
    number, chunk = found[-1]
    often = "last" if len(found) == 1 and number == len(chunks) - 1 else "early" if len(found) == 1 else "several"
    others = ", null elsewhere" if any(one.get("usage") is None for one in chunks) else ""
    choices = chunk.get("choices")
    return f"{often}, {'beside a choice' if isinstance(choices, list) and choices else 'alone'}{others}"


def without_ids(text: str, path: str = "") -> str:
    """Return a text in which ids, numbers and the path of the request are signs that stand for them."""
    plain = " ".join(text.split())
    if len(path) > 1:
        plain = plain.replace(f"/v1{path}", "<path>").replace(path, "<path>")
    return _CHANGES.sub("#", plain)


def _refusal(text: str) -> tuple[str, str]:
    """Return the shape of the body of a refusal, and what it says."""
    try:
        value = read_json(text.encode("utf-8", "replace"))
    except NotJson:
        markup = text.lstrip().lower().startswith(("<!doctype", "<html"))
        return ("html" if markup else "text" if text.strip() else "empty"), "" if markup else text[:_SAID]
    if isinstance(value, list):
        inner, said = _of_object(value[0]) if value and isinstance(value[0], dict) else ("items", "")
        return f"list around {inner.partition(' ')[0]}", said
    if isinstance(value, dict):
        return _of_object(value)
    return type(value).__name__, str(value)[:_SAID]


def _of_object(value: dict[str, Any]) -> tuple[str, str]:
    error = value.get("error")
    if isinstance(error, dict):
        return "error object", _words(error.get("message"))
    if isinstance(error, str):
        return "error string", error
    said = next((_words(value[name]) for name in ("detail", "message", "msg", "errors", "status") if name in value), "")
    # A router's own page and what a handler makes are two edits: their keys tell them apart.
    keys = sorted(_KEYS & set(value))
    others = " and others" if len(keys) < len(value) else ""
    return f"object with {', '.join(keys)}{others}" if keys else "other object", said


def _words(value: Any) -> str:
    match value:
        case str():
            return value
        case [{"msg": str(said), **more}, *_]:
            place = more.get("loc")
            return f"{'.'.join(map(str, place)) if isinstance(place, list) else ''}: {said}"
        case None:
            return ""
        case _:
            return json.dumps(value)[:_SAID]
