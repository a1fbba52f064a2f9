"""
What differs between a recorded response and the new one to the same request: never the wording of a model.

Shapes and events are compared by the table that drift uses (`conformance.shapes.change`); beside them what a client
acts on: the status, why a choice ended, which functions are called, whether the text is still JSON, counts of tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.record.recording import Recording
from conformance.shapes.answer import Answer, Form, answer_of
from conformance.shapes.change import Change, Impact, changes, stream_changes
from conformance.shapes.shape import shape_of
from conformance.wire.response import NotJson, read_json

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
    found += _acted_on(before, after)
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
    for what in ("input tokens", "output tokens"):
        one, other = was[what], now[what]
        if one and other is not None and max(one, other) > _SMALL and not 1 / ABOUT <= (other / one) <= ABOUT:
            yield Difference(Impact.COSMETIC, what, str(one), str(other))


def _facts(answer: Answer) -> dict[str, Any]:
    """Return what a client acts on in a response of chat, legacy completions or the Responses API."""
    ends, calls, text, usage = list[str](), list[str](), "", dict[str, Any]()
    for value in answer.values:
        if not isinstance(value, dict):
            continue
        whole = value.get("response") if isinstance(value.get("response"), dict) else value
        if isinstance(whole, dict) and isinstance(whole.get("usage"), dict):
            usage = whole["usage"]
        for choice in _objects(value.get("choices")):
            ends += [str(choice["finish_reason"])] if choice.get("finish_reason") else []
            message = choice.get("message") or choice.get("delta")
            if isinstance(message, dict):
                text += message["content"] if isinstance(message.get("content"), str) else ""
                functions = [call.get("function") for call in _objects(message.get("tool_calls"))]
                calls += [str(one["name"]) for one in functions if isinstance(one, dict) and one.get("name")]
        if isinstance(whole, dict) and isinstance(whole.get("output"), list) and whole.get("status") != "in_progress":
            ends = [str(whole.get("status"))]
            calls = [str(one.get("name")) for one in _objects(whole["output"]) if one.get("type") == "function_call"]
            text = "".join(
                str(part.get("text", ""))
                for item in _objects(whole["output"])
                for part in _objects(item.get("content"))
            )
    return {
        "why it ended": ", ".join(sorted(ends)),
        "functions called": ", ".join(sorted(calls)),
        "JSON": _asks_for_json(answer.sent) and _is_json(text),
        "input tokens": _count(usage, "prompt_tokens", "input_tokens"),
        "output tokens": _count(usage, "completion_tokens", "output_tokens"),
    }


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _count(usage: dict[str, Any], *names: str) -> int | None:
    return next((usage[name] for name in names if isinstance(usage.get(name), int)), None)


def _asks_for_json(sent: dict[str, Any]) -> bool:
    text = sent.get("text")
    found = sent.get("response_format") or (text.get("format") if isinstance(text, dict) else None)
    return isinstance(found, dict) and str(found.get("type", "")).startswith("json")


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except NotJson:
        return False
    return True
