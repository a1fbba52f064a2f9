"""What is sent for a check: its requests as commands of a shell, those that others build on first."""

from collections.abc import Iterator, Sequence

from conformance.record.curl import command_for
from conformance.wire.exchange import Exchange

COMMANDS = 6
BODY = "body"
"""What stands for the file of a body that no command line can hold."""


def shown(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, str]]:
    """Yield for each request, at most six, what it is and its command; the label and "" for those beyond."""
    for number, exchange in enumerate(exchanges):
        head = f"{exchange.label}: {exchange.about}" if exchange.about else exchange.label
        if exchange.request is None:
            yield head, f"not sent: {exchange.reason}"
        elif number < COMMANDS:
            yield head, command_for(exchange.request, f"{BODY}-{number + 1}")
        else:
            yield exchange.label, ""
