"""
Sending what checks need to servers of ours, for a look: nothing is sent twice, and nothing is kept.

A run keeps what it receives, and asks again where it was hindered. The simulator needs neither.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.expand import Selected, taken
from conformance.plan.order import ordered
from conformance.record.recording import Recording
from conformance.record.spool import Failure, relative
from conformance.send.count import RequestCount
from conformance.send.engine import Engine, Source
from conformance.send.gate import Gate
from conformance.send.live import Live
from conformance.send.transport import Transport
from conformance.send.tries import Sender
from conformance.send.upstream import tail_of
from conformance.targets.target import Target
from conformance.wire.exchange import Exchange, Exchanges
from conformance.wire.request import OTHER_ACCOUNT

STAYS_OPEN_S = 1.0


def arguments(item: Selected, got: Mapping[ExchangeKey, Exchange]) -> dict[str, Exchange | Exchanges]:
    """Return what a check takes of some exchanges, by argument."""
    return {
        name: tuple(got[key] for key in keys) if isinstance(keys, tuple) else got[keys]
        for name, keys in taken(item, got).items()
    }


@contextmanager
def sent(targets: Mapping[str, Target], keys: Iterable[ExchangeKey], key: str) -> Iterator[Engine]:
    """
    Send exchanges to some targets, by name, with all that they build on, and offer them while the context is open.

    `key` is the key that all of them take. Nothing is sent twice, and nothing is kept.
    """
    engine = Engine(targets, ordered(keys), preflight={})

    async def sources() -> Mapping[str, Source]:
        return {name: _live(target, key) for name, target in targets.items()}

    engine.start(sources)
    try:
        yield engine
    finally:
        engine.stop()


def _live(target: Target, key: str) -> Live:
    sender = Sender(
        Transport(target, key, other=key + OTHER_ACCOUNT, stays_open_s=STAYS_OPEN_S),
        Gate(target.limits),
        RequestCount(),
        retries=False,
        tail=tail_of(target),
    )
    return Live(sender, _Nowhere(), suite=version("conformance"), client=version("openai"))


class _Free:
    def release(self) -> None:
        """There is nothing to release."""


class _Nowhere:
    """A store that keeps nothing: a deviation is looked at once, in this process."""

    folder = Path()

    def path(self, key: ExchangeKey) -> Path:
        """Return where a recording would lie."""
        return relative(key)

    def load(self, _key: ExchangeKey) -> None:
        """Know nothing."""

    def store(self, _key: ExchangeKey, _recording: Recording, _keys: tuple[str, ...]) -> str:
        """Write nothing."""
        return ""

    def store_failure(self, _key: ExchangeKey, _failure: Failure) -> None:
        """Write nothing."""

    def claim(self, _key: ExchangeKey) -> _Free:
        """Let everybody send."""
        return _Free()
