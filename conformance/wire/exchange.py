"""An exchange as it was observed: one request and the whole response to it. What checks look at."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cached_property
from types import UnionType
from typing import Any, NoReturn, TypeVar, overload

from conformance.wire import sse
from conformance.wire.json_value import Document
from conformance.wire.operation import template
from conformance.wire.request import Request
from conformance.wire.response import Ending, NotJson, Response, read_json
from conformance.wire.text import brief
from conformance.wire.upstream import UpstreamRequest
from conformance.wire.verdict import Inconclusive

T = TypeVar("T")

DONE = "[DONE]"


_SAMPLE = re.compile(r"@\d+\Z")


def label_of(exchange: str, shown: str, sample: int = 1) -> str:
    """Return the label of an exchange by its id, case and variant as they are shown, and sample: `chat/hello[a]@2`."""
    label = f"{exchange}[{shown}]" if shown else exchange
    return f"{label}@{sample}" if sample > 1 else label


def without_sample(label: str) -> str:
    """Return the label that all samples of an exchange have in common."""
    return _SAMPLE.sub("", label)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to send a request: what came of it (a status or a failure) and how long we waited before it."""

    outcome: str
    waited_s: float = 0.0


class Facet(StrEnum):
    """What a check may read of a response beyond its status and its JSON values."""

    HEADERS = "headers"
    BYTES = "bytes"
    TIMES = "times"
    UPSTREAM = "upstream"


@dataclass(frozen=True)
class Exchange:
    """
    One request to one target, and all that came back.

    `expects` are the statuses that a conforming target may answer with. `response` is None when nothing was
    received. `reason` says in words why an exchange was not sent or did not end well. `leaked` counts how often
    the target sent our key back. `evidence` is the path of the recording below the run's folder. `ours`: that it
    was not sent is our fault or the network's. `below`: the exchange that it builds on and that did not yield what it
    needs. `media`: the media types of a good answer that is neither JSON nor a stream of events. `invalid`: the request
    is invalid on purpose. `lacks`: what a recording that others made does not hold. `beside`: how many other requests
    of ours were in flight to the target meanwhile, at most; `lag_ms`: how late our own event loop was while the
    response came, at most, where it was measured; `deadline_s`: how long it might take, in seconds.
    `recorded`: when the response came, where the recording says so.
    `about`: what is special about the request, in a sentence. `sample`: which sample of it this is, from 1.
    `served_sibling`: the label of the exchange with another value of the same parameter, where that was served.
    `upstream`: what the target sent for it to the endpoint behind it, where that endpoint is ours and tells it.
    """

    id: str
    capability: str
    expects: frozenset[int]
    request: Request | None = None
    response: Response | None = None
    ending: Ending = Ending.COMPLETE
    reason: str = ""
    target: str = ""
    case: str = ""
    variant: str = ""
    attempts: tuple[Attempt, ...] = ()
    leaked: int = 0
    evidence: str = ""
    ours: bool = False
    below: "Exchange | None" = None
    media: tuple[str, ...] = ()
    invalid: bool = False
    lacks: frozenset["Facet"] = frozenset()
    beside: int = 0
    lag_ms: float | None = None
    deadline_s: float | None = None
    recorded: datetime | None = None
    served_sibling: str = ""
    about: str = ""
    sample: int = 1
    upstream: tuple[UpstreamRequest, ...] = ()

    def __repr__(self) -> str:
        sent = f"{self.request.method} {self.request.path}" if self.request else "not sent"
        outcome = self.response.status if self.response else self.ending.value
        return f"<{self.label} {sent} -> {outcome}>"

    @property
    def label(self) -> str:
        """Return the exchange's id with its case: `errors/wrong[empty-messages]`."""
        shown = ",".join(part for part in (self.case, self.variant) if part)
        return label_of(self.id, shown, self.sample)

    @property
    def sent(self) -> Request:
        """Return the request. Raises `Inconclusive` when there is none."""
        if self.request is None:
            raise Inconclusive(f"{self.label} was not sent: {self.reason}")
        return self.request

    @property
    def received(self) -> Response:
        """Return the response. Raises `Inconclusive` when nothing came."""
        if self.response is None:
            raise Inconclusive(f"{self.label}: nothing was received: {self.reason}")
        return self.response

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.received.status

    @property
    def expected(self) -> bool:
        """Tell whether the status is one that the exchange expects."""
        return self.response is not None and self.response.status in self.expects

    def header(self, name: str) -> str | None:
        """Return a header of the response, or None."""
        return self.received.header(name)

    @cached_property
    def day(self) -> date | None:
        """
        Return the day of the response: as recorded, or by its header `Date`; None where nothing tells it.

        What the body says of its age counts only where the recorder dropped headers: a server may write any number.
        """
        if self.recorded is not None:
            return self.recorded.date()
        try:
            return parsedate_to_datetime(self.header("date") or "").date()
        except (ValueError, OverflowError):
            return _born(self.received) if Facet.HEADERS in self.lacks else None

    @cached_property
    def document(self) -> Document:
        """Return the JSON body. Raises `Inconclusive` when it is not JSON: the parsing check deviates already."""
        try:
            return Document(self.received.json, owner=template(self.sent.path), day=self.day)
        except NotJson as error:
            raise Inconclusive(f"the body of {self.label} is not JSON: {error}") from None

    @overload
    def at(self, path: str, kind: type[T]) -> T: ...
    @overload
    def at(self, path: str, kind: type[T], default: T) -> T: ...
    @overload
    def at(self, path: str, kind: UnionType) -> Any: ...
    @overload
    def at(self, path: str, kind: UnionType, default: object) -> Any: ...
    def at(self, path: str, kind: Any, *default: Any, **named: Any) -> Any:
        """Return a value of the JSON body; see `Document.at`."""
        return self.document.at(path, kind, *default, **named)

    def all(self, path: str, kind: type[T]) -> list[T]:
        """Return the values at a path with one `*`; see `Document.all`."""
        return self.document.all(path, kind)

    def get(self, path: str) -> Any:
        """Return the value at a path whatever its type, or `ABSENT`."""
        return self.document.get(path)

    def has(self, path: str) -> bool:
        """Tell whether the JSON body has something at the path."""
        return self.document.has(path)

    @property
    def is_stream(self) -> bool:
        """Tell whether the body says that it is a stream of events, or was to be one and looks like one."""
        return self.received.is_stream(requested=self.sent.streamed)

    @cached_property
    def events(self) -> tuple[sse.Event, ...]:
        """
        Return the server-sent events. Raises `Inconclusive` when the body is not a stream of events.

        A stream that was requested is read whatever its media type: so do clients, and the media type has a check of
        its own.
        """
        if not self.is_stream:
            self._no_stream(f"its media type is {self.received.media_type or 'absent'}")
        events = self.received.stream.events
        return events or self._no_stream("it has no event")

    def _no_stream(self, why: str) -> NoReturn:
        raise Inconclusive(f"{self.label} is not a stream of events: {why}")

    @cached_property
    def chunks(self) -> tuple[Document, ...]:
        """
        Return the JSON of each event but `[DONE]`.

        Raises `Inconclusive` when one is not JSON or carries an error: checks of their own find that.
        """
        documents = tuple(
            self._chunk(number, event.data) for number, event in enumerate(self.events) if event.data.strip() != DONE
        )
        return documents or self._no_stream("it has no chunk")

    def _chunk(self, number: int, data: str) -> Document:
        try:
            value = read_json(data)
        except NotJson as error:
            raise Inconclusive(f"event {number} of {self.label} is not JSON: {error}") from None
        if isinstance(value, dict) and value.get("error"):
            raise Inconclusive(f"event {number} of {self.label} carries an error: {brief(value['error'])}")
        return Document(value, place=f"chunk {number}", owner=f"{template(self.sent.path)} chunk", day=self.day)

    def with_response(self, **changes: Any) -> "Exchange":
        """Return a copy whose response differs; for counterexamples."""
        return replace(self, response=replace(self.received, **changes))


_BORN = re.compile(rb'"created(?:_at)?"\s*:\s*(\d{10})(?!\d)')


def _born(response: Response) -> date | None:
    """Return the day that a body says first, plain or streamed: the times are in seconds."""
    found = _BORN.search(response.decoded)
    return datetime.fromtimestamp(int(found[1]), UTC).date() if found else None


Exchanges = tuple[Exchange, ...]
"""The annotation of a check's argument that takes all cases of an exchange."""
