"""A request to upgrade to a WebSocket: what OpenAI does, and what other honest servers do, accuses nobody."""

import pytest

from conformance.checks.responses.websocket.exchanges import upgrade
from conformance.judge.judge import judge
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import hostile
from tests.sending import exchanged
from tests.simulated import every_check

ASK: Request = upgrade.function(None)
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
    b"sec-websocket-accept: 0000000000000000000000000000\r\n\r\n\x81\x05hello"
)
REJECTED = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


def verdicts(sent: bytes) -> tuple[Ending, set[Verdict]]:
    """Return how an exchange with a server that sends this ends, and the verdicts of the checks about it."""
    sending, server = exchanged(hostile.wire(sent, close=True), ASK)
    assert server.seen
    observed = Exchange(
        id=upgrade.id,
        capability=upgrade.capability.id,
        expects=upgrade.expects,
        request=ASK,
        response=sending.response,
        ending=sending.ending,
        reason=sending.reason,
        media=upgrade.media,
    )
    items = [item for item in every_check() if {key.spec for key in item.keys} == {upgrade}]
    assert len(items) > 3
    found = {judge(one.check, dict.fromkeys(one.arguments, observed), claimed=True).verdict for one in items}
    return sending.ending, found


def test_an_upgrade_that_is_accepted_is_no_broken_response() -> None:
    assert verdicts(ACCEPTED) == (Ending.COMPLETE, {Verdict.CONFORMS})


@pytest.mark.parametrize("status", [b"426 Upgrade Required", b"404 Not Found", b"405 Method Not Allowed"])
def test_an_upgrade_may_be_rejected(status: bytes) -> None:
    assert verdicts(REJECTED % status) == (Ending.COMPLETE, {Verdict.CONFORMS})


def test_an_upgrade_is_not_served_as_a_page() -> None:
    assert Verdict.DEVIATES in verdicts(REJECTED % b"200 OK")[1]


def test_another_protocol_is_not_a_websocket() -> None:
    assert verdicts(ACCEPTED.replace(b"websocket\r\n", b"h2c\r\n", 1))[1] == {Verdict.CONFORMS, Verdict.DEVIATES}
