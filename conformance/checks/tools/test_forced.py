"""
`tool_choice` `required`, and one that names a function.

The question suggests another function, or none, so that only the choice can be the reason for the call.
"""

from conformance import DOC, SDK, Deviation, Exchange, answered, broken, broken_chunk, every_chunk, must, should
from conformance.checks.common.chat import require_whole
from conformance.checks.tools.exchanges import (
    NAMED,
    REQUIRED,
    hello_required,
    time_forced,
    time_forced_streamed,
    weather_in_parts_required,
    weather_required,
    wrong_choice,
)
from conformance.checks.tools.offers import TIME_NAME, WEATHER_NAME
from conformance.checks.tools.reading import CALLS, DELTA_CALLS, calls_in, fragments, names_called, require_call

OPTION = DOC("ChatCompletionToolChoiceOption")
BY_NAME = DOC("ChatCompletionNamedToolChoice")


def require_obedience(observed: Exchange, choice: str) -> None:
    """Raise a deviation when an answer that ends by itself holds no call."""
    require_whole(observed)
    if not (fragments(observed) if observed.sent.streamed else calls_in(observed)):
        raise Deviation(f"`tool_choice` {choice}, and the answer holds no call", finding="ignored:tool_choice")


def assert_called(observed: Exchange, name: str) -> None:
    """Assert that this function is among those that are called."""
    names = names_called(observed)
    if name not in names:
        message = f"`tool_choice` names {name!r}, and {names[0][:80]!r} is called instead"
        raise Deviation(message, finding="partly:tool_choice")


def assert_only(observed: Exchange, name: str) -> None:
    """Assert that no other function is called."""
    require_call(observed)
    others = sorted(set(names_called(observed)) - {name})
    if others:
        message = f"`tool_choice` names {name!r}, and {others[0][:80]!r} is called"
        raise Deviation(message, finding="partly:tool_choice")


@must(
    REQUIRED,
    says=OPTION,
    counterexample=broken(weather_required, CALLS, []),
    former=("tools.basic/weather_required/required_function_is_called",),
)
def test_required_function_is_called(weather_required: Exchange) -> None:
    """With `tool_choice` `required` some function is called."""
    require_obedience(weather_required, "is `required`")


@must(
    REQUIRED, says=OPTION, counterexample=broken(hello_required, CALLS, None), decides="chat/completions: tool_choice"
)
def test_required_function_is_called_whatever_is_asked(hello_required: Exchange) -> None:
    """With `tool_choice` `required` some function is called, even if the question does not suggest one."""
    require_obedience(hello_required, "is `required`")


@must(REQUIRED, says=OPTION, counterexample=broken(weather_in_parts_required, CALLS, []))
def test_required_function_is_called_for_a_question_in_parts(weather_in_parts_required: Exchange) -> None:
    """With `tool_choice` `required` some function is called, even if the question is a list of parts."""
    require_obedience(weather_in_parts_required, "is `required`")


@must(REQUIRED, says=OPTION, counterexample=broken(hello_required, f"{CALLS}.0.function.name", "say_hello"))
def test_required_call_is_of_an_offered_function(hello_required: Exchange) -> None:
    """A required call is of a function that was offered."""
    require_call(hello_required)
    assert set(names_called(hello_required)) == {WEATHER_NAME}


@must(NAMED, says=BY_NAME, counterexample=broken(time_forced, CALLS, []), decides="chat/completions: tool_choice")
def test_unsuggested_function_is_called(time_forced: Exchange) -> None:
    """A function that `tool_choice` names is called, even if the question suggests another one."""
    require_obedience(time_forced, "names a function")
    assert_called(time_forced, TIME_NAME)


@must(NAMED, says=BY_NAME, counterexample=broken(time_forced, f"{CALLS}.0.function.name", WEATHER_NAME))
def test_no_other_function_is_called(time_forced: Exchange) -> None:
    """No other function than the one that `tool_choice` names is called."""
    assert_only(time_forced, TIME_NAME)


@must(NAMED, says=BY_NAME, counterexample=every_chunk(time_forced_streamed, DELTA_CALLS, []))
def test_unsuggested_function_is_called_in_a_stream(time_forced_streamed: Exchange) -> None:
    """A function that `tool_choice` names is called in a stream too, even if the question suggests another one."""
    require_obedience(time_forced_streamed, "names a function")
    assert_called(time_forced_streamed, TIME_NAME)


@must(
    NAMED,
    says=BY_NAME,
    counterexample=broken_chunk(time_forced_streamed, 1, f"{DELTA_CALLS}.0.function.name", WEATHER_NAME),
)
def test_no_other_function_is_called_in_a_stream(time_forced_streamed: Exchange) -> None:
    """No other function than the one that `tool_choice` names is called in a stream."""
    assert_only(time_forced_streamed, TIME_NAME)


@should(NAMED, says=SDK("ErrorObject.message"), counterexample=broken(wrong_choice, "error.message", ""))
def test_wrong_choice_is_explained(wrong_choice: Exchange) -> None:
    """The refusal of a `tool_choice` that cannot be says something in `error.message`."""
    assert wrong_choice.at("error.message", str).strip() != ""
