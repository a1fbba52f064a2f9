"""
`tool_choice` `required`, and one that names a function.

Among the prompts are some that suggest another function, or none, so that only the choice can be the reason for the
call. That a call names a function that was offered is a check of all calls.
"""

from conformance import DOC, Deviation, Document, Exchange, must
from conformance.checks.common.conditions import CHOICE_NAMED, CHOICE_REQUIRED, OFFERS_FUNCTIONS_ONLY, ONE_CHOICE
from conformance.checks.common.kinds import chat_completion, chat_stream
from conformance.checks.tools.exchanges import (
    NAMED,
    REQUIRED,
    hello_required,
    time_forced,
    time_forced_streamed,
    weather_in_parts_required,
    weather_required,
)
from conformance.checks.tools.reading import CALLS, DELTA_CALLS, names_called, require_call, require_obedience
from conformance.counterexamples import broken, broken_chunk

OPTION = DOC("ChatCompletionToolChoiceOption")
BY_NAME = DOC("ChatCompletionNamedToolChoice")
NAME = "tool_choice.function.name"


def assert_only_the_named(observed: Exchange) -> None:
    """Assert that no other function is called than the one that the request names."""
    require_call(observed)
    name = Document(observed.sent.json).get(NAME)
    called = set(names_called(observed))
    others = sorted(called - {name})
    if others:
        message = f"`tool_choice` names {name!r}, and {others[0][:80]!r} is called"
        # That something is called shows no effect of the choice: the question suggests the other function.
        raise Deviation(message, finding="partly:tool_choice" if name in called else f"ignored:{NAME}")


@must(
    REQUIRED,
    says=OPTION,
    counterexample=broken(weather_required, CALLS, []),
    when=(CHOICE_REQUIRED, OFFERS_FUNCTIONS_ONLY),
    witness=(weather_required, hello_required, weather_in_parts_required),
    former=("tools.basic/weather_required/required_function_is_called",),
    decides="chat/completions: tool_choice",
)
def test_required_function_is_called(chat_completion: Exchange) -> None:
    """With `tool_choice` `required`, the response has a call, whatever the prompt is."""
    require_obedience(chat_completion, "is `required`")


@must(
    NAMED,
    says=BY_NAME,
    counterexample=broken(time_forced, f"{CALLS}.0.function.name", "get_nothing"),
    when=(CHOICE_NAMED, OFFERS_FUNCTIONS_ONLY),
    decides="chat/completions: tool_choice",
)
def test_no_other_function_is_called(chat_completion: Exchange) -> None:
    """When `tool_choice` names a function, no other is called, even if the prompt suggests it."""
    assert_only_the_named(chat_completion)


@must(
    NAMED,
    says=BY_NAME,
    counterexample=broken_chunk(time_forced_streamed, 1, f"{DELTA_CALLS}.0.function.name", "get_nothing"),
    when=(CHOICE_NAMED, OFFERS_FUNCTIONS_ONLY, ONE_CHOICE),
)
def test_no_other_function_is_called_in_a_stream(chat_stream: Exchange) -> None:
    """When `tool_choice` names a function, no other is called in a stream."""
    assert_only_the_named(chat_stream)
