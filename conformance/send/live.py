"""Answers from the wire: look into the spool, else send, and record what came."""

import asyncio
import contextlib
import errno
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from conformance.definition.exchange_spec import ExchangeKey, Until
from conformance.record.bounds import bounded
from conformance.record.headers import kept_headers, kept_of_request
from conformance.record.ledger import Ledger
from conformance.record.recording import CassetteError, KeyFound, Provenance, Recording
from conformance.record.spool import Claim, Failure, Store, failed, is_file, observed, unsent
from conformance.send.health import Stop
from conformance.send.tries import Sender, Tried
from conformance.wire.exchange import Exchange
from conformance.wire.request import Key, Request
from conformance.wire.response import Ending
from conformance.wire.verdict import Inconclusive

LOOK_AGAIN_S = 0.02
OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What ends all recording. Another error concerns one file, and so one exchange."""


@dataclass(slots=True)
class Live:
    """
    The source of answers for one target that is really called. `sleep` waits so many seconds between two polls.

    `ledger` keeps what is created at the target, `server` says what version of it answers, if that is known.
    `trouble` says why nothing more can be recorded, for example because the disk is full; nothing more is sent then.
    """

    sender: Sender
    spool: Store
    suite: str
    client: str
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ledger: Ledger | None = None
    server: str = ""
    trouble: str = ""

    async def obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        """Return the exchange: from this run's spool if it is there, else from the target."""
        try:
            return await self._obtain(key, request)
        except OSError as error:
            if error.errno not in OF_THE_DISK:
                raise
            self.trouble = self.trouble or f"the recordings cannot be written: {error}"
            stop = Stop("not sent, or not kept: the recordings of this run cannot be written", ours=True)
            self.sender.health.stop = stop
            return unsent(key, stop.reason, ours=True)

    async def _obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        while True:
            try:
                known = self.spool.load(key)
            except CassetteError as error:
                return unsent(key, f"{self.spool.path(key)}: {error}; delete the file and --resume", ours=True)
            if isinstance(known, Recording):
                return observed(key, request, known, self._evidence(key))
            if isinstance(known, Failure):
                return failed(key, request, known)
            lock = self.spool.claim(key)
            if lock is not None:
                return await self._send_locked(key, request, lock)
            await asyncio.sleep(LOOK_AGAIN_S)

    def _evidence(self, key: ExchangeKey) -> str:
        return str(self.spool.path(key).relative_to(self.spool.folder))

    async def _send_locked(self, key: ExchangeKey, request: Request, lock: Claim) -> Exchange:
        try:
            if self.spool.load(key) is not None:
                lock.release()
                return await self._obtain(key, request)
            return await self._send(key, request)
        finally:
            lock.release()

    async def _send(self, key: ExchangeKey, request: Request) -> Exchange:
        if key.spec.until is None:
            return self._keep(key, request, await self.sender.send(key, request))
        return await self._poll(key, request)

    async def _poll(self, key: ExchangeKey, request: Request) -> Exchange:
        """Ask again until the condition is met; the last answer is the exchange."""
        until = key.spec.until
        assert until is not None
        waited = 0.0
        while True:
            tried = await self.sender.send(key, request)
            exchange = self._as_exchange(key, request, tried)
            over = exchange.response is None or not exchange.expected or waited >= until.limit_s
            if over or _settled(until, exchange):
                return self._keep(key, request, tried)
            await self.sleep(until.every_s)
            waited += until.every_s

    def _keep(self, key: ExchangeKey, request: Request, tried: Tried) -> Exchange:
        """Write down what came, and return it as it will be read again."""
        sending = tried.sending
        if sending.ending is Ending.UNSENT:
            stop = self.sender.health.stop
            ours = stop is not None and stop.ours and stop.reason == sending.reason
            return replace(unsent(key, sending.reason, ours=ours), request=request)
        if sending.response is None or sending.sent is None:
            failure = _failure(tried)
            self.spool.store_failure(key, failure)
            return failed(key, request, failure)
        recording = self._recording(key, request, tried)
        if self.ledger is not None:
            self.ledger.note(key.target, key.spec.id, request, sending.response, self.sender.transport.keys)
        try:
            evidence = self.spool.store(key, recording, self.sender.transport.keys)
        except KeyFound:
            withheld = replace(recording, provenance=recording.provenance.model_copy(update={"leaked": 1}))
            return observed(key, request, withheld, "")
        if evidence:
            self.sender.budget.wrote((self.spool.folder / evidence).stat().st_size)
        return observed(key, request, recording, evidence)

    def _as_exchange(self, key: ExchangeKey, request: Request, tried: Tried) -> Exchange:
        if tried.sending.response is None or tried.sending.sent is None:
            return failed(key, request, _failure(tried))
        return observed(key, request, self._recording(key, request, tried), "")

    def _recording(self, key: ExchangeKey, request: Request, tried: Tried) -> Recording:
        sending = tried.sending
        assert sending.response is not None
        assert sending.sent is not None
        target = self.sender.transport.target
        variable = target.triggers.other_key_env if request.key is Key.OTHER else target.key_env
        asked = kept_of_request(sending.sent.headers, self.sender.transport.secrets, target.auth, variable)
        provenance = Provenance(
            target=target.name,
            capability=key.spec.capability.id,
            exchange=key.spec.name,
            case=key.case,
            variant=key.variant,
            sample=key.sample,
            roles=key.spec.roles,
            base_url=target.base_url,
            auth=None if target.auth.usual else target.auth,
            withheld=asked.withheld,
            models=target.models,
            suite=self.suite,
            client=self.client,
            server=self.server,
            recorded=datetime.now(UTC).replace(microsecond=0),
            ending=sending.ending,
            reason=sending.reason,
            attempts=tried.attempts,
            leaked=sending.leaked,
            beside=tried.beside,
            lag_ms=round(sending.lag_ms, 1),
            deadline_s=target.limits.deadline_s,
        )
        kept = replace(sending.response, headers=kept_headers(sending.response.headers))
        sent = replace(sending.sent, headers=asked.headers)
        recording = Recording(sent, kept, provenance, sending.searched, sending.upstream)
        return bounded(recording, file=is_file(key, recording))

    async def close(self) -> None:
        """Close the connections."""
        with contextlib.suppress(Exception):
            await self.sender.transport.close()


def _settled(until: Until, exchange: Exchange) -> bool:
    """Tell whether asking again is over: the condition is met, or the answer cannot be read at all."""
    try:
        return until.met(exchange)
    except (Inconclusive, AssertionError):
        return True


def _failure(tried: Tried) -> Failure:
    return Failure(tried.sending.reason, tried.attempts, tried.sending.ending, tried.beside)
