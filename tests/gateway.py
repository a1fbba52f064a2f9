"""
A gateway with an account, in front of the simulator: it logs and bills each request, and tells it as new-api does.

`GET /api/log/self` is opened by the account's token, `GET /api/usage/token` by the key. What it bills is a function.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.types import Message, Receive, Scope, Send

from conformance.simulator.app.application import create_app
from conformance.wire.usage import Usage, usage_in

TOKEN = "account-Vx93kPq0TzB71mWd"
USER = "user-header-77Qk2LmX9"
GRANTED = 500_000

Bill = Callable[[Usage], Usage]


def honest(usage: Usage) -> Usage:
    return usage


def doubled(usage: Usage) -> Usage:
    """Bill twice the output that `usage` tells."""
    return Usage(usage.input, 2 * usage.output)


@dataclass
class Gateway:
    """What it has logged. `ids`: whether the log and the responses name a request; `raw`: the log's body instead."""

    key: str
    bill: Bill = honest
    ids: bool = True
    raw: bytes | None = None
    renamed: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    base_url: str = ""

    def __post_init__(self) -> None:
        self._app = create_app(self.key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        if path.startswith("/api/"):
            self.asked.append(path)
            await self._tell(scope, send)
            return
        number, sent, received = f"gate-{time.time_ns()}", bytearray(), bytearray()

        async def receiving() -> Message:
            message = await receive()
            sent.extend(message.get("body", b""))
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._headers(message["headers"], number)}
                received.clear()
                if message["status"] >= 400:
                    sent.clear()
            received.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._log(bytes(sent), bytes(received), number)
            await send(message)

        await self._app(scope, receiving, sending)

    def _headers(self, headers: Any, number: str) -> list[tuple[bytes, bytes]]:
        kept = [(name, value) for name, value in headers if name != b"x-request-id"]
        return [*kept, (b"x-oneapi-request-id", number.encode())] if self.ids else kept

    def _log(self, sent: bytes, received: bytes, number: str) -> None:
        try:
            model = json.loads(sent)["model"]
        except (ValueError, KeyError, TypeError):
            return
        usage = self.bill(usage_in(received) or Usage(0, 0))
        entry = {
            "id": len(self.entries) % 1024,
            "created_at": int(time.time()),
            "type": 2,
            "model_name": self.renamed or model,
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "quota": usage.input + usage.output,
        }
        self.entries.append({**entry, "request_id": number} if self.ids else entry)

    async def _tell(self, scope: Scope, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = {name: int(values[0]) for name, values in parse_qs(scope["query_string"].decode()).items()}
        key = headers.get("authorization", "").removeprefix("Bearer ")
        status, body = 404, b"{}"
        if scope["path"] == "/api/log/self" and key == TOKEN and headers.get("new-api-user") == USER:
            status, body = 200, self.raw or json.dumps(self._page(query)).encode()
        elif scope["path"] == "/api/log/self":
            status, body = 200, json.dumps({"success": False, "message": "no access"}).encode()
        elif scope["path"] == "/api/usage/token" and key == self.key:
            used = sum(entry["quota"] for entry in self.entries)
            told = {"total_granted": GRANTED, "total_used": used, "total_available": GRANTED - used}
            status, body = 200, json.dumps({"code": True, "data": {**told, "unlimited_quota": False}}).encode()
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": body})

    def _page(self, query: dict[str, int]) -> dict[str, Any]:
        size = min(100, query.get("page_size", 10))
        first = max(0, query.get("p", 1) - 1) * size
        newest = [entry for entry in reversed(self.entries) if entry["created_at"] >= query.get("start_timestamp", 0)]
        page = newest[first : first + size]
        return {"success": True, "data": {"page": query.get("p"), "total": len(newest), "items": page}}


@contextmanager
def serving(gateway: Gateway) -> Iterator[Gateway]:
    """Serve a gateway on loopback while the context is open; its `base_url` is known then."""
    config = uvicorn.Config(gateway, log_level="critical", access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gateway.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield gateway
        finally:
            server.should_exit = True
            thread.join()


def described(gateway: Gateway, more: str = "") -> str:
    """Return the target file of a gateway whose account is described."""
    return f"""
title = "A gateway with an account"
base_url = "{gateway.base_url}"
hosts = ["127.0.0.1"]
key_env = "GATE_KEY"
[models]
chat = "sim-chat"
[operations]
log_path = "/api/log/self"
usage_path = "/api/usage/token"
account_env = "GATE_ACCOUNT"
headers = {{ "New-Api-User" = "GATE_USER" }}
{more}
"""
