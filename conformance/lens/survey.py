"""
What users of several clients get of one response, each held to what the same call gives of a faithful one.

The control comes first: a call that does not survive the faithful response to the same request tells nothing. Where a
client gives less than another one of the very same bytes, and not of the faithful ones, it loses that.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.lens.view import Lens, Outcome, View, alone, filled
from conformance.wire.exchange import Exchange

Views = Callable[[Exchange], Mapping[str, View]]

BY_DESIGN = frozenset({"LengthFinishReasonError", "ContentFilterFinishReasonError", "OpenAIRefusalError"})
"""What clients raise by design of a response that was cut, or refused by the model, and says so."""

TOOL_CALLS = "tool calls"
_AS_REQUESTED = ("vectors", "choices")
"""Of these a request says how many there must be, so the faithful response has as many."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a user of one client gets: the worst of its calls, and each by name; `why` if nothing can be told."""

    outcome: Outcome
    raised: str = ""
    reason: str = ""
    calls: Mapping[str, Lens] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Beside:
    """What all clients together gave: the most of each thing, of the response and of the faithful one."""

    most: Mapping[str, int]
    most_of_control: Mapping[str, int]
    fewest_calls: int


def survey(found: Mapping[str, Mapping[str, View]], control: Mapping[str, Mapping[str, View]]) -> dict[str, Told]:
    """Return what users get, by client: what each one's calls gave of a response, and of the faithful one."""
    beside = _Beside(_most(found), _most(control), _fewest_calls(found))
    return {client: _told(views, control.get(client, {}), beside) for client, views in found.items() if views}


def _told(views: Mapping[str, View], control: Mapping[str, View], beside: _Beside) -> Told:
    calls = {
        name: _lens(name, view, control[name], beside)
        for name, view in views.items()
        if name in control and alone(name, control[name]).outcome is Outcome.SURVIVES
    }
    if not calls:
        why = "the faithful response does not survive this call either" if control else "there is no faithful response"
        return Told(Outcome.UNSEEN, why=why)
    worst = max(calls.values(), key=lambda one: one.rank)
    return Told(worst.outcome, worst.raised, worst.reason, calls)


def _lens(name: str, view: View, control: View, beside: _Beside) -> Lens:
    by_itself = alone(name, view)
    if view.raised in BY_DESIGN:
        return Lens(Outcome.SURVIVES)
    if by_itself.outcome is not Outcome.SURVIVES:
        return by_itself
    got, usual = gained(view.got), gained(control.got)
    lost = {
        what: best - got[what]
        for what, best in beside.most.items()
        if got[what] < best
        and 0 < beside.most_of_control.get(what, 0) == usual[what]
        # Another client may make two calls of one: what is as many as in the faithful response is all.
        and not (what.startswith(TOOL_CALLS) and got[what] == usual[what])
    }
    lost |= {what: usual[what] - got[what] for what in _AS_REQUESTED if got[what] < usual[what]}
    if TOOL_CALLS in lost:  # what is in a call is lost with it
        lost = {what: count for what, count in lost.items() if what == TOOL_CALLS or not what.startswith(TOOL_CALLS)}
    said = [
        _words(what, count, usual[what] if what in _AS_REQUESTED else beside.most[what]) for what, count in lost.items()
    ]
    if got[TOOL_CALLS] > usual[TOOL_CALLS] == beside.fewest_calls:
        said.append(f"{got[TOOL_CALLS]} tool calls where others give {usual[TOOL_CALLS]}")
    return Lens(Outcome.LOSES, f"{name}: {', '.join(said)}") if said else by_itself


def _words(what: str, lost: int, of: int) -> str:
    return f"{lost} of {of} {what}" if of > 1 else f"no {what}"


def _most(found: Mapping[str, Mapping[str, View]]) -> dict[str, int]:
    """Return the most that any call of any client gave, by what it is."""
    most: dict[str, int] = {}
    for view in (view for views in found.values() for view in views.values() if not view.raised):
        for what, count in gained(view.got).items():
            most[what] = max(most.get(what, 0), count)
    return most


def _fewest_calls(found: Mapping[str, Mapping[str, View]]) -> int:
    every = (view for views in found.values() for view in views.values() if not view.raised)
    return min((gained(view.got)[TOOL_CALLS] for view in every), default=0)


def gained(got: Mapping[str, Any]) -> dict[str, int]:
    """Return how much there is in what a call gave, in figures that are the same for all clients."""
    # The loop over events of the Responses API reads both from the last one.
    calls, usage = (got.get(name, got.get(f"final {name}")) for name in ("tool calls", "usage"))
    calls = [call for call in calls or () if isinstance(call, list | tuple) and len(call) == 3]
    text = got.get("text")
    texts = text if isinstance(text, list | tuple) else [text]
    return {
        "characters of text": sum(len(one.strip()) for one in texts if isinstance(one, str)),
        TOOL_CALLS: len(calls),
        f"{TOOL_CALLS} with an id": sum(bool(call[0]) for call in calls),
        f"{TOOL_CALLS} with a name": sum(bool(call[1]) for call in calls),
        f"{TOOL_CALLS} with arguments that can be read": sum(_is_object(call[2]) for call in calls),
        "finish reason": int(filled(got.get("finish reason"))),
        "usage": int(filled(usage)),
        "vectors": len(got.get("vectors") or ()),
        "choices": len(texts) if isinstance(text, list | tuple) else 0,
    }


def _is_object(arguments: Any) -> bool:
    """Tell whether arguments are a JSON object with something in it."""
    try:
        found = json.loads(arguments) if isinstance(arguments, str) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and bool(found)
