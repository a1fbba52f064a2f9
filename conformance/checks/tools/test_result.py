"""
The result of a call is sent back.

Not checked: that the response uses the result, which takes skill; that the model does not call again.
"""

from conformance import DOC, Exchange, must
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.chat import CONTENT
from conformance.checks.tools.exchanges import BASIC, weather_auto, weather_history, weather_result
from conformance.checks.tools.reading import assert_read, says_something
from conformance.counterexamples import broken


@must(BASIC, says=DOC("ChatCompletionRequestToolMessage"), counterexample=broken(weather_result, CONTENT, ""))
def test_result_is_answered(weather_result: Exchange) -> None:
    """After a tool call and its result, a chat completion has text or another call."""
    assert says_something(weather_result), "the response has neither text nor another call"


@must(
    BASIC,
    says=DOC("ChatCompletionRequestToolMessage"),
    counterexample=broken(weather_result, "usage.prompt_tokens", 1),
)
def test_result_is_counted(
    weather_result: Exchange, weather_auto: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A call and its result in the history add to `usage.prompt_tokens`."""
    assert_read(weather_result, weather_auto, "the result", (hello, hello_many_times))


@must(BASIC, says=DOC("ChatCompletionRequestAssistantMessage"), counterexample=broken(weather_history, CONTENT, ""))
def test_history_of_the_client_is_answered(weather_history: Exchange) -> None:
    """After a tool call that the client wrote itself, and its result, a chat completion has text or another call."""
    assert says_something(weather_history), "the response has neither text nor another call"


@must(
    BASIC,
    says=DOC("ChatCompletionRequestAssistantMessage"),
    counterexample=broken(weather_history, "usage.prompt_tokens", 1),
)
def test_history_is_counted(
    weather_history: Exchange, weather_auto: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A call that the client wrote itself, and its result, add to `usage.prompt_tokens`."""
    assert_read(weather_history, weather_auto, "the result", (hello, hello_many_times))
