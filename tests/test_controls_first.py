"""Controls of single checks: without what a check measures against, it says that it cannot tell."""

from typing import Any

import pytest

from conformance.checks.chat.stream.exchanges import unknown_model_streamed
from conformance.checks.errors.exchanges import unknown_model
from conformance.checks.params import test_taken as taken
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Inconclusive
from tests.fakes import observed


def embedded(*numbers: float) -> Exchange:
    return observed({"data": [{"embedding": list(numbers)}]})


def test_random_vectors_accuse_no_parameter() -> None:
    with pytest.raises(Inconclusive, match="another vector each time"):
        taken.test_embedding_parameter_does_no_harm(embedded(1, 0), embedded(0, 1), embedded(1, 1))
    with pytest.raises(AssertionError, match="with it the vector differs"):
        taken.test_embedding_parameter_does_no_harm(embedded(1, 0), embedded(0, 1), embedded(0, 1))


@pytest.mark.parametrize("unknown", [unknown_model, unknown_model_streamed])
def test_an_unknown_model_of_a_chat_is_asked_for_where_a_good_one_is_served(unknown: Any) -> None:
    """Where chats are not served at all, a 404 says nothing about the model."""
    assert [one.name for one in unknown.needs.values()] == ["hello"]
    assert unknown.all_roles == {"chat"}
