"""The application: bytes to a call, the call through key check, endpoint and deviations, the answer to the sender."""

import hmac
import logging
import time
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from conformance.simulator.app import pages, routes
from conformance.simulator.app.forwarding import forwarded
from conformance.simulator.app.lines import Lines
from conformance.simulator.http import coding
from conformance.simulator.http.answer import Answer, Headers
from conformance.simulator.http.call import OTHER_ACCOUNT, Call
from conformance.simulator.http.errors import ApiError, error_answer, unknown_url
from conformance.simulator.http.registry import Deviations, dress, split_prefix
from conformance.simulator.http.sender import send_answer
from conformance.simulator.http.state import State

MAX_BODY = 64 * 1024 * 1024
_ALWAYS: Headers = (
    ("openai-organization", "org-simulator"),
    ("openai-project", "proj_simulator"),
    ("openai-version", "2020-10-01"),
)
_LIMITS: Headers = (
    ("x-ratelimit-limit-requests", "10000"),
    ("x-ratelimit-limit-tokens", "2000000"),
    ("x-ratelimit-remaining-requests", "9999"),
    ("x-ratelimit-remaining-tokens", "1999000"),
    ("x-ratelimit-reset-requests", "6ms"),
    ("x-ratelimit-reset-tokens", "30ms"),
)
_LIMITED = frozenset({"/chat/completions", "/completions", "/embeddings", "/responses"})
"""Where OpenAI reports its limits: not on models, files, batches, images and moderations."""

_SHORT_KEY = 11
_EDGE: Headers = (
    ("x-content-type-options", "nosniff"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
    ("cf-cache-status", "DYNAMIC"),
    ("access-control-expose-headers", "X-Request-ID"),
    ("access-control-expose-headers", "CF-Ray"),
)
"""What stands in front of OpenAI's endpoints adds these to nearly every response (213 of 213, 172 the last one)."""

_log = logging.getLogger(__name__)


def create_app(api_key: str | None, deviations: Deviations | None = None, sent: Path | None = None) -> Starlette:
    """
    Return the application. Without a key any bearer token that is not empty is accepted.

    With `sent` it writes into that file what it would send upstream if it were a gateway.
    """
    return Starlette(routes=[Mount("/", app=Front(api_key, deviations or {}, Lines(sent) if sent else None))])


@dataclass(frozen=True, slots=True)
class Front:
    """What answers a request, whole: the state of one application, its key, and its deviations."""

    api_key: str | None = field(repr=False)
    deviations: Deviations
    lines: Lines | None = None
    state: State = field(default_factory=State, repr=False)
    other: State = field(default_factory=State, repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        content = await read_body(receive)
        if content is None:
            return
        try:
            answer = self.answer(scope, content)
            if self.lines is not None:
                self.lines.add(answer.sent)
            await send_answer(answer, receive, send)
        except Exception:
            _log.exception("bug in a deviation or in the sender")
            raise

    def answer(self, scope: Scope, content: bytes) -> Answer:
        """Return the answer to a request with that body."""
        ids, path = split_prefix(scope["path"])
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if ids and path == "/" and scope["method"] == "GET" and (page := _about(ids, self.deviations)):
            return page
        call = Call(scope["method"], path.removeprefix("/v1"), query, headers, content, state=self.state)
        try:
            handler = dress(self._faithful, ids, self.deviations)
            if not path.startswith("/v1/"):
                raise unknown_url(call.method, path)
            return coding.pack(handler(call), call)
        except ApiError as error:
            return _finish(error_answer(error), call, time.perf_counter())

    def _faithful(self, call: Call) -> Answer:
        started = time.perf_counter()
        try:
            answer = self._serve(call)
        except ApiError as error:
            answer = error_answer(error)
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an envelope
            _log.exception("bug in the simulator")
            answer = error_answer(ApiError(500, "The server had an error.", kind="server_error"))
        finished = _finish(answer, call, started)
        return finished if self.lines is None else replace(finished, sent=forwarded(call, finished))

    def _serve(self, call: Call) -> Answer:
        if call.headers.get("authorization", "").endswith(OTHER_ACCOUNT):
            call = replace(call, state=self.other)
        handler, matched = routes.find(call)
        if call.method != "OPTIONS" and not call.path.startswith(routes.PUBLIC):
            self._authorise(call)
        if len(call.content) > MAX_BODY:
            raise ApiError(413, f"The body of the request is larger than {MAX_BODY} bytes.", code="request_too_large")
        return handler(coding.unpack(matched, MAX_BODY))

    def _authorise(self, call: Call) -> None:
        scheme, _, given = call.headers.get("authorization", "").partition(" ")
        given = given.strip()
        challenge: Headers = (("www-authenticate", "Bearer"),)
        if scheme.lower() != "bearer" or not given:
            message = "No API key was provided. Send it in the header `Authorization: Bearer <key>`."
            raise ApiError(401, message, headers=challenge)
        own = given.removesuffix(OTHER_ACCOUNT)
        if self.api_key is not None and not hmac.compare_digest(own.encode(), self.api_key.encode()):
            message = f"Incorrect API key provided: {_masked(given)}."
            raise ApiError(401, message, code="invalid_api_key", headers=challenge)


def _masked(key: str) -> str:
    """Return a key as OpenAI repeats it: 8 letters, stars, the last 4; a short one whole."""
    return key if len(key) <= _SHORT_KEY else f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"


def _about(ids: tuple[str, ...], served: Deviations) -> Answer | None:
    """Return the index of the zoo, `/~`, or the page of one deviation, `/~<id>`; None where there is none."""
    if not served:
        return None
    if ids == ("",):
        return Answer(pages.index().encode(), 200, (("content-type", "text/html; charset=utf-8"),))
    text = pages.page(ids[0]) if len(ids) == 1 else None
    return Answer(f"{text}\n".encode(), 200, (("content-type", "text/plain; charset=utf-8"),)) if text else None


def _finish(answer: Answer, call: Call, started: float) -> Answer:
    spent = max(1, round((time.perf_counter() - started) * 1000))
    headers: Headers = (
        *answer.headers,
        ("x-request-id", f"req_{uuid.uuid4().hex}"),
        ("openai-processing-ms", str(spent)),
        *_ALWAYS,
        *(_LIMITS if call.method == "POST" and call.path in _LIMITED else ()),
        *_EDGE,
        ("cf-ray", f"{uuid.uuid4().hex[:16]}-SIM"),
        *_cross_origin(call),
    )
    return Answer(answer.body, answer.status, headers)


def _cross_origin(call: Call) -> Headers:
    if "origin" not in call.headers:
        return ()
    shared: Headers = (("access-control-allow-origin", "*"), ("access-control-expose-headers", "*"))
    if call.method != "OPTIONS":
        return shared
    wanted = call.headers.get("access-control-request-headers", "authorization, content-type")
    methods = "GET, POST, DELETE, OPTIONS"
    return (*shared, ("access-control-allow-headers", wanted), ("access-control-allow-methods", methods))


async def read_body(receive: Receive) -> bytes | None:
    """Return the body, at most a little more than `MAX_BODY`; None when the client left before its end."""
    content = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(content) <= MAX_BODY:
            content += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(content)
