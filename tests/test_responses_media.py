"""What is concluded of an attachment in the Responses API: that it was read, counted, or dropped."""

import pytest

from conformance.checks.responses.media.reading import FILE, IMAGE, require_seen
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import observed


def responded(text: str, tokens: int) -> Exchange:
    part = {"type": "output_text", "text": text, "annotations": []}
    message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
    return observed({"status": "completed", "output": [message], "usage": {"input_tokens": tokens}})


BARE = responded("I see nothing.", 20)
COUNTS = (responded("Hello.", 10), responded("IVORY", 30))


@pytest.mark.parametrize("field", [IMAGE, FILE])
def test_a_named_word_is_enough(field: str) -> None:
    require_seen(responded("It says coral.", 20), "CORAL", BARE, field, COUNTS)


@pytest.mark.parametrize(("field", "tokens"), [(IMAGE, 20), (IMAGE, 25), (FILE, 20), (FILE, 12)])
def test_an_attachment_that_is_neither_named_nor_counted_is_dropped(field: str, tokens: int) -> None:
    with pytest.raises(Deviation, match="is accepted, adds"):
        require_seen(responded("Hello.", tokens), "CORAL", BARE, field, COUNTS)


@pytest.mark.parametrize(("field", "tokens"), [(IMAGE, 100), (FILE, 25)])
def test_an_attachment_that_is_counted_may_be_beyond_the_model(field: str, tokens: int) -> None:
    with pytest.raises(Inconclusive, match="does not name its word"):
        require_seen(responded("Hello.", tokens), "CORAL", BARE, field, COUNTS)


def test_a_constant_is_not_a_count() -> None:
    constant = (responded("Hello.", 20), responded("IVORY", 20))
    with pytest.raises(Inconclusive, match="does not count"):
        require_seen(responded("Hello.", 20), "CORAL", BARE, IMAGE, constant)
