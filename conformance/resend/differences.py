"""
What differs between a recorded response and the new one to the same request: never the wording of a model.

Shapes and events are compared by the table that drift uses (`conformance.shapes.change`); beside them what a client
acts on: the status, why a choice ended, which functions are called, whether the text is still JSON, counts of tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.foreign.bodies import format_of, objects
from conformance.record.recording import Recording
from conformance.shapes.answer import Answer, Form, answer_of
from conformance.shapes.change import Change, Impact, changes, stream_changes
from conformance.shapes.shape import shape_of
from conformance.wire.response import NotJson, read_json
from conformance.wire.usage import usage_in

ABOUT = 3.0
"""Counts of tokens that differ by more than this factor are told: other tokenizers count otherwise."""

_SMALL = 16


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: what it means to the application, what it is, and what was recorded and came."""

    impact: Impact
    what: str
    before: str
    after: str


def differences(recorded: Recording, new: Recording) -> list[Difference]:
    """Return what differs, the worst first, and of what is alike bad first what a client acts on."""
    status, other = recorded.response.status, new.response.status
    if (status < 400) != (other < 400):
        impact = Impact.BREAKING if status < 400 else Impact.ADDITIVE
        return [Difference(impact, "status", str(status), f"{other}{_said(new)}")]
    found = [Difference(Impact.BREAKING, "status of the error", str(status), str(other))] if status != other else []
    before, after = answer_of(recorded), answer_of(new)
    if before is None or after is None:
        if (before is None) != (after is None):
            found.append(Difference(Impact.BREAKING, "body", _form(before), _form(after)))
        return found
    if before.form is not after.form:
        return [*found, Difference(Impact.BREAKING, "form", before.form.value, after.form.value)]
    found += [*_acted_on(before, after), *_counted(recorded, new)]
    found += [
        Difference(one.impact, f"`{one.path}`: {one.change.value}", one.before or "not there", one.after or "not there")
        for one in [
            *changes(shape_of(before.joined), shape_of(after.joined)),
            *stream_changes(before.events, after.events),
        ]
        if one.change is not Change.OTHER_COUNT
    ]
    return sorted(found, key=lambda one: one.impact.rank)


def _said(recording: Recording) -> str:
    """Return what a rejection says, briefly."""
    try:
        error = read_json(recording.response.decoded)["error"]
        return f": {str(error['message'] if isinstance(error, dict) else error)[:120]}"
    except (NotJson, KeyError, TypeError):
        return ""


def _form(answer: Answer | None) -> str:
    return answer.form.value if answer else "not JSON"


def _acted_on(before: Answer, after: Answer) -> Iterator[Difference]:
    if before.form is Form.REJECTION:
        return
    was, now = _facts(before), _facts(after)
    for what, impact in (("why it ended", Impact.BREAKING), ("functions called", Impact.BREAKING)):
        if was[what] != now[what]:
            yield Difference(impact, what, was[what] or "none", now[what] or "none")
    if was["JSON"] and not now["JSON"]:
        yield Difference(Impact.BREAKING, "text", "JSON, as requested", "not JSON")


def _counted(recorded: Recording, new: Recording) -> Iterator[Difference]:
    """Yield the counts of tokens that are far apart, where both responses report them."""
    was, now = (usage_in(one.response.decoded) for one in (recorded, new))
    if was is None or now is None:
        return
    for what, one, other in (("input", was.input, now.input), ("output", was.output, now.output)):
        if one and max(one, other) > _SMALL and not 1 / ABOUT <= other / one <= ABOUT:
            yield Difference(Impact.COSMETIC, f"{what} tokens", str(one), str(other))


def _facts(answer: Answer) -> dict[str, Any]:
    """Return what a client acts on in a response of chat, legacy completions or the Responses API."""
    ends, calls, text = list[str](), list[str](), ""
    for value in answer.values:
        if not isinstance(value, dict):
            continue
        whole = value.get("response") if isinstance(value.get("response"), dict) else value
        for choice in objects(value.get("choices")):
            ends += [str(choice["finish_reason"])] if choice.get("finish_reason") else []
            message = choice.get("message") or choice.get("delta")
            if isinstance(message, dict):
                text += message["content"] if isinstance(message.get("content"), str) else ""
                functions = [call.get("function") for call in objects(message.get("tool_calls"))]
                calls += [str(one["name"]) for one in functions if isinstance(one, dict) and one.get("name")]
        if isinstance(whole, dict) and isinstance(whole.get("output"), list) and whole.get("status") != "in_progress":
            ends = [str(whole.get("status"))]
            calls = [str(one.get("name")) for one in objects(whole["output"]) if one.get("type") == "function_call"]
            text = "".join(
                str(part.get("text", "")) for item in objects(whole["output"]) for part in objects(item.get("content"))
            )
    return {
        "why it ended": ", ".join(sorted(ends)),
        "functions called": ", ".join(sorted(calls)),
        "JSON": str(format_of(answer.sent).get("type", "")).startswith("json") and _is_json(text),
    }


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except NotJson:
        return False
    return True
