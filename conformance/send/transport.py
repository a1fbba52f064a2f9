"""
Sending one request to one target, and keeping every byte that comes back.

Requests go through the official client's machinery, so that URLs, authentication and headers are what users send; what
came over the wire is taken below it (`wire`), because the client repairs and hides. Nothing of the user's own
environment goes along: no `OPENAI_*` variable, no cookie.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
from openai._models import FinalRequestOptions  # the public methods take neither any HTTP method nor a body as it is

from conformance.record.recording import Sent
from conformance.send.capture import Capture, current
from conformance.send.clean import cleaned
from conformance.send.failure import CONNECT_S, failed, late
from conformance.send.lag import Watchdog
from conformance.send.watch import Watch
from conformance.send.wire import Wire
from conformance.targets.keys import without_client_variables
from conformance.targets.secrets import Secrets, all_of, secrets_of
from conformance.targets.target import Target
from conformance.targets.url import split_query
from conformance.wire.request import NO_KEY, WRONG_KEY, Key, Request
from conformance.wire.response import Ending, Response
from conformance.wire.upstream import UpstreamRequest

STAYS_OPEN_S = 10.0
"""How long the body of a stream may stay open after its last event."""


@dataclass(frozen=True, slots=True)
class Sending:
    """
    What became of one try to send a request.

    `leaked` counts how often our key was in the answer; `searched` are the keys that were looked for, if none was.
    `lag_ms`: how late our own event loop was while the response came, at most. `upstream`: what the target sent for it
    to the endpoint behind it, where that tells it.
    """

    sent: Sent | None
    response: Response | None
    ending: Ending
    reason: str = ""
    leaked: int = 0
    searched: frozenset[str] = frozenset()
    lag_ms: float = 0.0
    upstream: tuple[UpstreamRequest, ...] = ()


class Transport:
    """
    A client for one target and its key. `send` may be called many times at once, from one event loop.

    The values of `secret_headers` are secrets although their names do not say so. `other` is the key of a second
    account. `stays_open_s`: after how many
    seconds to hang up on a stream whose last event came and whose body does not end.
    """

    def __init__(
        self,
        target: Target,
        key: str | None,
        secret_headers: Iterable[str] = (),
        *,
        other: str | None = None,
        stays_open_s: float = STAYS_OPEN_S,
    ) -> None:
        self.target = target
        self.key = key
        self._other = other
        self.secrets = all_of([secrets_of(target.headers, key, secret_headers), Secrets.of([other or ""])])
        self._stays_open_s = stays_open_s
        self._large = asyncio.Lock()
        self._watchdog = Watchdog()
        base_url, query = split_query(target.base_url)
        self._wire = Wire(base_url, target.tls, query)
        with without_client_variables():
            self._client = openai.AsyncOpenAI(
                api_key=self.key or NO_KEY,
                base_url=base_url,
                max_retries=0,
                default_headers={**target.headers, "Accept-Encoding": "identity"},
                http_client=httpx2.AsyncClient(
                    transport=self._wire,
                    trust_env=False,
                    follow_redirects=False,
                    timeout=httpx2.Timeout(target.limits.deadline_s, connect=CONNECT_S),
                ),
            )

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys that must not be written down."""
        return self.secrets.values

    async def send(self, request: Request, *, stop_after: int | None = None) -> Sending:
        """Send a request and return what came of it. Raises nothing but cancellation."""
        limits = self.target.limits
        capture = Capture(limits.max_bytes, Watch(request, stop_after), _form(request), self._wire.direct)
        token = current.set(capture)
        with self._watchdog.watching() as lag:
            try:
                async with asyncio.timeout(limits.deadline_s):
                    ending, reason = await self._exchange(request, capture)
            except TimeoutError:
                ending, reason = late(capture, limits.deadline_s)
            except Exception as error:  # noqa: BLE001  whatever a hostile peer makes the client raise
                ending, reason = failed(capture, error, limits.deadline_s)
            finally:
                current.reset(token)
        response = capture.response()
        capture.parts.clear()  # a large body that waits for its turn is in memory once
        kept = await cleaned(response, reason, self.secrets, self._large)
        return Sending(
            capture.sent, kept.response, ending, kept.reason, kept.leaked, kept.searched, lag.ms(capture.began)
        )

    async def _exchange(self, request: Request, capture: Capture) -> tuple[Ending, str]:
        """Return how it ended, as long as nothing failed."""
        try:
            response: Any = await self._client.request(
                httpx2.Response, self._options(request), stream=True, stream_cls=openai.AsyncStream[Any]
            )
        except openai.APIStatusError as error:
            response = error.response
        try:
            if capture.ended or response.is_closed:
                return Ending.COMPLETE, ""
            return await self._read(response, capture.watch)
        finally:
            await response.aclose()

    async def _read(self, response: httpx2.Response, watch: Watch) -> tuple[Ending, str]:
        """Read a body to its end, or until there is a reason to hang up."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(None) as patience:
                async for _ in response.aiter_raw():
                    if enough := watch.enough():
                        return enough
                    if watch.over and patience.when() is None:
                        patience.reschedule(now() + self._stays_open_s)
        except TimeoutError:
            if not patience.expired():
                raise
            return Ending.OPEN, f"the stream stayed open for {self._stays_open_s:g} s after {watch.over}"
        return Ending.COMPLETE, ""

    def _options(self, request: Request) -> FinalRequestOptions:
        headers: dict[str, Any] = dict(request.headers)
        auth = self.target.auth
        if request.key is Key.NONE or not auth.usual:
            headers["Authorization"] = openai.Omit()
        if request.key is Key.WRONG:
            headers[auth.header] = auth.value(WRONG_KEY)
        elif request.key is Key.OTHER:
            headers[auth.header] = auth.value(self._other or NO_KEY)
        elif request.key is Key.VALID and not auth.usual:
            headers[auth.header] = auth.value(self.key or NO_KEY)
        if _form(request):
            # The client would put a form together itself. It gets bytes instead, and the wire the right name.
            headers["Content-Type"] = "application/octet-stream"
        return FinalRequestOptions.construct(
            method=request.method.lower(),
            url=request.path,
            json_data=request.json,
            content=request.content,
            headers=headers,
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def replaying_client(answer: Response, ending: Ending) -> openai.OpenAI:
    """Return the client of a user who gets this answer whatever is asked, and the same end; nothing is sent."""
    http = httpx2.Client(transport=_again(answer, ending), trust_env=False)
    with without_client_variables():
        return openai.OpenAI(api_key=NO_KEY, base_url="http://127.0.0.1", max_retries=0, http_client=http)


def replaying_async_client(answer: Response, ending: Ending) -> openai.AsyncOpenAI:
    """Return the asynchronous client of such a user."""
    http = httpx2.AsyncClient(transport=_again(answer, ending), trust_env=False)
    with without_client_variables():
        return openai.AsyncOpenAI(api_key=NO_KEY, base_url="http://127.0.0.1", max_retries=0, http_client=http)


class _Parts(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A recorded body in the parts that it came in, and its end."""

    def __init__(self, answer: Response, ending: Ending) -> None:
        self._answer, self._ending = answer, ending

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        for size in (*self._answer.sizes, len(self._answer.body)):
            yield self._answer.body[start : start + size]
            start += size
        if not self._ending.whole and self._ending is not Ending.SIZE:
            raise (httpx2.RemoteProtocolError if self._ending is Ending.PEER else httpx2.ReadTimeout)("as recorded")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


def _again(answer: Response, ending: Ending) -> httpx2.MockTransport:
    headers = [(name.encode(), value.encode("utf-8", "replace")) for name, value in answer.headers]
    return httpx2.MockTransport(
        lambda _: httpx2.Response(answer.status, headers=headers, stream=_Parts(answer, ending))
    )


def _form(request: Request) -> str:
    """Return the media type of a form with its boundary, or an empty string for another body."""
    media_type = request.headers.get("Content-Type", "")
    return media_type if media_type.startswith("multipart/form-data") else ""
