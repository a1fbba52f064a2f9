"""
Keeps what a gateway sends to the simulator as its upstream: one line of JSON a request, written before it is answered.

Whoever has the gateway's response can therefore read all that was sent upstream for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.types import Scope

from conformance.simulator.app.lines import Lines
from conformance.simulator.http.answer import Answer, Events, pretty
from conformance.wire.upstream import (
    MOST_RETURNED,
    MOST_SENT,
    Api,
    Bounded,
    Credential,
    UpstreamRequest,
    Whose,
)

REPLACED = "***"
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "x-goog-api-key", "x-api-key", "api-key", "cookie"})
_QUERY_KEY = re.compile(r"([?&](?:key|access_token)=)[^&]*")


@dataclass(frozen=True, slots=True)
class Recorder:
    """
    Writes `lines`. `configured` is the key that the gateway was given.

    `client` is the key of the gateway's own client; either may be empty, if it is not known.
    """

    lines: Lines
    api: Api
    configured: str = field(default="", repr=False)
    client: str = field(default="", repr=False)

    def note(self, scope: Scope, content: bytes, answer: Answer, began: float, answered: float) -> None:
        """Write down one request and the answer that it will get. Times are in seconds since 1970."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        query = scope["query_string"].decode("latin-1")
        path = scope["path"] + (f"?{query}" if query else "")
        request = UpstreamRequest(
            api=self.api,
            began=began,
            answered=answered,
            method=scope["method"],
            path=self._without_keys(_QUERY_KEY.sub(rf"\g<1>{REPLACED}", path)),
            headers=tuple((name, self._shown(name, value)) for name, value in headers),
            credentials=tuple(self._credentials(headers, query)),
            body=_bounded(self._hidden(content), MOST_SENT),
            status=answer.status,
            returned=_bounded(_bytes_of(answer), MOST_RETURNED),
        )
        self.lines.add([request])

    def _credentials(self, headers: list[tuple[str, str]], query: str) -> Iterator[Credential]:
        for name, value in headers:
            if name in _CREDENTIALS or self._known(value):
                yield Credential(name, self._whose(value))
        for name, value in parse_qsl(query):
            if name in {"key", "access_token"} or self._known(value):
                yield Credential(f"?{name}", self._whose(value))

    def _known(self, value: str) -> bool:
        return any(key and key in value for key in (self.configured, self.client))

    def _whose(self, value: str) -> Whose:
        """Return whose key a value is; one key for both, as a gateway without any of its own needs, tells nothing."""
        ours = bool(self.configured) and self.configured in value
        clients = bool(self.client) and self.client in value
        if ours == clients:
            return Whose.UNKNOWN
        return Whose.CONFIGURED if ours else Whose.CLIENT

    def _shown(self, name: str, value: str) -> str:
        return REPLACED if name in _CREDENTIALS else self._without_keys(value)

    def _without_keys(self, text: str) -> str:
        for key in (self.configured, self.client):
            text = text.replace(key, REPLACED) if key else text
        return text

    def _hidden(self, content: bytes) -> bytes:
        for key in (self.configured, self.client):
            content = content.replace(key.encode(), REPLACED.encode()) if key else content
        return content


def _bounded(content: bytes, most: int) -> Bounded:
    return Bounded(content[:most], len(content))


def _bytes_of(answer: Answer) -> bytes:
    if isinstance(answer.body, Events):
        return b"".join(answer.body.encode(event) for event in answer.body.events)
    return answer.body if isinstance(answer.body, bytes) else pretty(answer.body)
