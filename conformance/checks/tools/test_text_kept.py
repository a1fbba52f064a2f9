"""
Text that is streamed where a tool is offered and not called.

Not checked: that it is the text of the response without a tool, as a model may say something else then.
"""

from conformance import OBSERVED, Exchange, Inconclusive, should
from conformance.checks.chat.stream.exchanges import count_streamed
from conformance.checks.common import evidence
from conformance.checks.common.chat import require_whole
from conformance.checks.common.stream import joined
from conformance.checks.tools.exchanges import STREAM, count_with_tool_streamed
from conformance.checks.tools.reading import fragments, refuses
from conformance.counterexamples import every_chunk

LONG, SHORT = 40, 5
"""Characters: of a count to 20, and of what is left of it when it is lost."""


@should(
    STREAM,
    says=OBSERVED("OpenAI streams the text, whether or not tools are offered", *evidence.TEXT_BESIDE_TOOLS),
    counterexample=every_chunk(count_with_tool_streamed, "choices.0.delta.content", ""),
)
def test_text_is_not_lost_with_tools(count_with_tool_streamed: Exchange, count_streamed: Exchange) -> None:
    """The text of a long chat completion stream is more than a few characters when a tool is offered."""
    require_whole(count_with_tool_streamed)
    if fragments(count_with_tool_streamed):
        raise Inconclusive("the model calls a function instead of writing text")
    if refuses(count_with_tool_streamed):
        raise Inconclusive("the model refuses")
    alone, offered = joined(count_streamed).strip(), joined(count_with_tool_streamed).strip()
    if len(alone) < LONG:
        raise Inconclusive(f"without a tool the text has {len(alone)} characters only")
    assert len(offered) > SHORT, f"the text is {offered!r} with a tool, and has {len(alone)} characters without"
