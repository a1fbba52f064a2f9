"""How the checks of streams read what they alone look at: the last usage, and when text came."""

from bisect import bisect_left
from itertools import accumulate

from conformance import DONE, Document, Exchange, Inconclusive
from conformance.checks.common.stream import counted, holds


def known(observed: Exchange, name: str, kind: type) -> list[Document]:
    """Return the chunks that hold a value of the right type; what is missing or wrong is found by the schema check."""
    found = [chunk for chunk in observed.chunks if type(chunk.get(name)) is kind]
    if not found:
        raise Inconclusive(f"no chunk of {observed.label} has `{name}` with the right type")
    return found


def usage(observed: Exchange) -> Document:
    """Return the last usage of a stream. Raises `Inconclusive` when there is none: a check of its own finds that."""
    found = counted(observed)
    if not found:
        raise Inconclusive(f"{observed.label} has no `usage`")
    return Document(found[-1].get("usage"), place=f"the usage of {found[-1].place}", owner=f"{found[-1].owner}/usage")


def arrivals(observed: Exchange) -> list[float]:
    """Return when each event with text came, in milliseconds after the request."""
    answer = observed.received
    if answer.decoded != answer.body:
        raise Inconclusive(f"{observed.label} is compressed, so its events cannot be timed one by one")
    events = [event for event in observed.events if event.data.strip() != DONE]
    timed = zip(events, observed.chunks, strict=True)
    ends = list(accumulate(answer.sizes))
    places = [bisect_left(ends, event.end) for event, chunk in timed if _has_text(chunk)]
    return [answer.at_ms[place] if place < len(answer.at_ms) else answer.total_ms for place in places]


def _has_text(chunk: Document) -> bool:
    return any(holds(chunk, f"choices.{index}.delta.content") for index in range(len(chunk.at("choices", list))))
