"""
A loopback endpoint that writes down what clients send, and answers so that they go on.

The base URL names the client and the situation: `http://127.0.0.1:PORT/langchain/chat-text/v1`. What it answers is made
of the request alone and always the same, so that the second request of a client is always the same too.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import answers

KEPT = ("accept", "content-type", "openai-beta", "originator")
"""The headers that an endpoint may decide by; the others hold secrets, ids, or names of the machine."""


@dataclass(frozen=True)
class Captured:
    """One request, and the client and the situation that it belongs to."""

    client: str
    situation: str
    method: str
    path: str
    headers: dict[str, str]
    body: Any


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(200, "application/json", json.dumps(answers.MODELS).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        client, situation, path = self._place()
        headers = {name: self.headers[name] for name in KEPT if name in self.headers}
        self.server.captured.append(Captured(client, situation, "POST", path, headers, body))  # type: ignore[attr-defined]
        if path not in answers.BY_PATH:
            self._send(404, "application/json", b'{"error": {"message": "unknown path", "type": "invalid_request"}}')
            return
        media, content = answers.BY_PATH[path](body)
        self._send(200, media, content)

    def _place(self) -> tuple[str, str, str]:
        """Return client, situation and the path below the base URL."""
        _, client, situation, _, *rest = self.path.partition("?")[0].split("/")
        return client, situation, "/" + "/".join(rest)

    def _send(self, status: int, media: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing: standard output is the report's."""


@contextmanager
def recording() -> Iterator[tuple[str, list[Captured]]]:
    """Serve while the block runs: yield the address, and the list that grows with each request."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.captured = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.captured  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
