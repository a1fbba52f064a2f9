"""
The result of a call is sent back.

Not checked: that the answer uses the result, which takes skill; that the model does not call again.
"""

from conformance import DOC, Exchange, must
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.chat import CONTENT
from conformance.checks.tools.exchanges import BASIC, weather_auto, weather_history, weather_told
from conformance.checks.tools.reading import assert_read, says_something
from conformance.counterexamples import broken


@must(BASIC, says=DOC("ChatCompletionRequestToolMessage"), counterexample=broken(weather_told, CONTENT, ""))
def test_result_is_answered(weather_told: Exchange) -> None:
    """The result of a call, sent back with the call as it was received, is answered with text or with another call."""
    assert says_something(weather_told), "neither text nor another call"


@must(
    BASIC,
    says=DOC("ChatCompletionRequestToolMessage"),
    counterexample=broken(weather_told, "usage.prompt_tokens", 1),
)
def test_result_is_counted(
    weather_told: Exchange, weather_auto: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A call and its result add to `usage.prompt_tokens`."""
    assert_read(weather_told, weather_auto, "the result", (hello, hello_many_times))


@must(BASIC, says=DOC("ChatCompletionRequestAssistantMessage"), counterexample=broken(weather_history, CONTENT, ""))
def test_call_of_a_history_is_answered(weather_history: Exchange) -> None:
    """A call that the client wrote down is taken with its result, and answered with text or with another call."""
    assert says_something(weather_history), "neither text nor another call"


@must(
    BASIC,
    says=DOC("ChatCompletionRequestAssistantMessage"),
    counterexample=broken(weather_history, "usage.prompt_tokens", 1),
)
def test_history_is_counted(
    weather_history: Exchange, weather_auto: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A call that the client wrote down, and its result, add to `usage.prompt_tokens`."""
    assert_read(weather_history, weather_auto, "the result", (hello, hello_many_times))
