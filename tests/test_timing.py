"""No time of arrival accuses where it may be ours: other requests in flight, or an event loop of ours that was late."""

from typing import Any

import pytest

from conformance.checks.common.timing import LATE_MS, timed
from conformance.checks.transport.endings import examine_ending
from conformance.wire.exchange import Exchange
from conformance.wire.response import Ending
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import observed


def broken_off(ending: Ending, **changes: Any) -> Exchange:
    return observed(ending=ending, reason="nothing came any more", deadline_s=10.0, **changes)


def test_a_response_that_was_requested_alone_and_read_in_time_is_timed() -> None:
    timed(observed(), observed(lag_ms=LATE_MS), observed(lag_ms=None))


@pytest.mark.parametrize(
    ("changes", "why"), [({"beside": 2}, "beside 2 other requests"), ({"lag_ms": LATE_MS + 1}, "51 ms late")]
)
def test_what_others_or_our_own_loop_may_have_delayed_is_not_timed(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Inconclusive, match=why):
        timed(observed(), observed(**changes))


@pytest.mark.parametrize("ending", [Ending.DEADLINE, Ending.OPEN])
def test_a_wait_for_which_our_loop_was_late_accuses_nobody(ending: Ending) -> None:
    with pytest.raises(Inconclusive, match="our own event loop was 3000 ms late"):
        examine_ending(broken_off(ending, lag_ms=3000.0))
    with pytest.raises(Deviation):
        examine_ending(broken_off(ending, lag_ms=30.0))
