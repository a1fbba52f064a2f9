"""Answers from the recordings of shards. Nothing is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.files import link_or_copy
from conformance.log.records import ExchangeLine, Run
from conformance.record import cassette
from conformance.record.recording import CassetteError, Recording
from conformance.record.spool import Failure, Spool, failed, observed, unsent
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending

SentBy = dict[tuple[str, str], ExchangeLine]


@dataclass(frozen=True)
class Merged:
    """
    The source of answers for the targets of a run that is merged of shards, in the order of their numbers.

    What several of them have asked, as every shard does before it knows whom it talks to, is taken from the first one:
    what builds on it was sent there too. What is used is kept in `run`, the folder of the merged run.
    """

    shards: Sequence[Run]
    run: Path

    async def obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        """Return the exchange as a shard has recorded it; one that no shard knows is an error of ours."""
        own = Spool(self.run)
        for number, shard in enumerate(self.shards):
            theirs = Spool(shard.folder)
            try:
                known = theirs.load(key)
                if isinstance(known, Recording):
                    link_or_copy(theirs.path(key), own.path(key), cassette.LARGEST, self.run)
                    return observed(key, request, known, own.evidence(key))
            except CassetteError as error:
                return unsent(key, f"{theirs.path(key)}: {error}; send this shard again", ours=True)
            if isinstance(known, Failure):
                own.store_failure(key, known)
                return failed(key, request, known)
            if line := self._lines[number].get((key.target, key.label)):
                return _not_kept(key, line, shard)
        return unsent(key, f"none of the {len(self.shards)} shards has sent it: they are not of this plan", ours=True)

    @cached_property
    def _lines(self) -> list[SentBy]:
        return [{(line.target, line.label): line for line in shard.every_exchange} for shard in self.shards]

    async def close(self) -> None:
        """There is nothing to close."""


def _not_kept(key: ExchangeKey, line: ExchangeLine, shard: Run) -> Exchange:
    """Return an exchange of which a shard's log knows, and its folder nothing."""
    if line.ending is Ending.UNSENT:
        return unsent(key, line.reason, ours=line.ours)
    name = shard.folder.name
    gone = line.evidence or line.status is None
    why = f"is not in {name} any more" if gone else f"held our key, so that {name} has not kept it"
    return unsent(key, f"what came of it {why}: send this shard again", ours=True)
