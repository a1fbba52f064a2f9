"""Sends recorded requests to a target, one after the other, within its limits, as any run does."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.foreign.exchange import Found
from conformance.foreign.judged import key_of
from conformance.record.ledger import Ledger
from conformance.record.spool import Spool
from conformance.resend.requests import Again
from conformance.run.options import ChosenTarget, RunOptions
from conformance.send.budget import Budget
from conformance.send.count import RequestCount
from conformance.send.gate import Gate
from conformance.send.live import Live
from conformance.send.spending import Spending
from conformance.send.transport import Transport
from conformance.send.tries import Sender
from conformance.wire.exchange import Exchange

Sent = tuple[Found, ExchangeKey, Exchange]


async def send(  # noqa: PLR0913, PLR0917  what is sent, where, and who hears of it
    options: RunOptions,
    chosen: ChosenTarget,
    folder: Path,
    found: Sequence[Found],
    again: Again,
    tell: Callable[[str], None],
) -> list[Sent]:
    """Return for each recorded exchange its key in this run, and the exchange with the target."""
    target = chosen.target
    transport = Transport(target, options.keys.of(target.name), options.secret_headers)
    budget = Budget(options.bounds.disk, options.bounds.minutes, folder.name)
    sender = Sender(transport, Gate(target.limits), RequestCount(options.max_requests), budget=budget, tell=tell)
    if target.server is None:
        sender.spending = Spending(options.bounds.dollars)
    ledger = Ledger(folder) if target.server is None else None
    live = Live(sender, Spool(folder), version("conformance"), version("openai"), ledger=ledger)
    sent: list[Sent] = []
    try:
        for number, one in enumerate(found, start=1):
            key = key_of(target.name, one.exchange)
            exchange = await live.obtain(key, again.request(one.exchange.sent))
            if exchange.response is not None:
                again.learn(one.exchange.received, exchange.response)
            sent.append((one, key, exchange))
            if number % 10 == 0 or number == len(found):
                tell(f"{number} of {len(found)} sent")
    finally:
        await live.close()
    return sent
