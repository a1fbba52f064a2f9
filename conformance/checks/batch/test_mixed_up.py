"""
The responses in a batch's output stand under the `custom_id` of their own request.

No skill is needed: of two questions one is longer, and which one it is shows in `usage.prompt_tokens`. The same two
questions outside of a batch are the measure.
"""

from typing import Any

from conformance import Exchange, Inconclusive, must
from conformance.checks.batch.exchanges import BATCHES, chats_output
from conformance.checks.batch.test_output import OUTPUT, lines
from conformance.checks.chat.exchanges import count_whole, hello
from conformance.checks.common.usage import PROMPT
from conformance.counterexamples import bytes_replaced

BOTH = ("chat-hello", "chat-count")


def longer_by(first: Any, second: Any) -> int:
    """Return by how many tokens one question is longer. Raises `Inconclusive` when that is not reported, or by none."""
    if not isinstance(first, int) or not isinstance(second, int):
        raise Inconclusive(f"`{PROMPT}` is not reported for both prompts")
    if first == second:
        raise Inconclusive(f"both prompts have the same `{PROMPT}`")
    return first - second


@must(
    BATCHES,
    says=OUTPUT,
    counterexample=bytes_replaced(chats_output, b'"prompt_tokens":', b'"prompt_tokens":-'),
)
def test_responses_belong_to_their_custom_id(chats_output: Exchange, hello: Exchange, count_whole: Exchange) -> None:
    """In a batch's output each response has its own `custom_id`: a longer prompt has more `prompt_tokens`."""
    alone = longer_by(hello.get(PROMPT), count_whole.get(PROMPT))
    counts = {line.get("custom_id"): line.get(f"response.body.{PROMPT}") for line in lines(chats_output)}
    together = longer_by(*(counts.get(name) for name in BOTH))
    assert (alone > 0) == (together > 0), f"the responses to {BOTH} are swapped, judged by `{PROMPT}`"
