"""
The id of a request, which the official client shows as `request_id` and users send to support.

Not checked: its form; other headers with ids (the official client reads this one only).
"""

from conformance import OBSERVED, Exchange, Exchanges, Inconclusive, header, should
from conformance.checks.chat.exchanges import hello
from conformance.checks.errors.exchanges import unknown_model
from conformance.checks.headers.exchanges import REQUEST_ID
from conformance.checks.models.exchanges import listed

ID = "x-request-id"
READ = OBSERVED("OpenAI sends `x-request-id`, and the official client reads its `request_id` from it")


@should(REQUEST_ID, says=READ, counterexample=header(hello, ID, None))
def test_answer_has_an_id(hello: Exchange) -> None:
    """A good answer carries `x-request-id`."""
    assert (hello.header(ID) or "").strip(), f"`{ID}` is {hello.header(ID)!r}"


@should(REQUEST_ID, says=READ, counterexample=header(unknown_model, ID, " "))
def test_refusal_has_an_id(unknown_model: Exchange) -> None:
    """A refusal carries `x-request-id`."""
    assert (unknown_model.header(ID) or "").strip(), f"`{ID}` is {unknown_model.header(ID)!r}"


@should(REQUEST_ID, says=READ, counterexample=header(None, ID, "req_1"), over=(hello, listed, unknown_model))
def test_ids_are_distinct(sent: Exchanges) -> None:
    """Each answer has an `x-request-id` of its own."""
    ids = [name for observed in sent if (name := observed.header(ID))]
    if len(ids) < 2:
        raise Inconclusive(f"{len(ids)} of {len(sent)} answers have `{ID}`: nothing to compare")
    assert len(set(ids)) == len(ids), f"{len(ids)} answers share {len(set(ids))} ids"
