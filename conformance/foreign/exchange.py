"""
From a recording to an exchange that checks can judge: what the recorder kept, and what is unknown.

What a recorder dropped or wrote anew is never a deviation of the endpoint, so `lacks` names it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from conformance.foreign.coding import decoded
from conformance.foreign.operation import split
from conformance.foreign.readers import PassedOver
from conformance.foreign.recorded import Headers, Recorded, Unreadable
from conformance.wire import sse
from conformance.wire.exchange import Exchange, Facet
from conformance.wire.request import Request
from conformance.wire.response import NotJson, Response, read_json

ID = "recorded/answer"
"""The id of every exchange of a recording; its case is its place."""

OTHER_APIS = ("anthropic-",)
"""How headers begin that belong to other APIs whose addresses look alike (`GET /v1/models`)."""

ALWAYS_SENT = frozenset({"date", "content-type"})
"""Headers that no server leaves out of a response with a body: without them the recorder kept some only."""

REQUEST_ID = "x-request-id"
"""A header that recorders drop, for it is another one each time."""

_DROPPED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_REPLACED = re.compile(r"<[^>]*>|\[?redacted\]?|\*{2,}|x{3,}|test|dummy|fake|filtered", re.IGNORECASE)
_CREATED = re.compile(rb'"created(?:_at)?": ?([0-9]{10})(?![0-9])')
_EMPTY = frozenset({204, 205, 304})


@dataclass(frozen=True, slots=True)
class Found:
    """An exchange of a recording: of which endpoint, below which base URL, and what recorded it."""

    group: str
    base_url: str
    recorder: str
    first_hand: bool
    exchange: Exchange


def found_in(recorded: Iterable[Recorded | PassedOver]) -> Iterator[Found | PassedOver]:
    """Yield the exchanges of recordings as checks can judge them; in the place of others, why not."""
    seen: dict[str, str] = {}
    for one in recorded:
        if isinstance(one, PassedOver):
            yield one
            continue
        try:
            found = found_of(one)
        except Unreadable as why:
            yield PassedOver(one.source, str(why))
            continue
        marks = _marks(found)
        copied = next((seen[mark] for mark in marks if mark in seen), None)
        seen |= dict.fromkeys(marks, one.source)
        yield PassedOver(one.source, f"it is a copy of {copied}") if copied else found


def _marks(found: Found) -> list[str]:
    """Return what two copies of one response have in common: cassettes are copied, and their requests edited later."""
    exchange = found.exchange
    body = hashlib.sha256(exchange.received.body).hexdigest()
    same = f"{exchange.sent.method} {exchange.sent.path} {exchange.sent.json!r} {body}"
    named = exchange.header(REQUEST_ID)
    return [same, f"{found.recorder} {named}"] if named and not _REPLACED.fullmatch(named) else [same]


def found_of(one: Recorded) -> Found:
    """Return what a recording holds as checks can judge it. Raises `Unreadable` where it says nothing of this API."""
    place = split(one.url)
    if place is None or any(name.lower().startswith(OTHER_APIS) for name, _ in (*one.request_headers, *one.headers)):
        raise Unreadable("its address is not one of this API")
    if one.body is None or (not one.body and one.status not in _EMPTY and one.method not in {"HEAD", "DELETE"}):
        raise Unreadable("the recorder did not keep its body")
    base, path = place
    coding = ",".join(value for name, value in one.headers if name.lower() == "content-encoding")
    body = decoded(one.body, coding)
    _refuse_of_another_day(one, body)
    request = _request(one, path)
    headers = tuple((name, value) for name, value in one.headers if name.lower() not in _DROPPED)
    lacks = {Facet.TIMES}
    if one.written_anew:
        lacks.add(Facet.BYTES)
    if not one.first_hand and _some_only(headers):
        lacks.add(Facet.HEADERS)
    if not any(name.lower() == "content-type" for name, _ in headers):
        # Without one no client could read it: the recorder left it out.
        headers = (*headers, ("content-type", "text/event-stream" if sse.begins(body) else "application/json"))
    group = one.group or base.partition("://")[2].partition("/")[0]
    exchange = Exchange(
        id=ID,
        capability="recorded",
        expects=frozenset({one.status}),
        request=request,
        response=Response(one.status, headers, body, (len(body),), (1.0,), 1.0),
        target=group,
        case=one.source,
        invalid=400 <= one.status < 500 and one.status != 429,
        lacks=frozenset(lacks),
        recorded=one.when,
    )
    return Found(group, base, one.recorder, one.first_hand, exchange)


def _request(one: Recorded, path: str) -> Request:
    try:
        return Request(one.method, path, json=read_json(one.request_body))
    except NotJson:
        # A form that was read as text holds other bytes than were sent.
        sent = None if b"\xef\xbf\xbd" in one.request_body else one.request_body
        return Request(one.method, path, content=sent or None)


def _some_only(headers: Headers) -> bool:
    """Tell whether a recorder kept some of the headers only, or replaced values."""
    names = {name.lower() for name, _ in headers}
    return not names >= ALWAYS_SENT or any(_REPLACED.fullmatch(value.strip()) for _, value in headers)


def _refuse_of_another_day(one: Recorded, body: bytes) -> None:
    """Raise `Unreadable` where a body was made after it is said to be recorded: the two do not belong together."""
    created = _CREATED.search(body)
    if created and one.when and datetime.fromtimestamp(int(created[1]), UTC) > one.when + timedelta(days=2):
        raise Unreadable("its body was made after the day of the recording")


def without_dropped_headers(found: Sequence[Found]) -> list[Found]:
    """
    Return the exchanges of one endpoint; where none of a recorder has a request id, its headers are not told.

    One that drops a header drops it everywhere.
    """
    keeping = {one.recorder for one in found if one.first_hand or one.exchange.header(REQUEST_ID) is not None}
    return [one if one.recorder in keeping else _headless(one) for one in found]


def _headless(one: Found) -> Found:
    return replace(one, exchange=replace(one.exchange, lacks=one.exchange.lacks | {Facet.HEADERS}))
