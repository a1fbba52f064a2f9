"""Answers from the wire: look into the spool, else send, send again what `retry` says, and record."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from conformance.definition.exchange_spec import ExchangeKey, Until
from conformance.record.headers import kept_headers
from conformance.record.recording import CassetteError, KeyFound, Provenance, Recording
from conformance.record.spool import Claim, Failure, Store, failed, observed, unsent
from conformance.send.rate import Gate
from conformance.send.retry import wait_before_next
from conformance.send.transport import Sending, Transport
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending, Response
from conformance.wire.verdict import Inconclusive

LOOK_AGAIN_S = 0.02
KEPT_OF_OVERSIZED = 64 * 1024


@dataclass(slots=True)
class RequestCount:
    """How many requests may still be sent, and how many were."""

    limit: int | None = None
    sent: int = 0

    def take(self) -> bool:
        """Take one request; False when none is left."""
        if self.limit is not None and self.sent >= self.limit:
            return False
        self.sent += 1
        return True


@dataclass(slots=True)
class Live:
    """The source of answers for one target that is really called. `sleep` waits so many seconds before another try."""

    transport: Transport
    spool: Store
    gate: Gate
    requests: RequestCount
    suite: str
    client: str
    retries: bool = True
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        """Return the exchange: from this run's spool if it is there, else from the target."""
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
                return await self.obtain(key, request)
            return await self._send(key, request)
        finally:
            lock.release()

    async def _send(self, key: ExchangeKey, request: Request) -> Exchange:
        if key.spec.until is None:
            sending, attempts = await self._persist(key, request)
            return self._keep(key, request, sending, attempts)
        return await self._poll(key, request)

    async def _poll(self, key: ExchangeKey, request: Request) -> Exchange:
        """Ask again until the condition is met; the last answer is the exchange."""
        until = key.spec.until
        assert until is not None
        waited = 0.0
        while True:
            sending, attempts = await self._persist(key, request)
            exchange = self._as_exchange(key, request, sending, attempts)
            if (
                sending.response is None
                or not exchange.expected
                or waited >= until.limit_s
                or _settled(until, exchange)
            ):
                return self._keep(key, request, sending, attempts)
            await self.sleep(until.every_s)
            waited += until.every_s

    async def _persist(self, key: ExchangeKey, request: Request) -> tuple[Sending, list[str]]:
        attempts: list[str] = []
        while True:
            async with self.gate.through(alone=key.spec.alone):
                if not self.requests.take():
                    return Sending(None, None, Ending.UNSENT, "the limit of --max-requests is reached"), attempts
                sending = await self.transport.send(request, stop_after=key.spec.stop_after)
            attempts.append(_outcome(sending))
            wait = wait_before_next(sending, key.expects, len(attempts), datetime.now(UTC))
            if wait is None or not self.retries:
                return sending, attempts
            if sending.response is not None:
                self.gate.pause(wait)
            await self.sleep(wait)

    def _keep(self, key: ExchangeKey, request: Request, sending: Sending, attempts: list[str]) -> Exchange:
        """Write down what came, and return it as it will be read again."""
        if sending.ending is Ending.UNSENT:
            return unsent(key, sending.reason)
        if sending.response is None or sending.sent is None:
            failure = Failure(sending.reason, tuple(attempts), sending.ending)
            self.spool.store_failure(key, failure)
            return failed(key, request, failure)
        recording = self._recording(key, sending, attempts)
        try:
            evidence = self.spool.store(key, recording, self.transport.keys)
        except KeyFound:
            withheld = replace(recording, provenance=recording.provenance.model_copy(update={"leaked": 1}))
            return observed(key, request, withheld, "")
        return observed(key, request, recording, evidence)

    def _as_exchange(self, key: ExchangeKey, request: Request, sending: Sending, attempts: list[str]) -> Exchange:
        if sending.response is None or sending.sent is None:
            return failed(key, request, Failure(sending.reason, tuple(attempts), sending.ending))
        return observed(key, request, self._recording(key, sending, attempts), "")

    def _recording(self, key: ExchangeKey, sending: Sending, attempts: list[str]) -> Recording:
        assert sending.response is not None
        assert sending.sent is not None
        target = self.transport.target
        provenance = Provenance(
            target=target.name,
            capability=key.spec.capability.id,
            exchange=key.spec.name,
            case=key.case,
            variant=key.variant,
            roles=key.spec.roles,
            base_url=target.base_url,
            auth=None if target.auth.usual else target.auth,
            models=target.models,
            suite=self.suite,
            client=self.client,
            recorded=datetime.now(UTC).replace(microsecond=0),
            ending=sending.ending,
            reason=sending.reason,
            attempts=tuple(attempts),
            leaked=sending.leaked,
        )
        return Recording(sending.sent, _bounded(sending.response, sending.ending), provenance)

    async def close(self) -> None:
        """Close the connections."""
        with contextlib.suppress(Exception):
            await self.transport.close()


def _settled(until: Until, exchange: Exchange) -> bool:
    """Tell whether asking again is over: the condition is met, or the answer cannot be read at all."""
    try:
        return until.met(exchange)
    except (Inconclusive, AssertionError):
        return True


def _bounded(answer: Response, ending: Ending) -> Response:
    """Return the answer with the headers that may be kept, and of an oversized body the beginning."""
    headers = kept_headers(answer.headers)
    if ending is not Ending.SIZE:
        return replace(answer, headers=headers)
    body = answer.body[:KEPT_OF_OVERSIZED]
    return replace(answer, headers=headers, body=body, sizes=(len(body),), at_ms=answer.at_ms[:1])


def _outcome(sending: Sending) -> str:
    status = f"{sending.response.status}" if sending.response else "nothing received"
    return status if sending.ending.whole else f"{status}, {sending.ending}: {sending.reason}"
