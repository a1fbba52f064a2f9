"""
Reasoning and the token limit.

Not checked: that reasoning counts for the limit (some servers limit the text alone); that so small a limit is accepted.
"""

from conformance import SDK, Exchange, Inconclusive, must
from conformance.checks.common.chat import CONTENT, REASON
from conformance.checks.reasoning.exchanges import EFFORT, thought_in_little_room
from conformance.checks.reasoning.reading import thinks
from conformance.counterexamples import broken


@must(
    EFFORT,
    says=SDK("chat_completion.Choice.finish_reason"),
    counterexample=broken(thought_in_little_room, REASON, "stop"),
)
def test_thinking_without_room_ends_with_length(thought_in_little_room: Exchange) -> None:
    """When reasoning uses up the token limit and there is no text, `finish_reason` is `length`."""
    if thought_in_little_room.status != 200:
        raise Inconclusive("so small a limit is rejected")
    if (thought_in_little_room.at(CONTENT, str | None, None) or "").strip():
        raise Inconclusive("the response has text within the limit")
    if thought_in_little_room.at("choices.0.message.refusal", str | None, None):
        raise Inconclusive("the message has a `refusal`")
    if not thinks(thought_in_little_room):
        raise Inconclusive("no reasoning is returned or counted, so the text may be empty for another reason")
    reason = thought_in_little_room.at(REASON, str)
    assert reason in {"length", "content_filter"}, f"there is no text, and `finish_reason` is {reason!r}"
