"""What the order of a list is concluded from: times that differ."""

import pytest

from conformance.checks.paging.test_pages import test_page_has_the_requested_order as has_the_order
from conformance.requests import get
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import observed


def listed(order: str, *times: int) -> Exchange:
    entries = [{"id": f"chatcmpl-{number}", "created": time} for number, time in enumerate(times)]
    return observed({"object": "list", "data": entries}, request=get(f"/chat/completions?order={order}"))


@pytest.mark.parametrize(("order", "times"), [("asc", (5, 6, 6)), ("desc", (6, 6, 5))])
def test_entries_in_their_order_conform(order: str, times: tuple[int, ...]) -> None:
    has_the_order(listed(order, *times))


def test_an_order_without_effect_deviates() -> None:
    with pytest.raises(Deviation):
        has_the_order(listed("desc", 5, 6))


@pytest.mark.parametrize("times", [(), (5,), (5, 5)])
def test_entries_of_one_second_tell_no_order(times: tuple[int, ...]) -> None:
    with pytest.raises(Inconclusive):
        has_the_order(listed("desc", *times))
