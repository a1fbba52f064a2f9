"""
`stop`: the text ends before a stop sequence.

The control is the same request without `stop`; if its text does not contain the sequence, nothing can be measured.

Not checked: that the text is shorter than the control's, as a model may use other words; what a stop sequence does to
hidden reasoning, as servers differ.
"""

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.checks.chat.exchanges import count_whole
from conformance.checks.common.chat import CONTENT, REASON, text_of
from conformance.checks.params.limits.exchanges import (
    ARRAY_STOP,
    STOP,
    STRING_STOP,
    count_stop_array,
    count_stop_space,
    count_stop_string,
)
from conformance.counterexamples import broken

THOUGHTS = ("choices.0.message.reasoning_content", "choices.0.message.reasoning")

WHOLE = ", ".join(str(number) for number in range(1, 21))


def require_sequence(control: Exchange, sequence: str) -> None:
    """Raise `Inconclusive` when the text without `stop` does not contain the stop sequence."""
    if sequence not in text_of(control).strip():
        raise Inconclusive(f"the text without `stop` does not contain {sequence!r}")


def require_honoured(observed: Exchange, sequence: str) -> None:
    """Raise `Inconclusive` when the stop sequence is in the text: a check of its own finds that."""
    if sequence in text_of(observed).strip():
        raise Inconclusive(f"the stop sequence {sequence!r} did not end the text")


def require_left_out(observed: Exchange, sequence: str) -> None:
    """Assert that a text lacks its stop sequence. One that ends with it was stopped, and kept it."""
    _, found, after = text_of(observed).partition(sequence)
    if found and not after.strip():
        raise Deviation(f"the text ends with the stop sequence {sequence!r}", finding="partly:stop")
    assert not found, f"the text contains the stop sequence {sequence!r}"


def reasons(observed: Exchange) -> bool:
    """Tell whether the model reasoned, seen or unseen."""
    unseen = observed.get("usage.completion_tokens_details.reasoning_tokens")
    return bool(isinstance(unseen, int) and unseen) or any(
        observed.get(path) for path in THOUGHTS if observed.has(path)
    )


def require_end_by_stop(observed: Exchange) -> None:
    """Raise `Inconclusive` when something other than the stop sequence ended the text."""
    if observed.at(REASON, str) in {"length", "content_filter"}:
        raise Inconclusive("the text was cut off before a stop sequence")


@must(
    STOP,
    says=DOC("CreateChatCompletionRequest.stop"),
    counterexample=broken(count_stop_string, CONTENT, WHOLE),
    decides="chat/completions: stop",
)
def test_string_stop_is_not_in_the_text(count_stop_string: Exchange, count_whole: Exchange) -> None:
    """The text of a chat completion does not contain the stop sequence of a string `stop`."""
    require_sequence(count_whole, STRING_STOP)
    require_left_out(count_stop_string, STRING_STOP)


@must(
    STOP,
    says=DOC("CreateChatCompletionRequest.stop"),
    counterexample=broken(count_stop_array, CONTENT, WHOLE),
    decides="chat/completions: stop",
)
def test_array_stop_is_not_in_the_text(count_stop_array: Exchange, count_whole: Exchange) -> None:
    """The text of a chat completion does not contain any stop sequence of an array `stop`."""
    require_sequence(count_whole, ARRAY_STOP)
    require_left_out(count_stop_array, ARRAY_STOP)


@should(
    STOP,
    says=DOC("CreateChatCompletionRequest.stop"),
    counterexample=broken(count_stop_space, CONTENT, WHOLE),
)
def test_whitespace_stop_ends_the_text(count_stop_space: Exchange, count_whole: Exchange) -> None:
    """A stop sequence of whitespace ends the text of a chat completion like any other."""
    require_sequence(count_whole, " ")
    assert " " not in text_of(count_stop_space).strip(), "the text contains the stop sequence, a space"


@must(STOP, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(count_stop_string, REASON, "eos"))
def test_string_stop_has_finish_reason_stop(count_stop_string: Exchange, count_whole: Exchange) -> None:
    """A chat completion ended by the stop sequence of a string `stop` has `finish_reason` `stop`."""
    require_sequence(count_whole, STRING_STOP)
    require_honoured(count_stop_string, STRING_STOP)
    require_end_by_stop(count_stop_string)
    assert count_stop_string.at(REASON, str) == "stop"


@must(STOP, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(count_stop_array, REASON, "eos"))
def test_array_stop_has_finish_reason_stop(count_stop_array: Exchange, count_whole: Exchange) -> None:
    """A chat completion ended by one of the stop sequences of an array `stop` has `finish_reason` `stop`."""
    require_sequence(count_whole, ARRAY_STOP)
    require_honoured(count_stop_array, ARRAY_STOP)
    require_end_by_stop(count_stop_array)
    assert count_stop_array.at(REASON, str) == "stop"


@should(
    STOP,
    says=DOC("CreateChatCompletionRequest.stop"),
    counterexample=broken(count_stop_string, CONTENT, ""),
)
def test_text_before_the_stop_sequence_is_returned(count_stop_string: Exchange, count_whole: Exchange) -> None:
    """A chat completion contains the text generated before the stop sequence."""
    require_sequence(count_whole, STRING_STOP)
    require_end_by_stop(count_stop_string)
    if text_of(count_whole).strip().startswith(STRING_STOP):
        raise Inconclusive("the text without `stop` begins with the stop sequence")
    if reasons(count_whole) or reasons(count_stop_string):
        raise Inconclusive("the model reasons, and its reasoning may contain the stop sequence")
    assert text_of(count_stop_string).strip() != "", (
        "there is no text, but the text without `stop` has some before the stop sequence"
    )


@should(
    STOP,
    says=DOC("CreateChatCompletionRequest.stop"),
    counterexample=broken(count_stop_array, CONTENT, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, "),
)
def test_no_partial_stop_sequence_is_returned(count_stop_array: Exchange, count_whole: Exchange) -> None:
    """The text of a chat completion does not end with a partial stop sequence."""
    require_sequence(count_whole, ARRAY_STOP)
    require_end_by_stop(count_stop_array)
    parts = tuple(ARRAY_STOP[:length] for length in range(3, len(ARRAY_STOP)))
    assert not text_of(count_stop_array).endswith(parts), (
        f"the text ends with a part of the stop sequence {ARRAY_STOP!r}"
    )
