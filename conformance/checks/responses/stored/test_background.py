"""
Work in the background: polled until it ends, canceled while it runs, canceled when it has ended.

Not checked: how soon it ends; which statuses come before the final one.
"""

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.kinds import stored_response
from conformance.checks.responses.exchanges import cancelled
from conformance.checks.responses.reading import text_of
from conformance.checks.responses.stored.exchanges import (
    BACKGROUND,
    FINAL,
    cancelled_again,
    cancelled_retrieved,
    finished_retrieved,
    polled,
)
from conformance.counterexamples import broken


def status_of(observed: Exchange) -> str:
    """Return the `status` of a background response. Raises `Inconclusive` when it is not a final one yet."""
    status = observed.at("status", str)
    if status not in FINAL:
        raise Inconclusive(f"the `status` of the response is still `{status[:40]}`")
    return status


def require_cancelled(observed: Exchange) -> None:
    """Raise `Inconclusive` when the response was not canceled: it may have ended before."""
    if observed.status != 200 or observed.at("status", str) != "cancelled":
        raise Inconclusive("the response was not canceled, or ended before")


@must(BACKGROUND, says=DOC("getResponse"), counterexample=broken(polled, "status", "failed"))
def test_background_response_is_completed(polled: Exchange) -> None:
    """A background response to a valid request ends with `status` `completed` and with text."""
    status = status_of(polled)
    assert status == "completed", f"the final `status` is {status!r}"
    assert text_of(polled).strip(), "the response has no text"


@must(BACKGROUND, says=SDK("Response.usage"), counterexample=broken(polled, "usage", None))
def test_completed_response_counts_its_tokens(stored_response: Exchange) -> None:
    """A retrieved response whose `status` is `completed` has `usage` with `output_tokens` above zero."""
    if stored_response.at("status", str) != "completed":
        raise Inconclusive("the `status` of the response is not `completed`")
    assert stored_response.at("usage.output_tokens", int) > 0


@must(BACKGROUND, says=DOC("cancelResponse"), counterexample=broken(finished_retrieved, "status", "cancelled"))
def test_ended_response_is_not_changed_by_cancelling(finished_retrieved: Exchange, polled: Exchange) -> None:
    """A background response that has ended has the same `status` and text after it is canceled."""
    status = status_of(polled)
    if status == "cancelled":
        raise Inconclusive("the response was canceled before")
    assert finished_retrieved.at("status", str) == status
    if text_of(finished_retrieved) != text_of(polled):  # an `assert` would make a diff
        raise Deviation("the text is another one than before the cancellation")


@should(
    BACKGROUND,
    says=OBSERVED("OpenAI returns the final response when it is canceled again", *evidence.CANCELLED_TWICE),
    counterexample=broken(cancelled_again, "status", "in_progress"),
)
def test_cancelling_twice_is_harmless(cancelled_again: Exchange, cancelled: Exchange) -> None:
    """Canceling a background response again returns it with `status` `cancelled`, as the first time."""
    require_cancelled(cancelled)
    assert cancelled_again.status == 200, f"the second cancellation returns {cancelled_again.status}"
    assert cancelled_again.at("status", str) == "cancelled"


@must(BACKGROUND, says=DOC("cancelResponse"), counterexample=broken(cancelled_retrieved, "status", "completed"))
def test_cancelled_response_stays_cancelled(cancelled_retrieved: Exchange, cancelled: Exchange) -> None:
    """A retrieved background response that was canceled has `status` `cancelled`."""
    require_cancelled(cancelled)
    assert cancelled_retrieved.at("status", str) == "cancelled"
