"""What an error may call the field that is wrong."""

from typing import Any

import pytest

from conformance.checks.common.errors import names_of
from conformance.checks.params.reading import names
from conformance.wire.exchange import Exchange
from tests.fakes import observed

UPSTREAM = (
    "google error: Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, but got -1."
)


def rejected(message: str, **more: Any) -> Exchange:
    error = {"message": message, "type": "INVALID_ARGUMENT", "param": None, "code": 400, **more}
    return observed({"error": error}, 400)


def test_a_field_may_be_called_by_the_name_of_its_successor() -> None:
    """A gateway that reads `max_tokens` as `max_completion_tokens` names what it read, and is understood."""
    names(rejected(UPSTREAM), "max_tokens")
    assert names_of("max_tokens", "n") == ("max_tokens", "n", "max_completion_tokens", "max_output_tokens")


def test_a_field_is_not_named_by_a_stack_trace() -> None:
    said = "'str' object has no attribute 'get'"
    trace = f"{said}\nTraceback (most recent call last):\n  messages = fix(messages=messages)\nAttributeError: {said}"
    with pytest.raises(AssertionError, match="is not named in"):
        names(rejected(trace), "messages")
    names(rejected(f"messages: {trace}"), "messages")


@pytest.mark.parametrize("field", ["temperature", "n"])
def test_another_field_is_not_named_by_it(field: str) -> None:
    with pytest.raises(AssertionError, match="is not named in"):
        names(rejected(UPSTREAM), field)
