"""
`tool_choice` in streams of the Responses API: every form has the effect that it has without `stream`.

Not checked: whether a model calls when it may choose.
"""

from typing import Any

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, must
from conformance.checks.responses.agents.exchanges import PARALLEL, choice_auto
from conformance.checks.responses.choices.exchanges import CHOICES, choice_auto_streamed, choice_streamed
from conformance.checks.responses.events import end_of, in_end, is_completed
from conformance.checks.responses.exchanges import FUNCTION
from conformance.checks.responses.reading import has_text_or_call, items, texts, whole
from conformance.counterexamples import changed


def called(observed: Exchange) -> list[str]:
    """Return the functions that a completed stream calls. Raises `Inconclusive` for another stream."""
    end = end_of(observed)
    if not is_completed(observed):
        raise Inconclusive("the stream is not completed")
    return [call.at("name", str) for call in items(end, "function_call")]


def disobedient(observed: Exchange) -> Exchange:
    """Let a stream call what it must not, or nothing where it must."""

    def change(end: dict[str, Any]) -> dict[str, Any]:
        call = {"type": "function_call", "call_id": "call_1", "name": FUNCTION, "arguments": "{}"}
        return {**end, "output": [] if observed.case == "required" else [call]}

    return in_end(change, choice_streamed).change(observed)


@must(
    PARALLEL,
    says=SDK("Response.tool_choice"),
    counterexample=in_end(lambda end: {**end, "output": []}, choice_auto_streamed),
)
def test_choice_auto_gives_text_or_a_call(choice_auto_streamed: Exchange) -> None:
    """With `tool_choice: auto`, a Responses API stream ends with text or a call."""
    called(choice_auto_streamed)
    assert has_text_or_call(end_of(choice_auto_streamed)), "the response has neither text nor a call"


@must(PARALLEL, says=DOC("ToolChoiceAllowed"), counterexample=changed(choice_streamed, disobedient))
def test_choice_is_used_in_a_stream(choice_streamed: Exchange, choice_auto: Exchange) -> None:
    """In a Responses API stream, `tool_choice` is obeyed: no call, some call, or only the named or allowed function."""
    wanted, found = CHOICES[choice_streamed.case].may_call, called(choice_streamed)
    if wanted and not found:
        raise Deviation("`tool_choice` requires a call, and the stream has none", finding="ignored:tool_choice")
    if set(found) - wanted:
        other = min(set(found) - wanted)
        raise Deviation(f"{other[:60]!r} is called, which `tool_choice` excludes", finding="ignored:tool_choice")
    if not wanted and not items(whole(choice_auto), "function_call"):
        raise Inconclusive("accepted, effect not observable: this model calls nothing with `auto` either")
