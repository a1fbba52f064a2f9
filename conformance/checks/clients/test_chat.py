"""
The chat requests of popular clients are answered with what the client goes on with.

The case names the client. Not checked: what a model writes; that it calls a function when it may choose.
"""

from conformance import DOC, SDK, Exchange, should
from conformance.assertions import finish_reasons
from conformance.checks.clients.exchanges import CHAT, chat_result, chat_stream, chat_structured, chat_text
from conformance.checks.clients.reading import assert_parses, structured_of_chat
from conformance.checks.common.chat import CONTENT, require_whole, text_of
from conformance.checks.common.stream import joined
from conformance.checks.tools.reading import says_something
from conformance.counterexamples import broken, changed, every_chunk


@should(CHAT, says=SDK("ChatCompletionMessage.content"), counterexample=broken(chat_text, CONTENT, ""))
def test_plain_chat_works(chat_text: Exchange) -> None:
    """A chat request as the named client builds it by default returns text."""
    require_whole(chat_text)
    assert text_of(chat_text).strip(), "the response has no text"


@should(
    CHAT,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=every_chunk(chat_stream, "choices.0.finish_reason", None),
)
def test_streamed_chat_works(chat_stream: Exchange) -> None:
    """A streamed chat request as the named client builds it by default returns text and ends with `finish_reason`."""
    assert finish_reasons(chat_stream), "the stream ends without a `finish_reason`"
    require_whole(chat_stream)
    assert joined(chat_stream).strip(), "the stream has no text"


@should(CHAT, says=DOC("ChatCompletionRequestToolMessage"), counterexample=broken(chat_result, CONTENT, ""))
def test_tool_loop_over_chat_works(chat_result: Exchange) -> None:
    """In the tool loop of the named client over chat completions, the result of the call is followed by text."""
    assert says_something(chat_result), "the response has neither text nor another call"


def without_answer(observed: Exchange) -> Exchange:
    """Return a response whose structured output lacks everything that was requested."""
    if "response_format" in observed.sent.json:
        return broken(None, CONTENT, "{}").change(observed)
    return broken(None, "choices.0.message.tool_calls.0.function.arguments", "{}").change(observed)


@should(CHAT, says=DOC("ResponseFormatJsonSchema"), counterexample=changed(chat_structured, without_answer))
def test_structured_chat_parses(chat_structured: Exchange) -> None:
    """Structured output that the named client requests by default over chat completions matches its schema."""
    require_whole(chat_structured)
    assert_parses(*structured_of_chat(chat_structured))
