"""
Sending one request to one target, and keeping every byte that comes back.

The only module that imports `httpx2`. Requests go through the official client's machinery, so that URLs, authentication
and headers are what users send; what came over the wire is taken below it, from our own transport, because the client
repairs and hides. Nothing of the user's own environment goes along: no `OPENAI_*` variable, no cookie.
"""

import asyncio
import time
import urllib.request
from collections.abc import AsyncIterator, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from openai._models import FinalRequestOptions  # the public methods take neither any HTTP method nor a body as it is

from conformance.record.recording import Sent
from conformance.record.redacted import redacted
from conformance.send import tls
from conformance.targets.auth import Tls
from conformance.targets.keys import without_client_variables
from conformance.targets.redact import clean
from conformance.targets.secrets import secrets_of
from conformance.targets.target import Target
from conformance.targets.url import is_loopback, split_query, with_query
from conformance.wire import sse
from conformance.wire.request import WRONG_KEY, Key, Request
from conformance.wire.response import Ending, Response

CONNECT_S = 10.0
NO_KEY = "no-key-configured"
"""What is sent as a key to a target without one: the official client always sends something."""

LONGEST_REASON = 300
"""So many characters are kept of what a library says about a failure."""

_HIDDEN_FROM_CLIENT = {"set-cookie", "content-encoding"}


class _TooLarge(Exception):
    """The body went over the limit."""


@dataclass(slots=True)
class _Capture:
    """What passed through the transport for one request. `form` is the media type of a form, if the request is one."""

    max_bytes: int
    form: str = ""
    started: float = 0.0
    sent: Sent | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    headers_ms: float = 0.0
    parts: list[bytes] = field(default_factory=list)
    at_ms: list[float] = field(default_factory=list)
    size: int = 0
    ended: bool = False
    too_large: bool = False

    def now_ms(self) -> float:
        return round((time.perf_counter() - self.started) * 1000, 1)

    def answer(self) -> Response | None:
        if self.status is None:
            return None
        sizes = tuple(len(part) for part in self.parts)
        return Response(self.status, self.headers, b"".join(self.parts), sizes, tuple(self.at_ms), self.headers_ms)


_capture: ContextVar[_Capture] = ContextVar("capture")


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of one try to send a request. `leaked` counts how often our key was in the answer."""

    sent: Sent | None
    response: Response | None
    ending: Ending
    reason: str = ""
    leaked: int = 0


class Transport:
    """
    A client for one target and its key. `send` may be called many times at once, from one event loop.

    The values of `secret_headers` are secrets although their names do not say so.
    """

    def __init__(self, target: Target, key: str | None, secret_headers: Iterable[str] = ()) -> None:
        self.target = target
        self.key = key
        self.secrets = secrets_of(target.headers, key, secret_headers)
        base_url, query = split_query(target.base_url)
        with without_client_variables():
            self._client = openai.AsyncOpenAI(
                api_key=self.key or NO_KEY,
                base_url=base_url,
                max_retries=0,
                default_headers={**target.headers, "Accept-Encoding": "identity"},
                http_client=httpx2.AsyncClient(
                    transport=_Wire(_inner(base_url, target.tls), query),
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
        capture = _Capture(self.target.limits.max_bytes, _form(request))
        token = _capture.set(capture)
        try:
            async with asyncio.timeout(self.target.limits.deadline_s):
                stopped = await self._exchange(request, capture, stop_after)
        except TimeoutError:
            ending, reason = _late(capture, self.target.limits.deadline_s)
        except UnicodeEncodeError as error:  # a lone surrogate, which only an earlier answer can have given us
            ending, reason = Ending.UNSENT, f"the request cannot be put into bytes: {error}"
        except Exception as error:  # noqa: BLE001  whatever a hostile peer makes the client raise
            ending, reason = _failed(capture, error, self.target.limits.deadline_s)
        else:
            ending, reason = (Ending.STOPPED, "we hung up as planned") if stopped else (Ending.COMPLETE, "")
        finally:
            _capture.reset(token)
        return self._clean(capture, ending, reason)

    async def _exchange(self, request: Request, capture: _Capture, stop_after: int | None) -> bool:
        """Return whether we hung up on purpose."""
        try:
            response: Any = await self._client.request(
                httpx2.Response, self._options(request), stream=True, stream_cls=openai.AsyncStream[Any]
            )
        except openai.APIStatusError as error:
            response = error.response
        try:
            if not capture.ended and not response.is_closed:
                async for _ in response.aiter_raw():
                    if stop_after and len(sse.parse(b"".join(capture.parts)).events) >= stop_after:
                        return True
        finally:
            await response.aclose()
        return False

    def _options(self, request: Request) -> FinalRequestOptions:
        headers: dict[str, Any] = dict(request.headers)
        auth = self.target.auth
        if request.key is Key.NONE or not auth.usual:
            headers["Authorization"] = openai.Omit()
        if request.key is Key.WRONG:
            headers[auth.header] = auth.value(WRONG_KEY)
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

    def _clean(self, capture: _Capture, ending: Ending, reason: str) -> Sending:
        answer, leaked = capture.answer(), 0
        if answer is not None:
            answer, leaked = redacted(answer, self.secrets)
        said = clean(reason, self.secrets)[:LONGEST_REASON]  # cut afterwards: half a key would not be found
        return Sending(capture.sent, answer, ending, said, leaked)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


class _Wire(httpx2.AsyncBaseTransport):
    """
    The transport below the client: it takes down what passes, and hides cookies and encodings from the client.

    The `query` of the base URL is added to every request here, because the client would drop it.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, query: str) -> None:
        self._inner = inner
        self._query = query

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        capture = _capture.get()
        if self._query:
            request.url = httpx2.URL(with_query(str(request.url), self._query))
        if capture.form:
            request.headers["Content-Type"] = capture.form
        body = await request.aread()
        capture.sent = Sent(request.method, str(request.url), tuple(request.headers.multi_items()), body)
        capture.started = time.perf_counter()
        response = await self._inner.handle_async_request(request)
        capture.headers_ms = capture.now_ms()
        capture.headers = tuple(response.headers.multi_items())
        capture.status = response.status_code
        shown = [(name, value) for name, value in capture.headers if name.lower() not in _HIDDEN_FROM_CLIENT]
        return httpx2.Response(
            response.status_code, headers=shown, stream=_Tee(response, capture), extensions=response.extensions
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Tee(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, capture: _Capture) -> None:
        self._response = response
        self._capture = capture

    async def __aiter__(self) -> AsyncIterator[bytes]:
        capture = self._capture
        stream = self._response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        async for part in stream:
            capture.size += len(part)
            if capture.size > capture.max_bytes:
                capture.too_large = True
                raise _TooLarge
            capture.at_ms.append(capture.now_ms())
            capture.parts.append(part)
            yield part
        capture.ended = True

    async def aclose(self) -> None:
        await self._response.aclose()


def replaying_client(answer: Response, ending: Ending) -> openai.OpenAI:
    """Return the client of a user who gets this answer whatever is asked, and the same end; nothing is sent."""

    def parts() -> Iterator[bytes]:
        start = 0
        for size in (*answer.sizes, len(answer.body)):
            yield answer.body[start : start + size]
            start += size
        if ending in {Ending.PEER, Ending.DEADLINE}:
            raise (httpx2.RemoteProtocolError if ending is Ending.PEER else httpx2.ReadTimeout)("as recorded")

    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    again = httpx2.MockTransport(lambda _: httpx2.Response(answer.status, headers=headers, content=parts()))
    http = httpx2.Client(transport=again, trust_env=False)
    with without_client_variables():
        return openai.OpenAI(api_key=NO_KEY, base_url="http://127.0.0.1", max_retries=0, http_client=http)


def _form(request: Request) -> str:
    """Return the media type of a form with its boundary, or an empty string for another body."""
    media_type = request.headers.get("Content-Type", "")
    return media_type if media_type.startswith("multipart/form-data") else ""


def _inner(base_url: str, files: Tls) -> httpx2.AsyncHTTPTransport:
    """
    Return the transport of the network.

    Every exchange gets a connection of its own: real servers drop pooled ones after a stream, and the next
    request would fail for a reason that is not its own.
    """
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    verify = tls.add(httpx2.create_ssl_context(trust_env=False), files) if files else True
    return httpx2.AsyncHTTPTransport(verify=verify, limits=limits, trust_env=False, proxy=_proxy(base_url))


def _proxy(base_url: str) -> str | None:
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies_environment()
    return proxies.get(parts.scheme) or proxies.get("all")


def _late(capture: _Capture, deadline_s: float) -> tuple[Ending, str]:
    if capture.status is None:
        return Ending.UNREACHABLE, f"no answer within {deadline_s:g} s"
    last = f"the last byte came after {capture.at_ms[-1] / 1000:.1f} s" if capture.at_ms else "no byte of the body came"
    return Ending.DEADLINE, f"not finished within {deadline_s:g} s; {last}"


def _failed(capture: _Capture, error: Exception, deadline_s: float) -> tuple[Ending, str]:
    if capture.too_large:
        return Ending.SIZE, f"more than {capture.max_bytes:,} bytes"
    if capture.ended:
        return Ending.COMPLETE, ""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and len(causes) < 8:
        causes.append(cause)  # type: ignore[arg-type]
    if any(isinstance(cause, httpx2.ConnectTimeout) for cause in causes):
        return Ending.UNREACHABLE, f"no connection within {CONNECT_S:g} s"
    if any(isinstance(cause, (httpx2.TimeoutException, TimeoutError)) for cause in causes):
        return _late(capture, deadline_s)
    words = next((str(cause) for cause in causes[1:] if str(cause)), str(error)) or type(error).__name__
    return (Ending.PEER if capture.status is not None else Ending.UNREACHABLE), words
