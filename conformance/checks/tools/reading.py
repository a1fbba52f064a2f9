"""How calls are read out of an answer, plain or streamed."""

import json
from typing import Any

from conformance import Document, Exchange, Inconclusive, finish_reasons

CALLS = "choices.0.message.tool_calls"
CONTENT = "choices.0.message.content"
REASON = "choices.0.finish_reason"
DELTA_CALLS = "choices.0.delta.tool_calls"

EARLY = {"length", "content_filter"}


def calls_in(observed: Exchange) -> list[Any]:
    """Return the calls of a plain answer; null or no key is none."""
    found = observed.at(CALLS, list | None, None)
    return list(found or ())


def require_call(observed: Exchange) -> None:
    """Raise `Inconclusive` when there is no call to look at: where one is owed, a check of its own finds that."""
    if not (fragments(observed) if observed.sent.streamed else calls_in(observed)):
        raise Inconclusive("the answer holds no call")


def require_whole(observed: Exchange) -> None:
    """Raise `Inconclusive` when a limit or a filter ended the answer, which may then be cut anywhere."""
    reasons = finish_reasons(observed) if observed.sent.streamed else [observed.get(REASON)]
    early = [reason for reason in reasons if reason in EARLY]
    if early:
        raise Inconclusive(f"the answer ended early: `finish_reason` is {early[0]!r}")


def fragments(observed: Exchange) -> list[Document]:
    """Return the fragments of calls that a stream holds, in order."""
    found: list[Document] = []
    for chunk in observed.chunks:
        if chunk.at("choices", list):
            parts = chunk.at(DELTA_CALLS, list | None, None) or ()
            found.extend(Document(part, f"a fragment in {chunk.place}", "fragment of a call") for part in parts)
    return found


def fragments_by_index(observed: Exchange) -> list[list[Document]]:
    """Return the fragments of each call. Raises `Inconclusive` without a call, and when fragments have no `index`."""
    require_call(observed)
    calls: dict[int, list[Document]] = {}
    for fragment in fragments(observed):
        index = fragment.get("index")
        if not isinstance(index, int):
            raise Inconclusive("fragments without `index` cannot be put together")
        calls.setdefault(index, []).append(fragment)
    return list(calls.values())


def told(call: list[Document], path: str) -> list[str]:
    """Return what the fragments of one call say at a path, in order; null and the empty text say nothing."""
    texts = [fragment.at(path, str | None, None) for fragment in call]
    return [text for text in texts if text]


def is_object(text: str) -> bool:
    """Tell whether a text is one JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
