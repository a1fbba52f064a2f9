"""
The transport below the official client: it takes down what passes, byte for byte, into the `Capture` of the request.

It hides cookies and content codings from the client, which would act on them.
"""

import time
import urllib.request
from collections.abc import AsyncIterator
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2

from conformance.record.recording import Sent
from conformance.send import tls
from conformance.send.capture import MOST_INTERIM, Capture, Head, TooManyInterim, current
from conformance.targets.auth import Tls
from conformance.targets.url import is_loopback, with_query

_HIDDEN_FROM_CLIENT = {b"set-cookie", b"content-encoding"}


class Wire(httpx2.AsyncBaseTransport):
    """
    Sends each request over a connection of its own, and takes down what passes.

    Real servers drop pooled connections after a stream, and the next request would fail for a reason that is not its
    own. The `query` of the base URL is added to every request here, because the client would drop it.
    """

    def __init__(self, base_url: str, files: Tls, query: str) -> None:
        self._query = query
        proxy = _proxy(base_url)
        self.direct = proxy is None
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        verify = tls.add(httpx2.create_ssl_context(trust_env=False), files) if files else _usual_tls()
        self._inner = httpx2.AsyncHTTPTransport(verify=verify, limits=limits, trust_env=False, proxy=proxy)
        # httpx2 takes no backend, and no public event tells whether any byte came before a failure.
        pool = cast("Any", self._inner)._pool  # noqa: SLF001
        pool._network_backend = _Network(pool._network_backend)  # noqa: SLF001

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; what comes is noted in the capture of the running task."""
        capture = current.get()
        if self._query:
            request.url = httpx2.URL(with_query(str(request.url), self._query))
        if capture.form:
            request.headers["Content-Type"] = capture.form
        body = await request.aread()
        capture.sent = Sent(request.method, str(request.url), tuple(request.headers.multi_items()), body)
        capture.started = time.perf_counter()
        response = await self._inner.handle_async_request(request)
        capture.begin(response.status_code, response.headers.raw)
        shown = [(name, value) for name, value in response.headers.raw if name.lower() not in _HIDDEN_FROM_CLIENT]
        return httpx2.Response(
            response.status_code, headers=shown, stream=_Tee(response, capture), extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class _Tee(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, capture: Capture) -> None:
        self._response = response
        self._capture = capture

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream = self._response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        async for part in stream:
            self._capture.take(part)
            yield part
        self._capture.ended = True

    async def aclose(self) -> None:
        await self._response.aclose()


class _Network:
    """The client's network, with each connection noted in the capture of the task that opens it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def connect_tcp(self, *arguments: Any, **options: Any) -> "_Connection":
        """Open a connection."""
        return _Connection(await self._inner.connect_tcp(*arguments, **options))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)


class _Connection:
    """One connection. Under TLS it is another one: what passed before says nothing of the target."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._capture = current.get()
        self._capture.head = Head()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  theirs
        """Return the next bytes. Raises `TooManyInterim`."""
        head, waiting = self._capture.head, self._capture.status is None
        if waiting and head.heads > MOST_INTERIM:
            raise TooManyInterim
        data: bytes = await self._inner.read(max_bytes, timeout)
        if waiting:
            head.take(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  theirs
        """Write bytes."""
        head = self._capture.head
        head.torn = True
        await self._inner.write(buffer, timeout)
        head.torn, head.written = False, True

    async def start_tls(self, *arguments: Any, **options: Any) -> "_Connection":
        """Begin TLS."""
        return _Connection(await self._inner.start_tls(*arguments, **options))

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        """Return what the client asks of its own network."""
        return self._inner.get_extra_info(info)


@cache
def _usual_tls() -> Any:
    """Return what all targets without files of their own share: reading the authorities takes 50 ms."""
    return httpx2.create_ssl_context(trust_env=False)


def _proxy(base_url: str) -> str | None:
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies_environment()
    return proxies.get(parts.scheme) or proxies.get("all")
